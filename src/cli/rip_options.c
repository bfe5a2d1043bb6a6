/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/rip_options.h"

#include <getopt.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/speed_option.h"

enum { MAX_RETRIES = 10000, MAX_LIMIT_SECONDS = 10000000 };

enum {
	OPTION_MAX_TIME = 1,
	OPTION_NO_PROGRESS,
	OPTION_NO_MANIFEST,
	OPTION_REPORT,
	OPTION_AS_IS,
	OPTION_COMPRESS,
	OPTION_PARANOID,
	OPTION_NO_RAW,
	OPTION_RECONNECT,
	OPTION_SKIP_DONE,
	OPTION_COOL_DOWN,
	OPTION_WATCH,
	OPTION_NO_VERIFY,
	OPTION_SUMS,
};

/* Of --audio, and of --raw. */
enum { OPTION_AUDIO = 'A', OPTION_OFFSET = 'O', OPTION_FORMAT = 'F', OPTION_ACCURATERIP = 'R' };
enum { OPTION_RAW = 'W', OPTION_SUBCHANNEL = 'S', OPTION_DAT = 'D' };

static const struct option own[] = {
	{ "audio", no_argument, NULL, OPTION_AUDIO },
	{ "offset", required_argument, NULL, OPTION_OFFSET },
	{ "format", required_argument, NULL, OPTION_FORMAT },
	{ "accuraterip", required_argument, NULL, OPTION_ACCURATERIP },
	{ "raw", no_argument, NULL, OPTION_RAW },
	{ "subchannel", no_argument, NULL, OPTION_SUBCHANNEL },
	{ "dat", required_argument, NULL, OPTION_DAT },
	{ "max-time", required_argument, NULL, OPTION_MAX_TIME },
	{ "stop-after-no-progress", required_argument, NULL, OPTION_NO_PROGRESS },
	{ "no-manifest", no_argument, NULL, OPTION_NO_MANIFEST },
	{ "report", required_argument, NULL, OPTION_REPORT },
	{ "as-is", no_argument, NULL, OPTION_AS_IS },
	{ "compress", required_argument, NULL, OPTION_COMPRESS },
	{ "paranoid", no_argument, NULL, OPTION_PARANOID },
	{ "no-raw", no_argument, NULL, OPTION_NO_RAW },
	{ "reconnect", required_argument, NULL, OPTION_RECONNECT },
	{ "cool-down", required_argument, NULL, OPTION_COOL_DOWN },
	{ "skip-done", no_argument, NULL, OPTION_SKIP_DONE },
	{ "watch", no_argument, NULL, OPTION_WATCH },
	{ "no-verify", no_argument, NULL, OPTION_NO_VERIFY },
	{ "sums", required_argument, NULL, OPTION_SUMS },
	{ "output", required_argument, NULL, 'o' },
	{ "retries", required_argument, NULL, 'r' },
	{ "speed", required_argument, NULL, 's' },
	{ 0 },
};

static int set_speed(struct rip_options *options, const char *word)
{
	struct speed_option speed;

	if (!speed_option_read(word, &speed))
		return cli_usage(options->cli, "--speed=%s: give a number such as 8 or 2.4, a number with kB/s, or max",
				 word);
	options->speed_tenths = speed.tenths;
	options->rip.speed_kbps = speed.kbps;
	return 0;
}

static int set_retries(struct rip_options *options, const char *word)
{
	int64_t n;

	if (!text_to_number(word, 0, MAX_RETRIES, &n))
		return cli_usage(options->cli, "--retries=%s: give a number from 0 to %d", word, MAX_RETRIES);
	options->rip.retries = (int)n;
	return 0;
}

/** "90", "90s", "15m" or "2h". */
static int set_limit(struct rip_options *options, const char *option, const char *word, double *ret_seconds)
{
	static const struct {
		char letter;
		int64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 } };
	size_t length = strspn(word, "0123456789");
	char digits[16];
	int64_t n, unit = strlen(word) == length ? 1 : 0;

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (word[length] == units[i].letter && word[length + 1] == '\0')
			unit = units[i].seconds;
	if (length < sizeof(digits)) {
		memcpy(digits, word, length);
		digits[length] = '\0';
	}
	if (length >= sizeof(digits) || unit == 0 || !text_to_number(digits, 1, MAX_LIMIT_SECONDS, &n))
		return cli_usage(options->cli, "--%s=%s: give a time such as 90s, 15m or 2h", option, word);
	*ret_seconds = (double)(n * unit);
	return 0;
}

