/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/timing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "vdrive/delivery.h"
#include "vdrive/drive_defects.h"
#include "vdrive/mmc/defaults.h"
#include "vdrive/timing_model.h"

/* Write parameters page, byte 2: buffer underrun protection (MMC-6 7.5.4.5). */
enum { BUFE = 0x40 };

/* Byte 1 of WRITE(10) and (12). */
enum { FUA = 0x08 };

struct timing {
	enum vdrive_clock clock;
	struct vdrive_clock_state state;
	struct delivery delivery;
	/** The drive's time: of a virtual clock what all has taken so far, else CLOCK_MONOTONIC at the command's begin. */
	int64_t now_us;
	/** What is known of the command so far. */
	int64_t retries_us;
	bool needs_spin_up, was_tray_open;
	uint32_t last_read_kbps, last_write_kbps;

	/** Of the medium; valid while has_model. */
	bool has_model;
	struct model model;

	/** Reading: the pick-up was at head_lba at head_us; sectors from cache_begin to head_lba are in memory, and
	 *  the drive goes on by itself to ahead_end. */
	int64_t head_lba, head_us, cache_begin, ahead_end;

	/** Writing: when all that was taken will be on the disc, and where the next sector follows. */
	bool is_writing, is_calibrated;
	int64_t written_us, next_lba;
	/** Sectors taken since the writing of this run began, or will begin. */
	int64_t n_streamed;

	/** An operation that was answered at once goes on until then. */
	int64_t busy_from_us, busy_until_us;
	uint8_t busy_ascq;
};

static int64_t monotonic_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t timing_now_us(const struct timing *timing)
{
	return timing != NULL && timing->clock == VDRIVE_CLOCK_VIRTUAL ? timing->now_us : monotonic_us();
}

int vdrive_set_clock(struct vdrive *drive, enum vdrive_clock clock, struct discern_error *err)
{
	struct timing *timing = NULL;

	if (clock != VDRIVE_CLOCK_NONE) {
		timing = calloc(1, sizeof(*timing));
		if (timing == NULL)
			return discern_error_set(err, -ENOMEM, "no memory for the clock of a virtual drive");
		timing->clock = clock;
	}
	pthread_mutex_lock(&drive->lock);
	timing_free(drive->timing);
	drive->timing = timing;
	timing_medium_changed(timing);
	pthread_mutex_unlock(&drive->lock);
	return 0;
}

void vdrive_read_clock(struct vdrive *drive, struct vdrive_clock_state *ret_state)
{
	pthread_mutex_lock(&drive->lock);
	*ret_state = drive->timing != NULL ? drive->timing->state : (struct vdrive_clock_state){ 0 };
	pthread_mutex_unlock(&drive->lock);
}

void timing_free(struct timing *timing)
{
	if (timing != NULL)
		delivery_forget(&timing->delivery, &timing->state);
	free(timing);
}

static void forget_cache(struct timing *timing)
{
	timing->cache_begin = timing->ahead_end = timing->head_lba;
}

void timing_medium_changed(struct timing *timing)
{
	if (timing == NULL)
		return;
	timing->needs_spin_up = true;
	timing->has_model = timing->is_writing = timing->is_calibrated = false;
	timing->head_lba = timing->busy_until_us = timing->written_us = 0;
	timing->last_read_kbps = timing->last_write_kbps = 0;
	delivery_forget(&timing->delivery, &timing->state);
	forget_cache(timing);
}

static double read_rate(const struct vdrive *drive, int64_t lba)
{
	return model_rate(&drive->timing->model, lba, drive->read_kbps, vdrive_max_read_kbps(drive));
}

static double write_rate(const struct vdrive *drive, int64_t lba)
{
	size_t n;
	const uint32_t *speeds = vdrive_write_speeds(drive, &n);

	return model_write_rate(&drive->timing->model, lba, drive->write_kbps, speeds, n);
}

