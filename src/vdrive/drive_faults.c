/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "vdrive/drive_faults.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "vdrive/disc_cd.h"
#include "vdrive/drive_defects.h"
#include "vdrive/fault_lines.h"
#include "vdrive/mmc/cd_recording.h"
#include "vdrive/mmc/defaults.h"
#include "vdrive/mmc/keys.h"
#include "vdrive/mmc/msf.h"
#include "vdrive/timing.h"
#include "vdrive/undo.h"

/* SAM-5 5.3.1. */
enum { STATUS_GOOD = 0, STATUS_CHECK_CONDITION = 2 };

enum { OP_SYNCHRONIZE_CACHE = 0x35 };
enum { OP_READ_12 = 0xa8, OP_READ_CD = 0xbe, OP_READ_CD_MSF = 0xb9 };

/* Write parameters page, byte 2: buffer underrun protection (MMC-6 7.5.4.5). */
enum { BUFE = 0x40 };

void vdrive_forget_damage(struct vdrive *drive)
{
	damage_free(drive->damage);
	drive->damage = NULL;
	drive->damage_generation = 0;
}

/* The marks are put on the medium when it is first used with them. */
static void update_damage(struct vdrive *drive)
{
	size_t n_marks;
	unsigned generation;
	const struct damage_marks *marks = faults_marks(drive->faults, &n_marks, &generation);

	if (drive->disc == NULL || generation == drive->damage_generation)
		return;
	vdrive_forget_damage(drive);
	drive->damage_generation = generation;
	/* Without memory for it the disc is undamaged. */
	damage_new(drive->disc, marks, n_marks, &drive->damage);
}

int vdrive_read_medium_faults(struct vdrive *drive, const char *path, struct discern_error *err)
{
	struct fault_lines lines = { 0 };
	char *name;
	int ret;

	if (asprintf(&name, "%s.faults", path) < 0)
		return discern_error_set(err, -ENOMEM, "no memory for the faults of %s", path);
	ret = fault_lines_read(name, FAULT_LINES_OF_MEDIUM, &lines, err);
	if (ret == -ENOENT) {
		discern_error_clear(err);
		ret = 0;
	}
	if (ret == 0)
		ret = faults_replace(drive->faults, FAULTS_OF_MEDIUM, lines.lines, lines.n_lines, err);
	if (ret < 0)
		discern_error_wrap(err, "%s", name);
	fault_lines_free(&lines);
	free(name);
	return ret;
}

unsigned vdrive_read_percent(const struct vdrive *drive)
{
	uint32_t highest = vdrive_max_read_kbps(drive);

	return highest > 0 ? (unsigned)((uint64_t)drive->read_kbps * 100 / highest) : 100;
}

void vdrive_lose_buffer(struct vdrive *drive)
{
	uint32_t n_lost = timing_buffered_sectors(drive, drive->n_unflushed);

	drive->n_unflushed = 0;
	if (drive->disc == NULL)
		return;
	undo_apply(&drive->undo, drive->disc, n_lost);
	disc_lose_power(drive->disc, n_lost);
}

void vdrive_lose_power(struct vdrive *drive)
{
	vdrive_lose_buffer(drive);
	drive->removal_prevented = false;
	cd_recording_forget(drive);
	vdrive_reset_pages(drive);
	vdrive_reset_speeds(drive);
	vdrive_reset_keys(drive);
	timing_medium_changed(drive->timing);
	drive->unit_attention = (struct vdrive_sense){ .key = 6, .asc = 0x29 };
}

static void report_sense(struct vdrive_call *call, const struct fault_outcome *outcome)
{
	const struct vdrive_sense sense = {
		.key = outcome->key,
		.asc = outcome->asc,
		.ascq = outcome->ascq,
		.has_lba = outcome->lba != INT32_MIN,
		.lba = outcome->lba,
	};

	vdrive_report_sense(call, &sense);
}

static void exchange_medium(struct vdrive_call *call, const char *path)
{
	struct vdrive *drive = call->drive;
	/* The rule may be one of the medium that goes. */
	char *copy = strdup(path);
	int ret = copy != NULL ? 0 : -ENOMEM;

	vdrive_take_medium_out(drive);
	if (ret == 0)
		ret = vdrive_put_medium_in(drive, copy);
	free(copy);
	/* 2/30/00: what is no medium leaves the drive empty, as an unreadable disc would. */
	if (ret < 0) {
		vdrive_check_condition(call, 2, 0x30, 0);
		return;
	}
	vdrive_report_sense(call, &drive->unit_attention);
	memset(&drive->unit_attention, 0, sizeof(drive->unit_attention));
}

