/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several sources with copies of one disc, in threads: also for the thread sanitizer. */
#include "unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "rip/copies.h"
#include "rip/job.h"
#include "support/fault_source.h"

#define N 10000
#define MAX 3

static char folder[] = "/tmp/discern-copies.XXXXXX";
static struct fault_source sources[MAX];
static struct rip_copy copies[MAX];
static struct discern_track track;
static struct discern_medium medium;
static struct discern_rip_options options;
static struct discern_rip_result result;
static struct discern_error err;
static int stop_at_percent;
static bool has_drives;
static char last_warning[512];

static int enter_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL || chdir(folder) < 0;
}

static int leave_folder(void **state)
{
	(void)state;
	return chdir("/") < 0 || rmdir(folder) < 0;
}

static int set_up(void **state)
{
	static const char *const paths[MAX] = { "/dev/sr0", "/dev/sr1", "/dev/sr2" };

	(void)state;
	for (size_t i = 0; i < MAX; i++) {
		fault_source_init(&sources[i], N, 128, 16);
		copies[i] = (struct rip_copy){ paths[i], paths[i] + 5, &sources[i].base, &medium };
	}
	track = (struct discern_track){ .number = 1, .session = 1, .is_data = true, .n_sectors = N };
	medium = (struct discern_medium){
		.profile = DISCERN_PROFILE_DVD_ROM,
		.state = DISCERN_MEDIUM_COMPLETE,
		.n_sessions = 1,
		.n_tracks = 1,
		.tracks = &track,
		.read_capacity_sectors = N,
	};
	options = (struct discern_rip_options){ .output = "a.iso", .retries = 1 };
	stop_at_percent = 101;
	has_drives = false;
	last_warning[0] = '\0';
	return 0;
}

static int clean(void **state)
{
	(void)state;
	discern_rip_result_clear(&result);
	return system("rm -rf ./*.iso ./*.part ./*.map ./*.tmp ./*.zst ./*.disagree");
}

static int watch(const struct discern_progress *progress, void *user)
{
	(void)user;
	assert_true(progress->done_bytes <= progress->total_bytes);
	has_drives = has_drives || progress->n_drives > 0;
	return progress->total_bytes > 0 &&
	       progress->done_bytes * 100 / progress->total_bytes >= (uint64_t)stop_at_percent;
}

static void listen(enum discern_level level, const char *text, void *user)
{
	(void)user;
	if (level == DISCERN_LEVEL_WARNING)
		snprintf(last_warning, sizeof(last_warning), "%s", text);
}

static int rip(size_t n)
{
	const struct discern_observer observer = { watch, listen, NULL };
	struct rip_job job = {
		.medium = &medium, .options = &options, .observer = &observer, .copies = copies, .n_copies = n
	};
	int ret;

	discern_error_clear(&err);
	discern_rip_result_clear(&result);
	job.source = copies_source(&(struct copies){ copies, n });
	assert_non_null(job.source);
	ret = rip_run(&job, &result, &err);
	source_close(job.source);
	assert_int_equal(ret < 0 ? err.code : 0, ret);
	return ret;
}

/** The file holds the disc, with zeros from bad on. */
static void check_file(uint32_t bad, uint32_t n_bad)
{
	int fd = open("a.iso", O_RDONLY);

	assert_true(fd >= 0);
	for (uint32_t i = 0; i < N; i++) {
		uint8_t expected[DISCERN_SECTOR_SIZE] = { 0 }, sector[DISCERN_SECTOR_SIZE];

		if (i < bad || i >= bad + n_bad)
			fault_source_fill(&sources[0], (int32_t)i, expected);
		assert_int_equal(file_read_at(fd, sector, sizeof(sector), (off_t)i * DISCERN_SECTOR_SIZE),
				 sizeof(sector));
		assert_memory_equal(sector, expected, sizeof(sector));
	}
	close(fd);
}

