/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/cd_whole.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "drive/cd_copies.h"
#include "drive/drive_recovery.h"
#include "drive/drive_source.h"
#include "drive/drive_source_private.h"

/* 250 KiB with sub-channels, if the system lets so much through; and copies of a bad sector. */
enum { AT_ONCE = CD_WHOLE_AT_ONCE, N_COPIES = 4 };

enum { MOST_BYTES = MMC_RAW_SECTOR + MMC_C2_POINTERS + MMC_SUBCHANNEL };

struct cd_whole {
	struct discern_drive *drive;
	struct discern_source *source;
	struct cd_copies *copies;
	bool has_c2;
	uint8_t buffer[AT_ONCE * MOST_BYTES];
};

int cd_whole_open(struct discern_drive *drive, const struct discern_medium *medium, uint32_t speed_kbps,
		  struct cd_whole **ret_whole, struct discern_error *err)
{
	const struct drive_source_options options = { .speed_kbps = speed_kbps };
	struct cd_whole *whole = calloc(1, sizeof(*whole));
	struct discern_drive_abilities abilities;
	int ret;

	if (whole != NULL)
		whole->copies = cd_copies_new();
	if (whole == NULL || whole->copies == NULL) {
		free(whole);
		return discern_error_set(err, -ENOMEM, "out of memory");
	}
	whole->drive = drive;
	whole->has_c2 = discern_drive_abilities(drive, &abilities, NULL) == 0 && abilities.can_c2;
	ret = drive_source_open(drive, medium, &options, &whole->source, err);
	if (ret < 0) {
		cd_whole_close(whole);
		return ret;
	}
	*ret_whole = whole;
	return 0;
}

void cd_whole_close(struct cd_whole *whole)
{
	if (whole == NULL)
		return;
	source_close(whole->source);
	cd_copies_free(whole->copies);
	free(whole);
}

/* Data with nothing where EDC and parity should be. */
static bool is_made_up(const uint8_t sector[SECTOR_RAW])
{
	enum sector_form form = sector_find_form(sector);
	size_t at = sector_user_at(form) + sector_user_bytes(form);

	if ((form != SECTOR_MODE_1 && form != SECTOR_MODE_2_FORM_1) || sector_is_sound(sector))
		return false;
	while (at < SECTOR_RAW && sector[at] == 0)
		at++;
	return at == SECTOR_RAW;
}

int cd_whole_check(struct cd_whole *whole, int32_t lba, bool with_subchannels, struct discern_error *err)
{
	const struct mmc_raw_read read = { .lba = lba, .n_sectors = 1, .with_subchannel = with_subchannels };
	const char *before = source_because(whole->source, "whether the drive gives whole sectors");
	int ret = drive_source_read_raw(whole->source, &read, whole->buffer, err);

	source_because(whole->source, before);
	/* Some drives in software make up what they do not have. */
	if (ret == 0 && is_made_up(whole->buffer))
		ret = -EOPNOTSUPP;
	if (ret != -EOPNOTSUPP)
		return ret == -EIO || ret == -ENXIO ? 0 : ret;
	discern_error_set(err, ret, "%s: the drive does not give %s of CDs", discern_drive_path(whole->drive),
			  with_subchannels ? "the sub-channels" : "whole sectors");
	return discern_error_hint(err, "take another drive%s",
				  with_subchannels ? ", or leave --subchannel and --format=ccd out" : "");
}

uint32_t cd_whole_at_once(const struct cd_whole *whole)
{
	uint32_t n = whole->source->preferred_sectors * DISCERN_SECTOR_SIZE / (MMC_RAW_SECTOR + MMC_SUBCHANNEL);

	return n == 0 ? 1 : n < AT_ONCE ? n : AT_ONCE;
}

double cd_whole_seconds(const struct cd_whole *whole)
{
	return whole->source->busy_seconds;
}

void cd_whole_set_effort(struct cd_whole *whole, const struct source_effort *effort)
{
	source_set_effort(whole->source, effort);
}

/* A drive may give data as they lie on the disc. True if the sector is this one, and then it is put right. */
static bool descramble(uint8_t sector[SECTOR_RAW], int32_t lba)
{
	uint8_t plain[SECTOR_RAW];
	int32_t found;

	memcpy(plain, sector, SECTOR_RAW);
	sector_scramble(plain);
	if (!sector_header_lba(plain, &found) || found != lba || !sector_is_sound(plain))
		return false;
	memcpy(sector, plain, SECTOR_RAW);
	return true;
}

