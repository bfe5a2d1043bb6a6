/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <discern/rip.h>

#include "cli/command.h"
#include "cli/rip_audio.h"
#include "cli/rip_done.h"
#include "cli/rip_drives.h"
#include "cli/rip_manifest.h"
#include "cli/rip_options.h"
#include "cli/rip_raw.h"
#include "cli/rip_report.h"
#include "cli/rip_watch.h"
#include "ui/manifest.h"

/** Turns a speed in x into kB/s, for which the kind of disc must be known. */
static int find_speed(struct rip_options *options, struct discern_drive *drive, struct discern_error *err)
{
	struct discern_medium medium;
	int ret;

	if (options->speed_tenths == 0)
		return 0;
	ret = discern_drive_medium(drive, DISCERN_MEDIUM_FOR_READING, &medium, err);
	if (ret < 0)
		return ret;
	options->rip.speed_kbps =
		(uint32_t)((uint64_t)discern_profile_1x_kbps(medium.profile) * options->speed_tenths / 10);
	discern_medium_clear(&medium);
	return 0;
}

static int tell_bad(struct rip_options *options, const char *drive, const struct discern_rip_result *result)
{
	if (result->n_bad_sectors == 0)
		return CLI_EXIT_GOOD;
	if (result->n_protected_sectors == result->n_bad_sectors) {
		cli_complain(options->cli,
			     "%s: the drive keeps %" PRIu32 " sector%s back because of copy protection (%s)", drive,
			     result->n_bad_sectors, result->n_bad_sectors == 1 ? "" : "s",
			     discern_protection_name(result->protection));
		return CLI_EXIT_UNREADABLE;
	}
	cli_complain(options->cli, "%s: %" PRIu32 " sector%s could not be read%s", drive, result->n_bad_sectors,
		     result->n_bad_sectors == 1 ? "" : "s",
		     options->rip.is_stream ? ", and are zeros in the image"
					    : "; the same command tries again, also in another drive");
	return CLI_EXIT_UNREADABLE;
}

static int rip_cd(struct rip_options *options, struct discern_drive *drive, const char *const *command)
{
	struct discern_error err = { 0 };

	if ((options->report != NULL && manifest_check_html(options->report, &err) < 0) ||
	    find_speed(options, drive, &err) < 0)
		return cli_fail(options->cli, &err);
	return options->is_audio ? rip_audio(options, drive, command) : rip_raw(options, drive, command);
}

static int rip(struct rip_options *options, const struct rip_drives *drives, struct rip_manifest *manifest)
{
	/* Too large for the stack of a small thread, and there is only one. */
	static struct discern_rip_result result;
	struct discern_error err = { 0 };
	struct rip_done done;
	int ret, written;

	cli_catch_signals();
	cli_stay_awake(options->cli, "reading a disc");
	rip_done_prepare(&done, options);
	if (options->is_audio || options->is_raw)
		return rip_cd(options, drives->all[0], manifest->command);
	if (rip_manifest_prepare(manifest, options, &err) < 0 || find_speed(options, drives->all[0], &err) < 0 ||
	    discern_rip_copies(drives->all, drives->n, &options->rip, &options->cli->observer, &result, &err) < 0) {
		ret = err.code == -EALREADY ? CLI_EXIT_GOOD : cli_fail(options->cli, &err);
		if (err.code == -EALREADY)
			rip_done_report(options->cli, "image", result.image_path, drives->names);
		else
			rip_manifest_write(manifest, drives, &result, &err);
	} else {
		progress_end(options->cli->progress);
		written = rip_manifest_write(manifest, drives, &result, &(struct discern_error){ 0 });
		rip_report(options->cli, manifest, drives, &result);
		ret = tell_bad(options, drives->names, &result);
		ret = ret == CLI_EXIT_GOOD ? written : ret;
	}
	discern_rip_result_clear(&result);
	rip_done_clear(&done);
	return ret;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct rip_options options = { .cli = cli, .rip.retries = -1 };
	struct rip_manifest manifest;
	struct rip_drives drives;
	int ret;

	rip_manifest_init(&manifest, argv);
	ret = rip_options_parse(&options, argc, argv);
	if (ret == -1 && options.is_watch) {
		ret = rip_watch(&options, argv + optind);
	} else if (ret == -1) {
		ret = rip_drives_open(cli, argv + optind, (size_t)(argc - optind), &drives);
		if (ret == 0)
			ret = rip(&options, &drives, &manifest);
		rip_drives_close(cli, &drives);
	}
	rip_manifest_free(&manifest);
	worker_words_clear(&options.words);
	worker_words_clear(&options.audio_words);
	return ret;
}