static void check_good(size_t n)
{
	uint32_t n_sectors = 0;

	assert_int_equal(result.n_bad_sectors, 0);
	assert_string_not_equal(result.sha256, "");
	assert_string_equal(result.map_path, "");
	assert_int_equal(result.n_drives, n);
	for (size_t i = 0; i < n; i++) {
		n_sectors += result.drives[i].n_sectors;
		assert_non_null(result.drives[i].record);
	}
	assert_int_equal(n_sectors, N);
	check_file(0, 0);
}

static void test_healthy(void **state)
{
	(void)state;
	assert_int_equal(rip(3), 0);
	check_good(3);
	assert_true(has_drives);
	for (size_t i = 0; i < 3; i++) {
		assert_true(result.drives[i].n_sectors > 0);
		assert_string_equal(result.drives[i].path, copies[i].path);
	}
}

static void test_damage_in_different_places(void **state)
{
	(void)state;
	fault_source_add(&sources[0], 3000, 300, 0, -EIO);
	fault_source_add(&sources[1], 3200, 10, 0, -EIO);
	fault_source_add(&sources[1], 16000, 100, 0, -EIO);
	assert_int_equal(rip(2), 0);
	assert_int_equal(result.n_bad_sectors, 10);
	check_file(3200, 10);
	/* Gone on with by a third one, alone. */
	copies[0] = copies[2];
	assert_int_equal(rip(1), 0);
	assert_true(result.is_resumed);
	assert_int_equal(result.n_bad_sectors, 0);
	assert_int_equal(result.drives[0].n_sectors, 10);
	check_file(0, 0);
}

static void test_all_is_complete_together(void **state)
{
	(void)state;
	/* Also where the descriptors lie. */
	fault_source_add(&sources[0], 0, 20, 0, -EIO);
	fault_source_add(&sources[0], 3000, 300, 0, -EIO);
	fault_source_add(&sources[1], 100, 3, 0, -EIO);
	fault_source_add(&sources[1], 3300, 300, 0, -EIO);
	fault_source_add(&sources[2], 10000, 8000, 0, -EIO);
	assert_int_equal(rip(3), 0);
	check_good(3);
}

/* So that none of two does all the work before the other one's thread has begun. */
static void read_slowly(unsigned delay_ms)
{
	for (size_t i = 0; i < 2; i++)
		sources[i].faults[sources[i].n_faults++] = (struct fault){ .n_sectors = N, .delay_ms = delay_ms };
}

static void test_one_gives_out(void **state)
{
	(void)state;
	read_slowly(8);
	sources[1].trouble_at_read = 25;
	sources[1].trouble_code = -ENODEV;
	assert_int_equal(rip(2), 0);
	check_good(2);
	assert_int_equal(result.drives[0].error.code, 0);
	assert_int_equal(result.drives[1].error.code, -ENODEV);
	assert_true(strstr(last_warning, "sr1") != NULL);
}

static void test_all_give_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		sources[i].trouble_at_read = 25 + (unsigned)i;
		sources[i].trouble_code = -ENOMEDIUM;
	}
	assert_int_equal(rip(2), -ENOMEDIUM);
	assert_true(access("a.iso.part", F_OK) == 0 && access("a.iso.map", F_OK) == 0);
	for (size_t i = 0; i < 2; i++)
		sources[i].trouble_at_read = 0;
	assert_int_equal(rip(2), 0);
	assert_true(result.is_resumed);
	check_file(0, 0);
}

static void test_stopped_and_resumed(void **state)
{
	(void)state;
	read_slowly(4);
	stop_at_percent = 30;
	assert_int_equal(rip(2), -ECANCELED);
	stop_at_percent = 101;
	for (size_t i = 0; i < 2; i++)
		fault_source_repair(&sources[i]);
	assert_int_equal(rip(3), 0);
	assert_true(result.is_resumed);
	check_file(0, 0);
}