static bool has_sync(const uint8_t sector[SECTOR_RAW])
{
	static const uint8_t sync[] = { 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0 };

	return memcmp(sector, sync, sizeof(sync)) == 0;
}

/* A Form 2 sector whose EDC is left out. */
static bool has_no_edc(const uint8_t sector[SECTOR_RAW])
{
	static const uint8_t none[4];

	return memcmp(sector + SECTOR_RAW - sizeof(none), none, sizeof(none)) == 0;
}

/* Of a sector that the drive is sure of. */
static enum cd_whole_state judge(uint8_t sector[SECTOR_RAW], int32_t lba)
{
	enum sector_form form = sector_find_form(sector);
	int32_t found;

	if (!has_sync(sector))
		return CD_WHOLE_PLAIN;
	if (!sector_header_lba(sector, &found) || found != lba)
		return descramble(sector, lba) ? CD_WHOLE_PROVEN : CD_WHOLE_WRONG;
	if (!sector_is_sound(sector))
		return CD_WHOLE_WRONG;
	return form == SECTOR_MODE_2 || (form == SECTOR_MODE_2_FORM_2 && has_no_edc(sector)) ? CD_WHOLE_PLAIN
											     : CD_WHOLE_PROVEN;
}

int cd_whole_read(struct cd_whole *whole, const struct discern_range *range, uint8_t *ret_sectors,
		  enum cd_whole_state *ret_states, struct discern_error *err)
{
	const struct mmc_raw_read read = { .lba = range->lba, .n_sectors = range->n_sectors };
	int ret = drive_source_read_raw(whole->source, &read, ret_sectors, err);

	for (uint32_t i = 0; ret == 0 && i < range->n_sectors; i++)
		ret_states[i] = judge(ret_sectors + (size_t)i * SECTOR_RAW, range->lba + (int32_t)i);
	return ret == -EOPNOTSUPP ? -EIO : ret;
}

static int read_far(const struct far_reader *reader, int32_t lba, uint32_t n_sectors, struct discern_error *err)
{
	const struct mmc_raw_read read = { .lba = lba, .n_sectors = n_sectors, .with_subchannel = true };

	return drive_source_read_raw(&reader->source->base, &read, reader->buffer, err);
}

/* READ CD has no FUA. */
int cd_whole_forget_subchannels(struct cd_whole *whole, int32_t lba, uint32_t n_sectors, struct discern_error *err)
{
	const struct far_reader reader = {
		.read = read_far,
		.source = (struct drive_source *)whole->source,
		.buffer = whole->buffer,
		.n_at_once = cd_whole_at_once(whole),
		.n_sectors = n_sectors,
	};

	return drive_source_read_away(&reader, lba, err);
}

/* ---- what the drive gives up ---- */

/* The best of what came so far of one sector. */
struct trial {
	uint8_t *sector;
	enum cd_whole_state state;
	unsigned n_copies, n_bad_bytes;
	/** Two copies were the same, and the drive sure of each byte: so it is on the disc. */
	bool is_settled;
};

/* The cache has the last copy; a read of the sector before it, past it, makes the drive forget that. */
static void move_away(struct cd_whole *whole, int32_t lba)
{
	struct drive_source *source = (struct drive_source *)whole->source;
	uint8_t ignored[DISCERN_SECTOR_SIZE];
	struct discern_error no_matter;
	const char *before;

	source->n_fua_sectors = 1;
	before = source_because(whole->source, "a neighbour, so that the drive forgets the copy it has");
	drive_source_read_once(source, lba > 0 ? lba - 1 : lba + 1, 1, ignored, &no_matter);
	source_because(whole->source, before);
	source->n_fua_sectors = 0;
}

static unsigned count_bits(const uint8_t *bits, size_t size)
{
	unsigned n = 0;

	for (size_t i = 0; i < size; i++)
		n += (unsigned)__builtin_popcount(bits[i]);
	return n;
}

static bool is_nothing(const uint8_t *sector)
{
	return sector[0] == 0 && memcmp(sector, sector + 1, SECTOR_RAW - 1) == 0;
}

