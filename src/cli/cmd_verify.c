/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include <discern/image.h>
#include <discern/verify.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/verify_cd.h"
#include "cli/verify_raw.h"
#include "cli/verify_report.h"
#include "cli/volume_report.h"
#include "ui/manifest.h"
#include "ui/receipt.h"

/* What is compared. */
struct verify_job {
	/** Image or manifest. */
	const char *image;
	bool is_manifest;
	struct discern_image_digest digest;
	struct discern_image_info info;
	struct discern_drive *drive;
	/** Only this session is compared; 0 for all of the disc. */
	unsigned session;
	/* Of a CD with tracks. */
	struct discern_verify_cd_options cd;
};

/* --session=last */
enum { LAST_SESSION = 0xffff, MAX_SESSIONS = 0xfffe };

static void print_image(struct report *report, const struct verify_job *job)
{
	char words[256];
	char size[TEXT_SIZE];

	text_size(job->info.size_bytes, size);
	report_string(report, job->is_manifest ? "manifest" : "image", NULL, job->image);
	if (job->is_manifest)
		report_text(report, "manifest", "%s, of an image of %s", job->image, size);
	else if (job->info.has_volume)
		report_text(report, "image", "%s, %s, %s", job->image, size,
			    cli_volume_words(&job->info.volume, words, sizeof(words)));
	else
		report_text(report, "image", "%s, %s", job->image, size);
	report_number(report, "image_bytes", NULL, (int64_t)job->info.size_bytes, NULL);
}

static void print_result(struct cli *cli, const struct verify_job *job, const struct discern_verify_result *result)
{
	struct report *report = cli_report(cli);
	char duration[TEXT_SIZE];

	print_image(report, job);
	report_string(report, "drive", "drive", discern_drive_path(job->drive));
	cli_report_verify(report, result, cli->verbosity > 0);
	if (result->seconds >= 1)
		report_text(report, "time", "%s, %.1f MB/s", text_duration((uint64_t)(result->seconds + 0.5), duration),
			    (double)result->image_bytes / 1e6 / result->seconds);
	report_finish(report);
}

/* Where the session begins. */
static int find_session(const struct verify_job *job, int32_t *ret_lba, struct discern_error *err)
{
	const struct discern_track *found = NULL;
	struct discern_medium medium;
	int ret = discern_drive_medium(job->drive, DISCERN_MEDIUM_FOR_READING, &medium, err);

	if (ret < 0)
		return ret;
	for (size_t i = 0; i < medium.n_tracks; i++) {
		const struct discern_track *track = &medium.tracks[i];

		if (track->is_blank || !track->is_data || (found != NULL && found->session == track->session))
			continue;
		if (track->session == job->session || job->session == LAST_SESSION)
			found = track;
	}
	if (found != NULL)
		*ret_lba = found->start_lba;
	else
		ret = discern_error_set(err, -EMEDIUMTYPE, "%s: the disc has no such session with data",
					discern_drive_path(job->drive));
	discern_medium_clear(&medium);
	return ret;
}

static int compare(struct cli *cli, const struct verify_job *job, struct discern_verify_result *result,
		   struct discern_error *err)
{
	struct discern_image_digest digest = job->digest;
	int32_t start_lba = 0;
	int ret;

	if (job->is_manifest && job->session == 0)
		return discern_verify_digest(job->drive, &job->digest, &cli->observer, result, err);
	if (job->session == 0)
		return discern_verify(job->drive, job->image, &cli->observer, result, err);
	ret = find_session(job, &start_lba, err);
	if (ret < 0)
		return ret;
	if (job->is_manifest) {
		digest.is_session = true;
		digest.session_lba = start_lba;
		return discern_verify_digest(job->drive, &digest, &cli->observer, result, err);
	}
	return discern_verify_session(job->drive, job->image, start_lba, &cli->observer, result, err);
}

static int verify(struct cli *cli, const struct verify_job *job)
{
	struct discern_verify_result result = { 0 };
	struct discern_error err;
	char words[160];
	int ret;

	cli_catch_signals();
	if (compare(cli, job, &result, &err) < 0) {
		ret = cli_fail(cli, &err);
	} else {
		progress_end(cli->progress);
		print_result(cli, job, &result);
		ret = cli_verify_exit(&result);
		if (ret != CLI_EXIT_GOOD)
			cli_complain(cli, "the disc in %s %s %s: %s", discern_drive_path(job->drive),
				     ret == CLI_EXIT_UNREADABLE ? "cannot be proven equal to" : "is not equal to",
				     job->image, cli_verify_words(&result, words, sizeof(words)));
	}
	discern_verify_result_clear(&result);
	return ret;
}

static int load_manifest(struct verify_job *job, struct discern_error *err)
{
	int ret = manifest_load_digest(job->image, &job->digest, err);

	job->info.size_bytes = job->digest.size_bytes;
	if (ret == 0 && job->session == 0)
		job->session = receipt_session(job->image);
	return ret;
}

/* A wrong name is told before the drive moves. */
static int load(struct cli *cli, struct verify_job *job, struct discern_error *err)
{
	int ret = job->is_manifest ? load_manifest(job, err) : discern_image_inspect(job->image, &job->info, err);

	if (ret == 0 && job->info.is_truncated)
		cli_say(cli, "warning: %s is shorter than its volume says; its end is missing", job->image);
	return ret;
}