/* What the drive has read by itself since. */
static void read_ahead(struct vdrive *drive)
{
	struct timing *timing = drive->timing;
	int64_t elapsed_us = timing->now_us - timing->head_us, n = timing->ahead_end - timing->head_lba;
	double rate = read_rate(drive, timing->head_lba);

	/* What is left of a sector counts the next time. */
	if (n > 0 && elapsed_us > 0 && (double)elapsed_us * rate / 1e6 < (double)n) {
		n = (int64_t)((double)elapsed_us * rate / 1e6);
		timing->head_us += (int64_t)((double)n * 1e6 / rate);
	} else {
		n = n > 0 && elapsed_us > 0 ? n : 0;
		timing->head_us = timing->now_us;
	}
	timing->head_lba += n;
	if (timing->cache_begin < timing->head_lba - MODEL_CACHE_SECTORS)
		timing->cache_begin = timing->head_lba - MODEL_CACHE_SECTORS;
}

/* Commands that need neither the medium nor the mechanism. */
static bool is_electronic(uint8_t opcode)
{
	static const uint8_t opcodes[] = { 0x03, 0x12, 0x46, 0x4a, 0x5a, 0x1a, 0x5c, 0x1e };

	return memchr(opcodes, opcode, sizeof(opcodes)) != NULL;
}

/* 2/04/xx with how much of it is done (MMC-6 4.1.9). */
static bool is_busy(struct vdrive *drive, struct vdrive_sense *ret_sense)
{
	const struct timing *timing = drive->timing;
	int64_t whole_us = timing->busy_until_us - timing->busy_from_us,
		done_us = timing->now_us - timing->busy_from_us;

	if (timing->now_us >= timing->busy_until_us)
		return false;
	*ret_sense = (struct vdrive_sense){ .key = 2, .asc = 4, .ascq = timing->busy_ascq };
	ret_sense->progress = (uint16_t)(1 + done_us * 65534 / whole_us);
	return true;
}

/* The host was too slow, and nothing protects the track. */
static bool runs_empty(const struct vdrive_call *call)
{
	const struct timing *timing = call->drive->timing;

	return timing->clock == VDRIVE_CLOCK_REAL && timing->is_writing && timing->now_us > timing->written_us &&
	       faults_is_write(call->cdb[0]) && timing->model.family == FAMILY_CD &&
	       !(call->drive->write_page.bytes[2] & BUFE);
}

int timing_begin(struct vdrive_call *call)
{
	struct vdrive *drive = call->drive;
	struct timing *timing = drive->timing;
	struct vdrive_sense sense;

	if (timing == NULL)
		return 0;
	if (timing->clock == VDRIVE_CLOCK_REAL)
		timing->now_us = monotonic_us();
	timing->retries_us = 0;
	timing->was_tray_open = drive->tray_open;
	if (drive->disc != NULL && !timing->has_model) {
		model_init(&timing->model, drive->disc, drive->rotation);
		timing->has_model = true;
	}
	if (timing->has_model)
		read_ahead(drive);
	if (is_busy(drive, &sense)) {
		if (call->cdb[0] == 0x03)
			drive->last_sense = sense;
		else if (!is_electronic(call->cdb[0]))
			return vdrive_report_sense(call, &sense);
	}
	if (timing->has_model && runs_empty(call)) {
		timing->is_writing = false;
		timing->state.n_underruns++;
		return vdrive_check_condition(call, 3, 0x0c, 9);
	}
	return 0;
}

bool timing_is_cached(const struct vdrive *drive, const uint8_t *cdb, const struct vdrive_address *address)
{
	const struct timing *timing = drive->timing;

	if (timing == NULL || !faults_is_read(cdb[0]) || timing_forces_read(drive, cdb))
		return false;
	return address->lba >= timing->cache_begin && (int64_t)address->lba + address->n_sectors <= timing->head_lba;
}

void timing_note_retries(struct vdrive *drive, const struct damage_result *result)
{
	/* Mode page 01h byte 3. A unit that gives in does so halfway. */
	int64_t n_most = drive->recovery_page[3] > 0 ? drive->recovery_page[3] : 1;
	int64_t n = result->n_slow + result->n_recovered * ((n_most + 1) / 2) + (result->has_failed ? n_most : 0);
	struct timing *timing = drive->timing;
	int64_t retry_us;

	if (timing == NULL || n == 0)
		return;
	retry_us =
		MODEL_RETRY_TURNS * model_turn_us(&timing->model, timing->head_lba, read_rate(drive, timing->head_lba));
	if (n * retry_us > MODEL_GIVE_UP_US)
		n = MODEL_GIVE_UP_US / retry_us + 1;
	timing->state.n_retries += (uint64_t)n;
	timing->retries_us += n * retry_us;
}