/** The same, or 0 for not at all, which is a negative number in the library. */
static int set_wait(struct rip_options *options, const char *option, const char *word, double *ret_seconds)
{
	if (strcmp(word, "0") != 0)
		return set_limit(options, option, word, ret_seconds);
	*ret_seconds = -1;
	return 0;
}

static int set_compression(struct rip_options *options, const char *word)
{
	static const char *const words[] = { "none", "zstd", "xz", "gz" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(word, words[i]) == 0) {
			options->rip.compression = (enum discern_compression)i;
			return 0;
		}
	return cli_usage(options->cli, "--compress=%s: give zstd, xz or gz", word);
}

/** "sha256,md5", or "none". */
static int set_sums(struct rip_options *options, const char *word)
{
	static const char *const words[] = { "sha256", "md5", "sha1", "crc32", "none" };
	enum { N_WORDS = sizeof(words) / sizeof(words[0]) };
	unsigned sums = 0;

	for (const char *at = word;; at++) {
		size_t length = strcspn(at, ","), i = 0;

		while (i < N_WORDS && (strlen(words[i]) != length || strncmp(words[i], at, length) != 0))
			i++;
		if (i < N_WORDS)
			sums |= 1U << i;
		at += length;
		if (i == N_WORDS || (*at == '\0' && (sums & DISCERN_SUM_NONE) != 0 && sums != DISCERN_SUM_NONE))
			return cli_usage(options->cli, "--sums=%s: give some of sha256, md5, sha1 and crc32, or none",
					 word);
		if (*at == '\0')
			break;
	}
	options->rip.sums = sums;
	return 0;
}

static int set_output(struct rip_options *options, const char *path)
{
	size_t length = strlen(path);

	if (length == 0 || path[length - 1] == '/')
		return cli_usage(options->cli, "--output=%s: give the name of a file", path);
	options->rip.output = path;
	options->rip.is_stream = strcmp(path, "-") == 0;
	options->rip.stream_fd = STDOUT_FILENO;
	options->cli->is_stdout_taken = options->rip.is_stream;
	if (options->rip.is_stream && isatty(STDOUT_FILENO))
		return cli_usage(options->cli,
				 "--output=-: standard output is a terminal; give it to a program or a file");
	return 0;
}

static int set_report(struct rip_options *options, const char *path)
{
	if (path[0] == '\0' || path[strlen(path) - 1] == '/')
		return cli_usage(options->cli, "--report=%s: give the name of a file", path);
	options->report = path;
	return 0;
}

/** --audio, or an option of it. */
static int set_audio(struct rip_options *options, int option, const char *word)
{
	enum { MAX_OFFSET = 10000 };
	int64_t n;

	if (option == OPTION_AUDIO) {
		options->is_audio = true;
		return 0;
	}
	if (option == OPTION_ACCURATERIP) {
		options->has_audio_options = true;
		options->audio.accuraterip_path = word;
		return 0;
	}
	options->has_sound_options = true;
	if (option == OPTION_FORMAT) {
		options->format = word;
		return 0;
	}
	if (!text_to_number(word[0] == '+' ? word + 1 : word, -MAX_OFFSET, MAX_OFFSET, &n))
		return cli_usage(options->cli, "--offset=%s: give a number of samples, such as 6 or -24", word);
	options->audio.offset_samples = (int32_t)n;
	return 0;
}

/** --raw, or an option of it. */
static void set_raw(struct rip_options *options, int option, const char *word)
{
	options->is_raw |= option == OPTION_RAW;
	options->has_raw_options |= option != OPTION_RAW;
	options->raw.with_subchannels |= option == OPTION_SUBCHANNEL;
	if (option == OPTION_DAT)
		options->raw.dat_path = word;
}

