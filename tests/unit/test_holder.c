/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drive/holder.h"

static char path[] = "/tmp/discern-test-holder.XXXXXX";
static char text[256];

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

/* Another process, with a name of its own, that has the file open and waits to be killed. */
static pid_t start_holder(const char *name)
{
	int pipe_fds[2];
	char ready;
	pid_t child;

	assert_int_equal(pipe(pipe_fds), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		prctl(PR_SET_NAME, name);
		if (open(path, O_RDONLY) < 0 || write(pipe_fds[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(pipe_fds[0], &ready, 1), 1);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	return child;
}

static void stop_holder(pid_t child)
{
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void nobody(void **state)
{
	(void)state;
	strcpy(text, "x");
	assert_false(holder_find(path, text, sizeof(text)));
	assert_string_equal(text, "");
	assert_false(holder_find("/nonexistent/device", text, sizeof(text)));
}

static void this_process_does_not_count(void **state)
{
	int fd = open(path, O_RDONLY);

	(void)state;
	assert_true(fd >= 0);
	assert_false(holder_find(path, text, sizeof(text)));
	close(fd);
}

static void a_process_is_named(void **state)
{
	struct discern_error err;
	char expected[64];
	pid_t child = start_holder("some-burner");

	(void)state;
	snprintf(expected, sizeof(expected), "some-burner (process %d)", (int)child);
	assert_true(holder_find(path, text, sizeof(text)));
	assert_string_equal(text, expected);
	assert_int_equal(holder_error(path, &err), -EBUSY);
	assert_non_null(strstr(err.text, expected));
	assert_true(err.hint[0] != '\0');
	stop_holder(child);
	assert_false(holder_find(path, text, sizeof(text)));
}

static void several_are_named_as_far_as_they_fit(void **state)
{
	pid_t first = start_holder("one"), second = start_holder("two");
	char little[16];

	(void)state;
	assert_true(holder_find(path, text, sizeof(text)));
	assert_non_null(strstr(text, "one (process "));
	assert_non_null(strstr(text, ", two (process "));
	assert_true(holder_find(path, little, sizeof(little)));
	assert_int_equal(strlen(little), sizeof(little) - 1);
	stop_holder(first);
	stop_holder(second);
}

/* A file of the same name elsewhere is another file. */
static void names_alone_do_not_count(void **state)
{
	char folder[] = "/tmp/discern-test-holder-dir.XXXXXX";
	char other[128];
	pid_t child = start_holder("elsewhere");
	int fd;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(other, sizeof(other), "%s/%s", folder, strrchr(path, '/') + 1);
	fd = open(other, O_CREAT | O_RDWR, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_false(holder_find(other, text, sizeof(text)));
	stop_holder(child);
	unlink(other);
	rmdir(folder);
}

/* A block device that is mounted, where this machine has one and lets it be seen. */
static void a_mount_is_named(void **state)
{
	FILE *file = fopen("/proc/self/mounts", "r");
	char device[256], point[256];
	bool is_checked = false;

	(void)state;
	assert_non_null(file);
	while (!is_checked && fscanf(file, "%255s %255s %*[^\n]", device, point) == 2) {
		if (strncmp(device, "/dev/", 5) != 0 || access(device, F_OK) != 0)
			continue;
		is_checked = holder_find(device, text, sizeof(text)) && strncmp(text, "mounted on /", 12) == 0;
	}
	fclose(file);
	if (!is_checked)
		skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody),
		cmocka_unit_test(this_process_does_not_count),
		cmocka_unit_test(a_process_is_named),
		cmocka_unit_test(several_are_named_as_far_as_they_fit),
		cmocka_unit_test(names_alone_do_not_count),
		cmocka_unit_test(a_mount_is_named),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
