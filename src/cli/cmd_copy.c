/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/burn_options.h"
#include "cli/copy.h"

enum {
	OPTION_VIA = 1,
	OPTION_ON_THE_FLY,
	OPTION_FORCE,
	OPTION_SUBCHANNEL,
	OPTION_OFFSET,
	OPTION_READ_SPEED,
	OPTION_RETRIES,
	OPTION_FIRST_OF_BURN,
	OPTION_SPEED = OPTION_FIRST_OF_BURN,
	OPTION_BUFFER,
	OPTION_WRITE_OFFSET,
	OPTION_NO_VERIFY,
	OPTION_NO_CD_TEXT,
	OPTION_OVERWRITE,
	OPTION_EJECT,
	OPTION_PIPE_TIMEOUT,
};

static const struct option own[] = {
	{ "via", required_argument, NULL, OPTION_VIA },
	{ "on-the-fly", no_argument, NULL, OPTION_ON_THE_FLY },
	{ "force", no_argument, NULL, OPTION_FORCE },
	{ "subchannel", no_argument, NULL, OPTION_SUBCHANNEL },
	{ "offset", required_argument, NULL, OPTION_OFFSET },
	{ "read-speed", required_argument, NULL, OPTION_READ_SPEED },
	{ "retries", required_argument, NULL, OPTION_RETRIES },
	{ "speed", required_argument, NULL, OPTION_SPEED },
	{ "buffer", required_argument, NULL, OPTION_BUFFER },
	{ "write-offset", required_argument, NULL, OPTION_WRITE_OFFSET },
	{ "no-verify", no_argument, NULL, OPTION_NO_VERIFY },
	{ "no-cd-text", no_argument, NULL, OPTION_NO_CD_TEXT },
	{ "overwrite", no_argument, NULL, OPTION_OVERWRITE },
	{ "eject", no_argument, NULL, OPTION_EJECT },
	{ "pipe-timeout", required_argument, NULL, OPTION_PIPE_TIMEOUT },
	{ 0 },
};

void copy_add_word(struct copy *copy, char *word)
{
	if (copy->n_words < COPY_MAX_WORDS - 1)
		copy->words[copy->n_words++] = word;
}

/* Options of the burn go to it as they are; it says what is wrong with them. */
static void pass_on(struct copy *copy, int option)
{
	static char options[][16] = {
		"--speed",      "--buffer",    "--write-offset", "--no-verify",
		"--no-cd-text", "--overwrite", "--eject",        "--pipe-timeout",
	};

	copy_add_word(copy, options[option - OPTION_FIRST_OF_BURN]);
	if (optarg != NULL)
		copy_add_word(copy, optarg);
}

static int set_number(struct copy *copy, int option, const char *word)
{
	enum { MAX_OFFSET = 3000, MAX_RETRIES = 1000, MAX_SPEED = 1000 };
	const char *digits = option == OPTION_OFFSET && word[0] == '+' ? word + 1 : word;
	int64_t n;

	if (option == OPTION_OFFSET) {
		if (!text_to_number(digits, -MAX_OFFSET, MAX_OFFSET, &n))
			return cli_usage(copy->cli, "--offset=%s: give samples from -%d to %d", word, MAX_OFFSET,
					 MAX_OFFSET);
		copy->offset_samples = (int32_t)n;
	} else if (option == OPTION_RETRIES) {
		if (!text_to_number(digits, 0, MAX_RETRIES, &n))
			return cli_usage(copy->cli, "--retries=%s: give a number from 0 to %d", word, MAX_RETRIES);
		copy->retries = (int)n;
	} else {
		if (!text_to_number(digits, 1, MAX_SPEED, &n))
			return cli_usage(copy->cli, "--read-speed=%s: give a number of x, such as 8", word);
		copy->read_speed_tenths = (uint32_t)n * 10;
	}
	return CLI_EXIT_GOOD;
}

static int set_option(struct copy *copy, int option)
{
	switch (option) {
	case OPTION_VIA:
		copy->via = optarg;
		return CLI_EXIT_GOOD;
	case OPTION_ON_THE_FLY:
		copy->is_on_the_fly = true;
		return CLI_EXIT_GOOD;
	case OPTION_FORCE:
		copy->is_forced = true;
		return CLI_EXIT_GOOD;
	case OPTION_SUBCHANNEL:
		copy->with_subchannel = true;
		return CLI_EXIT_GOOD;
	case OPTION_OFFSET:
	case OPTION_READ_SPEED:
	case OPTION_RETRIES:
		return set_number(copy, option, optarg);
	default:
		copy->has_pipe_timeout = copy->has_pipe_timeout || option == OPTION_PIPE_TIMEOUT;
		pass_on(copy, option);
		return CLI_EXIT_GOOD;
	}
}