static int set_session(struct cli *cli, const char *word, struct verify_job *job)
{
	int64_t number = LAST_SESSION;

	if (strcmp(word, "last") != 0 && !text_to_number(word, 1, MAX_SESSIONS, &number))
		return cli_usage(cli, "--session=%s: give the number of a session, or last", word);
	job->session = (unsigned)number;
	return 0;
}

/* -1 to go on, else the exit code. */
enum { MAX_OFFSET = 3000 };

static bool take_offset(const char *word, struct discern_verify_cd_options *options)
{
	int64_t samples;

	if (!text_to_number(word[0] == '+' ? word + 1 : word, -MAX_OFFSET, MAX_OFFSET, &samples))
		return false;
	options->has_offset = true;
	options->offset_samples = (int32_t)samples;
	return true;
}

static int parse(struct cli *cli, int argc, char **argv, struct verify_job *job)
{
	static const struct option own[] = { { "manifest", required_argument, NULL, 'm' },
					     { "session", required_argument, NULL, 's' },
					     { "offset", required_argument, NULL, 'o' },
					     { "no-cd-text", no_argument, NULL, 't' },
					     { 0 } };
	int option;

	while ((option = cli_getopt(cli, &cmd_verify, argc, argv, "", own)) != -1) {
		if (option == 's' && set_session(cli, optarg, job) != 0)
			return CLI_EXIT_USAGE;
		if (option == 'o' && !take_offset(optarg, &job->cd))
			return cli_usage(cli, "--offset=%s: give samples from -%d to %d", optarg, MAX_OFFSET,
					 MAX_OFFSET);
		if (option == 't')
			job->cd.no_text = true;
		if (option == 's' || option == 'o' || option == 't')
			continue;
		if (option != 'm')
			return option == CLI_OPTION_DONE ? CLI_EXIT_GOOD : CLI_EXIT_USAGE;
		job->image = optarg;
		job->is_manifest = true;
	}
	return -1;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct verify_job job = { 0 };
	struct verify_cd_receipt receipt;
	struct discern_error err = { 0 };
	int ret = parse(cli, argc, argv, &job);

	if (ret != -1)
		return ret;
	if (!job.is_manifest)
		job.image = argv[optind++];
	if (job.image == NULL)
		return cli_usage(cli, "which image should the disc be compared with?");
	if (argc - optind > 1)
		return cli_usage(cli, "one image and one drive, not %d operands", argc - optind + !job.is_manifest);
	if (!job.is_manifest && discern_cd_is_one(job.image)) {
		if (job.session > 0)
			return cli_usage(cli, "--session: of a CD with tracks all sessions are compared");
		return verify_cd(cli, &(struct verify_cd_image){ .path = job.image }, argv[optind], &job.cd);
	}
	if (job.is_manifest) {
		receipt.path = job.image;
		ret = receipt_load_cd(job.image, &receipt.digest, &err);
		if (ret == 1)
			return verify_cd_receipt(cli, &receipt, argv[optind], &job.cd);
		if (ret < 0)
			return cli_fail(cli, &err);
	}
	ret = job.is_manifest ? verify_raw(cli, job.image, argv[optind], &job.cd) : -1;
	if (ret != -1)
		return ret;
	if (job.cd.has_offset || job.cd.no_text)
		return cli_usage(cli, "--offset and --no-cd-text are of CDs with tracks, and %s is none", job.image);
	if (load(cli, &job, &err) < 0)
		return cli_fail(cli, &err);
	ret = cli_open_drive(cli, argv[optind], true, &job.drive, &err);
	if (ret != 0)
		return ret;
	ret = verify(cli, &job);
	cli_close_drive(cli, job.drive);
	return ret;
}

const struct cli_command cmd_verify = {
	.name = "verify",
	.summary = "compare a disc with an image, every sector",
	.help = "Usage: discern verify IMAGE [DRIVE]\n"
		"       discern verify --session=N IMAGE [DRIVE]\n"
		"       discern verify --manifest=FILE [DRIVE]\n"
		"\n"
		"Reads the disc in DRIVE (/dev/sr0, or just sr0) and compares every sector with IMAGE, past the\n"
		"caches of drive and kernel. Without DRIVE it is the only drive, or the only one with a disc.\n"
		"\n"
		"      --manifest=FILE  compare with the SHA-256 in FILE, the manifest that discern rip has left "
		"beside an\n"
		"                       image: whether the disc is the same, though not where it differs; of a raw\n"
		"                       image, its files must be there, and are compared with their sums first\n"
		"\n"
		"      --session=N      compare only session N of the disc, or the last one: --session=last\n"
		"\n"
		"IMAGE may be a CD with tracks (.cue, .toc, .ccd, a bin of whole sectors): then all samples and "
		"sectors\n"
		"are compared, and tracks, pauses, indexes, ISRCs, catalogue number and CD-TEXT.\n"
		"      --offset=N       samples have to lie where this drive, which reads N samples late, says; "
		"without\n"
		"                       it, where they lie is found out and told\n"
		"      --no-cd-text     do not compare CD-TEXT\n"
		"\n"
		"The verdict is one of\n"
		"  equal       all of the image is on the disc, and nothing but padding follows     exit code 0\n"
		"  unreadable  some sectors of the disc cannot be read, all others are equal        exit code 3\n"
		"  differs     some sectors hold other data                                         exit code 4\n"
		"  short       the disc ends before the image does                                  exit code 4\n"
		"  longer      the image is on the disc, but other data follow                      exit code 4\n"
		"On a rewritable disc that takes data anywhere, what follows the image is free space.\n",
	.run = run,
};
