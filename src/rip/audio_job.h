/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A rip of audio while it runs: samples go into files and sums, track after track. */
#ifndef RIP_AUDIO_JOB_H
#define RIP_AUDIO_JOB_H

#include "rip/audio_files.h"
#include "rip/audio_reader.h"
#include "rip/audio_record.h"

struct audio_job {
	const struct discern_rip_audio_options *options;
	const struct audio_disc *disc;
	struct discern_rip_audio_result *result;
	struct audio_record *record;
	/** By place in the result; and of the disc, by CTDB's rule. */
	struct audio_sums sums[DISCERN_AUDIO_MAX_TRACKS];
	uint32_t disc_crc;
	/** The track that comes now, and its sectors that came. */
	size_t track;
	uint32_t n_put;
	bool is_silent;
	struct sound_writer *writer;
	struct audio_tags tags;
};

/** Samples of tracks from job->track on, which is not complete yet; a struct audio_sink's put with the job as user. */
int audio_job_put(void *user, const uint8_t *samples, const enum audio_quality *qualities, uint32_t n_sectors,
		  struct discern_error *err);

/** Makes the sums of a track that an earlier call has completed, from its file. -EEXIST if it was changed. */
int audio_job_take(struct audio_job *job, size_t track, struct discern_error *err);

/** Gives what is open its name, if all tracks are complete, and releases it else. */
int audio_job_finish(struct audio_job *job, bool is_complete, struct discern_error *err);

#endif