static int set_audio_format(struct rip_options *options)
{
	static const char *const words[] = { "flac", "wav", "cue" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (options->format == NULL || strcmp(options->format, words[i]) == 0) {
			options->audio.format = (enum discern_audio_format)i;
			return 0;
		}
	return cli_usage(options->cli, "--format=%s: with --audio give flac, wav or cue", options->format);
}

/* Without --format the ending of the name tells it. */
static int set_raw_format(struct rip_options *options)
{
	static const char *const words[] = { "bin", "bin-per-track", "ccd", "toc" };
	const char *output = options->rip.output, *point = output != NULL ? strrchr(output, '.') : NULL;
	const char *format = options->format;

	if (format == NULL)
		format = point != NULL && strcasecmp(point, ".ccd") == 0   ? "ccd"
			 : point != NULL && strcasecmp(point, ".toc") == 0 ? "toc"
									   : "bin";
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(format, words[i]) == 0) {
			options->raw.format = (enum discern_raw_format)i;
			return 0;
		}
	return cli_usage(options->cli, "--format=%s: with --raw give bin, bin-per-track, ccd or toc", format);
}

/** What goes together, and what does not. */
static int check_kinds(struct rip_options *options)
{
	const struct discern_rip_options *rip = &options->rip;

	if (options->is_audio && options->is_raw)
		return cli_usage(options->cli, "either --audio or --raw");
	if (options->has_sound_options && !options->is_audio && !options->is_raw)
		return cli_usage(options->cli, "--offset and --format are for --audio and --raw");
	if (options->has_audio_options && !options->is_audio)
		return cli_usage(options->cli, "--accuraterip is for --audio");
	if (options->has_raw_options && !options->is_raw)
		return cli_usage(options->cli, "--subchannel and --dat are for --raw");
	if ((options->is_audio || options->is_raw) && (rip->no_progress_seconds > 0 || rip->cool_down_seconds > 0))
		return cli_usage(options->cli, "--stop-after-no-progress and --cool-down are not for --audio and --raw");
	if ((options->is_audio || options->is_raw) && rip->sums != 0)
		return cli_usage(options->cli, "--sums is not for --audio and --raw, which make all of them");
	if (options->is_raw && (rip->is_stream || rip->compression != DISCERN_COMPRESSION_NONE || rip->is_paranoid ||
				rip->no_raw || rip->as_is || options->skip_done))
		return cli_usage(options->cli, "-o -, --compress, --paranoid, --no-raw, --as-is and --skip-done are not "
					       "for --raw");
	if (rip->is_stream && options->report != NULL)
		return cli_usage(options->cli, "--report is for an image in a file, not for -o -");
	if ((options->is_audio || options->is_raw) && options->report != NULL && options->no_manifest)
		return cli_usage(options->cli, "--report of a CD is made from its manifest: leave out --no-manifest");
	return options->is_audio ? set_audio_format(options) : options->is_raw ? set_raw_format(options) : 0;
}

/** The options of a station's workers: of those that read data, and of those that read audio. */
static void forward(struct rip_options *options, int option, const char *word)
{
	bool is_of_audio = option == OPTION_OFFSET || option == OPTION_FORMAT || option == OPTION_ACCURATERIP;
	bool is_of_both = option == OPTION_MAX_TIME || option == 'r' || option == 's';

	if (option == OPTION_WATCH || option == OPTION_NO_VERIFY || option == OPTION_AUDIO || option == 'o')
		return;
	if (!is_of_audio)
		worker_words_add_option(&options->words, own, option, word);
	if (is_of_audio || is_of_both)
		worker_words_add_option(&options->audio_words, own, option, word);
}

