/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/vdrive_attach.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/vdrive_paths.h"
#include "vdrive/attach.h"
#include "vdrive/session.h"

#define MAX_FAULTS 64

static const char *name_of_device(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

static void report_clock(struct report *report, const struct attach_status *drive)
{
	char duration[TEXT_SIZE];

	report_string(report, "clock", NULL, drive->clock == VDRIVE_CLOCK_REAL ? "real" : "virtual");
	report_number(report, "clock_ms", NULL, (int64_t)(drive->clock_state.elapsed_us / 1000), NULL);
	report_text(report, "", "%s (%.3f s) by the drive's clock",
		    text_duration(drive->clock_state.elapsed_us / 1000000, duration),
		    (double)drive->clock_state.elapsed_us / 1e6);
}

static void report_drive(struct report *report, const struct attach_status *drive)
{
	static const char *const states[] = {
		[ATTACH_WORKING] = "working", [ATTACH_DEAD] = "dead", [ATTACH_UNPLUGGED] = "unplugged"
	};
	const char *tray = drive->tray_open ? "tray open" : "no disc";
	bool is_dead = drive->state == ATTACH_DEAD;

	report_string(report, "name", NULL, drive->name);
	if (is_dead)
		report_text(report, drive->name, "dead: its process was killed; discern vdrive detach %s", drive->name);
	else if (drive->state == ATTACH_UNPLUGGED)
		report_text(report, drive->name, "unplugged by a fault; discern vdrive detach %s", drive->name);
	else
		report_text(report, drive->name, "%s, %s", drive->device, name_of_device(drive->generic));
	if (!is_dead && drive->profile[0] != '\0')
		report_text(report, "", "%s: %s", drive->profile, drive->medium);
	else if (!is_dead)
		report_text(report, "", "%s", tray);
	if (drive->clock != VDRIVE_CLOCK_NONE)
		report_clock(report, drive);
	if (drive->faults_error[0] != '\0') {
		report_text(report, "", "the last change of the faults had no effect: %s", drive->faults_error);
		report_string(report, "faults_error", NULL, drive->faults_error);
	}
	report_string(report, "state", NULL, states[drive->state]);
	report_string(report, "path", NULL, drive->device);
	report_string(report, "generic", NULL, drive->generic);
	report_string(report, "medium", NULL, drive->medium);
	report_string(report, "profile", NULL, drive->profile);
	report_bool(report, "tray_open", NULL, drive->tray_open, NULL);
	report_number(report, "process", NULL, drive->pid, NULL);
}

static void report_attached(void *context, const struct attach_status *drive)
{
	struct cli *cli = context;
	struct report *report = report_new(stdout, cli->json);

	report_drive(report, drive);
	report_finish(report);
	/* A service's log shows it now. */
	fflush(stdout);
}

static int attach(struct cli *cli, const struct attach_options *options, bool foreground)
{
	struct attach_status status;
	struct discern_error err = { 0 };
	int ret;

	if (foreground)
		ret = attach_serve(options, report_attached, cli, &err);
	else
		ret = attach_start(options, &status, &err);
	if (ret < 0)
		return cli_fail(cli, &err);
	if (!foreground)
		report_attached(cli, &status);
	return CLI_EXIT_GOOD;
}

struct attach_words {
	struct attach_options options;
	char *faults[MAX_FAULTS];
	/** As given, and absolute. */
	const char *faults_file, *clock_file;
	char *medium, *faults_path, *clock_path;
	bool foreground, is_empty;
};

enum { OPTION_FAULTS = 1, OPTION_CLOCK_FILE, OPTION_REAL_TIME, OPTION_VIRTUAL_CLOCK };

static void release_words(struct attach_words *words)
{
	for (size_t i = 0; i < words->options.n_faults; i++)
		free(words->faults[i]);
	free(words->medium);
	free(words->faults_path);
	free(words->clock_path);
}

static int set_clock(struct cli *cli, struct attach_words *words, enum vdrive_clock clock)
{
	if (words->options.clock != VDRIVE_CLOCK_NONE)
		return cli_usage(cli, "one of --real-time and --virtual-clock, once");
	words->options.clock = clock;
	return CLI_EXIT_GOOD;
}

/* KEY=VALUE, which is cut up. */
static int set_drive_option(struct cli *cli, struct attach_options *options, char *words)
{
	char *equals = strchr(words, '=');
	struct discern_error err = { 0 };

	if (equals == NULL)
		return cli_usage(cli, "--option=%s: not of the form KEY=VALUE", words);
	*equals = '\0';
	return session_set_drive_option(words, equals + 1, &options->identity, &err) < 0
		       ? cli_usage(cli, "%s", err.text)
		       : CLI_EXIT_GOOD;
}

/* What an option says; a usage error's exit code, or CLI_EXIT_GOOD. */
static int take_option(struct cli *cli, struct attach_words *words, int option)
{
	struct discern_error err;

	switch (option) {
	case 'n':
		words->options.name = optarg;
		return tcmu_check_name(optarg, &err) < 0 ? cli_usage(cli, "%s", err.text) : CLI_EXIT_GOOD;
	case 'f':
		if (words->options.n_faults == MAX_FAULTS)
			return cli_usage(cli, "at most %d faults", MAX_FAULTS);
		words->faults[words->options.n_faults] = vdrive_absolute_rule(optarg);
		if (words->faults[words->options.n_faults] == NULL)
			return cli_usage(cli, "no memory");
		words->options.n_faults++;
		return CLI_EXIT_GOOD;
	case 'k':
		words->options.kind = optarg;
		return CLI_EXIT_GOOD;
	case 'o':
		return set_drive_option(cli, &words->options, optarg);
	case 'e':
		words->is_empty = true;
		return CLI_EXIT_GOOD;
	case OPTION_FAULTS:
		words->faults_file = optarg;
		return CLI_EXIT_GOOD;
	case OPTION_CLOCK_FILE:
		words->clock_file = optarg;
		return CLI_EXIT_GOOD;
	case OPTION_REAL_TIME:
		return set_clock(cli, words, VDRIVE_CLOCK_REAL);
	case OPTION_VIRTUAL_CLOCK:
		return set_clock(cli, words, VDRIVE_CLOCK_VIRTUAL);
	default:
		words->foreground = true;
		return CLI_EXIT_GOOD;
	}
}

/* The operand: "MEDIUM,kind=K,vendor=V…". */
static int take_medium(struct cli *cli, struct attach_words *words, char *operand, struct discern_error *err)
{
	struct attach_options *options = &words->options;
	struct server_drive_options drive = {
		.identity = options->identity, .mode = (mode_t)-1, .uid = (uid_t)-1, .gid = (gid_t)-1
	};

	if (session_parse_medium(operand, &drive, err) < 0)
		return cli_usage(cli, "%s", err->text);
	if (drive.mode != (mode_t)-1 || drive.uid != (uid_t)-1 || drive.gid != (gid_t)-1)
		return cli_usage(cli, "who may open an attached drive is for udev to say: no mode=, uid= or gid=");
	if (drive.kind != NULL && options->kind != NULL)
		return cli_usage(cli, "kind= and --kind: one of them");
	if (drive.kind != NULL)
		options->kind = drive.kind;
	options->identity = drive.identity;
	options->tray_open = drive.tray_open;
	if (drive.medium != NULL)
		words->medium = vdrive_absolute_path(drive.medium, err);
	options->medium = words->medium;
	return drive.medium != NULL && words->medium == NULL ? cli_fail(cli, err) : CLI_EXIT_GOOD;
}

/* Paths as the drive's process finds them. */
static int take_files(struct cli *cli, struct attach_words *words, struct discern_error *err)
{
	if (words->clock_file != NULL && words->options.clock == VDRIVE_CLOCK_NONE)
		return cli_usage(cli, "--clock-file: there is a clock only with --real-time or --virtual-clock");
	if (words->faults_file != NULL)
		words->faults_path = vdrive_absolute_path(words->faults_file, err);
	if (words->clock_file != NULL)
		words->clock_path = vdrive_absolute_new_path(words->clock_file, err);
	words->options.faults_path = words->faults_path;
	words->options.clock_path = words->clock_path;
	return err->code < 0 ? cli_fail(cli, err) : CLI_EXIT_GOOD;
}

static int check_operands(struct cli *cli, const struct attach_words *words, int n_operands)
{
	if (n_operands > 1)
		return cli_usage(cli, "one MEDIUM at a time");
	if (words->is_empty == (n_operands > 0))
		return cli_usage(cli, words->is_empty ? "--empty is a drive without a MEDIUM"
						      : "no MEDIUM given; a drive without one is --empty");
	if (words->is_empty && words->options.kind != NULL)
		return cli_usage(cli, "--kind=%s, but no MEDIUM", words->options.kind);
	return CLI_EXIT_GOOD;
}

static int run_attach(struct cli *cli, int argc, char **argv)
{
	static const struct option own[] = {
		{ "name", required_argument, NULL, 'n' },
		{ "fault", required_argument, NULL, 'f' },
		{ "faults", required_argument, NULL, OPTION_FAULTS },
		{ "kind", required_argument, NULL, 'k' },
		{ "empty", no_argument, NULL, 'e' },
		{ "real-time", no_argument, NULL, OPTION_REAL_TIME },
		{ "virtual-clock", no_argument, NULL, OPTION_VIRTUAL_CLOCK },
		{ "clock-file", required_argument, NULL, OPTION_CLOCK_FILE },
		{ "foreground", no_argument, NULL, 'F' },
		{ "option", required_argument, NULL, 'o' },
		{ 0 },
	};
	struct attach_words words = { .is_empty = false };
	struct discern_error err = { 0 };
	int option, ret;

	while ((option = cli_getopt(cli, &cmd_vdrive_attach, argc, argv, "n:f:k:eo:", own)) != -1) {
		if (option == CLI_OPTION_BAD || option == CLI_OPTION_DONE)
			ret = option == CLI_OPTION_BAD ? CLI_EXIT_USAGE : CLI_EXIT_GOOD;
		else
			ret = take_option(cli, &words, option);
		if (ret != CLI_EXIT_GOOD || option == CLI_OPTION_DONE) {
			release_words(&words);
			return ret;
		}
	}
	ret = check_operands(cli, &words, argc - optind);
	if (ret == CLI_EXIT_GOOD && !words.is_empty)
		ret = take_medium(cli, &words, argv[optind], &err);
	if (ret == CLI_EXIT_GOOD)
		ret = take_files(cli, &words, &err);
	words.options.faults = words.faults;
	if (ret == CLI_EXIT_GOOD)
		ret = attach(cli, &words.options, words.foreground);
	release_words(&words);
	return ret;
}

const struct cli_command cmd_vdrive_attach = {
	.name = "vdrive attach",
	.summary = "add a virtual drive to the system",
	.help = "Usage: discern vdrive attach [OPTION…] MEDIUM[,OPTION…]\n"
		"       discern vdrive attach [OPTION…] --empty\n"
		"\n"
		"Adds a virtual drive to the system, for all its users and programs, and prints its name and its "
		"device,\n"
		"such as /dev/sr0. Needs root, and the modules target_core_user and tcm_loop of the kernel.\n"
		"After MEDIUM may come, with commas: kind=, tray=open, vendor=, product=, revision=, serial=.\n"
		"\n"
		"  -n, --name=NAME         its name for list, insert, eject and detach; without this vd0, vd1, …\n"
		"  -k, --kind=KIND         what an image is: cd-rom, dvd-rom or bd-rom; without this by its size\n"
		"  -e, --empty             no medium in it\n"
		"  -f, --fault=RULE        a fault, as 'read lba=100-104 sense=3/11/05'; see discern-vdrive(1)\n"
		"  -o, --option=KEY=VALUE  what the drive is: vendor, product, revision, serial, read-offset, "
		"write-offset,\n"
		"                          overread, c2, cdtext, fua, cd-speed, dvd-speed, bd-speed, rotation;\n"
		"                          see discern-vdrive(1)\n"
		"      --faults=FILE       faults, one a line, read again whenever the file changes\n"
		"      --real-time         commands take as long as on a real drive\n"
		"      --virtual-clock     how long they would take is only counted; list tells it\n"
		"      --clock-file=FILE   keep in FILE how long the drive has taken\n"
		"      --foreground        stay, as the drive's process, until it is detached or gets SIGTERM\n",
	.run = run_attach,
};

static int run_list(struct cli *cli, int argc, char **argv)
{
	static const struct option own[] = { { 0 } };
	AUTO_FREE struct attach_status *drives = NULL;
	struct discern_error err = { 0 };
	struct report *report;
	size_t n_drives = 0;
	int option;

	option = cli_getopt(cli, &cmd_vdrive_list, argc, argv, "", own);
	if (option != -1)
		return option == CLI_OPTION_BAD ? CLI_EXIT_USAGE : CLI_EXIT_GOOD;
	if (optind < argc)
		return cli_usage(cli, "all drives are listed; \"%s\" is too much", argv[optind]);
	if (attach_list(&drives, &n_drives, &err) < 0)
		return cli_fail(cli, &err);
	report = report_new(stdout, cli->json);
	report_open_list(report, "drives");
	for (size_t i = 0; i < n_drives; i++) {
		report_open_object(report, NULL);
		report_drive(report, &drives[i]);
		report_close(report);
	}
	report_close(report);
	report_finish(report);
	if (n_drives == 0 && !cli->json)
		cli_say(cli, "no virtual drive is attached");
	return CLI_EXIT_GOOD;
}

const struct cli_command cmd_vdrive_list = {
	.name = "vdrive list",
	.summary = "show the virtual drives that are attached",
	.help = "Usage: discern vdrive list\n"
		"\n"
		"Shows the virtual drives that discern vdrive attach has added to the system, and what is in them.\n",
	.run = run_list,
};

/* Operands of the commands below: CLI_EXIT_GOOD if there are n of them. */
static int expect_operands(struct cli *cli, int argc, int n, const char *words)
{
	return argc - optind == n ? CLI_EXIT_GOOD : cli_usage(cli, "what is wanted is %s", words);
}

static bool has_more_than_kind(const struct server_drive_options *words)
{
	const struct vdrive_options *identity = &words->identity;

	return words->tray_open || words->mode != 0 || words->uid != 0 || words->gid != 0 || identity->vendor != NULL ||
	       identity->product != NULL || identity->revision != NULL || identity->serial != NULL;
}

static int run_insert(struct cli *cli, int argc, char **argv)
{
	static const struct option own[] = { { "kind", required_argument, NULL, 'k' }, { 0 } };
	struct server_drive_options words = { .number = 0 };
	struct discern_error err = { 0 };
	AUTO_FREE char *medium = NULL;
	const char *kind = NULL;
	int option, ret;

	while ((option = cli_getopt(cli, &cmd_vdrive_insert, argc, argv, "k:", own)) != -1) {
		if (option == CLI_OPTION_BAD || option == CLI_OPTION_DONE)
			return option == CLI_OPTION_BAD ? CLI_EXIT_USAGE : CLI_EXIT_GOOD;
		kind = optarg;
	}
	ret = expect_operands(cli, argc, 2, "NAME and MEDIUM");
	if (ret != CLI_EXIT_GOOD)
		return ret;
	if (session_parse_medium(argv[optind + 1], &words, &err) < 0)
		return cli_usage(cli, "%s", err.text);
	if (words.medium == NULL || has_more_than_kind(&words))
		return cli_usage(cli, "a MEDIUM, and behind it kind= at most; the rest is for attach");
	if (words.kind != NULL && kind != NULL)
		return cli_usage(cli, "kind= and --kind: one of them");
	kind = words.kind != NULL ? words.kind : kind;
	medium = vdrive_absolute_path(words.medium, &err);
	if (medium == NULL || attach_insert(argv[optind], medium, kind, &err) < 0)
		return cli_fail(cli, &err);
	return CLI_EXIT_GOOD;
}

const struct cli_command cmd_vdrive_insert = {
	.name = "vdrive insert",
	.summary = "put a medium into an attached virtual drive",
	.help = "Usage: discern vdrive insert [--kind=KIND] NAME MEDIUM[,kind=KIND]\n"
		"\n"
		"Puts MEDIUM, a virtual disc or an image, into the drive NAME, and closes its tray.\n"
		"\n"
		"  -k, --kind=KIND         what an image is: cd-rom, dvd-rom or bd-rom; without this by its size\n",
	.run = run_insert,
};

static int run_eject(struct cli *cli, int argc, char **argv)
{
	static const struct option own[] = { { 0 } };
	struct discern_error err = { 0 };
	int option, ret;

	option = cli_getopt(cli, &cmd_vdrive_eject, argc, argv, "", own);
	if (option != -1)
		return option == CLI_OPTION_BAD ? CLI_EXIT_USAGE : CLI_EXIT_GOOD;
	ret = expect_operands(cli, argc, 1, "NAME");
	if (ret != CLI_EXIT_GOOD)
		return ret;
	return attach_eject(argv[optind], &err) < 0 ? cli_fail(cli, &err) : CLI_EXIT_GOOD;
}

const struct cli_command cmd_vdrive_eject = {
	.name = "vdrive eject",
	.summary = "press the eject button of an attached virtual drive",
	.help = "Usage: discern vdrive eject NAME\n"
		"\n"
		"Presses the eject button of the drive NAME: its tray opens, unless a program has locked it.\n",
	.run = run_eject,
};

/* Goes on after one that cannot be detached. */
static int detach_all(struct cli *cli, bool force)
{
	AUTO_FREE struct attach_status *drives = NULL;
	struct discern_error err = { 0 };
	int code = CLI_EXIT_GOOD;
	size_t n_drives = 0;

	if (attach_list(&drives, &n_drives, &err) < 0)
		return cli_fail(cli, &err);
	for (size_t i = 0; i < n_drives; i++)
		if (attach_detach(drives[i].name, force, &err) < 0)
			code = cli_fail(cli, &err);
	return code;
}

static int run_detach(struct cli *cli, int argc, char **argv)
{
	static const struct option own[] = { { "force", no_argument, NULL, 'F' }, { 0 } };
	struct discern_error err = { 0 };
	bool force = false;
	int option, ret;

	while ((option = cli_getopt(cli, &cmd_vdrive_detach, argc, argv, "", own)) != -1) {
		if (option == CLI_OPTION_BAD || option == CLI_OPTION_DONE)
			return option == CLI_OPTION_BAD ? CLI_EXIT_USAGE : CLI_EXIT_GOOD;
		force = true;
	}
	ret = expect_operands(cli, argc, 1, "NAME, or all");
	if (ret != CLI_EXIT_GOOD)
		return ret;
	if (strcmp(argv[optind], "all") == 0)
		return detach_all(cli, force);
	return attach_detach(argv[optind], force, &err) < 0 ? cli_fail(cli, &err) : CLI_EXIT_GOOD;
}

const struct cli_command cmd_vdrive_detach = {
	.name = "vdrive detach",
	.summary = "take an attached virtual drive away",
	.help = "Usage: discern vdrive detach [--force] NAME\n"
		"       discern vdrive detach [--force] all\n"
		"\n"
		"Takes the drive NAME, or all drives that are attached, from the system. Also cleans up after a drive\n"
		"whose process was killed.\n"
		"\n"
		"      --force             also one that is mounted, or that a program has for itself\n",
	.run = run_detach,
};
