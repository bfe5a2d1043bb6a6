/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "rip/job.h"
#include "support/fault_source.h"

/** A disc of 3000 sectors; its ISO 9660 volume is 2990 long and has a label. */
#define N 3000
#define N_VOLUME 2990

static char folder[] = "/tmp/discern-job.XXXXXX";
static struct fault_source source;
static struct discern_track track;
static struct discern_track two_tracks[2];
static struct discern_medium medium;
static struct discern_rip_options options;
static struct discern_rip_result result;
static struct discern_error err;
static int stop_at_percent;
static char last_note[512];

static void put_both(uint8_t *p, uint32_t value)
{
	put_le32(p, value);
	put_be32(p + 4, value);
}

/** Volume descriptors (ECMA-119 8.3, 8.4) over the usual filling. */
static void make_volume(int32_t lba, uint8_t *sector, void *user)
{
	(void)user;
	if (lba != 16 && lba != 17)
		return;
	memset(sector, 0, DISCERN_SECTOR_SIZE);
	memcpy(sector + 1, "CD001\1", 6);
	sector[0] = lba == 16 ? 1 : 255;
	if (lba == 17)
		return;
	memset(sector + 8, ' ', 64);
	memcpy(sector + 40, "RIP_TEST", 8);
	put_both(sector + 80, N_VOLUME);
	memcpy(sector + 120, "\1\0\0\1\1\0\0\1\0\x08\x08\0", 12);
	sector[156] = 34;
	put_both(sector + 158, 20);
	put_both(sector + 166, 2048);
	sector[181] = 2;
	sector[188] = 1;
	sector[881] = 1;
}

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
	(void)state;
	fault_source_init(&source, N, 32, 1);
	source.overlay = make_volume;
	track = (struct discern_track){ .number = 1, .session = 1, .is_data = true, .n_sectors = N };
	medium = (struct discern_medium){
		.profile = DISCERN_PROFILE_CD_ROM,
		.state = DISCERN_MEDIUM_COMPLETE,
		.n_sessions = 1,
		.n_tracks = 1,
		.tracks = &track,
		.read_capacity_sectors = N,
	};
	options = (struct discern_rip_options){ .output = "a.iso", .retries = 1 };
	stop_at_percent = 101;
	last_note[0] = '\0';
	return 0;
}

static int clean(void **state)
{
	(void)state;
	discern_rip_result_clear(&result);
	return system("rm -f ./*.iso ./*.part ./*.map ./*.tmp");
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static int watch(const struct discern_progress *progress, void *user)
{
	(void)user;
	assert_true(progress->done_bytes <= progress->total_bytes);
	return progress->total_bytes > 0 &&
	       progress->done_bytes * 100 / progress->total_bytes >= (uint64_t)stop_at_percent;
}

static void listen(enum discern_level level, const char *text, void *user)
{
	(void)user;
	if (level == DISCERN_LEVEL_NOTE || level == DISCERN_LEVEL_WARNING)
		snprintf(last_note, sizeof(last_note), "%s", text);
}

static int rip(void)
{
	const struct discern_observer observer = { watch, listen, NULL };
	const struct rip_job job = { &source.base, &medium, &options, &observer, NULL, NULL, 0 };
	int ret;

	discern_error_clear(&err);
	discern_rip_result_clear(&result);
	ret = rip_run(&job, &result, &err);
	assert_int_equal(ret < 0 ? err.code : 0, ret);
	assert_int_equal(ret < 0, err.text[0] != '\0' && ret < 0);
	return ret;
}

static void hash_image(uint32_t n, enum hash_kind kind, char hex[HASH_HEX_SIZE])
{
	struct hash *hash = NULL;
	uint8_t sector[DISCERN_SECTOR_SIZE];

	assert_int_equal(hash_new(kind, &hash, NULL), 0);
	for (uint32_t i = 0; i < n; i++) {
		fault_source_fill(&source, (int32_t)i, sector);
		hash_update(hash, sector, sizeof(sector));
	}
	hash_finish(hash, hex);
	hash_free(hash);
}

/** The digests of the disc's first n sectors; those of all are made but once. */
static void check_digests(uint32_t n)
{
	static char sha256[HASH_HEX_SIZE], md5[HASH_HEX_SIZE];
	static uint32_t n_hashed;

	assert_int_equal(source.seed, 0);
	assert_true(source.overlay == make_volume);
	if (n != n_hashed) {
		hash_image(n, HASH_SHA256, sha256);
		hash_image(n, HASH_MD5, md5);
		n_hashed = n;
	}
	assert_string_equal(result.sha256, sha256);
	assert_string_equal(result.md5, md5);
}

/** The file holds the first n sectors of the disc, with zeros from bad on. */
static void check_file(const char *path, uint32_t n, uint32_t bad, uint32_t n_bad)
{
	int fd = open(path, O_RDONLY);
	struct stat status;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &status), 0);
	assert_int_equal(status.st_size, (off_t)n * DISCERN_SECTOR_SIZE);
	for (uint32_t i = 0; i < n; i++) {
		uint8_t expected[DISCERN_SECTOR_SIZE] = { 0 };
		uint8_t sector[DISCERN_SECTOR_SIZE];

		if (i < bad || i >= bad + n_bad)
			fault_source_fill(&source, (int32_t)i, expected);
		assert_int_equal(file_read_at(fd, sector, sizeof(sector), (off_t)i * DISCERN_SECTOR_SIZE),
				 sizeof(sector));
		assert_memory_equal(sector, expected, sizeof(sector));
	}
	close(fd);
}