/* A copy without correction. Only with C2 pointers that tell of nothing it is as good as one that the drive is sure of. */
static void take_copy(struct cd_whole *whole, struct trial *trial, int32_t lba, const struct mmc_raw_read *read)
{
	const uint8_t *c2 = read->with_c2 ? whole->buffer + MMC_RAW_SECTOR : NULL;
	unsigned n_bad = c2 != NULL ? count_bits(c2, MMC_C2_POINTERS) : SECTOR_RAW, n_mended;
	const uint8_t *whole_sector;
	uint8_t copy[SECTOR_RAW];
	enum cd_whole_state state;

	memcpy(copy, whole->buffer, SECTOR_RAW);
	state = judge(copy, lba);
	if (state == CD_WHOLE_PLAIN && (n_bad > 0 || !has_sync(copy)))
		state = CD_WHOLE_WRONG;
	cd_copies_add(whole->copies, lba, whole->buffer, c2);
	whole_sector = cd_copies_find_sector(whole->copies, lba, &n_mended);
	if (whole_sector != NULL && state == CD_WHOLE_WRONG) {
		memcpy(copy, whole_sector, SECTOR_RAW);
		state = CD_WHOLE_MENDED;
	}
	trial->is_settled = n_bad == 0 && trial->n_bad_bytes == 0 && memcmp(copy, trial->sector, SECTOR_RAW) == 0;
	if (state < trial->state || (state == trial->state && n_bad < trial->n_bad_bytes)) {
		memcpy(trial->sector, copy, SECTOR_RAW);
		trial->state = state;
		trial->n_bad_bytes = n_bad;
	}
	trial->n_copies++;
}

static int read_copy(struct cd_whole *whole, struct trial *trial, int32_t lba, struct discern_error *err)
{
	struct mmc_raw_read read = { .lba = lba, .n_sectors = 1, .with_c2 = whole->has_c2 };
	int ret;

	memset(whole->buffer, 0, MOST_BYTES);
	ret = drive_source_read_raw(whole->source, &read, whole->buffer, err);
	if (ret == -EOPNOTSUPP && read.with_c2) {
		whole->has_c2 = read.with_c2 = false;
		ret = drive_source_read_raw(whole->source, &read, whole->buffer, err);
	}
	if (ret < 0 && ret != -EIO && ret != -ENXIO && ret != -EOPNOTSUPP)
		return ret;
	/* What came with an error is nothing, or as it lies on the disc. */
	if (ret == 0 || !is_nothing(whole->buffer))
		take_copy(whole, trial, lba, &read);
	return 0;
}

static int read_copies(struct cd_whole *whole, struct trial *trial, int32_t lba, struct discern_error *err)
{
	struct drive_recovery before;
	bool is_set = drive_begin_uncorrected(whole->drive, &before, NULL) == 0;
	const char *reason =
		source_because(whole->source, "given up by the drive: without its correction, to be mended here");
	int ret = 0;

	for (unsigned i = 0; ret == 0 && trial->state >= CD_WHOLE_WRONG && !trial->is_settled && i < N_COPIES; i++) {
		if (i > 0)
			move_away(whole, lba);
		ret = read_copy(whole, trial, lba, err);
		/* A drive that gives nothing the first time gives nothing then either. */
		if (trial->n_copies == 0 && i == 1)
			break;
	}
	source_because(whole->source, reason);
	if (is_set)
		drive_end_uncorrected(whole->drive, &before, NULL);
	cd_copies_drop(whole->copies, lba);
	return ret;
}

/* What has no sync has nothing that could tell: it must come twice the same. */
static int confirm(struct cd_whole *whole, struct trial *trial, int32_t lba, struct discern_error *err)
{
	const struct discern_range range = { lba, 1 };
	uint8_t again[SECTOR_RAW];
	enum cd_whole_state state;
	const char *before;
	int ret;

	move_away(whole, lba);
	before = source_because(whole->source, "nothing in it proves it: a second time, to be compared");
	ret = cd_whole_read(whole, &range, again, &state, err);
	source_because(whole->source, before);
	if (ret == -EIO || ret == -ENXIO || (ret == 0 && memcmp(again, trial->sector, SECTOR_RAW) != 0))
		trial->state = CD_WHOLE_WRONG;
	return ret == -EIO || ret == -ENXIO ? 0 : ret;
}

