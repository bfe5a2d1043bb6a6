/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rip/audio_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "disc/cue_write.h"
#include "rip/output.h"

/* Bytes of a name without its ending, so that folders on any file system hold it. */
enum { NAME_BYTES = 180 };

enum sound_format audio_files_format(enum discern_audio_format format)
{
	return format == DISCERN_AUDIO_FLAC ? SOUND_FLAC : format == DISCERN_AUDIO_WAV ? SOUND_WAV : SOUND_BIN;
}

int audio_files_path(const struct discern_rip_audio_result *result, const char *name, char ret_path[4096])
{
	return snprintf(ret_path, 4096, "%s/%s", result->folder, name) < 4096 - 5 ? 0 : -ENAMETOOLONG;
}

static bool exists_in(const char *folder, const char *name)
{
	char path[4096 + DISCERN_AUDIO_TEXT];
	struct stat status;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return lstat(path, &status) == 0;
}

/* "Performer - Title", or what there is of it; else by FreeDB's name of the disc. */
static void name_disc(const struct discern_rip_audio_result *result, char ret[NAME_BYTES])
{
	char text[2 * DISCERN_AUDIO_TEXT + 4];

	snprintf(text, sizeof(text), "%s%s%s", result->performer,
		 result->performer[0] != '\0' && result->title[0] != '\0' ? " - " : "", result->title);
	audio_safe_name(text, ret, NAME_BYTES);
	if (ret[0] == '\0')
		snprintf(ret, NAME_BYTES, "Audio CD %s", result->freedb_id);
}

static void name_tracks(enum discern_audio_format format, const char *disc, struct discern_rip_audio_result *result)
{
	const char *suffix = sound_format_suffix(audio_files_format(format));

	snprintf(result->cue_file, sizeof(result->cue_file), "%s.cue", disc);
	for (size_t i = 0; i < result->n_tracks; i++) {
		struct discern_audio_track *track = &result->tracks[i];
		char name[NAME_BYTES];

		audio_safe_name(track->title, name, sizeof(name));
		if (track->number == 0)
			snprintf(name, sizeof(name), "Hidden track");
		else if (name[0] == '\0')
			snprintf(name, sizeof(name), "Track %02u", track->number);
		if (format == DISCERN_AUDIO_BIN)
			snprintf(track->file, sizeof(track->file), "%s.%s", disc, suffix);
		else
			snprintf(track->file, sizeof(track->file), "%02u - %s.%s", track->number, name, suffix);
	}
}

/* A folder with a sheet and without a record is finished. */
static bool is_finished(const struct discern_rip_audio_result *result)
{
	return exists_in(result->folder, result->cue_file) && !exists_in(result->folder, "rip.part");
}

/* The sheet of a finished rip has the disc's name at MusicBrainz, which is made of its table of contents. */
static bool is_of_this_disc(const struct discern_rip_audio_result *result)
{
	enum { MAX_SHEET = 1 << 20 };
	AUTO_FREE char *sheet = NULL;
	char path[4096], line[sizeof(result->musicbrainz_id) + 32];
	size_t size = 0;

	snprintf(line, sizeof(line), "REM MUSICBRAINZ_DISCID %s\n", result->musicbrainz_id);
	return result->musicbrainz_id[0] != '\0' && audio_files_path(result, result->cue_file, path) == 0 &&
	       file_read_all(path, MAX_SHEET, &sheet, &size, NULL) == 0 &&
	       memmem(sheet, size, line, strlen(line)) != NULL;
}

int audio_files_name(const struct discern_rip_audio_options *options, struct discern_rip_audio_result *result,
		     unsigned *number, struct discern_error *err)
{
	char disc[NAME_BYTES];

	name_disc(result, disc);
	name_tracks(options->format, disc, result);
	for (;; ++*number) {
		if (options->output != NULL)
			snprintf(result->folder, sizeof(result->folder), "%s", options->output);
		else if (*number == 1)
			snprintf(result->folder, sizeof(result->folder), "%s", disc);
		else
			snprintf(result->folder, sizeof(result->folder), "%s-%u", disc, *number);
		if (!is_finished(result))
			break;
		if (options->skip_done && is_of_this_disc(result))
			return discern_error_set(err, -EALREADY, "%s holds this disc already", result->folder);
		if (options->output != NULL || *number >= AUDIO_FILES_MAX_NUMBER) {
			discern_error_set(err, -EEXIST, "%s/%s exists already, and is never overwritten",
					  result->folder, result->cue_file);
			return discern_error_hint(err, "name another folder with -o FOLDER");
		}
	}
	if (mkdir(result->folder, 0777) == 0 || errno == EEXIST)
		return 0;
	return discern_error_set(err, -errno, "cannot make the folder %s: %s", result->folder, strerror(errno));
}

__attribute__((format(printf, 2, 3))) static int add_tag(struct audio_tags *tags, const char *format, ...)
{
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vasprintf(&tags->lines[tags->tags.n], format, arguments);
	va_end(arguments);
	if (n < 0)
		return -ENOMEM;
	tags->tags.n++;
	return 0;
}

