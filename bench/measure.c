/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measure FILE PROGRAM [ARGUMENT…]: runs the program and writes "SECONDS CPU-SECONDS PEAK-KIB" to FILE, for it and all
 * that it waited for. Exits as the program did.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	double began = now();
	struct rusage usage;
	int status = 0;
	FILE *file;
	pid_t child;

	if (argc < 3) {
		fprintf(stderr, "Usage: measure FILE PROGRAM [ARGUMENT...]\n");
		return 2;
	}
	child = fork();
	if (child == 0) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0 || getrusage(RUSAGE_CHILDREN, &usage) < 0) {
		perror("measure");
		return 1;
	}
	file = fopen(argv[1], "w");
	if (file == NULL) {
		perror(argv[1]);
		return 1;
	}
	fprintf(file, "%.3f %.3f %ld\n", now() - began, seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss);
	if (fclose(file) != 0)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
