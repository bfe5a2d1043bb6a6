/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/timing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "support/virtual_drive.h"
#include "unit/unit.h"
#include "vdrive/timing_model.h"

enum { DVD_SECTORS = 2290000, CD_SECTORS = 330000 };

static struct test_drive t;

/* A drive with a clock and a pressed disc of zeros, spun up. */
static void open_image(const char *kind, uint32_t n_sectors, enum vdrive_clock clock)
{
	int fd;

	test_drive_open(&t, NULL, 0);
	fd = open(t.path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)n_sectors * 2048), 0);
	close(fd);
	assert_int_equal(vdrive_set_clock(t.drive, clock, NULL), 0);
	assert_int_equal(vdrive_insert(t.drive, t.path, kind, NULL), 0);
	test_run(&t, CDB(0x00));
	test_run(&t, CDB(0x00));
}

static void open_blank(const char *media, enum vdrive_clock clock)
{
	test_drive_open(&t, media, 50400);
	assert_int_equal(vdrive_set_clock(t.drive, clock, NULL), 0);
	test_run(&t, CDB(0x00));
}

static uint64_t elapsed_us(void)
{
	struct vdrive_clock_state state;

	vdrive_read_clock(t.drive, &state);
	return state.elapsed_us;
}

/* How long reading 32 sectors takes by the clock. */
static uint64_t read_us(uint32_t lba, uint8_t flags)
{
	uint8_t cdb[12] = { 0x28, flags, [8] = 32 };
	uint64_t before = elapsed_us();

	put_be32(cdb + 2, lba);
	test_read(&t, cdb, sizeof(t.data));
	return elapsed_us() - before;
}

static uint64_t read_many_us(uint32_t lba, unsigned n)
{
	uint64_t before = elapsed_us();

	read_us(lba, 0);
	for (unsigned i = 1; i < n; i++)
		read_us(lba + 32 * i, 0);
	return elapsed_us() - before;
}

static unsigned write_16(uint32_t lba)
{
	static const uint8_t data[16 * 2048];
	uint8_t cdb[12] = { 0x2a, [8] = 16 };

	put_be32(cdb + 2, lba);
	return test_write(&t, cdb, data, sizeof(data));
}

static uint32_t free_bytes(void)
{
	assert_int_equal(test_read(&t, CDB(0x5c, [8] = 12), 12), 0);
	assert_int_equal(get_be32(t.data + 4), 4 << 20);
	return get_be32(t.data + 8);
}

static void set_speed(uint16_t kbps)
{
	uint8_t cdb[12] = { 0xbb };

	put_be16(cdb + 2, kbps);
	put_be16(cdb + 4, kbps);
	test_run(&t, cdb);
}

static void test_off_is_no_clock(void **state)
{
	struct vdrive_clock_state clock;

	(void)state;
	test_drive_open(&t, "dvd-rom", 100);
	read_us(0, 0);
	assert_int_equal(t.answer.delay_us, 0);
	assert_false(t.answer.is_counted_only);
	vdrive_read_clock(t.drive, &clock);
	assert_int_equal(clock.n_commands, 0);
	assert_int_equal(free_bytes(), 4 << 20);
	test_drive_close(&t);
}

/* 16x at the rim of a DVD is 22.16 MB/s, at the hub 24/58 of it. */
static void test_reading_is_faster_outside(void **state)
{
	uint64_t inner, middle, outer;

	(void)state;
	open_image("dvd-rom", DVD_SECTORS, VDRIVE_CLOCK_VIRTUAL);
	inner = read_many_us(0, 200);
	middle = read_many_us(DVD_SECTORS / 2, 200);
	outer = read_many_us(DVD_SECTORS - 7000, 200);
	assert_true(inner > middle && middle > outer);
	/* 6400 sectors: 13.1 MB at 9.2 to 22.2 MB/s, and the commands. */
	assert_in_range(inner, 1400000, 1700000);
	assert_in_range(outer, 590000, 1000000);
	test_drive_close(&t);
}

static void test_all_of_a_disc(void **state)
{
	struct vdrive_clock_state clock;

	(void)state;
	open_image("cd-rom", CD_SECTORS, VDRIVE_CLOCK_VIRTUAL);
	for (uint32_t lba = 0; lba + 32 <= CD_SECTORS; lba += 32)
		read_us(lba, 0);
	vdrive_read_clock(t.drive, &clock);
	/* 48x drives take two to three minutes for a full disc. */
	assert_in_range(clock.elapsed_us / 1000000, 110, 180);
	assert_int_equal(clock.n_seeks, 0);
	assert_int_equal(clock.n_spin_ups, 1);
	assert_int_equal(clock.read_sectors, CD_SECTORS / 32 * 32);
	test_drive_close(&t);
}