static int add_text(struct audio_tags *tags, const char *name, const char *text)
{
	return *text != '\0' ? add_tag(tags, "%s=%s", name, text) : 0;
}

static int add_texts(const struct audio_disc *disc, unsigned track, struct audio_tags *tags)
{
	static const struct {
		enum cd_text_field field;
		const char *name;
	} names[] = { { CD_TEXT_SONGWRITER, "LYRICIST" },
		      { CD_TEXT_COMPOSER, "COMPOSER" },
		      { CD_TEXT_ARRANGER, "ARRANGER" },
		      { CD_TEXT_MESSAGE, "COMMENT" } };
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < sizeof(names) / sizeof(names[0]); i++)
		ret = add_text(tags, names[i].name, audio_disc_text(disc, names[i].field, track));
	return ret == 0 ? add_text(tags, "GENRE", audio_disc_text(disc, CD_TEXT_GENRE, 0)) : ret;
}

/* The names that MusicBrainz' Picard and foobar2000 have. */
int audio_tags_make(const struct audio_disc *disc, const struct discern_rip_audio_result *result,
		    const struct discern_audio_track *track, struct audio_tags *ret_tags)
{
	int ret;

	memset(ret_tags, 0, sizeof(*ret_tags));
	ret_tags->tags.lines = (const char *const *)ret_tags->lines;
	ret = add_text(ret_tags, "TITLE", track->title);
	if (ret == 0)
		ret = add_text(ret_tags, "ARTIST", track->performer);
	if (ret == 0)
		ret = add_text(ret_tags, "ALBUM", result->title);
	if (ret == 0)
		ret = add_text(ret_tags, "ALBUMARTIST", result->performer);
	if (ret == 0)
		ret = add_tag(ret_tags, "TRACKNUMBER=%u", track->number);
	if (ret == 0)
		ret = add_tag(ret_tags, "TRACKTOTAL=%u", disc->layout.n_tracks);
	if (ret == 0)
		ret = add_text(ret_tags, "ISRC", track->isrc);
	if (ret == 0)
		ret = add_text(ret_tags, "BARCODE", result->mcn);
	if (ret == 0)
		ret = add_text(ret_tags, "MUSICBRAINZ_DISCID", result->musicbrainz_id);
	if (ret == 0)
		ret = add_text(ret_tags, "CDDB", result->freedb_id);
	if (ret == 0 && track->has_pre_emphasis)
		ret = add_text(ret_tags, "PRE_EMPHASIS", "1");
	if (ret == 0)
		ret = add_texts(disc, track->number, ret_tags);
	if (ret < 0)
		audio_tags_clear(ret_tags);
	return ret;
}

void audio_tags_clear(struct audio_tags *tags)
{
	for (size_t i = 0; i < tags->tags.n; i++)
		free(tags->lines[i]);
	memset(tags, 0, sizeof(*tags));
}

static void name_files(const struct audio_disc *disc, const struct discern_rip_audio_options *options,
		       const struct discern_rip_audio_result *result, struct cue_write_files *ret_files)
{
	memset(ret_files, 0, sizeof(*ret_files));
	ret_files->type = options->format == DISCERN_AUDIO_BIN ? "BINARY" : "WAVE";
	if (options->format == DISCERN_AUDIO_BIN) {
		ret_files->all = result->tracks[0].file;
		ret_files->all_lba = result->tracks[0].start_lba;
		return;
	}
	for (size_t i = 0; i < result->n_tracks; i++) {
		const struct discern_audio_track *track = &result->tracks[i];

		if (track->number == 0)
			ret_files->hidden = track->file;
		for (unsigned j = 0; j < disc->layout.n_tracks; j++)
			if (disc->layout.tracks[j].number == track->number)
				ret_files->tracks[j] = track->file;
	}
}

int audio_files_write_cue(const struct audio_disc *disc, const struct discern_rip_audio_options *options,
			  const struct discern_rip_audio_result *result, struct discern_error *err)
{
	char path[4096], part[4096 + 8], freedb[32], musicbrainz[64];
	const char *const lines[] = { freedb, musicbrainz, "COMMENT \"discern " PACKAGE_VERSION "\"" };
	const struct cue_write_remarks remarks = { sizeof(lines) / sizeof(lines[0]), lines };
	struct cue_write_files files;
	AUTO_FREE char *sheet = NULL;
	int ret = audio_files_path(result, result->cue_file, path);

	snprintf(freedb, sizeof(freedb), "DISCID %s", result->freedb_id);
	snprintf(musicbrainz, sizeof(musicbrainz), "MUSICBRAINZ_DISCID %s", result->musicbrainz_id);
	name_files(disc, options, result, &files);
	sheet = cue_write(&disc->layout, &disc->text, &files, &remarks);
	if (sheet == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	snprintf(part, sizeof(part), "%s.part", path);
	if (ret == 0)
		ret = file_replace(part, sheet, strlen(sheet), err);
	if (ret < 0)
		return ret;
	ret = output_rename(part, path);
	if (ret == 0)
		return 0;
	unlink(part);
	return discern_error_set(err, ret, "%s: cannot make it: %s", path, strerror(-ret));
}