/* What happens instead of the command. */
static void fail_command(struct vdrive_call *call, const struct fault_outcome *outcome)
{
	struct vdrive *drive = call->drive;

	switch (outcome->effect) {
	case FAULT_STATUS:
		call->answer->status = outcome->status;
		break;
	case FAULT_HOST:
		call->answer->host_status = outcome->host_status;
		break;
	case FAULT_REMOVE:
		vdrive_take_medium_out(drive);
		vdrive_check_condition(call, 2, 0x3a, 1);
		break;
	case FAULT_TRAY:
		vdrive_eject(drive);
		vdrive_check_condition(call, 2, 0x3a, 2);
		break;
	case FAULT_EXCHANGE:
		exchange_medium(call, outcome->path);
		break;
	case FAULT_POWER_LOSS:
		vdrive_lose_power(drive);
		/* Nobody answers the command; the host waits for it in vain. */
		call->answer->host_status = VDRIVE_HOST_TIME_OUT;
		break;
	case FAULT_UNPLUG:
		vdrive_lose_power(drive);
		drive->is_unplugged = true;
		call->answer->host_status = VDRIVE_HOST_NO_CONNECT;
		break;
	case FAULT_UNDERRUN:
		vdrive_check_condition(call, 3, 0x0c, 9);
		break;
	case FAULT_SENSE:
	case FAULT_NOTHING:
	case FAULT_SHORT:
	case FAULT_FLIP:
	case FAULT_C2:
	case FAULT_JITTER:
	case FAULT_STALE:
	case FAULT_CAPACITY:
		report_sense(call, outcome);
		break;
	}
}

/* The bytes of the sectors that a rule is about, of n_bytes of a command's data. */
static void find_bytes(const struct vdrive_address *address, const struct fault_outcome *outcome, size_t *begin,
		       size_t *end)
{
	size_t sector_bytes = address->n_sectors > 0 ? *end / address->n_sectors : 0;
	int64_t last = (int64_t)address->lba + address->n_sectors - 1;

	*begin = 0;
	if (outcome->lba == INT32_MIN || sector_bytes == 0)
		return;
	if (last > outcome->last_lba)
		last = outcome->last_lba;
	*begin = (size_t)(outcome->lba - address->lba) * sector_bytes;
	*end = (size_t)(last - address->lba + 1) * sector_bytes;
}

static void flip_bits(uint8_t *data, size_t size, const struct vdrive_address *address,
		      const struct fault_outcome *outcome)
{
	uint64_t random = outcome->random;
	size_t begin, end = size;

	find_bytes(address, outcome, &begin, &end);
	for (uint32_t i = 0; i < outcome->amount && end > begin; i++) {
		/* The place from the number's high bits, the bit from its low ones. */
		data[begin + (size_t)((random >> 8) % (end - begin))] ^= (uint8_t)(1 << (random & 7));
		random = random * 6364136223846793005 + 1442695040888963407;
		random ^= random >> 29;
	}
}

/* Data of the read before, over and over; of none, zeros. */
static void give_stale(struct vdrive *drive, uint8_t *data, size_t size)
{
	for (size_t at = 0; at < size;) {
		size_t n = size - at;

		if (drive->last_read_bytes == 0) {
			memset(data, 0, size);
			return;
		}
		if (n > drive->last_read_bytes)
			n = drive->last_read_bytes;
		memcpy(data + at, drive->last_read, n);
		at += n;
	}
}

static void keep_read(struct vdrive *drive, const uint8_t *data, size_t size)
{
	uint8_t *room = size > 0 ? realloc(drive->last_read, size) : NULL;

	if (room == NULL)
		return;
	drive->last_read = room;
	drive->last_read_bytes = size;
	memcpy(room, data, size);
}

/* A write whose data does not reach the medium as it was sent, though the drive says so. */
static int run_wrong_write(struct vdrive_call *call, const struct vdrive_opcode *op,
			   const struct vdrive_address *address, const struct fault_outcome *outcome)
{
	struct vdrive_command command = *call->command;
	struct vdrive_call changed = *call;
	uint8_t cdb[16] = { 0 };
	uint32_t n_sectors = outcome->amount / DISC_SECTOR;
	uint8_t *data = malloc(command.data_length + 1);
	int ret;

	if (data == NULL)
		return vdrive_check_condition(call, 4, 0x44, 0);
	if (command.data_length > 0)
		memcpy(data, command.data, command.data_length);
	memcpy(cdb, call->cdb, command.cdb_length < sizeof(cdb) ? command.cdb_length : sizeof(cdb));
	if (outcome->effect == FAULT_FLIP)
		flip_bits(data, command.data_length, address, outcome);
	else if (outcome->effect == FAULT_STALE)
		memset(data, 0, command.data_length);
	if (outcome->effect == FAULT_SHORT && n_sectors < address->n_sectors) {
		/* Blocks of the length that the host sends, which may be less than it should be. */
		command.data_length = command.data_length / address->n_sectors * n_sectors;
		if (cdb[0] == 0xaa)
			put_be32(cdb + 6, n_sectors);
		else
			put_be16(cdb + 7, (uint16_t)n_sectors);
	}
	command.data = data;
	changed.command = &command;
	changed.cdb = cdb;
	ret = op->run(&changed);
	free(data);
	return ret;
}