static void test_speed_that_is_set(void **state)
{
	uint64_t fast, slow, slower;

	(void)state;
	open_image("cd-rom", CD_SECTORS, VDRIVE_CLOCK_VIRTUAL);
	fast = read_many_us(1000, 50);
	set_speed(706);
	slow = read_many_us(3000, 50);
	set_speed(176);
	slower = read_many_us(5000, 50);
	assert_true(fast < slow && slow < slower);
	/* 1600 sectors at 1x are 21.3 seconds, at 4x a quarter of it. */
	assert_in_range(slower, 21000000, 23500000);
	assert_in_range(slow, 5300000, 7000000);
	test_drive_close(&t);
}

static void test_seeks_grow_with_the_way(void **state)
{
	uint64_t before = 0;
	struct vdrive_clock_state clock;

	(void)state;
	open_image("dvd-rom", DVD_SECTORS, VDRIVE_CLOCK_VIRTUAL);
	for (uint32_t way = 20000; way < DVD_SECTORS; way *= 3) {
		uint64_t there;

		read_us(0, 0);
		there = read_us(way, 0);
		assert_true(there > before);
		before = there;
	}
	assert_in_range(before, 100000, 300000);
	vdrive_read_clock(t.drive, &clock);
	assert_int_equal(clock.n_seeks, 9);
	test_drive_close(&t);
}

static void test_the_cache(void **state)
{
	uint64_t first, again, forced;

	(void)state;
	open_image("cd-rom", CD_SECTORS, VDRIVE_CLOCK_VIRTUAL);
	first = read_us(100000, 0);
	again = read_us(100000, 0);
	forced = read_us(100000, 0x08);
	assert_true(first > 50000);
	assert_true(again < 2000);
	assert_true(forced > 5000 && forced < first);
	/* Farther away than the cache is large, and back: from the medium. */
	read_many_us(100000, 64);
	assert_true(read_us(100000, 0) > 20000);
	test_drive_close(&t);
}

static void test_layer_change(void **state)
{
	uint64_t same, other;

	(void)state;
	open_image("dvd-rom", 4170000, VDRIVE_CLOCK_VIRTUAL);
	read_us(2084000, 0);
	/* As far from the hub, on the other layer. */
	other = read_us(2087000, 0x08);
	same = read_us(2090000, 0x08);
	assert_true(other > same + 90000);
	test_drive_close(&t);
}

static void test_retries_cost_time(void **state)
{
	uint64_t good, bad;
	struct vdrive_clock_state clock;

	(void)state;
	open_image("dvd-rom", DVD_SECTORS, VDRIVE_CLOCK_VIRTUAL);
	assert_int_equal(vdrive_add_fault(t.drive, "ring lba=3200-3215 dead=1", NULL), 0);
	read_us(3000, 0);
	good = read_us(3100, 0x08);
	bad = read_us(3200, 0);
	assert_int_equal(t.answer.status, 2);
	assert_int_equal(get_be32(t.answer.sense + 3), 3200);
	assert_int_equal(t.answer.transferred, 0);
	assert_true(bad > good + 1000000);
	vdrive_read_clock(t.drive, &clock);
	assert_int_equal(clock.n_retries, 32);
	/* At 1x as well it gives up before a program does. */
	set_speed(1385);
	bad = read_us(3200, 0x08);
	assert_in_range(bad, 5000000, 15000000);
	test_drive_close(&t);
}

/* As long as there is room in the buffer writes cost nothing; then they go as fast as the disc. */
static void test_the_write_buffer(void **state)
{
	uint64_t before, to_wait;
	uint32_t lba, left;

	(void)state;
	open_blank("dvd+r", VDRIVE_CLOCK_VIRTUAL);
	assert_int_equal(free_bytes(), 4 << 20);
	before = elapsed_us();
	for (lba = 0; lba < 1600; lba += 16)
		assert_int_equal(write_16(lba), 0);
	assert_in_range(elapsed_us() - before, 1, 100000);
	left = free_bytes();
	assert_in_range(left, 0, (4 << 20) - 3000000);
	for (; lba < 16000; lba += 16) {
		assert_int_equal(write_16(lba), 0);
		assert_true(free_bytes() <= 4 << 20);
	}
	assert_in_range(free_bytes(), 0, 200000);
	/* 16000 sectors at 9.2 MB/s, after power calibration; less what is in the buffer. */
	assert_in_range(elapsed_us() - before, 5000000, 9000000);
	to_wait = elapsed_us();
	assert_int_equal(test_run(&t, CDB(0x35)), 0);
	assert_in_range(elapsed_us() - to_wait, 300000, 600000);
	assert_int_equal(free_bytes(), 4 << 20);
	test_drive_close(&t);
}

