/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/drive_defects.h"

#include <errno.h>

#include "vdrive/disc_defects.h"
#include "vdrive/drive_faults.h"
#include "vdrive/mmc/defaults.h"
#include "vdrive/timing.h"

enum { OP_VERIFY = 0x2f, OP_WRITE_AND_VERIFY = 0x2e, OP_WRITE_12 = 0xaa };

/* WRITE(12), byte 10. */
enum { STREAMING = 0x80 };

/* Read/write error recovery page, byte 2: recovered errors are reported (MMC-6 7.3). */
enum { PER = 0x04 };

bool vdrive_verifies(const struct vdrive_call *call)
{
	bool is_stream = call->cdb[0] == OP_WRITE_12 && call->cdb[10] & STREAMING;

	return call->drive->disc != NULL && !is_stream && disc_manages_defects(call->drive->disc);
}

/* The speed of the verification, that of writing, in per cent of the drive's highest. */
static unsigned verify_percent(const struct vdrive *drive)
{
	uint32_t highest = vdrive_max_read_kbps(drive);

	return highest > 0 ? (unsigned)((uint64_t)drive->write_kbps * 100 / highest) : 100;
}

static uint32_t unit_sectors(const struct vdrive *drive)
{
	return disc_profile(drive->disc)->ecc_sectors;
}

static int64_t unit_begin(const struct vdrive *drive, int64_t lba)
{
	return lba - lba % unit_sectors(drive);
}

int vdrive_check_writing(struct vdrive_call *call, const struct vdrive_address *address)
{
	struct vdrive_sense sense = { .key = 3, .asc = 0x0c, .has_lba = true };
	int64_t end = (int64_t)address->lba + address->n_sectors, bad;

	/* What a stream loses is found when it is read. */
	if (call->drive->disc == NULL || disc_manages_defects(call->drive->disc))
		return 0;
	bad = damage_next_unwritable(call->drive->damage, address->lba, end);
	if (bad >= end)
		return 0;
	sense.lba = (int32_t)bad;
	return vdrive_report_sense(call, &sense);
}

/* Spare units are taken until one is good. */
static int replace_unit(struct vdrive *drive, int64_t lba)
{
	int64_t place = 0;
	int ret;

	do
		ret = disc_replace_unit(drive->disc, (int32_t)lba, &place);
	while (ret == 0 && !damage_is_sound(drive->damage, place, verify_percent(drive)));
	if (ret == 0)
		timing_note_detour(drive, lba, place);
	return ret;
}

static int replacement_failed(struct vdrive_call *call, int64_t lba)
{
	/* 3/0C/02 write error, auto reallocation failed. */
	const struct vdrive_sense sense = { .key = 3, .asc = 0x0c, .ascq = 2, .has_lba = true, .lba = (int32_t)lba };

	return vdrive_report_sense(call, &sense);
}

/* Units that marks make bad are replaced by others. */
static int verify_written(struct vdrive_call *call, const struct vdrive_address *address, uint32_t *ret_n_replaced)
{
	struct vdrive *drive = call->drive;
	int64_t end = (int64_t)address->lba + address->n_sectors;

	*ret_n_replaced = 0;
	for (int64_t at = address->lba; at < end; at = unit_begin(drive, at) + unit_sectors(drive)) {
		int64_t begin = unit_begin(drive, at), place = disc_place(drive->disc, begin);

		if (damage_is_sound(drive->damage, place, verify_percent(drive))) {
			if (place != begin)
				timing_note_detour(drive, begin, place);
			continue;
		}
		if (replace_unit(drive, begin) < 0)
			return replacement_failed(call, at);
		(*ret_n_replaced)++;
	}
	return 0;
}

/* All units of these sectors, good or not. */
static int replace_sectors(struct vdrive_call *call, int64_t first, int64_t last)
{
	struct vdrive *drive = call->drive;

	for (int64_t at = unit_begin(drive, first); at <= last; at += unit_sectors(drive))
		if (replace_unit(drive, at) < 0)
			return replacement_failed(call, at > first ? at : first);
	return 0;
}

static bool has_spares(const struct vdrive_call *call, int64_t first, int64_t last)
{
	struct disc_spare_areas areas;
	int64_t needed = unit_begin(call->drive, last) + unit_sectors(call->drive) - unit_begin(call->drive, first);

	disc_spare_areas(call->drive->disc, &areas);
	return needed <= (int64_t)areas.primary_free + areas.n_free;
}

bool vdrive_can_replace(const struct vdrive_call *call, const struct vdrive_address *address,
			const struct fault_outcome *outcome)
{
	return outcome->is_failed && outcome->effect == FAULT_SENSE && outcome->key == 3 && outcome->asc == 0x0c &&
	       faults_is_write(call->cdb[0]) && address->n_sectors > 0 && vdrive_verifies(call);
}

/* The sectors of a command that a rule is about; without an lba its first one. */
static void find_sectors(const struct vdrive_address *address, const struct fault_outcome *outcome, int64_t *ret_first,
			 int64_t *ret_last)
{
	int64_t last = (int64_t)address->lba + address->n_sectors - 1;

	*ret_first = outcome->lba != INT32_MIN ? outcome->lba : address->lba;
	*ret_last = outcome->lba == INT32_MIN ? address->lba : last < outcome->last_lba ? last : outcome->last_lba;
}

