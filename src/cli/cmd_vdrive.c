/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/vdrive_attach.h"
#include "cli/vdrive_clock.h"
#include "vdrive/session.h"
#include "vdrive/vdrive.h"

#define MAX_FAULTS 64

/* What a shell says of a program that it cannot find, and of one that it cannot execute. */
enum { EXIT_NOT_EXECUTABLE = 126, EXIT_NOT_FOUND = 127 };

static const struct cli_command command_run, command_create;
extern const struct cli_command cmd_vdrive_fault;

/* As udev gives real drives: to their group. */
static void default_owner(struct server_drive_options *drive)
{
	const struct group *group = geteuid() == 0 ? getgrnam(OPTICAL_GROUP) : NULL;

	drive->mode = 0660;
	drive->uid = geteuid();
	drive->gid = group != NULL ? group->gr_gid : getegid();
}

struct run_options {
	struct server_drive_options drives[SERVER_MAX_DRIVES];
	size_t n_drives;
	char *faults[MAX_FAULTS];
	size_t n_faults;
	const char *faults_path, *clock_path;
	enum vdrive_clock clock;
};

static int add_drive(struct cli *cli, struct run_options *options, char *words)
{
	struct server_drive_options *drive = &options->drives[options->n_drives];
	struct discern_error err;

	if (options->n_drives == SERVER_MAX_DRIVES)
		return cli_usage(cli, "at most %d drives", SERVER_MAX_DRIVES);
	default_owner(drive);
	if (session_parse_drive(words, drive, &err) < 0)
		return cli_usage(cli, "%s", err.text);
	for (size_t i = 0; i < options->n_drives; i++)
		if (options->drives[i].number == drive->number)
			return cli_usage(cli, "drive sr%u is given twice", drive->number);
	options->n_drives++;
	return CLI_EXIT_GOOD;
}

static int add_fault(struct cli *cli, struct run_options *options, char *rule)
{
	if (options->n_faults == MAX_FAULTS)
		return cli_usage(cli, "at most %d faults", MAX_FAULTS);
	options->faults[options->n_faults++] = rule;
	return CLI_EXIT_GOOD;
}

static int exit_code(struct cli *cli, const struct session_result *result, const struct discern_error *err)
{
	int ret;

	if (err->code < 0) {
		ret = cli_fail(cli, err);
		if (!result->is_not_executable)
			return ret;
		return err->code == -ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
	}
	if (WIFSIGNALED(result->wait_status))
		return CLI_EXIT_SIGNAL + WTERMSIG(result->wait_status);
	return WEXITSTATUS(result->wait_status);
}

static int run_session(struct cli *cli, struct run_options *options, char *const *argv)
{
	struct session_options session = { .drives = options->drives,
					   .n_drives = options->n_drives,
					   .faults = options->faults,
					   .n_faults = options->n_faults,
					   .faults_path = options->faults_path,
					   .clock_path = options->clock_path,
					   .argv = argv };
	struct session_result result = { 0 };
	struct discern_error err = { 0 };
	AUTO_FREE char *preload = NULL;

	for (size_t i = 0; i < options->n_drives; i++)
		options->drives[i].clock = options->clock;
	if (session_find_preload(&preload, &err) == 0) {
		session.preload = preload;
		session_run(&session, &result, &err);
	}
	if (result.faults_error[0] != '\0')
		cli_complain(cli, "the last change of the faults had no effect: %s", result.faults_error);
	if (err.code == 0 && options->clock != VDRIVE_CLOCK_NONE)
		vdrive_clock_report(cli, &session, &result);
	if (err.code == 0 && result.clock_error[0] != '\0')
		discern_error_set(&err, -EIO, "%s", result.clock_error);
	return exit_code(cli, &result, &err);
}

enum { OPTION_FAULTS = 1, OPTION_CLOCK_FILE, OPTION_REAL_TIME, OPTION_VIRTUAL_CLOCK };

static int set_run_option(struct cli *cli, struct run_options *options, int option)
{
	switch (option) {
	case 'd':
		return add_drive(cli, options, optarg);
	case 'f':
		return add_fault(cli, options, optarg);
	case OPTION_FAULTS:
		options->faults_path = optarg;
		break;
	case OPTION_CLOCK_FILE:
		options->clock_path = optarg;
		break;
	case OPTION_REAL_TIME:
	case OPTION_VIRTUAL_CLOCK:
		if (options->clock != VDRIVE_CLOCK_NONE)
			return cli_usage(cli, "one of --real-time and --virtual-clock, once");
		options->clock = option == OPTION_REAL_TIME ? VDRIVE_CLOCK_REAL : VDRIVE_CLOCK_VIRTUAL;
		break;
	}
	return CLI_EXIT_GOOD;
}