int cd_whole_try(struct cd_whole *whole, int32_t lba, uint8_t ret_sector[SECTOR_RAW], enum cd_whole_state *ret_state,
		 struct discern_error *err)
{
	const struct discern_range range = { lba, 1 };
	struct trial trial = { .sector = ret_sector, .state = CD_WHOLE_LOST, .n_bad_bytes = SECTOR_RAW };
	uint8_t sector[SECTOR_RAW];
	enum cd_whole_state state;
	int ret = cd_whole_read(whole, &range, sector, &state, err);

	if (ret == 0) {
		memcpy(ret_sector, sector, SECTOR_RAW);
		trial.state = state;
	}
	if (ret < 0 && ret != -EIO && ret != -ENXIO)
		return ret;
	ret = trial.state == CD_WHOLE_PLAIN && !has_sync(ret_sector) ? confirm(whole, &trial, lba, err) : 0;
	if (ret < 0)
		return ret;
	ret = trial.state >= CD_WHOLE_WRONG ? read_copies(whole, &trial, lba, err) : 0;
	*ret_state = trial.state;
	return ret;
}

/* ---- sub-channels ---- */

int cd_whole_read_subchannels(struct cd_whole *whole, const struct discern_range *range, uint8_t *ret_subchannels,
			      struct discern_error *err)
{
	const struct mmc_raw_read read = { .lba = range->lba, .n_sectors = range->n_sectors, .with_subchannel = true };
	const size_t stride = mmc_raw_bytes(&read);
	int ret;

	if (range->n_sectors > AT_ONCE)
		return discern_error_set(err, -EINVAL, "too many sectors at once");
	ret = drive_source_read_raw(whole->source, &read, whole->buffer, err);
	for (uint32_t i = 0; ret == 0 && i < range->n_sectors; i++)
		memcpy(ret_subchannels + (size_t)i * MMC_SUBCHANNEL, whole->buffer + i * stride + MMC_RAW_SECTOR,
		       MMC_SUBCHANNEL);
	return ret;
}

int cd_whole_read_both(struct cd_whole *whole, const struct discern_range *range, uint8_t *ret_sectors,
		       enum cd_whole_state *ret_states, uint8_t *ret_subchannels, struct discern_error *err)
{
	const size_t stride = SECTOR_RAW + MMC_SUBCHANNEL;
	int ret = cd_whole_read_subchannels(whole, range, ret_subchannels, err);

	/* The sectors have come along. */
	for (uint32_t i = 0; ret == 0 && i < range->n_sectors; i++) {
		uint8_t *sector = ret_sectors + (size_t)i * SECTOR_RAW;

		memcpy(sector, whole->buffer + i * stride, SECTOR_RAW);
		ret_states[i] = judge(sector, range->lba + (int32_t)i);
	}
	return ret == -EOPNOTSUPP ? -EIO : ret;
}

int cd_whole_try_subchannels(struct cd_whole *whole, int32_t lba, uint8_t ret_subchannels[96],
			     struct discern_error *err)
{
	struct mmc_raw_read read = { .lba = lba, .n_sectors = 1, .with_c2 = whole->has_c2, .with_subchannel = true };
	struct drive_recovery before;
	bool is_set = drive_begin_uncorrected(whole->drive, &before, NULL) == 0;
	const char *reason = source_because(whole->source,
					    "sub-channels of a sector that the drive gives up, without its correction");
	int ret;

	memset(whole->buffer, 0, MOST_BYTES);
	ret = drive_source_read_raw(whole->source, &read, whole->buffer, err);
	source_because(whole->source, reason);
	if (is_set)
		drive_end_uncorrected(whole->drive, &before, NULL);
	/* What came with an error is nothing, or as it lies on the disc. */
	if ((ret == -EIO || ret == -ENXIO) && !is_nothing(whole->buffer))
		ret = 0;
	if (ret == 0)
		memcpy(ret_subchannels, whole->buffer + mmc_raw_bytes(&read) - MMC_SUBCHANNEL, MMC_SUBCHANNEL);
	return ret == -ENXIO || ret == -EOPNOTSUPP ? -EIO : ret;
}