static void check_good(const char *path, uint32_t n)
{
	assert_int_equal(result.n_bad_sectors, 0);
	assert_string_equal(result.image_path, path);
	assert_string_equal(result.map_path, "");
	assert_int_equal(result.size_bytes, (uint64_t)n * DISCERN_SECTOR_SIZE);
	check_digests(n);
	check_file(path, n, 0, 0);
}

static void test_a_good_disc(void **state)
{
	(void)state;
	assert_int_equal(rip(), 0);
	check_good("a.iso", N);
	assert_string_equal(result.volume_label, "RIP_TEST");
	assert_false(result.is_resumed);
	assert_false(exists("a.iso.map") || exists("a.iso.part"));
}

static void test_run_out_is_left_off(void **state)
{
	(void)state;
	fault_source_add(&source, N - 2, 2, 0, -ENXIO);
	assert_int_equal(rip(), 0);
	assert_int_equal(result.n_run_out_sectors, 2);
	check_good("a.iso", N - 2);
}

/** A volume of its own in each of two sessions; the second begins at 12000. */
static void make_two_volumes(int32_t lba, uint8_t *sector, void *user)
{
	make_volume(lba < 12000 ? lba : lba - 12000, sector, user);
	if (lba == 16 || lba == 12016)
		put_both(sector + 80, 500);
}

static void test_run_out_of_an_earlier_session_is_no_loss(void **state)
{
	(void)state;
	fault_source_init(&source, 12600, 32, 1);
	source.overlay = make_two_volumes;
	two_tracks[0] = (struct discern_track){ .number = 1, .session = 1, .is_data = true, .n_sectors = 600 };
	two_tracks[1] = two_tracks[0];
	two_tracks[1].number = 2;
	two_tracks[1].session = 2;
	two_tracks[1].start_lba = 12000;
	medium.profile = DISCERN_PROFILE_CD_R;
	medium.n_tracks = 2;
	medium.tracks = two_tracks;
	medium.read_capacity_sectors = 12600;
	fault_source_add(&source, 598, 2, 0, -EIO);
	fault_source_add(&source, 600, 11400, 0, -ENXIO);
	fault_source_add(&source, 12598, 2, 0, -EIO);
	assert_int_equal(rip(), 0);
	assert_int_equal(result.n_bad_sectors, 0);
	assert_int_equal(result.size_bytes, (uint64_t)12598 * DISCERN_SECTOR_SIZE);
	check_file("a.iso", 12598, 598, 11402);
	assert_string_not_equal(result.sha256, "");
	assert_false(exists("a.iso.map"));
}

static void test_bad_sectors_then_repaired(void **state)
{
	(void)state;
	fault_source_add(&source, 1000, 20, 0, -EIO);
	assert_int_equal(rip(), 0);
	assert_int_equal(result.n_bad_sectors, 20);
	assert_int_equal(result.n_bad_ranges, 1);
	assert_int_equal(result.bad_ranges[0].lba, 1000);
	assert_int_equal(result.bad_ranges[0].n_sectors, 20);
	assert_string_equal(result.sha256, "");
	assert_string_equal(result.map_path, "a.iso.map");
	check_file("a.iso", N, 1000, 20);

	/* Nothing better: the image stays as it is. */
	options.retries = 0;
	assert_int_equal(rip(), 0);
	assert_true(result.is_resumed);
	assert_int_equal(result.n_bad_sectors, 20);
	check_file("a.iso", N, 1000, 20);

	fault_source_repair(&source);
	assert_int_equal(rip(), 0);
	assert_true(result.is_resumed);
	check_good("a.iso", N);
	assert_false(exists("a.iso.map"));
}