static void test_force_unit_access_waits(void **state)
{
	static const uint8_t data[16 * 2048];
	uint64_t before;

	(void)state;
	open_blank("dvd+rw", VDRIVE_CLOCK_VIRTUAL);
	test_write(&t, CDB(0x04, 0x11), (const uint8_t[12]){ 0, 0, 0, 8, 0, 0, 0xc4, 0xe0, 0x98 }, 12);
	assert_int_equal(write_16(0), 0);
	test_run(&t, CDB(0x35));
	before = elapsed_us();
	assert_int_equal(write_16(16), 0);
	assert_true(elapsed_us() - before < 2000);
	before = elapsed_us();
	assert_int_equal(test_write(&t, CDB(0x2a, 0x08, [5] = 32, [8] = 16), data, sizeof(data)), 0);
	assert_true(elapsed_us() - before > 2000);
	assert_int_equal(free_bytes(), 4 << 20);
	test_drive_close(&t);
}

static uint64_t some_work_us(void)
{
	uint64_t result;

	open_image("cd-rom", CD_SECTORS, VDRIVE_CLOCK_VIRTUAL);
	assert_int_equal(vdrive_add_fault(t.drive, "scratch count=50 seed=3 severity=0.5", NULL), 0);
	for (uint32_t lba = 0; lba < 100000; lba += 32)
		read_us(lba, 0);
	result = elapsed_us();
	test_drive_close(&t);
	return result;
}

static void test_the_same_time_in_every_run(void **state)
{
	uint64_t first = some_work_us();

	(void)state;
	assert_true(first > 100000000);
	assert_int_equal(some_work_us(), first);
}

static void test_real_time_is_to_be_slept(void **state)
{
	uint64_t all_ms = 0;

	(void)state;
	open_image("cd-rom", CD_SECTORS, VDRIVE_CLOCK_REAL);
	read_us(100000, 0);
	assert_in_range(t.answer.delay_us, 50000, 500000);
	assert_false(t.answer.is_counted_only);
	set_speed(176);
	read_us(200000, 0);
	/* Nobody has slept, so the next one has to wait for this one's sectors too; all of it comes to the same. */
	for (unsigned i = 1; i <= 10; i++) {
		read_us(200000 + 32 * i, 0);
		all_ms = t.answer.delay_us / 1000;
	}
	assert_in_range(all_ms, 400, 6000);
	test_drive_close(&t);
}

/* CLOSE SESSION with Immed on a real clock: at once, and then the drive tells how far it is. */
static void test_immediate_operations_go_on(void **state)
{
	unsigned progress;
	uint64_t before;

	(void)state;
	open_blank("dvd+r", VDRIVE_CLOCK_REAL);
	assert_int_equal(write_16(0), 0);
	before = elapsed_us();
	assert_int_equal(test_run(&t, CDB(0x5b, 1, 1, [5] = 1)), 0);
	assert_true(t.answer.delay_us < 10000);
	assert_true(elapsed_us() - before > MODEL_CLOSE_TRACK_US);
	assert_int_equal(test_run(&t, CDB(0x00)), 0x020408);
	assert_int_equal(t.answer.sense[15], 0x80);
	progress = get_be16(t.answer.sense + 16);
	usleep(20000);
	assert_int_equal(test_read(&t, CDB(0x03, [4] = 18), 18), 0);
	assert_int_equal(t.data[2], 2);
	assert_int_equal(t.data[12] << 8 | t.data[13], 0x0408);
	assert_true(get_be16(t.data + 16) > progress);
	/* What needs no medium is answered meanwhile. */
	assert_int_equal(test_read(&t, CDB(0x12, [4] = 36), 36), 0);
	assert_int_equal(test_run(&t, CDB(0x5b, 1, 2)), 0x020408);
	test_drive_close(&t);
}

static void test_immediate_operations_on_a_virtual_clock(void **state)
{
	uint64_t before;

	(void)state;
	open_blank("dvd+r", VDRIVE_CLOCK_VIRTUAL);
	assert_int_equal(write_16(0), 0);
	before = elapsed_us();
	assert_int_equal(test_run(&t, CDB(0x5b, 1, 1, [5] = 1)), 0);
	assert_true(elapsed_us() - before >= MODEL_CLOSE_TRACK_US);
	assert_int_equal(test_run(&t, CDB(0x00)), 0);
	test_drive_close(&t);
}

