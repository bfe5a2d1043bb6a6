/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/suggest.h"
#include "config.h"

static const struct cli_command *const commands[] = {
	&cmd_drives, &cmd_info,   &cmd_rip,   &cmd_burn, &cmd_copy, &cmd_verify,
	&cmd_blank,  &cmd_format, &cmd_eject, &cmd_load, &cmd_report,
#ifdef HAVE_VDRIVE
	&cmd_vdrive,
#endif
};
#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void print_help(void)
{
	puts("Usage: discern COMMAND [OPTION…] [OPERAND…]\n"
	     "\n"
	     "Rips optical discs to images, burns images to discs, and proves that a disc equals its image.\n"
	     "\n"
	     "Commands:");
	for (size_t i = 0; i < N_COMMANDS; i++)
		printf("  %-8s  %s\n", commands[i]->name, commands[i]->summary);
	puts("\n"
	     "  discern COMMAND --help tells the options of a command, man discern the whole story.\n"
	     "  --version             print the version\n"
	     "  -h, --help            this text");
}

static const struct cli_command *find_command(const char *name)
{
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static int unknown_command(const char *name)
{
	const char *names[N_COMMANDS];
	const char *nearest;

	for (size_t i = 0; i < N_COMMANDS; i++)
		names[i] = commands[i]->name;
	nearest = cli_suggest(name, names, N_COMMANDS);
	fprintf(stderr, "discern: unknown %s \"%s\"\n", name[0] == '-' ? "option" : "command", name);
	if (nearest != NULL)
		fprintf(stderr, "  hint: did you mean \"discern %s\"?\n", nearest);
	else
		fprintf(stderr, "  hint: \"discern --help\" lists the commands\n");
	return CLI_EXIT_USAGE;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct cli cli = { .verb = command->name, .progress_mode = PROGRESS_AUTO, .progress_fd = -1 };
	int ret = command->run(&cli, argc, argv);

	if (cli.json && !cli.has_report && cli.error.code != 0) {
		struct report *report = cli_report(&cli);

		cli_report_error(&cli, report);
		report_finish(report);
	}
	cli_finish(&cli);
	if (ret == CLI_EXIT_GOOD && (fflush(stdout) != 0 || ferror(stdout))) {
		cli_complain(&cli, "cannot write to standard output");
		return CLI_EXIT_FAILED;
	}
	return ret;
}

/* A caller may have closed these; the next file opened would be taken for one of them. Writing to it fails, as it
 * does to a closed one. */
static void fill_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			_exit(CLI_EXIT_FAILED);
}

int main(int argc, char **argv)
{
	const struct cli_command *command;
	const char *name = argc > 1 ? argv[1] : "";
	char help[] = "--help";

	fill_standard_files();

	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || (strcmp(name, "help") == 0 && argc == 2)) {
		print_help();
		return CLI_EXIT_GOOD;
	}
	if (strcmp(name, "--version") == 0) {
		puts("discern " PACKAGE_VERSION);
		return CLI_EXIT_GOOD;
	}
	if (argc < 2) {
		fprintf(stderr, "discern: no command given\n  hint: \"discern --help\" lists the commands\n");
		return CLI_EXIT_USAGE;
	}
	if (strcmp(name, "help") == 0) {
		command = find_command(argv[2]);
		if (command == NULL)
			return unknown_command(argv[2]);
		return run(command, 2, (char *[]){ argv[2], help, NULL });
	}
	command = find_command(name);
	if (command == NULL)
		return unknown_command(name);
	return run(command, argc - 1, argv + 1);
}