static void test_bad_sectors_at_the_very_end(void **state)
{
	(void)state;
	fault_source_add(&source, N - 3, 3, 0, -EIO);
	medium.profile = DISCERN_PROFILE_DVD_ROM;
	assert_int_equal(rip(), 0);
	assert_int_equal(result.n_bad_sectors, 3);
	check_file("a.iso", N, N - 3, 3);
}

static void test_stopped_and_resumed(void **state)
{
	(void)state;
	source.faults[0] = (struct fault){ .lba = 0, .n_sectors = N, .delay_ms = 3 };
	source.n_faults = 1;
	stop_at_percent = 30;
	assert_int_equal(rip(), -ECANCELED);
	assert_non_null(strstr(err.hint, "same command"));
	assert_true(exists("a.iso.part") && exists("a.iso.map") && !exists("a.iso"));
	fault_source_repair(&source);
	memset(source.n_asked, 0, sizeof(source.n_asked));
	stop_at_percent = 101;
	assert_int_equal(rip(), 0);
	assert_true(result.is_resumed);
	/* What was read is not read again, but for the comparison. */
	assert_true(source.n_asked[50] == 0);
	check_good("a.iso", N);
}

static void test_drive_lost_and_resumed(void **state)
{
	(void)state;
	source.trouble_at_read = 60;
	source.trouble_code = -ENOMEDIUM;
	assert_int_equal(rip(), -ENOMEDIUM);
	assert_true(exists("a.iso.part") && exists("a.iso.map"));
	assert_true(err.hint[0] != '\0');
	source.trouble_at_read = 0;
	assert_int_equal(rip(), 0);
	check_good("a.iso", N);
}

static void test_drive_lost_before_anything_was_read(void **state)
{
	(void)state;
	fault_source_add(&source, 0, 32, 0, -ENODEV);
	assert_int_equal(rip(), -ENODEV);
	assert_false(exists("a.iso.part") || exists("a.iso.map") || exists("a.iso"));
}

static void test_another_disc(void **state)
{
	(void)state;
	fault_source_add(&source, 1000, 1, 0, -EIO);
	assert_int_equal(rip(), 0);
	/* The same descriptors, but other contents. */
	source.seed = 1;
	assert_int_equal(rip(), -ESTALE);
	source.seed = 0;
	check_file("a.iso", N, 1000, 1);
	track.start_lba = 10;
	track.n_sectors = N - 10;
	assert_int_equal(rip(), -ESTALE);
	check_file("a.iso", N, 1000, 1);
}

static void test_default_names(void **state)
{
	int fd;

	(void)state;
	options.output = NULL;
	assert_int_equal(rip(), 0);
	check_good("RIP_TEST.iso", N);
	assert_int_equal(rip(), 0);
	check_good("RIP_TEST-2.iso", N);
	/* An unfinished job for this disc is gone on with. */
	fault_source_add(&source, 1000, 1, 0, -EIO);
	assert_int_equal(rip(), 0);
	assert_string_equal(result.image_path, "RIP_TEST-3.iso");
	fault_source_repair(&source);
	assert_int_equal(rip(), 0);
	check_good("RIP_TEST-3.iso", N);
	assert_false(exists("RIP_TEST-4.iso"));
	/* A job of another process keeps its name. */
	fd = open("RIP_TEST-4.iso.part", O_RDWR | O_CREAT, 0666);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(rip(), 0);
	check_good("RIP_TEST-5.iso", N);
	assert_true(exists("RIP_TEST-4.iso.part"));
	close(fd);
}

static void test_an_image_that_exists(void **state)
{
	(void)state;
	assert_int_equal(rip(), 0);
	assert_int_equal(rip(), -EEXIST);
	assert_non_null(strstr(err.text, "a.iso"));
	check_file("a.iso", N, 0, 0);
}

static void test_a_job_begun_by_ddrescue(void **state)
{
	uint8_t data[100 * DISCERN_SECTOR_SIZE];
	int fd = open("a.iso", O_WRONLY | O_CREAT, 0666);
	int map = open("a.iso.map", O_WRONLY | O_CREAT, 0666);
	static const char text[] = "# Mapfile. Created by GNU ddrescue version 1.27\n0x0 ? 1\n"
				   "0x00000000  0x00032000  +\n0x00032000  0x00000800  -\n0x00032800  0x005A9800  ?\n";

	(void)state;
	for (int32_t i = 0; i < 100; i++)
		fault_source_fill(&source, i, data + (size_t)i * DISCERN_SECTOR_SIZE);
	assert_int_equal(file_write_at(fd, data, sizeof(data), 0), 0);
	assert_int_equal(file_write_at(map, text, strlen(text), 0), 0);
	close(fd);
	close(map);
	assert_int_equal(rip(), 0);
	assert_true(result.is_resumed);
	assert_int_equal(source.n_asked[50], 0);
	check_good("a.iso", N);
}