/* Without protection a host that is too slow spoils a CD; with it there is a gap of time only. */
static void test_underrun(void **state)
{
	static const uint8_t page[8 + 0x34] = { [8] = 0x05, 0x32, 0x01, 0x04, 0x08 };
	struct vdrive_clock_state clock;
	static struct test_drive bare;

	(void)state;
	open_blank("cd-r", VDRIVE_CLOCK_REAL);
	assert_int_equal(test_write(&t, CDB(0x55, 0x10, [8] = sizeof(page)), page, sizeof(page)), 0);
	assert_int_equal(write_16(0), 0);
	bare = t;
	open_blank("cd-r", VDRIVE_CLOCK_REAL);
	assert_int_equal(write_16(0), 0);
	assert_int_equal(write_16(16), 0);
	vdrive_read_clock(t.drive, &clock);
	assert_int_equal(clock.n_underruns, 0);
	usleep((useconds_t)MODEL_CALIBRATION_US + 500000);
	assert_int_equal(write_16(32), 0);
	vdrive_read_clock(t.drive, &clock);
	assert_int_equal(clock.n_underruns, 1);
	test_drive_close(&t);
	t = bare;
	assert_int_equal(write_16(16), 0x030c09);
	vdrive_read_clock(t.drive, &clock);
	assert_int_equal(clock.n_underruns, 1);
	test_drive_close(&t);
}

static void test_fault_delays_count(void **state)
{
	uint64_t before;

	(void)state;
	open_image("cd-rom", CD_SECTORS, VDRIVE_CLOCK_VIRTUAL);
	assert_int_equal(vdrive_add_fault(t.drive, "test delay=60000", NULL), 0);
	before = elapsed_us();
	test_run(&t, CDB(0x00));
	assert_in_range(elapsed_us() - before, 60000000, 60001000);
	assert_true(t.answer.is_counted_only);
	assert_in_range(t.answer.delay_us, 60000000, 60001000);
	test_drive_close(&t);
}

static void test_tray(void **state)
{
	uint64_t before;

	(void)state;
	open_image("cd-rom", CD_SECTORS, VDRIVE_CLOCK_VIRTUAL);
	/* One that is closed already does not move. */
	before = elapsed_us();
	assert_int_equal(test_run(&t, CDB(0x1b, [4] = 3)), 0);
	assert_in_range(elapsed_us() - before, 0, 2000);
	before = elapsed_us();
	assert_int_equal(test_run(&t, CDB(0x1b, [4] = 2)), 0);
	assert_int_equal(test_run(&t, CDB(0x1b, [4] = 3)), 0);
	assert_in_range(elapsed_us() - before, 2 * MODEL_TRAY_US, 2 * MODEL_TRAY_US + 2000);
	/* The unit attention, then the disc has to spin up. */
	test_run(&t, CDB(0x00));
	assert_true(read_us(0, 0) > MODEL_SPIN_UP_US);
	test_drive_close(&t);
}

static void test_model_bounds(void **state)
{
	static const uint32_t speeds[] = { 11080, 8310, 5540, 3324 };
	struct model model;
	struct disc *disc;
	double before = 0;

	(void)state;
	test_drive_open(&t, "dvd+rw", 0);
	vdrive_open_tray(t.drive);
	assert_int_equal(disc_open(t.path, NULL, &disc, NULL), 0);
	model_init(&model, disc, VDRIVE_ROTATION_CAV);
	for (int64_t lba = 0; lba < 2295104; lba += 5000) {
		double rate = model_write_rate(&model, lba, 11080, speeds, 4);
		unsigned zone = 0;

		while (zone < 4 && rate != speeds[zone] * 1000.0 / 2048)
			zone++;
		/* One of the speeds that there are, never less than before. */
		assert_true(zone < 4);
		assert_true(rate >= before);
		before = rate;
		assert_in_range(model_turn_us(&model, lba, rate), 4000, 60000);
		assert_in_range(model_seek_us(&model, 0, lba), MODEL_SEEK_SETTLE_US, MODEL_SEEK_FULL_US);
		assert_true(model_seek_us(&model, 0, lba) == model_seek_us(&model, lba, 0));
	}
	assert_true(model_rate(&model, 0, 0, 0) > 0);
	assert_int_equal(model_transfer_us(0, 100), 0);
	assert_int_equal(model_transfer_us(100, 100), 1000000);
	disc_close(disc);
	test_drive_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_off_is_no_clock),
		cmocka_unit_test(test_reading_is_faster_outside),
		cmocka_unit_test(test_all_of_a_disc),
		cmocka_unit_test(test_speed_that_is_set),
		cmocka_unit_test(test_seeks_grow_with_the_way),
		cmocka_unit_test(test_the_cache),
		cmocka_unit_test(test_layer_change),
		cmocka_unit_test(test_retries_cost_time),
		cmocka_unit_test(test_the_write_buffer),
		cmocka_unit_test(test_force_unit_access_waits),
		cmocka_unit_test(test_the_same_time_in_every_run),
		cmocka_unit_test(test_real_time_is_to_be_slept),
		cmocka_unit_test(test_immediate_operations_go_on),
		cmocka_unit_test(test_immediate_operations_on_a_virtual_clock),
		cmocka_unit_test(test_underrun),
		cmocka_unit_test(test_fault_delays_count),
		cmocka_unit_test(test_tray),
		cmocka_unit_test(test_model_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
