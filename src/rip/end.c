/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/end.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "fs/volume.h"
#include "rip/protection.h"

/** ILLEGAL MODE FOR THIS TRACK: a sector is there, but none of 2048 bytes (audio, run-out, CD-ROM XA form 2). */
enum { ASC_ILLEGAL_MODE = 0x64 };

bool rip_is_bad_sector(int code)
{
	return code == -EIO || code == -ENXIO;
}

int rip_tell_protection(int code, struct discern_error *err)
{
	struct discern_sense sense = err->sense;
	int32_t lba = err->lba;

	if (code != -EKEYREJECTED || !protection_is_refusal(err))
		return code;
	discern_error_set(err, -EKEYREJECTED, "the disc is copy-protected: the drive does not give out LBA %d", lba);
	discern_error_hint(err, "discern does not remove protection; --as-is makes an image of what can be read");
	err->lba = lba;
	err->sense = sense;
	return -EKEYREJECTED;
}

int rip_read(struct discern_source *source, int32_t lba, uint32_t n_sectors, uint8_t *buffer, struct discern_error *err)
{
	int ret = source_read(source, lba, n_sectors, buffer, err);

	if (ret == 0)
		return 0;
	if (err->lba == DISCERN_NO_LBA)
		err->lba = lba;
	return rip_tell_protection(ret, err);
}

/** Reads one image sector; 1 if it lies outside of what is recorded, 0 if it lies inside, readable or not. */
static int is_outside(struct discern_source *source, const struct rip_plan *plan, uint32_t sector,
		      struct discern_error *err)
{
	uint8_t buffer[DISCERN_SECTOR_SIZE];
	int ret = rip_read(source, plan->first_lba + (int32_t)sector, 1, buffer, err);

	/* Behind what the drive calls recorded there is no track of another kind. */
	if (ret == -ENXIO)
		return err->sense.asc != ASC_ILLEGAL_MODE || (plan->n_recorded > 0 && sector >= plan->n_recorded);
	return ret < 0 && !rip_is_bad_sector(ret) ? ret : 0;
}

/** The recorded area ends between inside (a sector in it) and outside (one that is not): finds the first outside. */
static int search_end(struct discern_source *source, const struct rip_plan *plan, uint32_t inside, uint32_t *outside,
		      struct discern_error *err)
{
	while (*outside - inside > 1) {
		uint32_t middle = inside + (*outside - inside) / 2;
		int ret = is_outside(source, plan, middle, err);

		if (ret < 0)
			return ret;
		if (ret > 0)
			*outside = middle;
		else
			inside = middle;
	}
	return 0;
}

/** Cuts off what the drive says lies behind the recorded area. */
static int cut_outside(struct discern_source *source, struct rip_plan *plan, struct discern_error *err)
{
	const struct plan_range *gap = plan->n_gaps > 0 ? &plan->gaps[plan->n_gaps - 1] : NULL;
	uint32_t end = plan->n_sectors - 1;
	int ret = is_outside(source, plan, end, err);

	if (ret <= 0 || end == 0)
		return ret < 0 ? ret : 0;
	/* A gap between sessions cannot be read either, but is not the end. */
	ret = search_end(source, plan, gap != NULL ? gap->start + gap->n_sectors : 0, &end, err);
	if (ret < 0)
		return ret;
	plan->n_sectors = end;
	snprintf(plan->reason, sizeof(plan->reason), "the drive reads no sector behind it");
	for (size_t i = 0; i < plan->n_candidates; i++)
		plan->candidates[i].is_chosen = plan->candidates[i].n_sectors == end;
	rip_plan_find_padding(plan);
	return 0;
}

/** Whether a read failed as it does on run-out: not a data sector (5/64/00), or not readable. The latter is damage
 *  on a pressed disc, which has no run-out but where a drive cannot tell it from a burned one. */
static bool is_run_out_answer(const struct rip_plan *plan, int code)
{
	return code == -ENXIO || (code == -EIO && plan->was_burned);
}

/** CD: up to two sectors behind every volume that cannot be read are the link blocks of a TAO or packet track. */
static int cut_run_out(struct discern_source *source, struct rip_plan *plan, uint32_t *ret_n_run_out,
		       struct discern_error *err)
{
	uint8_t buffer[DISCERN_SECTOR_SIZE];
	uint32_t n = 0;

	/* A volume of which the end is missing says nothing. */
	bool is_whole = plan->n_volume_sectors <= plan->n_sectors;