void timing_note_detour(struct vdrive *drive, int64_t lba, int64_t place)
{
	struct timing *timing = drive->timing;

	if (timing == NULL || !timing->has_model)
		return;
	timing->state.n_seeks += 2;
	timing->retries_us += 2 * model_seek_us(&timing->model, lba, place) +
			      model_turn_us(&timing->model, place, read_rate(drive, place));
}

void timing_note_underrun(struct timing *timing)
{
	if (timing == NULL)
		return;
	timing->state.n_underruns++;
	timing->written_us += MODEL_LINK_US;
}

uint32_t timing_buffered_sectors(const struct vdrive *drive, uint32_t n_unflushed)
{
	const struct timing *timing = drive->timing;
	double n;

	if (timing == NULL || !timing->has_model)
		return n_unflushed;
	if (timing->written_us <= timing->now_us)
		return 0;
	n = (double)(timing->written_us - timing->now_us) * write_rate(drive, timing->next_lba) / 1e6;
	/* Before the first of them is written it is all of them. */
	if (n > (double)timing->n_streamed)
		n = (double)timing->n_streamed;
	return n < VDRIVE_BUFFER_SIZE / DISC_SECTOR ? (uint32_t)n : VDRIVE_BUFFER_SIZE / DISC_SECTOR;
}

uint32_t timing_free_bytes(const struct vdrive *drive)
{
	return VDRIVE_BUFFER_SIZE - timing_buffered_sectors(drive, 0) * DISC_SECTOR;
}

/* The disc turns, at the speed that is set, and what was written before is on it. */
static int64_t get_ready_us(struct vdrive *drive)
{
	struct timing *timing = drive->timing;
	int64_t duration_us = 0;

	if (timing->needs_spin_up) {
		duration_us += MODEL_SPIN_UP_US;
		timing->state.n_spin_ups++;
	} else if (timing->last_read_kbps != drive->read_kbps || timing->last_write_kbps != drive->write_kbps) {
		duration_us += MODEL_SPEED_CHANGE_US;
	}
	timing->needs_spin_up = false;
	timing->last_read_kbps = drive->read_kbps;
	timing->last_write_kbps = drive->write_kbps;
	return duration_us;
}

static int64_t drain_us(struct timing *timing)
{
	int64_t left_us = timing->written_us - timing->now_us;

	timing->is_writing = false;
	return left_us > 0 ? left_us : 0;
}

/* To a place: over what lies between if that is shorter, else the pick-up moves, and half a turn passes. */
static int64_t reach_us(struct vdrive *drive, int64_t lba, double rate)
{
	struct timing *timing = drive->timing;
	int64_t over_us = model_transfer_us((double)(lba - timing->head_lba), rate);
	int64_t seek_us =
		model_seek_us(&timing->model, timing->head_lba, lba) + model_turn_us(&timing->model, lba, rate) / 2;

	/* What lies between may be what could not be read. */
	timing->cache_begin = lba;
	if (lba >= timing->head_lba && over_us <= seek_us)
		return over_us;
	timing->state.n_seeks++;
	return seek_us;
}