/* -1 to go on, else the exit code. */
static int parse(struct copy *copy, int argc, char **argv)
{
	int option, ret;

	while ((option = cli_getopt(copy->cli, &cmd_copy, argc, argv, "", own)) != -1) {
		if (option == CLI_OPTION_DONE)
			return CLI_EXIT_GOOD;
		if (option == CLI_OPTION_BAD)
			return CLI_EXIT_USAGE;
		ret = set_option(copy, option);
		if (ret != CLI_EXIT_GOOD)
			return ret;
	}
	if (optind == argc)
		return cli_usage(copy->cli, "from which drive?");
	if (argc - optind > 2)
		return cli_usage(copy->cli, "from one drive to another, not %d operands", argc - optind);
	copy->source_name = argv[optind];
	copy->target_name = argv[optind + 1] != NULL ? argv[optind + 1] : argv[optind];
	copy->is_one_drive = strcmp(copy->source_name, copy->target_name) == 0;
	if (copy->is_on_the_fly && copy->is_one_drive)
		return cli_usage(copy->cli, "--on-the-fly needs two drives");
	if (copy->is_on_the_fly &&
	    (copy->via != NULL || copy->is_forced || copy->with_subchannel || copy->offset_samples != 0))
		return cli_usage(copy->cli, "--via, --force, --subchannel and --offset are not for --on-the-fly");
	if (copy->has_pipe_timeout && !copy->is_on_the_fly)
		return cli_usage(copy->cli, "--pipe-timeout is for --on-the-fly");
	return -1;
}

int copy_burn(struct copy *copy, char *image)
{
	static char any_file[] = "--any-file", no_receipt[] = "--no-receipt";

	/* One report for both. */
	copy->cli->begun_report = copy->report;
	snprintf(copy->source_words, sizeof(copy->source_words), "the one that was in %s", copy->source_path);
	copy->cli->image_words = copy->source_words;
	copy->report = NULL;
	/* A disc need not hold a volume; and of a CD the ends of tracks, which no drive reads, are made anew. */
	copy_add_word(copy, any_file);
	if (copy->via == NULL)
		copy_add_word(copy, no_receipt);
	copy_add_word(copy, image);
	copy_add_word(copy, copy->target_name);
	copy->words[copy->n_words] = NULL;
	/* Another command line is read from its begin. */
	optind = 0;
	return cmd_burn.run(copy->cli, copy->n_words, copy->words);
}

/* Wrong options of the burn are told before an hour goes into reading. */
static int check_words(struct copy *copy)
{
	static char image[] = "image";
	struct burn_options options = { .cli = copy->cli, .window_fd = -1 };
	char *words[COPY_MAX_WORDS + 2];
	int ret;

	memcpy(words, copy->words, sizeof(copy->words));
	words[copy->n_words] = image;
	words[copy->n_words + 1] = NULL;
	optind = 0;
	ret = burn_options_parse(&options, copy->n_words + 1, words);
	worker_words_clear(&options.words);
	return ret == -1 ? CLI_EXIT_GOOD : ret;
}

/* Until somebody has put another disc in. */
static int change_disc(struct copy *copy)
{
	struct discern_error err;

	if (!copy->is_one_drive)
		return CLI_EXIT_GOOD;
	if (discern_drive_eject(copy->source, &err) < 0)
		cli_say(copy->cli, "%s", err.text);
	cli_close_drive(copy->cli, copy->source);
	copy->source = NULL;
	cli_say(copy->cli, "take the disc out of %s, and put a blank one in", copy->source_path);
	if (discern_drive_wait(copy->source_path, DISCERN_WAIT_FOR_REMOVAL, &copy->cli->observer, &err) < 0 ||
	    discern_drive_wait(copy->source_path, DISCERN_WAIT_FOR_MEDIUM, &copy->cli->observer, &err) < 0)
		return cli_fail(copy->cli, &err);
	progress_end(copy->cli->progress);
	return CLI_EXIT_GOOD;
}

