/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/burn_options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum {
	OPTION_DRY_RUN = 1,
	OPTION_OVERWRITE,
	OPTION_ANY_FILE,
	OPTION_NO_VERIFY,
	OPTION_SHA256,
	OPTION_CHECKSUM,
	OPTION_SPEED,
	OPTION_BUFFER,
	OPTION_EJECT,
	OPTION_KEYRING,
	OPTION_REQUIRE_SIGNATURE,
	OPTION_FILES,
	OPTION_LABEL,
	OPTION_SIZE,
	OPTION_PIPE_TIMEOUT,
	OPTION_MODE,
	OPTION_MULTI,
	OPTION_APPEND,
	OPTION_SIMULATE,
	OPTION_STREAM,
	OPTION_DEFECTS,
	OPTION_RECEIPT,
	OPTION_NO_RECEIPT,
	OPTION_COPIES,
	OPTION_QUEUE,
	OPTION_WINDOW_FD,
	OPTION_AGREED_LOSS,
	OPTION_AUDIO,
	OPTION_GAP,
	OPTION_WRITE_OFFSET,
	OPTION_NO_CD_TEXT
};

static const struct option own[] = {
	{ "dry-run", no_argument, NULL, OPTION_DRY_RUN },
	{ "overwrite", no_argument, NULL, OPTION_OVERWRITE },
	{ "any-file", no_argument, NULL, OPTION_ANY_FILE },
	{ "no-verify", no_argument, NULL, OPTION_NO_VERIFY },
	{ "sha256", required_argument, NULL, OPTION_SHA256 },
	{ "checksum", required_argument, NULL, OPTION_CHECKSUM },
	{ "speed", required_argument, NULL, OPTION_SPEED },
	{ "buffer", required_argument, NULL, OPTION_BUFFER },
	{ "eject", no_argument, NULL, OPTION_EJECT },
	{ "keyring", required_argument, NULL, OPTION_KEYRING },
	{ "require-signature", no_argument, NULL, OPTION_REQUIRE_SIGNATURE },
	{ "files", no_argument, NULL, OPTION_FILES },
	{ "label", required_argument, NULL, OPTION_LABEL },
	{ "size", required_argument, NULL, OPTION_SIZE },
	{ "pipe-timeout", required_argument, NULL, OPTION_PIPE_TIMEOUT },
	{ "mode", required_argument, NULL, OPTION_MODE },
	{ "multi", no_argument, NULL, OPTION_MULTI },
	{ "append", no_argument, NULL, OPTION_APPEND },
	{ "simulate", no_argument, NULL, OPTION_SIMULATE },
	{ "stream-recording", required_argument, NULL, OPTION_STREAM },
	{ "defect-management", required_argument, NULL, OPTION_DEFECTS },
	{ "receipt", required_argument, NULL, OPTION_RECEIPT },
	{ "no-receipt", no_argument, NULL, OPTION_NO_RECEIPT },
	{ "copies", required_argument, NULL, OPTION_COPIES },
	{ "queue", required_argument, NULL, OPTION_QUEUE },
	{ "window-fd", required_argument, NULL, OPTION_WINDOW_FD },
	{ "agreed-loss", required_argument, NULL, OPTION_AGREED_LOSS },
	{ "audio", no_argument, NULL, OPTION_AUDIO },
	{ "gap", required_argument, NULL, OPTION_GAP },
	{ "write-offset", required_argument, NULL, OPTION_WRITE_OFFSET },
	{ "no-cd-text", no_argument, NULL, OPTION_NO_CD_TEXT },
	{ 0 },
};

static bool is_hex(const char *text, size_t length)
{
	return strlen(text) == length && strspn(text, "0123456789abcdefABCDEF") == length;
}

static int set_checksum(struct burn_options *options, int option, const char *hex)
{
	bool is_good = is_hex(hex, 64);

	if (option == OPTION_CHECKSUM)
		is_good = is_good || is_hex(hex, 32) || is_hex(hex, 40) || is_hex(hex, 128);
	if (!is_good && option == OPTION_SHA256)
		return cli_usage(options->cli, "--sha256: give 64 hexadecimal digits");
	if (!is_good)
		return cli_usage(options->cli,
				 "--checksum: give 32 hexadecimal digits (MD5), 40 (SHA-1), 64 (SHA-256) or "
				 "128 (SHA-512)");
	options->burn.checksum = hex;
	return 0;
}