static int64_t read_us(struct vdrive_call *call, const struct vdrive_address *address)
{
	struct vdrive *drive = call->drive;
	struct timing *timing = drive->timing;
	int64_t end = (int64_t)address->lba + address->n_sectors, duration_us = 0;
	/* A drive that is reading on by itself does so while it looks at a command. */
	int64_t overlap_us = timing->head_lba < timing->ahead_end ? MODEL_COMMAND_US : 0;
	double rate = read_rate(drive, address->lba);
	bool is_good = call->answer->status == 0;

	timing->state.read_sectors += is_good ? address->n_sectors : 0;
	timing->ahead_end = end + MODEL_CACHE_SECTORS;
	if (!is_good || !timing_is_cached(drive, call->cdb, address)) {
		duration_us = drain_us(timing) + get_ready_us(drive) + timing->retries_us;
		if (address->lba < timing->cache_begin || address->lba > timing->head_lba || !is_good ||
		    timing_forces_read(drive, call->cdb)) {
			duration_us += reach_us(drive, address->lba, rate);
			timing->head_lba = address->lba;
			overlap_us = 0;
		}
		duration_us += model_transfer_us((double)(end - timing->head_lba), rate);
		timing->head_lba = is_good ? end : address->lba;
		if (!is_good)
			forget_cache(timing);
	}
	/* The drive does not read ahead into what it cannot read, nor beyond the end. */
	timing->ahead_end = damage_next(drive->damage, timing->head_lba, timing->ahead_end);
	if (timing->ahead_end > timing->model.geometry.n_sectors)
		timing->ahead_end = timing->model.geometry.n_sectors;
	timing->head_us += MODEL_COMMAND_US - overlap_us + duration_us;
	return duration_us > overlap_us ? duration_us - overlap_us : 0;
}

static int64_t write_us(struct vdrive_call *call, const struct vdrive_address *address)
{
	struct vdrive *drive = call->drive;
	struct timing *timing = drive->timing;
	double rate = write_rate(drive, address->lba);
	int64_t begin_us = timing->now_us, wait_us;
	const int64_t buffer_sectors = VDRIVE_BUFFER_SIZE / DISC_SECTOR;
	bool forces = call->cdb[0] == 0x2e || call->cdb[1] & FUA;

	/* Every second turn verifies what the one before has written. */
	if (vdrive_verifies(call))
		rate /= 2;
	begin_us += get_ready_us(drive) + timing->retries_us;
	if (!timing->is_calibrated && disc_profile(drive->disc)->writing == WRITING_SEQUENTIAL)
		begin_us += MODEL_CALIBRATION_US;
	timing->is_calibrated = true;
	if (!timing->is_writing || address->lba != timing->next_lba) {
		begin_us += reach_us(drive, address->lba, rate);
		timing->n_streamed = 0;
	} else if (timing->written_us < timing->now_us) {
		timing->state.n_underruns++;
		begin_us += MODEL_LINK_US;
		timing->n_streamed = 0;
	}
	timing->written_us = (timing->written_us > begin_us ? timing->written_us : begin_us) +
			     model_transfer_us(address->n_sectors, rate);
	timing->is_writing = true;
	timing->n_streamed += address->n_sectors;
	timing->next_lba = timing->head_lba = (int64_t)address->lba + address->n_sectors;
	forget_cache(timing);
	timing->state.written_sectors += address->n_sectors;
	wait_us = timing->written_us - timing->now_us;
	if (!forces && timing->n_streamed <= buffer_sectors)
		return 0;
	if (!forces)
		wait_us -= model_transfer_us((double)buffer_sectors, rate);
	return wait_us > 0 ? wait_us : 0;
}

/* CLOSE TRACK/SESSION: what is written behind the data, at the speed that is set. */
static int64_t close_us(struct vdrive_call *call)
{
	struct vdrive *drive = call->drive;
	bool is_first = disc_n_sessions(drive->disc) <= 2;
	uint32_t n_sectors = MODEL_DVD_CLOSE_SECTORS;

	if ((call->cdb[2] & 7) <= 1)
		return MODEL_CLOSE_TRACK_US;
	drive->timing->is_calibrated = false;
	if (drive->timing->model.family == FAMILY_BD)
		n_sectors = MODEL_BD_CLOSE_SECTORS;
	else if (drive->timing->model.family == FAMILY_CD)
		n_sectors = MODEL_CD_LEAD_IN_SECTORS +
			    (is_first ? MODEL_CD_LEAD_OUT_SECTORS : MODEL_CD_NEXT_LEAD_OUT_SECTORS);
	return model_transfer_us(n_sectors, write_rate(drive, drive->timing->head_lba));
}

/* An operation that takes its time, and may be answered before it is done. */
struct long_operation {
	int64_t duration_us;
	bool is_immediate;
	/** 2/04/04 format in progress, 07 operation in progress, 08 long write in progress. */
	uint8_t ascq;
};