static int run_run(struct cli *cli, int argc, char **argv)
{
	static const struct option own[] = {
		{ "drive", required_argument, NULL, 'd' },
		{ "fault", required_argument, NULL, 'f' },
		{ "faults", required_argument, NULL, OPTION_FAULTS },
		{ "real-time", no_argument, NULL, OPTION_REAL_TIME },
		{ "virtual-clock", no_argument, NULL, OPTION_VIRTUAL_CLOCK },
		{ "clock-file", required_argument, NULL, OPTION_CLOCK_FILE },
		{ 0 },
	};
	struct run_options options = { .n_drives = 0 };
	int option;

	while ((option = cli_getopt(cli, &command_run, argc, argv, "+d:f:", own)) != -1) {
		int ret = option == CLI_OPTION_BAD ? CLI_EXIT_USAGE : CLI_EXIT_GOOD;

		if (option == CLI_OPTION_BAD || option == CLI_OPTION_DONE)
			return ret;
		ret = set_run_option(cli, &options, option);
		if (ret != CLI_EXIT_GOOD)
			return ret;
	}
	if (options.n_drives == 0)
		return cli_usage(cli, "no drive given; an empty one is --drive sr0=");
	if (optind == argc)
		return cli_usage(cli, "no program given; it comes after --");
	if (options.clock_path != NULL && options.clock == VDRIVE_CLOCK_NONE)
		return cli_usage(cli, "--clock-file: there is a clock only with --real-time or --virtual-clock");
	if (cli_refuse_record(cli) != 0)
		return CLI_EXIT_USAGE;
	return run_session(cli, &options, argv + optind);
}

static const struct cli_command command_run = {
	.name = "vdrive run",
	.summary = "run a program with virtual drives in its /dev",
	.help = "Usage: discern vdrive run --drive srN=MEDIUM[,OPTION…] [OPTION…] -- PROGRAM [ARGUMENT…]\n"
		"\n"
		"Runs PROGRAM in a view of the system where /dev/srN is a virtual drive, and where the real drives\n"
		"are not. Any program will do: it needs no kernel with SCSI, and no root. Ends as PROGRAM ends.\n"
		"\n"
		"  -d, --drive=srN=MEDIUM  a drive, sr0 to sr15, with a medium in it: a virtual disc (discern vdrive\n"
		"                          create), or an image, which then is a pressed disc; empty for no medium\n"
		"  -f, --fault='srN: RULE' a fault, as 'sr0: read lba=100-104 sense=3/11/05'; see discern-vdrive(1)\n"
		"      --faults=FILE       faults, one a line, read again whenever the file changes\n"
		"      --real-time         commands take as long as on a real drive\n"
		"      --virtual-clock     the same, but only counted: hours pass in seconds\n"
		"      --clock-file=FILE   keep in FILE how long each drive has taken\n"
		"\n"
		"After MEDIUM may come, with commas: kind=cd-rom, dvd-rom, dvd-rom-dl or bd-rom (else by size),\n"
		"tray=open, vendor=, product=, revision=, serial=, mode=, uid=, gid=.\n",
	.run = run_run,
};

static int report_disc(struct cli *cli, const char *path, const char *media)
{
	struct report *report = cli_report(cli);

	report_string(report, "file", "disc", path);
	report_string(report, "media", "media", media);
	report_string(report, "state", "state", "blank");
	report_finish(report);
	return CLI_EXIT_GOOD;
}