static int set_speed(struct burn_options *options, const char *word)
{
	if (speed_option_read(word, &options->speed))
		return 0;
	return cli_usage(options->cli, "--speed=%s: give a number such as 8 or 2.4, a number with kB/s, or max", word);
}

static int set_mode(struct burn_options *options, const char *word)
{
	static const char *const words[] = {
		[DISCERN_BURN_AUTO] = "auto",
		[DISCERN_BURN_SAO] = "sao",
		[DISCERN_BURN_TAO] = "tao",
		[DISCERN_BURN_DAO] = "dao",
		[DISCERN_BURN_INCREMENTAL] = "incremental",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(word, words[i]) == 0) {
			options->burn.mode = (enum discern_burn_mode)i;
			return 0;
		}
	return cli_usage(options->cli, "--mode=%s: give auto, sao, tao, dao or incremental", word);
}

static int set_choice(struct burn_options *options, const char *option, const char *word,
		      enum discern_choice *ret_choice)
{
	static const char *const words[] = {
		[DISCERN_CHOICE_AUTO] = "auto",
		[DISCERN_CHOICE_ON] = "on",
		[DISCERN_CHOICE_OFF] = "off",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(word, words[i]) == 0) {
			*ret_choice = (enum discern_choice)i;
			return 0;
		}
	return cli_usage(options->cli, "--%s=%s: give auto, on or off", option, word);
}

static int set_buffer(struct burn_options *options, const char *word)
{
	int64_t mebibytes;

	if (!text_to_number(word, 64, 16384, &mebibytes))
		return cli_usage(options->cli, "--buffer=%s: give a number of MiB from 64 to 16384", word);
	options->burn.buffer_bytes = (size_t)mebibytes << 20;
	return 0;
}

/* "700000000", "683593k", "668M" */
static int set_size(struct burn_options *options, const char *word)
{
	static const char units[] = "kMG";
	char digits[24];
	size_t length = strlen(word);
	const char *unit = length > 0 ? strchr(units, word[length - 1]) : NULL;
	unsigned shift = unit != NULL && *unit != '\0' ? 10 * (unsigned)(unit - units + 1) : 0;
	int64_t number;

	length -= shift > 0;
	if (length < sizeof(digits)) {
		memcpy(digits, word, length);
		digits[length] = '\0';
		if (text_to_number(digits, 1, INT64_MAX >> shift, &number)) {
			options->burn.size_bytes = (uint64_t)number << shift;
			return 0;
		}
	}
	return cli_usage(options->cli, "--size=%s: give a number of bytes, or of KiB, MiB, GiB as in 668M", word);
}

static int set_pipe_timeout(struct burn_options *options, const char *word)
{
	int64_t seconds;

	if (!text_to_number(word, 1, 86400, &seconds))
		return cli_usage(options->cli, "--pipe-timeout=%s: give a number of seconds from 1 to 86400", word);
	options->burn.pipe_timeout_seconds = (unsigned)seconds;
	return 0;
}

/* Where the image comes from, and who vouches for it. */
static int set_source_option(struct burn_options *options, int option)
{
	switch (option) {
	case OPTION_KEYRING:
		options->burn.keyring = optarg;
		return 0;
	case OPTION_REQUIRE_SIGNATURE:
		options->burn.require_signature = true;
		return 0;
	case OPTION_FILES:
		options->burn.is_folder = true;
		return 0;
	case OPTION_LABEL:
		options->burn.label = optarg;
		return 0;
	case OPTION_PIPE_TIMEOUT:
		return set_pipe_timeout(options, optarg);
	case OPTION_SIZE:
		return set_size(options, optarg);
	default:
		return -1;
	}
}

/* Options with a value. */
static int set_value(struct burn_options *options, int option)
{
	switch (option) {
	case OPTION_SPEED:
		return set_speed(options, optarg);
	case OPTION_BUFFER:
		return set_buffer(options, optarg);
	case OPTION_MODE:
		return set_mode(options, optarg);
	case OPTION_STREAM:
		return set_choice(options, "stream-recording", optarg, &options->burn.stream_recording);
	case OPTION_DEFECTS:
		return set_choice(options, "defect-management", optarg, &options->burn.defect_management);
	case OPTION_SHA256:
	case OPTION_CHECKSUM:
		return set_checksum(options, option, optarg);
	default:
		return set_source_option(options, option);
	}
}

