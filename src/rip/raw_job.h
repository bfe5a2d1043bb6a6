/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A rip of a raw image while it runs. */
#ifndef RIP_RAW_JOB_H
#define RIP_RAW_JOB_H

#include "disc/readings.h"
#include "drive/cd_audio.h"
#include "drive/drive.h"
#include "rip/meter.h"
#include "rip/raw_files.h"

/** What is in the image of a sector; from RAW_MENDED on in the order of enum discern_raw_state. */
enum raw_state { RAW_OPEN, RAW_GOOD, RAW_MENDED };

struct raw_job {
	struct discern_drive *drive;
	const struct discern_rip_raw_options *options;
	struct discern_rip_raw_result *result;
	struct cd_whole *whole;
	struct raw_disc disc;
	struct raw_files files;
	struct meter meter;
	/** By sector of the image. */
	uint8_t *states;
	/** A recordable disc, of which tracks may end in sectors that hold no data. */
	bool may_run_out;
	double started;
	/** Of sound, by the drive's clock, and sectors read in all. */
	double audio_seconds;
	uint64_t n_read;
};

/** False once the job shall stop: then raw_job_stop() tells why. */
bool raw_job_goes_on(struct raw_job *job);
int raw_job_stop(const struct raw_job *job, struct discern_error *err);

/** A sector has this state now, and the map's. 0 or -ENOMEM with words. */
int raw_job_set(struct raw_job *job, uint32_t index, enum raw_state state, struct discern_error *err);

/** Between tracks that were written one by one there are sectors that no drive reads (MMC-6 4.2.3.7). */
bool raw_job_may_run_out(const struct raw_job *job, uint32_t index);

/** As raw_state. */
static inline enum raw_state raw_state_of(enum discern_raw_state state)
{
	return (enum raw_state)(RAW_MENDED + (unsigned)state);
}

/** Reads what is not read of an area of data, or of sound, into the files. */
int raw_data_read(struct raw_job *job, const struct raw_area *area, struct discern_error *err);
int raw_audio_read(struct raw_job *job, const struct raw_area *area, struct discern_error *err);

/** Whether sub-channels are wanted, and none of these was read or tried. */
bool raw_sub_is_untried(const struct raw_job *job, uint32_t index, uint32_t n_sectors);

/** Keeps sub-channels that came with the sectors, as the drive gives them. */
int raw_sub_take(struct raw_job *job, uint32_t index, uint32_t n_sectors, const uint8_t *raw,
		 struct discern_error *err);

/** Reads all sub-channels that are not read. */
int raw_sub_read(struct raw_job *job, struct discern_error *err);

/** Counts those whose Q is wrong, and those that are missing. */
void raw_sub_count(struct raw_job *job);

/** Makes the sums of tracks and files. */
int raw_sums_make(struct raw_job *job, struct discern_error *err);

/** Writes the sheet and what goes with it. */
int raw_sheet_write(struct raw_job *job, struct discern_error *err);

/** Why what comes next is read; what was read for the reason before is told. */
static inline void raw_because(const struct raw_job *job, const char *reason)
{
	readings_tell(drive_readings(job->drive));
	readings_because(drive_readings(job->drive), reason);
}

#endif