/* On a medium that is written anywhere the old data stays; a sequential one goes on, with nothing in it. */
static bool skips_write(const struct vdrive_call *call, const struct fault_outcome *outcome)
{
	const struct disc *disc = call->drive->disc;

	return outcome->effect == FAULT_STALE && disc != NULL && disc_can_be_overwritten(disc) &&
	       call->command->direction == VDRIVE_FROM_HOST;
}

static void spoil_answer(struct vdrive_call *call, const struct vdrive_address *address,
			 const struct fault_outcome *outcome)
{
	struct vdrive_answer *answer = call->answer;
	enum fault_effect effect = outcome->effect;

	if (effect == FAULT_SHORT && answer->transferred > outcome->amount)
		answer->transferred = outcome->amount;
	else if (effect == FAULT_FLIP)
		flip_bits(call->command->data, answer->transferred, address, outcome);
	else if (effect == FAULT_STALE)
		give_stale(call->drive, call->command->data, answer->transferred);
	else if (effect == FAULT_CAPACITY && answer->transferred >= 4)
		put_be32(call->command->data, outcome->amount - 1);
	else if (effect == FAULT_SENSE)
		report_sense(call, outcome);
}

static void note_data(struct vdrive_call *call)
{
	struct vdrive *drive = call->drive;
	const uint32_t most = VDRIVE_BUFFER_SIZE / DISC_SECTOR;

	if (faults_is_write(call->cdb[0]) && call->answer->status == STATUS_GOOD) {
		drive->n_unflushed += (uint32_t)(call->answer->transferred / DISC_SECTOR);
		if (drive->n_unflushed > most)
			drive->n_unflushed = most;
	} else if (call->cdb[0] == OP_SYNCHRONIZE_CACHE && call->answer->status == STATUS_GOOD) {
		drive->n_unflushed = 0;
		undo_forget(&drive->undo);
	}
	if (faults_is_read(call->cdb[0]) && call->answer->status == STATUS_GOOD &&
	    faults_have(drive->faults, FAULT_STALE))
		keep_read(drive, call->command->data, call->answer->transferred);
}

/* A rule may undo this write; sequential media know by themselves where their data ends. */
static void remember_old_data(struct vdrive_call *call, const struct vdrive_address *address)
{
	const struct vdrive *drive = call->drive;

	if (drive->disc != NULL && disc_can_be_overwritten(drive->disc) &&
	    (faults_have(drive->faults, FAULT_POWER_LOSS) || faults_have(drive->faults, FAULT_UNPLUG) ||
	     faults_have(drive->faults, FAULT_REMOVE)))
		undo_remember(&call->drive->undo, drive->disc, call->command, address->lba,
			      VDRIVE_BUFFER_SIZE / DISC_SECTOR);
}

static int run_op(struct vdrive_call *call, const struct vdrive_opcode *op, const struct vdrive_address *address,
		  const struct fault_outcome *outcome)
{
	bool is_wrong =
		outcome->effect == FAULT_FLIP || outcome->effect == FAULT_STALE || outcome->effect == FAULT_SHORT;

	if (!is_wrong || !faults_is_write(call->cdb[0]))
		return op->run(call);
	if (skips_write(call, outcome)) {
		call->answer->transferred = call->command->data_length;
		return 0;
	}
	if (run_wrong_write(call, op, address, outcome) < 0)
		return -1;
	/* The host is told that all of it was taken, but for a short transfer. */
	call->answer->transferred = outcome->effect == FAULT_SHORT && outcome->amount < call->command->data_length
					    ? outcome->amount
					    : call->command->data_length;
	return 0;
}

/* So many sectors of a read command, from its first one on. */
static void shorten_read(uint8_t cdb[16], const struct vdrive_address *address)
{
	if (cdb[0] == OP_READ_12)
		put_be32(cdb + 6, address->n_sectors);
	else if (cdb[0] == OP_READ_CD)
		put_be24(cdb + 6, address->n_sectors);
	else if (cdb[0] == OP_READ_CD_MSF)
		put_msf(cdb + 6, address->lba + (int32_t)address->n_sectors);
	else
		put_be16(cdb + 7, (uint16_t)address->n_sectors);
}