static int set_option(struct burn_options *options, int option)
{
	switch (option) {
	case OPTION_DRY_RUN:
		options->is_dry_run = true;
		return 0;
	case OPTION_OVERWRITE:
		options->burn.overwrite = true;
		return 0;
	case OPTION_ANY_FILE:
		options->burn.any_file = true;
		return 0;
	case OPTION_NO_VERIFY:
		options->will_verify = false;
		return 0;
	case OPTION_EJECT:
		options->will_eject = true;
		return 0;
	case OPTION_MULTI:
		options->burn.multi = true;
		return 0;
	case OPTION_APPEND:
		options->burn.append = true;
		return 0;
	case OPTION_SIMULATE:
		options->burn.simulate = true;
		return 0;
	case OPTION_RECEIPT:
		options->receipt = optarg;
		return 0;
	case OPTION_NO_RECEIPT:
		options->no_receipt = true;
		return 0;
	default:
		return set_value(options, option);
	}
}

static int set_copies(struct burn_options *options, const char *word)
{
	enum { MAX_COPIES = 10000 };

	if (!text_to_number(word, 1, MAX_COPIES, &options->n_copies))
		return cli_usage(options->cli, "--copies=%s: give a number from 1 to %d", word, MAX_COPIES);
	return 0;
}

/* Of discern's own workers only. */
static int set_window_fd(struct burn_options *options, const char *word)
{
	int64_t fd;

	if (!text_to_number(word, 0, 1 << 20, &fd))
		return cli_usage(options->cli, "--window-fd=%s: not the number of a file descriptor", word);
	options->window_fd = (int)fd;
	return 0;
}

/* Of discern's own workers only: what their parent was allowed to lose, which may be nothing. */
static int set_agreed_loss(struct burn_options *options, const char *words)
{
	struct cli *cli = options->cli;

	cli->asks_parent = true;
	snprintf(cli->agreed_loss, sizeof(cli->agreed_loss), "%s", words);
	return 0;
}

/* Seconds, as 2 or 2.5, or so many sectors as 37f; a sector is the 75th part of a second. */
static int set_gap(struct burn_options *options, const char *word)
{
	enum { SECOND = 75, MAX_SECONDS = 600, TENTHS = 10 };
	char digits[16];
	size_t length = strlen(word);
	char *point;
	int64_t whole, tenth = 0;

	if (length < sizeof(digits)) {
		memcpy(digits, word, length + 1);
		if (length > 1 && digits[length - 1] == 'f') {
			digits[length - 1] = '\0';
			if (text_to_number(digits, 0, MAX_SECONDS * SECOND, &whole)) {
				options->n_gap_sectors = (uint32_t)whole;
				return 0;
			}
		}
		point = strchr(digits, '.');
		if (point != NULL)
			*point = '\0';
		if (text_to_number(digits, 0, MAX_SECONDS, &whole) &&
		    (point == NULL || text_to_number(point + 1, 0, TENTHS - 1, &tenth))) {
			options->n_gap_sectors = (uint32_t)((whole * TENTHS + tenth) * SECOND / TENTHS);
			return 0;
		}
	}
	return cli_usage(options->cli, "--gap=%s: give seconds, as 2 or 0.5, or sectors, as 37f", word);
}

static int set_write_offset(struct burn_options *options, const char *word)
{
	enum { MOST = 3000 };
	int64_t samples;

	if (!text_to_number(word[0] == '+' ? word + 1 : word, -MOST, MOST, &samples))
		return cli_usage(options->cli, "--write-offset=%s: give samples from -%d to %d", word, MOST, MOST);
	options->write_offset_samples = (int32_t)samples;
	return 0;
}

/* Of CDs with tracks. */
static int set_cd(struct burn_options *options, int option)
{
	if (option == OPTION_GAP)
		return set_gap(options, optarg);
	if (option == OPTION_WRITE_OFFSET)
		return set_write_offset(options, optarg);
	options->is_audio |= option == OPTION_AUDIO;
	options->no_text |= option == OPTION_NO_CD_TEXT;
	return 0;
}