/** What only makes sense, or none, for a station. */
static int check_watch(struct rip_options *options, const char *output)
{
	if (!options->is_watch) {
		if (options->no_verify)
			return cli_usage(options->cli, "--no-verify is for --watch");
		return output != NULL ? set_output(options, output) : 0;
	}
	options->folder = output != NULL ? output : ".";
	if (strcmp(options->folder, "-") == 0 || options->folder[0] == '\0')
		return cli_usage(options->cli, "--watch makes files in a folder: name it with -o");
	if (options->is_raw || options->has_raw_options)
		return cli_usage(options->cli, "--raw is for one disc, not for --watch");
	if (options->rip.sums != 0 && (options->rip.sums & DISCERN_SUM_SHA256) == 0 && !options->no_verify)
		return cli_usage(options->cli, "--watch verifies by SHA-256: give sha256 in --sums, or --no-verify");
	if (options->report != NULL)
		return cli_usage(options->cli, "--report is for one disc; discern report makes the pages of --watch");
	/* Told now, not by the first disc. */
	if (options->format != NULL && set_audio_format(options) != 0)
		return CLI_EXIT_USAGE;
	return cli_refuse_record(options->cli);
}

/* What makes no sense with several drives. */
static int check_several(const struct rip_options *options, int n)
{
	if (n > DISCERN_RIP_MAX_DRIVES)
		return cli_usage(options->cli, "at most %d drives, not %d", DISCERN_RIP_MAX_DRIVES, n);
	if (options->is_audio)
		return cli_usage(options->cli, "--audio is for one drive: drives begin audio at different samples");
	if (options->is_raw)
		return cli_usage(options->cli, "--raw is for one drive");
	if (options->rip.cool_down_seconds > 0)
		return cli_usage(options->cli, "--cool-down is for one drive: where there are several, the others go on");
	if (options->rip.is_stream)
		return cli_usage(options->cli, "-o - is for one drive: several do not deliver the image in order");
	if (options->cli->record_path != NULL)
		return cli_usage(options->cli, "--record is for one drive");
	return -1;
}

int rip_options_parse(struct rip_options *options, int argc, char **argv)
{
	const char *output = NULL;
	int option, ret = 0;

	while ((option = cli_getopt(options->cli, &cmd_rip, argc, argv, "o:", own)) != -1) {
		if (option == CLI_OPTION_DONE)
			return CLI_EXIT_GOOD;
		if (option == CLI_OPTION_BAD)
			return CLI_EXIT_USAGE;
		forward(options, option, optarg);
		if (option == OPTION_MAX_TIME)
			ret = set_limit(options, "max-time", optarg, &options->rip.max_seconds);
		else if (option == OPTION_NO_PROGRESS)
			ret = set_limit(options, "stop-after-no-progress", optarg, &options->rip.no_progress_seconds);
		else if (option == OPTION_RECONNECT)
			ret = set_wait(options, "reconnect", optarg, &options->rip.reconnect_seconds);
		else if (option == OPTION_COOL_DOWN)
			ret = set_wait(options, "cool-down", optarg, &options->rip.cool_down_seconds);
		else if (option == OPTION_NO_MANIFEST)
			options->no_manifest = true;
		else if (option == OPTION_REPORT)
			ret = set_report(options, optarg);
		else if (option == OPTION_AS_IS)
			options->rip.as_is = true;
		else if (option == OPTION_COMPRESS)
			ret = set_compression(options, optarg);
		else if (option == OPTION_SUMS)
			ret = set_sums(options, optarg);
		else if (option == OPTION_PARANOID)
			options->rip.is_paranoid = true;
		else if (option == OPTION_NO_RAW)
			options->rip.no_raw = true;
		else if (option == OPTION_SKIP_DONE)
			options->skip_done = true;
		else if (option == OPTION_WATCH)
			options->is_watch = true;
		else if (option == OPTION_NO_VERIFY)
			options->no_verify = true;
		else if (option == 'o')
			output = optarg;
		else if (option == 'r')
			ret = set_retries(options, optarg);
		else if (option == 's')
			ret = set_speed(options, optarg);
		else if (option == OPTION_RAW || option == OPTION_SUBCHANNEL || option == OPTION_DAT)
			set_raw(options, option, optarg);
		else
			ret = set_audio(options, option, optarg);
		if (ret != 0)
			return ret;
	}
	ret = check_watch(options, output);
	if (ret != 0 || options->is_watch)
		return ret != 0 ? ret : -1;
	ret = check_kinds(options);
	if (ret != 0)
		return ret;
	return argc - optind > 1 ? check_several(options, argc - optind) : -1;
}
