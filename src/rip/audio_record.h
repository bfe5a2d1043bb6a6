/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rip.part: what disc a folder's files are of, and which tracks in it are complete. */
#ifndef RIP_AUDIO_RECORD_H
#define RIP_AUDIO_RECORD_H

#include <stdio.h>

#include <discern/rip_audio.h>

struct audio_record {
	char path[4096];
	FILE *file;
	/** By place in the result: an earlier call has finished this one, which is hidden silence. */
	bool is_silent[DISCERN_AUDIO_MAX_TRACKS];
};

/** What the files of a job have in common. */
struct audio_record_job {
	const char *disc;
	int32_t offset;
	const char *format;
};

/** Opens the record of a folder, which must exist. Of an earlier call's, the tracks of the result that are complete get
 *  their sums and doubts. -ESTALE for one of another job, -EBUSY if another process works on it, -EEXIST if the folder
 *  has none but a cue sheet or files of this name. Release with audio_record_close(). */
int audio_record_open(struct audio_record *record, const struct audio_record_job *job,
		      struct discern_rip_audio_result *result, struct discern_error *err);

/** Adds a complete track, whose file has its name and is on the disk. is_silent: it has no file. */
int audio_record_add(struct audio_record *record, const struct discern_rip_audio_result *result, size_t track,
		     bool is_silent, struct discern_error *err);

/** Adds a range to those of a result. */
void audio_record_note(struct discern_rip_audio_result *result, const struct discern_audio_range *range);

/** Closes it; removes it if the job is done, or if nothing is in it. */
void audio_record_close(struct audio_record *record, bool is_done);

#endif