static int set_any(struct burn_options *options, int option)
{
	switch (option) {
	case OPTION_AUDIO:
	case OPTION_GAP:
	case OPTION_WRITE_OFFSET:
	case OPTION_NO_CD_TEXT:
		worker_words_add_option(&options->words, own, option, optarg);
		return set_cd(options, option);
	case OPTION_COPIES:
		return set_copies(options, optarg);
	case OPTION_QUEUE:
		options->queue = optarg;
		return 0;
	case OPTION_WINDOW_FD:
		return set_window_fd(options, optarg);
	case OPTION_AGREED_LOSS:
		return set_agreed_loss(options, optarg);
	case OPTION_DRY_RUN:
	case OPTION_EJECT:
		break;
	default:
		worker_words_add_option(&options->words, own, option, optarg);
	}
	return set_option(options, option);
}

bool burn_options_are_several(const struct burn_options *options)
{
	return options->n_drives > 1 || options->n_copies > 0 || options->queue != NULL;
}

bool burn_options_may_ask(const struct burn_options *options)
{
	return !options->burn.append && !options->burn.simulate && cli_will_ask(options->cli);
}

/* What there is one of cannot be for several. */
static int check_several(struct burn_options *options)
{
	if (options->queue != NULL && (options->n_copies > 0 || options->is_dry_run || options->burn.checksum != NULL))
		return cli_usage(options->cli,
				 "--queue: copies, checksums and the like stand in the file, behind each image");
	if (options->queue != NULL && options->n_drives == 0)
		return cli_usage(options->cli, "--queue: name the drives to burn in");
	if (options->receipt != NULL)
		return cli_usage(options->cli, "--receipt is for one disc; those of several come beside the image");
	return cli_refuse_record(options->cli);
}

/* The last operands are drives if they are names of some: /dev/sr0, sr0. */
static bool is_drive_name(const char *word)
{
	return strncmp(word, "/dev/", 5) == 0 ||
	       (strncmp(word, "sr", 2) == 0 && word[2] != '\0' && strspn(word + 2, "0123456789") == strlen(word + 2));
}

static int take_sounds(struct burn_options *options, int n_operands, char **operands)
{
	while (n_operands > 0 && is_drive_name(operands[n_operands - 1])) {
		options->drives = &operands[--n_operands];
		options->n_drives++;
	}
	if (n_operands == 0)
		return cli_usage(options->cli, "--audio: which files?");
	options->drive_name = options->n_drives > 0 ? options->drives[0] : NULL;
	options->sounds = operands;
	options->n_sounds = (size_t)n_operands;
	options->image_path = operands[0];
	return 0;
}

static void take_image(struct burn_options *options, int n_operands, char **operands)
{
	if (options->queue == NULL) {
		options->image_path = *operands++;
		n_operands--;
	}
	options->drives = operands;
	options->n_drives = (size_t)n_operands;
	options->drive_name = operands[0];
}

int burn_options_parse(struct burn_options *options, int argc, char **argv)
{
	int option;
	int ret;

	while ((option = cli_getopt(options->cli, &cmd_burn, argc, argv, "", own)) != -1) {
		if (option == CLI_OPTION_DONE)
			return CLI_EXIT_GOOD;
		if (option == CLI_OPTION_BAD)
			return CLI_EXIT_USAGE;
		ret = set_any(options, option);
		if (ret != 0)
			return ret;
	}
	if (options->burn.is_folder && (options->burn.checksum != NULL || options->burn.require_signature))
		return cli_usage(options->cli, "nobody has published or signed the image that --files makes");
	if (options->burn.label != NULL && !options->burn.is_folder)
		return cli_usage(options->cli, "--label is for the image that --files makes");
	if (options->queue == NULL && optind == argc)
		return cli_usage(options->cli, options->burn.is_folder ? "which folder?" : "which image?");
	if (options->receipt != NULL && options->burn.simulate)
		return cli_usage(options->cli, "--receipt: of a trial, which writes nothing, there is none");
	if (options->burn.append && options->burn.overwrite)
		return cli_usage(options->cli,
				 "--append keeps what the disc holds, --overwrite does not: give one of them");
	ret = 0;
	if (options->is_audio && options->queue == NULL)
		ret = take_sounds(options, argc - optind, argv + optind);
	else
		take_image(options, argc - optind, argv + optind);
	if (ret == 0 && burn_options_are_several(options))
		ret = check_several(options);
	return ret != 0 ? ret : -1;
}