static struct long_operation find_long_operation(struct vdrive_call *call)
{
	struct timing *timing = call->drive->timing;
	const struct vdrive_command *command = call->command;
	const uint8_t *cdb = call->cdb;

	switch (cdb[0]) {
	case 0x35: /* SYNCHRONIZE CACHE */
		return (struct long_operation){ drain_us(timing), cdb[1] & 2, 8 };
	case 0x5b: /* CLOSE TRACK/SESSION */
		return (struct long_operation){ drain_us(timing) + close_us(call), cdb[1] & 1, 8 };
	case 0x04: /* FORMAT UNIT: byte 1 of its parameter list */
		return (struct long_operation){ get_ready_us(call->drive) + MODEL_FORMAT_US,
						command->data_length > 1 && command->data[1] & 2, 4 };
	case 0xa1: { /* BLANK: all of the disc, or little more than its lead-in */
		bool is_all = (cdb[1] & 7) == 0;
		double n_sectors = is_all ? timing->model.geometry.n_sectors : MODEL_CD_LEAD_IN_SECTORS;

		return (struct long_operation){ get_ready_us(call->drive) +
							model_transfer_us(n_sectors, write_rate(call->drive, 0)),
						cdb[1] & 0x10, 7 };
	}
	default:
		return (struct long_operation){ 0 };
	}
}

static int64_t long_us(struct vdrive_call *call)
{
	struct timing *timing = call->drive->timing;
	struct long_operation operation = find_long_operation(call);

	/* On a virtual clock nobody could wait for it but by asking for ever: so it takes its time at once. */
	if (!operation.is_immediate || timing->clock == VDRIVE_CLOCK_VIRTUAL)
		return operation.duration_us;
	timing->busy_from_us = timing->now_us;
	timing->busy_until_us = timing->now_us + operation.duration_us;
	timing->busy_ascq = operation.ascq;
	timing->state.elapsed_us += (uint64_t)operation.duration_us;
	return 0;
}

/* What the command has taken of the mechanism's time. */
static int64_t mechanism_us(struct vdrive_call *call, const struct vdrive_address *address)
{
	struct vdrive *drive = call->drive;
	bool is_medium_error = call->answer->status == 2 && (call->answer->sense[2] & 15) == 3;

	if (call->cdb[0] == 0x1b && call->answer->status == 0 && call->cdb[4] & 2)
		return drive->timing->was_tray_open != drive->tray_open ? MODEL_TRAY_US : 0;
	if (drive->disc == NULL || !drive->timing->has_model || is_electronic(call->cdb[0]) ||
	    call->answer->host_status != 0 || (call->answer->status != 0 && !is_medium_error))
		return 0;
	if (address->n_sectors > 0 && faults_is_write(call->cdb[0]))
		return is_medium_error ? 0 : write_us(call, address);
	if (address->n_sectors > 0)
		return read_us(call, address);
	if (call->cdb[0] == 0x2b && drive->timing->head_lba != address->lba)
		return get_ready_us(drive) + reach_us(drive, address->lba, read_rate(drive, address->lba));
	return drive->timing->needs_spin_up ? get_ready_us(drive) + long_us(call) : long_us(call);
}

void timing_end(struct vdrive_call *call)
{
	struct timing *timing = call->drive->timing;
	struct vdrive_address address;
	int64_t duration_us;

	if (timing == NULL)
		return;
	vdrive_get_address(call, &address);
	duration_us = MODEL_COMMAND_US + mechanism_us(call, &address) + (int64_t)call->answer->delay_us +
		      (int64_t)call->answer->transferred / MODEL_INTERFACE_BYTES_PER_US;
	timing->state.elapsed_us += (uint64_t)duration_us;
	timing->state.n_commands++;
	delivery_note_read(&timing->delivery, &timing->state, call, &address);
	if (timing->clock == VDRIVE_CLOCK_VIRTUAL)
		timing->now_us += duration_us;
	call->answer->delay_us = (uint64_t)duration_us;
	call->answer->is_counted_only = timing->clock == VDRIVE_CLOCK_VIRTUAL;
}