const struct cli_command cmd_rip = {
	.name = "rip",
	.summary = "read a disc into an image",
	.help = "Usage: discern rip [OPTION…] [DRIVE…]\n"
		"       discern rip --watch [-o FOLDER] [OPTION…] [DRIVE…]\n"
		"\n"
		"Reads the data disc in DRIVE (/dev/sr0, or just sr0) into an image, and makes its checksums. Without\n"
		"DRIVE it is the only drive, or the only one with a disc. Several drives with copies of the disc read "
		"at\n"
		"the same time, and what one cannot read the others try.\n"
		"\n"
		"  -o, --output=FILE  the image; never overwritten. Without it, the disc's label with .iso behind it.\n"
		"                     - writes it to standard output, in order: nothing can be resumed then\n"
		"      --compress=HOW compress the image: zstd, xz or gz\n"
		"      --as-is        image a copy-protected disc, without removing the protection\n"
		"      --retries=N    rounds over what cannot be read, after all else was read, in each way of trying\n"
		"                     (as long as a round brings something)\n"
		"      --max-time=T   stop after T, such as 90s, 15m or 2h; the same command goes on\n"
		"      --stop-after-no-progress=T\n"
		"                     stop when nothing more could be read for T\n"
		"      --reconnect=T  wait so long for a drive that drops out, and go on with the same disc (1m; 0 "
		"does not)\n"
		"      --cool-down=T  stop the disc for T when the drive reads nothing any more, three times at most\n"
		"                     (30s, doubled each time; 0 does not)\n"
		"      --no-manifest  no FILE.json, which tells how the image came about\n"
		"      --sums=LIST    checksums to make: some of sha256,md5,sha1,crc32 (all of them), or none\n"
		"      --report=PAGE  the same as a page of HTML, with a map of the disc\n"
		"      --paranoid     read every sector twice, past the drive's cache; count only what is equal\n"
		"      --no-raw       read CDs without the checksums of their own sectors\n"
		"      --audio        the tracks of an audio CD, as files with a cue sheet in the folder of -o\n"
		"      --raw          every sector of a CD whole, sound and data, as files with a sheet: NAME.cue\n"
		"                     and NAME.bin with -o NAME\n"
		"      --format=F     of --audio: flac (without this option), wav, or cue, which is one file of "
		"samples;\n"
		"                     of --raw: bin, bin-per-track, ccd (with img and sub), or toc (of cdrdao)\n"
		"      --subchannel   with --raw, the sub-channels P to W as well, as NAME.sub\n"
		"      --dat=FILE     with --raw, look the tracks up in a Logiqx dat, as redump.org has them\n"
		"      --offset=N     samples that the drive reads sound late, as lists of drives have it\n"
		"      --accuraterip=FILE\n"
		"                     compare with a file of AccurateRip's database\n"
		"      --skip-done    do nothing if a complete image of this very disc is beside it already\n"
		"      --watch        wait for discs in all drives or those named; rip each by its label into FOLDER,\n"
		"                     verify and eject it, and go on, until Ctrl-C\n"
		"      --no-verify    with --watch: do not compare the disc with its image\n"
		"      --speed=N      read speed in x, such as 8 or 2.4, or such as 5540kB/s, or max\n"
		"\n"
		"While it runs, the image is FILE.part, and FILE.map tells what is read, in the form of GNU ddrescue.\n"
		"After Ctrl-C, a crash or with bad sectors, the same command goes on. Sectors that cannot be read are\n"
		"zeros in the image and bad in FILE.map; then the exit code is 3.\n",
	.run = run,
};
