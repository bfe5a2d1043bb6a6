/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/hash.h"
#include "burn/feed.h"

/* Larger than the ring, and not a multiple of anything. */
enum { RING_MIB = 4, RING_SIZE = RING_MIB << 20, LARGE_SIZE = (RING_MIB + 3) * 1048576 + 4711, SMALL_SIZE = 3 * 1048576 + 5 };

static char image_path[] = "/tmp/discern-feed-XXXXXX";
static uint8_t *content;

static void take_status(struct discern_burn_check *check)
{
	struct stat status;

	assert_int_equal(stat(image_path, &status), 0);
	check->inode = status.st_ino;
	check->modified_ns = (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
}

/* The digest of so much of the content; of the sizes that most tests have it is made but once. */
static const char *digest(size_t size)
{
	static struct {
		size_t size;
		char hex[HASH_HEX_SIZE];
	} known[2];
	size_t i = size == LARGE_SIZE;
	struct hash *hash;

	if (known[i].size != size) {
		assert_int_equal(hash_new(HASH_SHA256, &hash, NULL), 0);
		hash_update(hash, content, size);
		hash_finish(hash, known[i].hex);
		hash_free(hash);
		known[i].size = size;
	}
	return known[i].hex;
}

/* A fresh image of this size, and what the check would have found. */
static void make_image(size_t size, struct discern_burn_check *check)
{
	FILE *file = fopen(image_path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(content, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
	memset(check, 0, sizeof(*check));
	snprintf(check->path, sizeof(check->path), "%s", image_path);
	check->image.size_bytes = size;
	check->n_sectors = (uint32_t)((size - 1) / 2048 + 1);
	take_status(check);
	snprintf(check->sha256, sizeof(check->sha256), "%.64s", digest(size));
}

/* Takes n_sectors in portions and compares; the first error of feed_deliver() or 0. */
static int take(struct feed *feed, const struct discern_burn_check *check, uint64_t first, uint64_t n_sectors,
		uint64_t portion)
{
	uint8_t *buffer = malloc(portion * 2048);
	uint64_t size_bytes = check->image.size_bytes;
	int ret = 0;

	for (uint64_t sector = first; sector < first + n_sectors && ret == 0; sector += portion) {
		uint64_t n = first + n_sectors - sector < portion ? first + n_sectors - sector : portion;
		uint64_t offset = sector * 2048;
		uint64_t size = size_bytes - offset < n * 2048 ? size_bytes - offset : n * 2048;

		memset(buffer, 0xee, n * 2048);
		ret = feed_deliver(buffer, n * 2048, feed);
		if (ret < 0)
			break;
		assert_memory_equal(buffer, content + offset, size);
		for (uint64_t i = size; i < n * 2048; i++)
			assert_int_equal(buffer[i], 0);
	}
	free(buffer);
	return ret;
}

static void delivers_all_and_pads(void **state)
{
	static const size_t sizes[] = { 1, 2047, 2048, 2049, 1048576, SMALL_SIZE, LARGE_SIZE };
	static const uint64_t portions[] = { 1, 16, 32, 1000 };
	struct discern_burn_check check;
	struct feed_state feed_state_now;
	struct discern_error err;
	struct feed *feed;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		make_image(sizes[i], &check);
		for (size_t k = 0; k < sizeof(portions) / sizeof(portions[0]); k++) {
			uint8_t more[2048];

			/* Once is enough to go round the ring. */
			if (sizes[i] == LARGE_SIZE && portions[k] != 32)
				continue;
			assert_int_equal(feed_new(&check, RING_SIZE, &feed, &err), 0);
			assert_int_equal(take(feed, &check, 0, check.n_sectors, portions[k]), 0);
			assert_int_equal(feed_deliver(more, sizeof(more), feed), -ENODATA);
			feed_state(feed, &feed_state_now);
			assert_int_equal(feed_state_now.delivered_bytes, (uint64_t)check.n_sectors * 2048);
			assert_int_equal(feed_finish(feed, &err), 0);
			feed_free(feed);
		}
	}
}

static void fills_the_ring_ahead(void **state)
{
	struct discern_burn_check check;
	struct feed_state now;
	struct feed *feed;

	(void)state;
	make_image(LARGE_SIZE, &check);
	assert_int_equal(feed_new(&check, RING_SIZE, &feed, NULL), 0);
	assert_true(feed_wait_full(feed, 60000));
	feed_state(feed, &now);
	assert_int_equal(now.percent, 100);
	assert_int_equal(now.n_empty, 0);
	/* Full, but not to its end: nothing more is read until something is taken. */
	assert_int_equal(take(feed, &check, 0, 512 * RING_MIB / 2, 16), 0);
	assert_true(feed_wait_full(feed, 60000));
	assert_int_equal(take(feed, &check, 512 * RING_MIB / 2, check.n_sectors - 512 * RING_MIB / 2, 16), 0);
	assert_int_equal(feed_finish(feed, NULL), 0);
	feed_free(feed);
}

static void notices_a_shorter_image(void **state)
{
	struct discern_burn_check check;
	struct discern_error err;
	struct feed *feed;

	(void)state;
	make_image(LARGE_SIZE, &check);
	assert_int_equal(feed_new(&check, RING_SIZE, &feed, &err), 0);
	assert_true(feed_wait_full(feed, 60000));
	assert_int_equal(truncate(image_path, LARGE_SIZE / 2), 0);
	assert_int_equal(take(feed, &check, 0, check.n_sectors, 16), -ESTALE);
	assert_int_equal(feed_finish(feed, &err), -ESTALE);
	assert_non_null(strstr(err.text, "has only"));
	feed_free(feed);
}

static void notices_a_cut_behind_the_reader(void **state)
{
	struct discern_burn_check check;
	struct discern_error err;
	struct feed *feed;

	(void)state;
	make_image(SMALL_SIZE, &check);
	assert_int_equal(feed_new(&check, RING_SIZE, &feed, &err), 0);
	assert_true(feed_wait_full(feed, 60000));
	assert_int_equal(truncate(image_path, SMALL_SIZE / 2), 0);
	assert_int_equal(take(feed, &check, 0, check.n_sectors, 16), 0);
	assert_int_equal(feed_finish(feed, &err), -ESTALE);
	assert_non_null(strstr(err.text, "size changed"));
	feed_free(feed);
}

static void overwrite_byte(off_t offset)
{
	uint8_t other = (uint8_t)(content[offset] + 1);
	int fd = open(image_path, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, &other, 1, offset), 1);
	close(fd);
}

static void notices_changed_bytes(void **state)
{
	struct discern_burn_check check;
	struct discern_error err;
	struct feed *feed;
	uint8_t buffer[2048];
	int ret = 0;

	(void)state;
	/* Ahead of the reader: the digest tells, even with the old time restored. */
	make_image(LARGE_SIZE, &check);
	assert_int_equal(feed_new(&check, RING_SIZE, &feed, &err), 0);
	assert_true(feed_wait_full(feed, 60000));
	overwrite_byte(LARGE_SIZE - 1);
	take_status(&check);
	for (uint32_t i = 0; i < check.n_sectors && ret == 0; i++)
		ret = feed_deliver(buffer, sizeof(buffer), feed);
	assert_int_equal(ret, 0);
	assert_int_equal(feed_finish(feed, &err), -ESTALE);
	assert_non_null(strstr(err.text, "content changed"));
	feed_free(feed);
	/* Behind the reader: the time tells. */
	make_image(SMALL_SIZE, &check);
	assert_int_equal(feed_new(&check, RING_SIZE, &feed, &err), 0);
	assert_true(feed_wait_full(feed, 60000));
	check.modified_ns -= 1;
	assert_int_equal(take(feed, &check, 0, check.n_sectors, 16), 0);
	assert_int_equal(feed_finish(feed, &err), -ESTALE);
	assert_non_null(strstr(err.text, "was written to"));
	feed_free(feed);
}

static void tells_before_the_first_delivery(void **state)
{
	struct discern_burn_check check;
	struct discern_error err;
	struct feed *feed;

	(void)state;
	make_image(SMALL_SIZE, &check);
	assert_int_equal(feed_new(&check, RING_SIZE, &feed, &err), 0);
	assert_true(feed_wait_full(feed, 60000));
	assert_int_equal(feed_check_begin(feed, &err), 0);
	check.modified_ns -= 1;
	assert_int_equal(feed_check_begin(feed, &err), -ESTALE);
	assert_non_null(strstr(err.text, "was written to"));
	check.sha256[0] = check.sha256[0] == '0' ? '1' : '0';
	assert_int_equal(feed_check_begin(feed, &err), -ESTALE);
	assert_non_null(strstr(err.text, "content changed"));
	feed_free(feed);
	/* Of one that the ring has no room for nothing is known yet. */
	make_image(LARGE_SIZE, &check);
	assert_int_equal(feed_new(&check, RING_SIZE, &feed, &err), 0);
	assert_true(feed_wait_full(feed, 60000));
	check.sha256[0] = check.sha256[0] == '0' ? '1' : '0';
	assert_int_equal(feed_check_begin(feed, &err), 0);
	/* What the ring has of one that cannot be read on is not delivered. */
	assert_int_equal(truncate(image_path, LARGE_SIZE / 2), 0);
	assert_int_equal(take(feed, &check, 0, 1024, 16), 0);
	while (feed_check_begin(feed, &err) == 0)
		usleep(1000);
	assert_int_equal(take(feed, &check, 1024, 1024, 16), -ESTALE);
	feed_free(feed);
}

static void refuses_another_file(void **state)
{
	struct discern_burn_check check;
	struct discern_error err;
	struct feed *feed = NULL;

	(void)state;
	make_image(SMALL_SIZE, &check);
	check.inode++;
	assert_int_equal(feed_new(&check, RING_SIZE, &feed, &err), -ESTALE);
	make_image(SMALL_SIZE, &check);
	check.modified_ns++;
	assert_int_equal(feed_new(&check, RING_SIZE, &feed, &err), -ESTALE);
	make_image(SMALL_SIZE, &check);
	check.n_sectors++;
	assert_int_equal(feed_new(&check, RING_SIZE, &feed, &err), -EINVAL);
	make_image(SMALL_SIZE, &check);
	snprintf(check.path, sizeof(check.path), "/nonexistent/image");
	assert_int_equal(feed_new(&check, RING_SIZE, &feed, &err), -ENOENT);
	assert_null(feed);
}

static void accounts_for_what_was_not_taken(void **state)
{
	struct discern_burn_check check;
	struct discern_error err;
	struct feed *feed;

	(void)state;
	make_image(SMALL_SIZE, &check);
	assert_int_equal(feed_new(&check, RING_SIZE, &feed, &err), 0);
	assert_int_equal(take(feed, &check, 0, check.n_sectors - 1, 7), 0);
	assert_true(feed_wait_full(feed, 60000));
	assert_int_equal(feed_finish(feed, &err), -ENODATA);
	feed_free(feed);
	/* With the reader still waiting for room. */
	make_image(LARGE_SIZE, &check);
	assert_int_equal(feed_new(&check, RING_SIZE, &feed, &err), 0);
	assert_int_equal(take(feed, &check, 0, 100, 7), 0);
	assert_int_equal(feed_finish(feed, &err), -ENODATA);
	feed_free(feed);
}

static void *cancel_later(void *feed)
{
	usleep(50000);
	feed_cancel(feed);
	return NULL;
}

static void cancels(void **state)
{
	struct discern_burn_check check;
	struct discern_error err;
	struct feed *feed;
	pthread_t thread;

	(void)state;
	make_image(LARGE_SIZE, &check);
	assert_int_equal(feed_new(&check, RING_SIZE, &feed, &err), 0);
	assert_int_equal(pthread_create(&thread, NULL, cancel_later, feed), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(take(feed, &check, 0, check.n_sectors, 16), -ECANCELED);
	assert_int_equal(feed_finish(feed, &err), -ENODATA);
	assert_null(feed_free(feed));
	assert_null(feed_free(NULL));
}

static int set_up(void **state)
{
	uint32_t random = 1;
	int fd = mkstemp(image_path);

	(void)state;
	content = malloc(LARGE_SIZE);
	if (fd < 0 || content == NULL)
		return -1;
	close(fd);
	for (size_t i = 0; i < LARGE_SIZE; i++) {
		random = random * 1664525 + 1013904223;
		content[i] = (uint8_t)(random >> 24);
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(content);
	return unlink(image_path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(delivers_all_and_pads),           cmocka_unit_test(fills_the_ring_ahead),
		cmocka_unit_test(notices_a_shorter_image),         cmocka_unit_test(notices_a_cut_behind_the_reader),
		cmocka_unit_test(notices_changed_bytes),           cmocka_unit_test(tells_before_the_first_delivery),
		cmocka_unit_test(refuses_another_file),
		cmocka_unit_test(accounts_for_what_was_not_taken), cmocka_unit_test(cancels),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