	while (n < PLAN_RUN_OUT_SECTORS && plan->n_sectors > (is_whole ? plan->n_volume_sectors : 1)) {
		int ret = rip_read(source, plan->first_lba + (int32_t)plan->n_sectors - 1, 1, buffer, err);

		if (ret < 0 && !rip_is_bad_sector(ret))
			return ret;
		if (!is_run_out_answer(plan, ret))
			break;
		plan->n_sectors--;
		n++;
	}
	if (n > 0)
		snprintf(plan->reason, sizeof(plan->reason),
			 "the track's end without %u run-out sector%s that hold no data", n, n == 1 ? "" : "s");
	*ret_n_run_out = n;
	return 0;
}

static bool is_zero(const uint8_t *data, size_t size)
{
	return size == 0 || (data[0] == 0 && memcmp(data, data + 1, size - 1) == 0);
}

/** Cuts the zeros off that a burning program added behind the volume to fill the last unit. */
static int cut_padding(struct discern_source *source, struct rip_plan *plan, struct discern_error *err)
{
	uint8_t buffer[DISCERN_SECTOR_SIZE];
	uint32_t n = plan->n_sectors - plan->n_volume_sectors;

	for (uint32_t i = 0; i < n; i++) {
		int32_t lba = plan->first_lba + (int32_t)(plan->n_volume_sectors + i);
		int ret = rip_read(source, lba, 1, buffer, err);

		if (ret < 0)
			return rip_is_bad_sector(ret) ? 0 : ret;
		if (!is_zero(buffer, sizeof(buffer)))
			return 0;
	}
	plan->n_sectors = plan->n_volume_sectors;
	snprintf(plan->reason, sizeof(plan->reason), "the volume's end; %u sector%s of zeros behind it fill the unit",
		 n, n == 1 ? "" : "s");
	for (size_t i = 0; i < plan->n_candidates; i++)
		plan->candidates[i].is_chosen = plan->candidates[i].n_sectors == plan->n_sectors;
	return 0;
}

int end_find(struct discern_source *source, struct rip_plan *plan, uint32_t *ret_n_run_out, struct discern_error *err)
{
	int ret = 0;

	*ret_n_run_out = 0;
	/* Run-out first: 5/64/00 on a CD says "not data" and would look like the end of the recorded area. */
	if (plan->has_run_out)
		ret = cut_run_out(source, plan, ret_n_run_out, err);
	if (ret == 0)
		ret = cut_outside(source, plan, err);
	if (ret == 0 && plan->is_cd_track && !plan->has_run_out && plan->n_sectors < plan->n_volume_sectors)
		ret = cut_run_out(source, plan, ret_n_run_out, err);
	if (ret == 0 && plan->n_padding_max > 0 && plan->n_sectors > plan->n_volume_sectors)
		ret = cut_padding(source, plan, err);
	return ret;
}

/** Finds the first image sector behind the volume of the session before a gap; *ret_end 0 if it has none. */
static int find_volume_end(struct discern_source *source, const struct rip_plan *plan, size_t i_gap, int64_t *ret_end,
			   struct discern_error *err)
{
	int64_t session = (int64_t)plan->first_lba + plan->session_starts[i_gap];
	int64_t gap = (int64_t)plan->first_lba + plan->gaps[i_gap].start;
	struct discern_volume volume;
	bool found = false;
	int ret = volume_probe(source, (int32_t)session, &volume, &found, err);

	*ret_end = 0;
	if (ret < 0 || !found)
		return ret < 0 ? rip_tell_protection(ret, err) : 0;
	if (volume.has_iso9660)
		*ret_end = rip_plan_iso_end(&volume, session, gap) - plan->first_lba;
	if (volume.has_udf && (int64_t)volume.udf_sectors - plan->first_lba > *ret_end)
		*ret_end = (int64_t)volume.udf_sectors - plan->first_lba;
	return 0;
}

int end_widen_gaps(struct discern_source *source, struct rip_plan *plan, struct discern_error *err)
{
	for (size_t i = 0; plan->has_run_out && plan->was_burned && i < plan->n_gaps; i++) {
		struct plan_range *gap = &plan->gaps[i];
		int64_t volume_end = 0;
		int ret = find_volume_end(source, plan, i, &volume_end, err);

		if (ret < 0)
			return ret;
		if (volume_end == 0 || volume_end + PLAN_RUN_OUT_SECTORS > gap->start)
			continue;
		gap->start -= PLAN_RUN_OUT_SECTORS;
		gap->n_sectors += PLAN_RUN_OUT_SECTORS;
	}
	return 0;
}