/* A read that a rule lets fail at a sector gives those before it (MMC-6 6.15.3); below 0 if one of these fails. */
static int read_before(struct vdrive_call *call, const struct vdrive_opcode *op, struct vdrive_address address,
		       const struct fault_outcome *outcome)
{
	struct vdrive_call part = *call;
	uint8_t cdb[16] = { 0 };

	if (outcome->effect != FAULT_SENSE || !faults_is_read(call->cdb[0]) || outcome->lba <= address.lba)
		return 0;
	address.n_sectors = (uint32_t)(outcome->lba - address.lba);
	memcpy(cdb, call->cdb, call->command->cdb_length < sizeof(cdb) ? call->command->cdb_length : sizeof(cdb));
	shorten_read(cdb, &address);
	part.cdb = cdb;
	return vdrive_check_damage(&part, &address, op->run(&part));
}

/* Of sound a drive never says that it cannot read it: it gives what is wrong, and C2 pointers to that. */
static void read_wrong_sound(const struct vdrive_call *call, const struct vdrive_address *address,
			     struct fault_outcome *outcome)
{
	const struct disc *disc = call->drive->disc;
	const struct cd_track *track = NULL;

	if (!outcome->is_unreadable || !faults_is_read_cd(call->cdb[0]) || disc == NULL || !disc_is_cd(disc))
		return;
	track = cd_layout_track_at(disc_cd_layout(disc), outcome->lba != INT32_MIN ? outcome->lba : address->lba);
	if (track == NULL || track->mode != CD_AUDIO)
		return;
	outcome->is_failed = false;
	outcome->effect = FAULT_C2;
	outcome->amount = SECTOR_RAW / 2;
}

/* What the decoder of a CD is to do to the sectors that it reads. */
static void set_reading(struct vdrive_call *call, const struct vdrive_address *address,
			const struct fault_outcome *outcome)
{
	struct vdrive_reading *reading = &call->drive->reading;

	*reading = (struct vdrive_reading){ .random = outcome->random,
					    .first_lba = outcome->lba,
					    .last_lba = outcome->last_lba };
	reading->is_cached = timing_is_cached(call->drive, call->cdb, address);
	if (outcome->effect == FAULT_C2)
		reading->n_wrong_bytes = outcome->amount;
	/* From so many samples early to as many late. */
	if (outcome->effect == FAULT_JITTER)
		reading->jitter_samples =
			(int32_t)(outcome->random % (2 * (uint64_t)outcome->amount + 1)) - (int32_t)outcome->amount;
}

static void run_with_outcome(struct vdrive_call *call, const struct vdrive_opcode *op,
			     const struct vdrive_address *address, const struct fault_outcome *outcome)
{
	bool is_write = faults_is_write(call->cdb[0]);
	uint32_t n_replaced;

	if (vdrive_can_replace(call, address, outcome)) {
		if (vdrive_write_elsewhere(call, op, address, outcome) < 0)
			return;
		note_data(call);
		vdrive_report_replaced(call, address);
		return;
	}
	if (outcome->is_failed) {
		if (read_before(call, op, *address, outcome) == 0)
			fail_command(call, outcome);
		return;
	}
	if (is_write && vdrive_check_writing(call, address) < 0)
		return;
	if (is_write)
		remember_old_data(call, address);
	if (vdrive_meet_medium(call, address, run_op(call, op, address, outcome), &n_replaced) < 0 ||
	    vdrive_protect_read(call, address) < 0)
		return;
	if (!is_write || outcome->effect == FAULT_SENSE)
		spoil_answer(call, address, outcome);
	note_data(call);
	if (n_replaced > 0 && call->answer->status == STATUS_GOOD)
		vdrive_report_replaced(call, address);
}

void vdrive_run_with_faults(struct vdrive_call *call, const struct vdrive_opcode *op)
{
	struct fault_outcome outcome;
	struct vdrive_address address;
	struct vdrive *drive = call->drive;

	vdrive_get_address(call, &address);
	update_damage(drive);
	faults_apply(drive->faults, call->cdb[0], address.lba, address.n_sectors, &outcome);
	call->answer->delay_us = (uint64_t)outcome.delay_ms * 1000;
	/* With protection against it an underrun costs time only. */
	if (outcome.effect == FAULT_UNDERRUN && drive->write_page.bytes[2] & BUFE) {
		timing_note_underrun(drive->timing);
		outcome.is_failed = false;
	}
	read_wrong_sound(call, &address, &outcome);
	set_reading(call, &address, &outcome);
	run_with_outcome(call, op, &address, &outcome);
	drive->reading = (struct vdrive_reading){ .n_wrong_bytes = 0 };
}