int vdrive_write_elsewhere(struct vdrive_call *call, const struct vdrive_opcode *op,
			   const struct vdrive_address *address, const struct fault_outcome *outcome)
{
	int64_t first, last;
	int ret;

	find_sectors(address, outcome, &first, &last);
	if (!has_spares(call, first, last))
		return replacement_failed(call, first);
	ret = op->run(call);
	return ret == 0 ? replace_sectors(call, first, last) : ret;
}

void vdrive_report_replaced(struct vdrive_call *call, const struct vdrive_address *address)
{
	/* 1/0C/01 write error, recovered with auto reallocation. */
	const struct vdrive_sense sense = { .key = 1, .asc = 0x0c, .ascq = 1, .has_lba = true, .lba = address->lba };

	if (call->drive->recovery_page[2] & PER)
		vdrive_report_sense(call, &sense);
}

/* One unit's part of a read, where the unit lies. */
static bool read_place(struct vdrive *drive, int64_t lba, uint32_t n_sectors, unsigned speed_percent,
		       struct damage_result *total)
{
	int64_t place = disc_place(drive->disc, lba);
	struct damage_result result;

	if (place != lba)
		timing_note_detour(drive, lba, place);
	damage_read(drive->damage, &(struct damage_try){ place, n_sectors, speed_percent, drive->recovery_page[3] },
		    &result);
	total->n_good += result.n_good;
	total->n_slow += result.n_slow;
	total->n_recovered += result.n_recovered;
	total->has_failed = result.has_failed;
	return !result.has_failed;
}

/* What reading these sectors finds, where they lie. */
static void read_places(struct vdrive *drive, const struct vdrive_address *address, unsigned speed_percent,
			struct damage_result *ret_result)
{
	int64_t at = address->lba, end = at + address->n_sectors;

	if (drive->disc == NULL || disc_n_replaced(drive->disc) == 0 || at < 0) {
		damage_read(drive->damage,
			    &(struct damage_try){ at, address->n_sectors, speed_percent, drive->recovery_page[3] },
			    ret_result);
		return;
	}
	*ret_result = (struct damage_result){ 0 };
	while (at < end) {
		int64_t next = unit_begin(drive, at) + unit_sectors(drive);

		if (next > end)
			next = end;
		if (!read_place(drive, at, (uint32_t)(next - at), speed_percent, ret_result))
			return;
		at = next;
	}
}

/* Whether marks on the medium let the user data be read that the command has just read from its file. Of whole sectors
 * of a CD the decoder sees to that. */
int vdrive_check_damage(struct vdrive_call *call, const struct vdrive_address *address, int ret)
{
	struct vdrive *drive = call->drive;
	struct vdrive_sense sense = { .key = 3, .asc = 0x11, .ascq = 5, .has_lba = true };
	struct damage_result result;
	const struct vdrive_address read = { address->lba,
					     ret == 0 ? address->n_sectors
						      : (uint32_t)(call->answer->transferred / DISC_SECTOR) };
	size_t n_good_bytes;

	if (drive->disc == NULL || (drive->damage == NULL && disc_n_replaced(drive->disc) == 0) ||
	    faults_is_read_cd(call->cdb[0]) ||
	    (!faults_is_read(call->cdb[0]) && call->cdb[0] != OP_VERIFY && call->cdb[0] != OP_WRITE_AND_VERIFY))
		return ret;
	/* What is in the drive's memory needs no reading. */
	if (drive->reading.is_cached)
		return ret;
	read_places(drive, &read, vdrive_read_percent(drive), &result);
	timing_note_retries(drive, &result);
	if (!result.has_failed)
		return ret;
	n_good_bytes = (size_t)result.n_good * DISC_SECTOR;
	if (call->answer->transferred > n_good_bytes)
		call->answer->transferred = n_good_bytes;
	sense.lba = address->lba + (int32_t)result.n_good;
	return vdrive_report_sense(call, &sense);
}

/* What the medium makes of a command that the drive has carried out, with this result. */
int vdrive_meet_medium(struct vdrive_call *call, const struct vdrive_address *address, int ret,
		       uint32_t *ret_n_replaced)
{
	*ret_n_replaced = 0;
	if (!faults_is_write(call->cdb[0]) || !vdrive_verifies(call))
		return vdrive_check_damage(call, address, ret);
	return ret == 0 ? verify_written(call, address, ret_n_replaced) : ret;
}

int vdrive_certify(struct vdrive *drive, const int64_t *known, size_t n_known)
{
	int64_t end = disc_capacity(drive->disc), at = 0;
	int ret = 0;

	for (size_t i = 0; known != NULL && i < n_known && ret == 0; i++)
		if (known[i] < end && !damage_is_sound(drive->damage, known[i], verify_percent(drive)))
			ret = replace_unit(drive, known[i]);
	while (known == NULL && ret == 0 && (at = damage_next(drive->damage, at, end)) < end) {
		if (!damage_is_sound(drive->damage, at, verify_percent(drive)))
			ret = replace_unit(drive, at);
		at = unit_begin(drive, at) + unit_sectors(drive);
	}
	return ret;
}