/** One sector of another edition. */
static void change(int32_t lba, uint8_t *sector, void *user)
{
	if (lba == *(const int32_t *)user)
		sector[100] ^= 0xff;
}

static void test_different_discs(void **state)
{
	static int32_t where;

	(void)state;
	sources[2].seed = 1;
	assert_int_equal(rip(3), -ESTALE);
	assert_true(strncmp(err.text, "/dev/sr2 ", 9) == 0);
	/* Whoever is not like the others. */
	sources[2].seed = 0;
	sources[0].seed = 1;
	assert_int_equal(rip(3), -ESTALE);
	assert_true(strncmp(err.text, "/dev/sr0 ", 9) == 0);
	/* The same descriptors, and something else behind them. */
	sources[0].seed = 0;
	sources[1].overlay = change;
	sources[1].user = &where;
	where = N / 2 / 64 * 64;
	assert_int_equal(rip(2), -ESTALE);
	assert_true(strncmp(err.text, "/dev/sr1 ", 9) == 0);
	assert_false(access("a.iso.part", F_OK) == 0 || access("a.iso.map", F_OK) == 0);
}

static void test_copies_that_differ(void **state)
{
	/* Neither told by the marks, and just behind the border. */
	static int32_t where = N / 2 / 128 * 128 + 1;

	(void)state;
	sources[1].overlay = change;
	sources[1].user = &where;
	read_slowly(2);
	assert_int_equal(rip(2), 0);
	assert_int_equal(result.n_doubtful_sectors, 1);
	assert_int_equal(result.doubtful_ranges[0].lba, where);
	assert_true(strstr(last_warning, "the copies are not equal") != NULL);
	assert_string_equal(result.disagree_path, "a.iso.disagree");
}

static void test_paranoid(void **state)
{
	static int32_t where = 4321;

	(void)state;
	options.is_paranoid = true;
	fault_source_add(&sources[0], 3000, 300, 0, -EIO);
	fault_source_add(&sources[1], 3400, 100, 0, -EIO);
	/* The first one is to get to these places first: then only the second one's bad sectors are read but once. */
	read_slowly(4);
	assert_int_equal(rip(2), 0);
	check_good(2);
	assert_int_equal(result.n_doubtful_sectors, 100);
	assert_int_equal(result.n_reread_sectors, N);
	clean(NULL);
	/* Anywhere on the disc. */
	sources[1].overlay = change;
	sources[1].user = &where;
	fault_source_repair(&sources[0]);
	fault_source_repair(&sources[1]);
	assert_int_equal(rip(2), 0);
	assert_int_equal(result.n_doubtful_sectors, 1);
	assert_int_equal(result.doubtful_ranges[0].lba, where);
	assert_true(strstr(last_warning, "the copies are not equal") != NULL);
}

static void test_paranoid_and_one_gives_out(void **state)
{
	(void)state;
	options.is_paranoid = true;
	sources[1].trouble_at_read = 60;
	sources[1].trouble_code = -ENODEV;
	assert_int_equal(rip(2), 0);
	check_good(2);
	assert_int_equal(result.n_reread_sectors, N);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_healthy, set_up, clean),
		cmocka_unit_test_setup_teardown(test_damage_in_different_places, set_up, clean),
		cmocka_unit_test_setup_teardown(test_all_is_complete_together, set_up, clean),
		cmocka_unit_test_setup_teardown(test_one_gives_out, set_up, clean),
		cmocka_unit_test_setup_teardown(test_all_give_out, set_up, clean),
		cmocka_unit_test_setup_teardown(test_stopped_and_resumed, set_up, clean),
		cmocka_unit_test_setup_teardown(test_different_discs, set_up, clean),
		cmocka_unit_test_setup_teardown(test_copies_that_differ, set_up, clean),
		cmocka_unit_test_setup_teardown(test_paranoid, set_up, clean),
		cmocka_unit_test_setup_teardown(test_paranoid_and_one_gives_out, set_up, clean),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