static int by_way_of_file(struct copy *copy)
{
	int ret = copy_read(copy);

	if (ret == CLI_EXIT_UNREADABLE && copy->is_forced) {
		cli_say(copy->cli, "burning it all the same, as --force says");
		ret = CLI_EXIT_GOOD;
	}
	if (ret == CLI_EXIT_UNREADABLE)
		fprintf(stderr, "  hint: no blank disc was used; %s burns what could be read\n",
			copy->via != NULL ? "the same command tries again, and with --force" : "--force");
	if (ret == CLI_EXIT_GOOD)
		ret = change_disc(copy);
	if (ret != CLI_EXIT_GOOD)
		return ret;
	cli_close_drive(copy->cli, copy->source);
	copy->source = NULL;
	copy->is_read = true;
	copy->cli->is_image_incomplete = copy->n_bad_sectors > 0;
	ret = copy_burn(copy, copy->image);
	return ret == CLI_EXIT_GOOD && copy->n_bad_sectors > 0 ? CLI_EXIT_UNREADABLE : ret;
}

static void clean_up(struct copy *copy, int code)
{
	if (copy->report != NULL) {
		cli_report_error(copy->cli, copy->report);
		report_finish(copy->report);
	}
	cli_close_drive(copy->cli, copy->source);
	if (copy->folder[0] == '\0')
		return;
	/* Read, but not burned: it need not be read again. */
	if (code != CLI_EXIT_GOOD && copy->is_read) {
		fprintf(stderr, "  the image is kept, for discern burn: %s\n", copy->image);
		return;
	}
	copy_remove_folder(copy->folder);
}

static int run(struct cli *cli, int argc, char **argv)
{
	static char verb[] = "burn";
	/* Too large for the stack of a small thread, and there is only one. */
	static struct copy copy;
	struct discern_error err;
	int ret;

	copy = (struct copy){ .cli = cli, .retries = -1, .words = { verb }, .n_words = 1 };
	ret = parse(&copy, argc, argv);
	if (ret != -1)
		return ret;
	ret = check_words(&copy);
	if (ret != CLI_EXIT_GOOD)
		return ret;
	cli_catch_signals();
	ret = cli_open_drive(cli, copy.source_name, true, &copy.source, &err);
	if (ret != 0)
		return ret;
	copy.report = cli_report(cli);
	ret = copy_look(&copy);
	if (ret == CLI_EXIT_GOOD)
		ret = copy_look_at_target(&copy);
	if (ret == CLI_EXIT_GOOD)
		ret = copy.is_on_the_fly ? copy_on_the_fly(&copy) : by_way_of_file(&copy);
	clean_up(&copy, ret);
	return ret;
}

const struct cli_command cmd_copy = {
	.name = "copy",
	.summary = "copy a disc to another one and verify it",
	.help = "Usage: discern copy [OPTION…] SOURCE [TARGET]\n"
		"\n"
		"Reads the disc in the drive SOURCE into a file, as discern rip does, burns it onto the disc in "
		"TARGET, as\n"
		"discern burn does, and compares. Without TARGET the same drive is used, and a blank disc is asked "
		"for.\n"
		"CDs keep their tracks, pauses, indexes, ISRCs, catalogue number and CD-TEXT. If not all of the disc "
		"can\n"
		"be read, nothing is burned.\n"
		"\n"
		"Options:\n"
		"      --via=FILE         keep the image, under this name; else it is removed in the end\n"
		"      --on-the-fly       burn while reading, without a file: DVDs, BDs and CDs of one data track\n"
		"      --pipe-timeout=SECONDS  on the fly: SOURCE that brings nothing for so long (300) has failed\n"
		"      --force            burn though some sectors could not be read, which are zeros\n"
		"      --offset=N         CD: samples that SOURCE reads late\n"
		"      --subchannel       CD: copy sub-channels R to W as well (graphics)\n"
		"      --read-speed=N     speed of reading in x\n"
		"      --retries=N        rounds over what cannot be read\n"
		"and of the burn: --speed, --buffer, --write-offset, --no-cd-text, --overwrite, --no-verify, --eject.\n"
		"\n"
		"Exit codes: 0 copied and equal, 1 could not do it, 2 wrong usage, 3 not all could be read, 4 the "
		"copy\n"
		"differs, 5 no usable disc, 6 copy-protected, 128+n stopped by signal n.\n",
	.run = run,
};
