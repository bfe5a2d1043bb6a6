/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "burn/window.h"

enum { MIB = 1 << 20, IMAGE_MIB = 12, RING_MIB = 4 };

static uint8_t image[IMAGE_MIB * MIB], bytes[MIB];
static char path[] = "/tmp/discern-window.XXXXXX";
static struct discern_burn_check check;
static struct discern_error err;

static int make_image(void **state)
{
	struct stat status;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	for (size_t i = 0; i < sizeof(image); i++)
		image[i] = (uint8_t)(i * 2654435761u >> 13);
	assert_int_equal(write(fd, image, sizeof(image)), sizeof(image));
	assert_int_equal(fstat(fd, &status), 0);
	close(fd);
	check.inode = (uint64_t)status.st_ino;
	check.modified_ns = (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
	snprintf(check.path, sizeof(check.path), "%s", path);
	check.image.size_bytes = sizeof(image);
	check.n_sectors = sizeof(image) / DISCERN_SECTOR_SIZE;
	memset(check.sha256, 'a', sizeof(check.sha256) - 1);
	return 0;
}

static int remove_image(void **state)
{
	(void)state;
	return unlink(path);
}

static bool take(const struct discern_burn_check *burn, size_t mebibyte)
{
	memset(bytes, 0, sizeof(bytes));
	if (!window_take(burn->window, bytes, mebibyte * MIB, MIB))
		return false;
	assert_memory_equal(bytes, image + mebibyte * MIB, MIB);
	return true;
}

/* The fast one gets all of it; who comes late gets what is still there, and is told of the rest. */
static void nobody_waits(void **state)
{
	struct discern_burn_window *window = NULL;
	struct discern_burn_check fast, late;
	size_t n_taken = 0;

	(void)state;
	assert_int_equal(discern_burn_window_new(&check, RING_MIB * (size_t)MIB, &window, &err), 0);
	assert_int_equal(discern_burn_window_open(discern_burn_window_fd(window), &fast, &err), 0);
	assert_string_equal(fast.sha256, check.sha256);
	assert_string_equal(fast.path, path);
	for (size_t i = 0; i < IMAGE_MIB; i++)
		assert_true(take(&fast, i));
	assert_int_equal(discern_burn_window_read_bytes(window), sizeof(image));
	assert_int_equal(discern_burn_window_open(discern_burn_window_fd(window), &late, &err), 0);
	for (size_t i = 0; i < IMAGE_MIB; i++)
		n_taken += take(&late, i);
	assert_int_equal(n_taken, RING_MIB);
	assert_false(take(&late, 0));
	assert_true(take(&late, IMAGE_MIB - 1));
	discern_burn_window_free(fast.window);
	discern_burn_window_free(late.window);
	discern_burn_window_free(window);
}

/* A file that is not as it was when it was checked. */
static void changed_files_are_refused(void **state)
{
	struct discern_burn_window *window = NULL;
	struct discern_burn_check longer = check, older = check;

	(void)state;
	longer.image.size_bytes += MIB;
	assert_int_equal(discern_burn_window_new(&longer, 0, &window, &err), -ESTALE);
	older.modified_ns--;
	assert_int_equal(discern_burn_window_new(&older, 0, &window, &err), -ESTALE);
}

static void other_files_are_refused(void **state)
{
	struct discern_burn_check burn;
	int fd = open(path, O_RDWR);

	(void)state;
	assert_int_equal(discern_burn_window_open(-1, &burn, &err), -EINVAL);
	assert_int_equal(discern_burn_window_open(fd, &burn, &err), -EINVAL);
	close(fd);
	fd = memfd_create("test", MFD_ALLOW_SEALING);
	assert_int_equal(ftruncate(fd, 8 * MIB), 0);
	assert_int_equal(discern_burn_window_open(fd, &burn, &err), -EINVAL);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW), 0);
	assert_int_equal(discern_burn_window_open(fd, &burn, &err), -EINVAL);
	assert_null(burn.window);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_waits),
		cmocka_unit_test(changed_files_are_refused),
		cmocka_unit_test(other_files_are_refused),
	};

	return cmocka_run_group_tests(tests, make_image, remove_image);
}
