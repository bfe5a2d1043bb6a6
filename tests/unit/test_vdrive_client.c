/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "vdrive/client.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/unit.h"

static char fifo[] = "/tmp/discern-unit-fifo.XXXXXX";

static uint64_t address_of(const void *pointer)
{
	return (uintptr_t)pointer;
}

static void test_copy(void **state)
{
	char theirs[16] = "before", ours[16] = "after";

	(void)state;
	assert_int_equal(client_copy(getpid(), CLIENT_WRITE, address_of(theirs), ours, 6), 0);
	assert_string_equal(theirs, "after");
	memset(ours, 0, sizeof(ours));
	assert_int_equal(client_copy(getpid(), CLIENT_READ, address_of(theirs), ours, 6), 0);
	assert_string_equal(ours, "after");
	assert_int_equal(client_copy(getpid(), CLIENT_READ, 0, ours, 0), 0);
	assert_int_equal(client_copy(getpid(), CLIENT_READ, 0, ours, 6), -EFAULT);
	assert_int_equal(client_copy(getpid(), CLIENT_READ, UINT64_MAX - 2, ours, 6), -EFAULT);
	assert_int_equal(client_copy(getpid(), CLIENT_READ, UINT64_MAX / 2, ours, 6), -EFAULT);
}

/* Half of it is there: no part counts as good. */
static void test_copy_at_the_edge(void **state)
{
	long page = sysconf(_SC_PAGESIZE);
	char *pages = mmap(NULL, (size_t)page * 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char ours[16];

	(void)state;
	assert_ptr_not_equal(pages, MAP_FAILED);
	assert_int_equal(munmap(pages + page, (size_t)page), 0);
	assert_int_equal(client_copy(getpid(), CLIENT_READ, address_of(pages + page - 8), ours, 16), -EFAULT);
	assert_int_equal(client_copy(getpid(), CLIENT_READ, address_of(pages + page - 8), ours, 8), 0);
	munmap(pages, (size_t)page);
}

static void test_copy_vector(void **state)
{
	char first[4] = "abc", second[4] = "def", ours[16] = "";
	struct iovec elements[2] = { { first, 3 }, { second, 3 } };
	const struct client_vector vector = { address_of(elements), 2 }, none = { address_of(elements), 0 };
	const struct client_vector many = { address_of(elements), 1025 }, nowhere = { 16, 2 };
	size_t size = 16;

	(void)state;
	assert_int_equal(client_copy_vector(getpid(), CLIENT_READ, &vector, ours, &size), 0);
	assert_int_equal(size, 6);
	assert_memory_equal(ours, "abcdef", 6);
	size = 4;
	assert_int_equal(client_copy_vector(getpid(), CLIENT_READ, &vector, ours, &size), 0);
	assert_int_equal(size, 4);
	assert_int_equal(client_copy_vector(getpid(), CLIENT_READ, &none, ours, &size), -EINVAL);
	assert_int_equal(client_copy_vector(getpid(), CLIENT_READ, &many, ours, &size), -EINVAL);
	assert_int_equal(client_copy_vector(getpid(), CLIENT_READ, &nowhere, ours, &size), -EFAULT);
	/* Lengths that together would wrap around. */
	elements[0].iov_len = SIZE_MAX;
	elements[1].iov_len = SIZE_MAX;
	size = 3;
	assert_int_equal(client_copy_vector(getpid(), CLIENT_READ, &vector, ours, &size), 0);
	assert_int_equal(size, 3);
}

/* A child that waits in open(): nobody writes to the fifo. */
static int flags_of_child(void (*open_fifo)(void))
{
	int ret, flags = -1, n_tries = 0;
	pid_t child = fork();

	if (child == 0) {
		open_fifo();
		_exit(0);
	}
	/* Until it has come to its system call. */
	do
		ret = client_open_flags(child, &flags);
	while (ret < 0 && n_tries++ < 100);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	assert_int_equal(ret, 0);
	return flags;
}

static void open_exclusively(void)
{
	open(fifo, O_RDONLY | O_EXCL);
}

static void open_plainly(void)
{
	open(fifo, O_RDONLY);
}

static void open_by_structure(void)
{
	struct open_how how = { .flags = O_RDONLY | O_EXCL };

	syscall(SYS_openat2, AT_FDCWD, fifo, &how, sizeof(how));
}

static void test_open_flags(void **state)
{
	(void)state;
	assert_int_equal(flags_of_child(open_exclusively) & O_EXCL, O_EXCL);
	assert_int_equal(flags_of_child(open_plainly) & O_EXCL, 0);
}

static void test_open_flags_of_openat2(void **state)
{
	(void)state;
	/* valgrind 3.19 and kernels before 5.6 do not know it. */
	if (syscall(SYS_openat2, AT_FDCWD, "", NULL, (size_t)0) < 0 && errno == ENOSYS)
		skip();
	assert_int_equal(flags_of_child(open_by_structure) & O_EXCL, O_EXCL);
}

static void test_no_such_process(void **state)
{
	char ours[4];
	int flags;

	(void)state;
	assert_int_equal(client_open_flags(0x3fffffff, &flags), -ENOENT);
	assert_int_equal(client_copy(0x3fffffff, CLIENT_READ, address_of(ours), ours, 4), -EFAULT);
}

static int make_fifo(void **state)
{
	int fd = mkstemp(fifo);

	(void)state;
	close(fd);
	unlink(fifo);
	return mkfifo(fifo, 0600);
}

static int remove_fifo(void **state)
{
	(void)state;
	return unlink(fifo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_copy_at_the_edge),
		cmocka_unit_test(test_copy_vector),
		cmocka_unit_test(test_open_flags),
		cmocka_unit_test(test_open_flags_of_openat2),
		cmocka_unit_test(test_no_such_process),
	};

	return cmocka_run_group_tests(tests, make_fifo, remove_fifo);
}