/** The image cannot become longer than the limit: as on a disk that becomes full. */
static void test_a_file_that_cannot_grow(void **state)
{
	struct rlimit limit;
	struct rlimit small;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	small = limit;
	small.rlim_cur = (rlim_t)1000 * DISCERN_SECTOR_SIZE;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(rip(), -EOVERFLOW);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_true(exists("a.iso.part") && exists("a.iso.map") && !exists("a.iso"));
	assert_int_equal(rip(), 0);
	assert_true(result.is_resumed);
	check_good("a.iso", N);
}

static void test_a_protected_disc(void **state)
{
	(void)state;
	medium.profile = DISCERN_PROFILE_DVD_ROM;
	medium.protection = DISCERN_PROTECTION_CSS;
	assert_int_equal(rip(), -EKEYREJECTED);
	assert_string_equal(err.text, "this DVD is copy-protected (CSS); discern does not remove protection");
	assert_int_equal(source.n_reads, 0);
}

/* One that says nothing of its protection. */
static void test_refused_sectors(void **state)
{
	(void)state;
	medium.profile = DISCERN_PROFILE_DVD_ROM;
	fault_source_add(&source, 2000, 3, 0, -EKEYREJECTED);
	source.faults[0].sense = (struct discern_sense){ 5, 0x6f, 0x03 };
	assert_int_equal(rip(), -EKEYREJECTED);
	assert_false(exists("a.iso.part") || exists("a.iso.map") || exists("a.iso"));
	options.as_is = true;
	assert_int_equal(rip(), 0);
	assert_int_equal(result.n_bad_sectors, 3);
	assert_int_equal(result.n_protected_sectors, 3);
	options.as_is = false;
}

static void test_discs_without_data(void **state)
{
	(void)state;
	track.is_data = false;
	assert_int_equal(rip(), -EMEDIUMTYPE);
	medium.state = DISCERN_MEDIUM_BLANK;
	assert_int_equal(rip(), -EMEDIUMTYPE);
	assert_int_equal(source.n_reads, 0);
	assert_false(exists("a.iso.part") || exists("a.iso.map") || exists("a.iso"));
}

static void test_damaged_descriptors(void **state)
{
	(void)state;
	fault_source_add(&source, 16, 2, 0, -EIO);
	assert_int_equal(rip(), 0);
	assert_int_equal(result.n_bad_sectors, 2);
	assert_string_equal(result.volume_label, "");
	fault_source_repair(&source);
	assert_int_equal(rip(), 0);
	check_good("a.iso", N);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_good_disc, set_up, clean),
		cmocka_unit_test_setup_teardown(test_run_out_is_left_off, set_up, clean),
		cmocka_unit_test_setup_teardown(test_run_out_of_an_earlier_session_is_no_loss, set_up, clean),
		cmocka_unit_test_setup_teardown(test_bad_sectors_then_repaired, set_up, clean),
		cmocka_unit_test_setup_teardown(test_bad_sectors_at_the_very_end, set_up, clean),
		cmocka_unit_test_setup_teardown(test_stopped_and_resumed, set_up, clean),
		cmocka_unit_test_setup_teardown(test_drive_lost_and_resumed, set_up, clean),
		cmocka_unit_test_setup_teardown(test_drive_lost_before_anything_was_read, set_up, clean),
		cmocka_unit_test_setup_teardown(test_another_disc, set_up, clean),
		cmocka_unit_test_setup_teardown(test_default_names, set_up, clean),
		cmocka_unit_test_setup_teardown(test_an_image_that_exists, set_up, clean),
		cmocka_unit_test_setup_teardown(test_a_job_begun_by_ddrescue, set_up, clean),
		cmocka_unit_test_setup_teardown(test_a_file_that_cannot_grow, set_up, clean),
		cmocka_unit_test_setup_teardown(test_a_protected_disc, set_up, clean),
		cmocka_unit_test_setup_teardown(test_refused_sectors, set_up, clean),
		cmocka_unit_test_setup_teardown(test_discs_without_data, set_up, clean),
		cmocka_unit_test_setup_teardown(test_damaged_descriptors, set_up, clean),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