static int run_create(struct cli *cli, int argc, char **argv)
{
	static const struct option own[] = {
		{ "media", required_argument, NULL, 'm' },
		{ "sectors", required_argument, NULL, 's' },
		{ 0 },
	};
	struct vdrive_disc_options options = { .media = NULL };
	struct discern_error err;
	int64_t n_sectors;
	int option;

	while ((option = cli_getopt(cli, &command_create, argc, argv, "m:s:", own)) != -1) {
		if (option == CLI_OPTION_BAD || option == CLI_OPTION_DONE)
			return option == CLI_OPTION_BAD ? CLI_EXIT_USAGE : CLI_EXIT_GOOD;
		if (option == 'm') {
			options.media = optarg;
			continue;
		}
		if (!text_to_number(optarg, 1, UINT32_MAX, &n_sectors))
			return cli_usage(cli, "--sectors=%s: not a number of sectors", optarg);
		options.n_sectors = (uint32_t)n_sectors;
	}
	if (options.media == NULL)
		return cli_usage(cli, "--media is missing: cd-r, dvd-r, dvd+rw, bd-re … (see --help)");
	if (argc - optind != 1)
		return cli_usage(cli, argc == optind ? "no FILE given" : "one FILE at a time");
	if (cli_refuse_record(cli) != 0)
		return CLI_EXIT_USAGE;
	if (vdrive_disc_create(argv[optind], &options, &err) < 0)
		return cli_fail(cli, &err);
	return report_disc(cli, argv[optind], options.media);
}

static const struct cli_command command_create = {
	.name = "vdrive create",
	.summary = "make a blank virtual disc",
	.help = "Usage: discern vdrive create --media=MEDIA [--sectors=N] FILE\n"
		"\n"
		"Makes FILE, a blank virtual disc. It is sparse: it takes room on your disk as it is written.\n"
		"\n"
		"  -m, --media=MEDIA       cd-r, cd-rw; dvd-r, dvd-r-dl, dvd-rw, dvd-rw-overwrite (formatted);\n"
		"                          dvd+r, dvd+r-dl, dvd+rw; dvd-ram; bd-r, bd-r-dl, bd-r-tl, bd-r-ql;\n"
		"                          bd-re, bd-re-dl, bd-re-tl\n"
		"  -s, --sectors=N         its size in sectors of 2048 bytes; without this the usual one: 80 minutes,\n"
		"                          4.7 GB (8.5 with two layers), 25 GB (50, 100, 128 with more layers)\n",
	.run = run_create,
};

static int run(struct cli *cli, int argc, char **argv)
{
	static const struct cli_command *const commands[] = {
		&command_run,	     &command_create,	&cmd_vdrive_fault, &cmd_vdrive_attach,
		&cmd_vdrive_list,    &cmd_vdrive_insert, &cmd_vdrive_eject, &cmd_vdrive_detach,
	};
	static const struct option own[] = { { 0 } };
	int option;

	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[1], strchr(commands[i]->name, ' ') + 1) != 0)
			continue;
		cli->verb = commands[i]->name;
		return commands[i]->run(cli, argc - 1, argv + 1);
	}
	option = cli_getopt(cli, &cmd_vdrive, argc, argv, "+", own);
	if (option == CLI_OPTION_DONE)
		return CLI_EXIT_GOOD;
	if (option == CLI_OPTION_BAD)
		return CLI_EXIT_USAGE;
	if (optind < argc)
		return cli_usage(cli, "there is run, create, fault, attach, list, insert, eject and detach, but no \"%s\"",
				 argv[optind]);
	return cli_usage(cli, "what is to be done: run, create, fault, attach, list, insert, eject or detach?");
}

const struct cli_command cmd_vdrive = {
	.name = "vdrive",
	.summary = "virtual drives: run a program with them, attach them, make blank discs",
	.help = "Usage: discern vdrive run --drive srN=MEDIUM[,OPTION…] [OPTION…] -- PROGRAM [ARGUMENT…]\n"
		"       discern vdrive create --media=MEDIA [--sectors=N] FILE\n"
		"       discern vdrive fault add FILE RULE\n"
		"       discern vdrive attach [OPTION…] MEDIUM\n"
		"       discern vdrive list\n"
		"       discern vdrive insert NAME MEDIUM\n"
		"       discern vdrive eject NAME\n"
		"       discern vdrive detach NAME\n"
		"\n"
		"Virtual drives are drives in software that take real commands, for trying things out and for tests.\n"
		"\n"
		"  run                     run a program that finds virtual drives in its /dev\n"
		"  create                  make a blank virtual disc\n"
		"  fault                   change the faults of a drive that runs, or of a disc\n"
		"  attach                  add a virtual drive to the system, for all programs (root)\n"
		"  list                    show the drives that are attached\n"
		"  insert, eject           change the disc of an attached drive\n"
		"  detach                  take an attached drive away\n"
		"\n"
		"discern vdrive run --help and so on tell more.\n",
	.run = run,
};
