/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files that a rip of audio makes: their names, tags and the cue sheet. */
#ifndef RIP_AUDIO_FILES_H
#define RIP_AUDIO_FILES_H

#include <discern/rip_audio.h>

#include "disc/sound_writer.h"
#include "rip/audio_disc.h"

/** Sets result's folder, made if need be, and the names of all files. A folder that has a finished rip is passed over for one with
 *  a higher number behind its name, or is -EEXIST; -EALREADY for options->skip_done.
 *  @param number  that of the name to begin with, 1 for none; becomes that of the folder */
enum { AUDIO_FILES_MAX_NUMBER = 1000 };
int audio_files_name(const struct discern_rip_audio_options *options, struct discern_rip_audio_result *result,
		     unsigned *number, struct discern_error *err);

/** The path of a file in the folder, and with .part behind it. */
int audio_files_path(const struct discern_rip_audio_result *result, const char *name, char ret_path[4096]);

enum sound_format audio_files_format(enum discern_audio_format format);

/** Tags of a track, one text; release with audio_tags_clear(). -ENOMEM. */
struct audio_tags {
	struct sound_tags tags;
	char *lines[32];
};
int audio_tags_make(const struct audio_disc *disc, const struct discern_rip_audio_result *result,
		    const struct discern_audio_track *track, struct audio_tags *ret_tags);
void audio_tags_clear(struct audio_tags *tags);

/** Writes the cue sheet, never over another file. */
int audio_files_write_cue(const struct audio_disc *disc, const struct discern_rip_audio_options *options,
			  const struct discern_rip_audio_result *result, struct discern_error *err);

#endif
