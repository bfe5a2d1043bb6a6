/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/cd_source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "disc/profile.h"
#include "drive/cd_copies.h"
#include "drive/drive_recovery.h"
#include "drive/drive_source_private.h"
#include "drive/sense.h"

/* Copies that are read of a bad sector at once: where bad ones are to be left soon, and else. */
enum { COPIES_SOON = 2, COPIES_USUAL = 4 };

/* A drive that gave nothing for so many bad places in a row is asked for raw copies only now and then. */
enum { USELESS_MAX = 4, USELESS_PAUSE = 16 };

enum { WITH_C2 = MMC_RAW_SECTOR + MMC_C2_POINTERS };

/* Of one read. */
enum { MOST_SECTORS = 128 };

struct cd_source {
	struct discern_source base;
	struct discern_source *inner;
	struct discern_drive *drive;
	struct cd_copies *copies;
	/** Whole sectors at most at a time, and room for them; with C2 pointers. */
	uint32_t n_max;
	uint8_t *raw, *uncorrected;
	/** The drive takes READ CD as far as is known; and has done so. C2 pointers alike. */
	bool is_raw, has_read_raw, has_c2;
	bool gives_up_soon;
	unsigned n_useless;
};

/* One read: what became of each of its sectors. */
struct piece {
	int32_t lba;
	uint32_t n_sectors;
	uint8_t *buffer;
};

static void follow_inner(struct cd_source *source)
{
	source->base.busy_seconds = source->inner->busy_seconds;
	source->base.n_recovered = source->inner->n_recovered;
	source->base.n_starts = source->inner->n_starts;
	source->base.forget_words = source->inner->forget_words;
}

static int read_plain(struct cd_source *source, const struct piece *piece, struct discern_error *err)
{
	return source_read(source->inner, piece->lba, piece->n_sectors, piece->buffer, err);
}

static void take(const struct piece *piece, uint32_t index, const uint8_t *sector)
{
	memcpy(piece->buffer + (size_t)index * SECTOR_USER, sector + sector_user_at(sector_find_form(sector)),
	       SECTOR_USER);
}

/* ---- what the drive gives up ---- */

static bool is_mending_useless(struct cd_source *source)
{
	if (source->n_useless < USELESS_MAX)
		return false;
	return source->n_useless++ % USELESS_PAUSE != 0;
}

/* Adds what came of sectors that were asked for: of so many at least. */
static uint32_t add_copies(struct cd_source *source, const struct mmc_raw_read *read)
{
	size_t stride = read->with_c2 ? WITH_C2 : MMC_RAW_SECTOR;
	uint32_t n_come = 0;

	for (uint32_t i = 0; i < read->n_sectors; i++) {
		const uint8_t *sector = source->uncorrected + i * stride;

		/* Still the zeros from before the read. */
		if (sector[0] == 0 && memcmp(sector, sector + 1, SECTOR_RAW - 1) == 0)
			continue;
		n_come = i + 1;
		cd_copies_add(source->copies, read->lba + (int32_t)i, sector,
			      read->with_c2 ? sector + MMC_RAW_SECTOR : NULL);
	}
	return n_come;
}

/* Sectors as they lie on the disc. 0 and how many came, those of a drive that stops at each bad one up to that; -EIO if
 * nothing came, or trouble. */
static int read_uncorrected(struct cd_source *source, int32_t lba, uint32_t n_sectors, uint32_t *ret_n,
			    struct discern_error *err)
{
	struct mmc_raw_read read = { lba, n_sectors, .with_c2 = source->has_c2 };
	int ret;

	memset(source->uncorrected, 0, (size_t)n_sectors * WITH_C2);
	ret = drive_source_read_raw(source->inner, &read, source->uncorrected, err);
	if (ret == -EOPNOTSUPP && read.with_c2) {
		source->has_c2 = read.with_c2 = false;
		ret = drive_source_read_raw(source->inner, &read, source->uncorrected, err);
	}
	if (ret < 0 && ret != -EIO && ret != -ENXIO && ret != -EOPNOTSUPP)
		return ret;
	*ret_n = add_copies(source, &read);
	return *ret_n > 0 ? 0 : -EIO;
}

static bool is_open(const struct cd_source *source, const struct piece *piece, uint32_t index, const bool *is_proven)
{
	unsigned ignored;

	return !is_proven[index] && cd_copies_find(source->copies, piece->lba + (int32_t)index, &ignored) == NULL;
}

/* One more copy of each sector that is not whole yet. 0, -EIO when nothing comes, or trouble. */
static int read_round(struct cd_source *source, const struct piece *piece, const bool *is_proven,
		      struct discern_error *err)
{
	int ret = 0;

	for (uint32_t i = 0; ret == 0 && i < piece->n_sectors;) {
		uint32_t end = i, n = 1;

		while (end < piece->n_sectors && is_open(source, piece, end, is_proven))
			end++;
		if (end > i)
			ret = read_uncorrected(source, piece->lba + (int32_t)i, end - i, &n, err);
		i += n;
	}
	return ret;
}

static uint32_t count_open(const struct cd_source *source, const struct piece *piece, const bool *is_proven)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < piece->n_sectors; i++)
		n += is_open(source, piece, i, is_proven);
	return n;
}

/* The cache has the last copy; a read of the sector before them, past it, makes the drive forget that. */
static void move_away(struct cd_source *source, const struct piece *piece)
{
	struct drive_source *inner = (struct drive_source *)source->inner;
	uint8_t ignored[DISCERN_SECTOR_SIZE];
	struct discern_error no_matter;
	const char *before;
	int32_t lba = piece->lba > 0 ? piece->lba - 1 : piece->lba + (int32_t)piece->n_sectors;

	inner->n_fua_sectors = 1;
	before = source_because(source->inner, "a neighbour, so that the drive forgets the copy it has");
	drive_source_read_once(inner, lba, 1, ignored, &no_matter);
	source_because(source->inner, before);
	inner->n_fua_sectors = 0;
}

/* Reads copies of the sectors that are not proven until they are whole. 0, also when some are not; or trouble. */
static int mend(struct cd_source *source, const struct piece *piece, const bool *is_proven, struct discern_error *err)
{
	unsigned n_copies = source->gives_up_soon ? COPIES_SOON : COPIES_USUAL;
	struct drive_recovery before;
	uint32_t n_open = count_open(source, piece, is_proven), n_before = n_open;
	bool is_set = drive_begin_uncorrected(source->drive, &before, NULL) == 0, has_come = false;
	const char *reason =
		source_because(source->inner, "given up by the drive: without its correction, to be mended here");
	int ret = 0;

	for (unsigned i = 0; ret == 0 && n_open > 0 && i < n_copies; i++) {
		if (i > 0)
			move_away(source, piece);
		ret = read_round(source, piece, is_proven, err);
		has_come |= ret == 0;
		n_open = count_open(source, piece, is_proven);
	}
	source_because(source->inner, reason);
	if (is_set)
		drive_end_uncorrected(source->drive, &before, NULL);
	source->n_useless = has_come || n_open < n_before ? 0 : source->n_useless + 1;
	return ret == -EIO ? 0 : ret;
}

/* ---- reading ---- */

static int refuse(const struct cd_source *source, int32_t lba, const uint8_t *sector, struct discern_error *err)
{
	enum sector_form form = sector_find_form(sector);

	discern_error_set(err, -ENXIO, "%s: cannot read LBA %d: it holds %s, not data of 2048 bytes",
			  discern_drive_path(source->drive), (int)lba,
			  form == SECTOR_AUDIO           ? "audio"
			  : form == SECTOR_MODE_2_FORM_2 ? "2324 bytes of audio or video (Form 2)"
							 : "no user data");
	if (err != NULL) {
		err->lba = lba;
		err->sense = (struct discern_sense){ .key = SENSE_ILLEGAL_REQUEST, .asc = ASC_ILLEGAL_MODE_FOR_TRACK };
	}
	return -ENXIO;
}

/* The drive gave a sector with good status that is none of ours, or says that it is another one: what does it say when it
 * is asked for data? Only that, and for a sector with a wrong address only the same data, counts. */
static int ask_drive(struct cd_source *source, const struct piece *piece, uint32_t index, struct discern_error *err)
{
	const uint8_t *sector = source->raw + (size_t)index * MMC_RAW_SECTOR;
	struct piece one = { piece->lba + (int32_t)index, 1, piece->buffer + (size_t)index * SECTOR_USER };
	enum sector_form form = sector_find_form(sector);
	const char *reason =
		source_because(source->inner, "does not prove itself: as data, to see what the drive thinks of it");
	int ret = read_plain(source, &one, err);

	source_because(source->inner, reason);
	if (ret < 0)
		return ret;
	if (form != SECTOR_MODE_1 && form != SECTOR_MODE_2_FORM_1)
		return refuse(source, one.lba, sector, err);
	return memcmp(one.buffer, sector + sector_user_at(form), SECTOR_USER) == 0 ? 1 : 0;
}

/* What the read has brought, though it may have failed; each sector speaks for itself. */
static int look_at(struct cd_source *source, const struct piece *piece, bool is_good, bool *is_proven,
		   struct discern_error *err)
{
	for (uint32_t i = 0; i < piece->n_sectors; i++) {
		const uint8_t *sector = source->raw + (size_t)i * MMC_RAW_SECTOR;
		enum cd_proof proof = cd_prove(sector, piece->lba + (int32_t)i);
		int ret;

		is_proven[i] = proof == CD_PROVEN;
		if (is_proven[i])
			take(piece, i, sector);
		if (!is_good || proof == CD_PROVEN || proof == CD_WRONG)
			continue;
		ret = ask_drive(source, piece, i, err);
		if (ret < 0)
			return ret;
		is_proven[i] = ret > 0;
	}
	return 0;
}

/* From what was mended into the buffer; -EIO if a sector is still open. */
static int give(struct cd_source *source, const struct piece *piece, const bool *is_proven,
		const struct discern_error *failure, struct discern_error *err)
{
	for (uint32_t i = 0; i < piece->n_sectors; i++) {
		int32_t lba = piece->lba + (int32_t)i;
		unsigned n_bytes;
		const uint8_t *data = is_proven[i] ? NULL : cd_copies_find(source->copies, lba, &n_bytes);

		if (is_proven[i])
			continue;
		if (data != NULL) {
			memcpy(piece->buffer + (size_t)i * SECTOR_USER, data, SECTOR_USER);
			continue;
		}
		if (failure->code != 0 && err != NULL)
			*err = *failure;
		else
			discern_error_set(err, -EIO, "%s: cannot read LBA %d: its checksum (EDC) says that it is wrong",
					  discern_drive_path(source->drive), (int)lba);
		if (err != NULL)
			err->lba = lba;
		return -EIO;
	}
	return 0;
}

/* A drive in software that has user data only and fills in no checksums, such as QEMU's. */
static bool is_made_up(const uint8_t sector[MMC_RAW_SECTOR])
{
	const uint8_t *rest = sector + SECTOR_EDC_AT;

	return sector_find_form(sector) == SECTOR_MODE_1 && rest[0] == 0 &&
	       memcmp(rest, rest + 1, SECTOR_RAW - SECTOR_EDC_AT - 1) == 0 && !sector_is_sound(sector);
}

static int read_proven(struct cd_source *source, const struct piece *piece, struct discern_error *err)
{
	struct mmc_raw_read read = { .lba = piece->lba, .n_sectors = piece->n_sectors };
	struct discern_error failure = { 0 };
	bool is_proven[MOST_SECTORS];
	int ret;

	/* What the drive does not fill must not be there from before. */
	memset(source->raw, 0, (size_t)piece->n_sectors * MMC_RAW_SECTOR);
	ret = drive_source_read_raw(source->inner, &read, source->raw, err);
	if (ret == -EOPNOTSUPP || (ret == 0 && !source->has_read_raw && is_made_up(source->raw))) {
		source->is_raw = source->has_read_raw;
		return read_plain(source, piece, err);
	}
	/* Elsewhere than in the medium's data the drive's word counts. */
	if (ret < 0 && (ret != -EIO || err->sense.key != SENSE_MEDIUM_ERROR))
		return ret;
	source->has_read_raw = true;
	if (ret < 0)
		failure = *err;
	ret = look_at(source, piece, ret == 0, is_proven, err);
	if (ret == 0 && count_open(source, piece, is_proven) > 0 && !is_mending_useless(source))
		ret = mend(source, piece, is_proven, err);
	return ret < 0 ? ret : give(source, piece, is_proven, &failure, err);
}

/* Sectors that were mended before, but not given, as another of the same read was bad. */
static bool take_mended(struct cd_source *source, int32_t lba, uint8_t *buffer)
{
	unsigned n_bytes;
	const uint8_t *data = cd_copies_find(source->copies, lba, &n_bytes);

	if (data != NULL)
		memcpy(buffer, data, SECTOR_USER);
	return data != NULL;
}

static int read_pieces(struct cd_source *source, int32_t lba, uint32_t n_sectors, uint8_t *buffer,
		       struct discern_error *err)
{
	const struct drive_source *inner = (const struct drive_source *)source->inner;
	int ret = 0;

	for (uint32_t done = 0; ret == 0 && done < n_sectors;) {
		uint8_t *room = buffer + (size_t)done * SECTOR_USER;
		struct piece piece = { lba + (int32_t)done, 0, room };
		unsigned ignored;

		/* A second look that is to come from the medium is no look at what was mended before. */
		if (take_mended(source, piece.lba, room)) {
			done++;
			continue;
		}
		while (piece.n_sectors < source->n_max && done + piece.n_sectors < n_sectors &&
		       cd_copies_find(source->copies, piece.lba + (int32_t)piece.n_sectors, &ignored) == NULL)
			piece.n_sectors++;
		/* READ CD has no FUA. */
		ret = inner->n_fua_sectors > 0 ? read_plain(source, &piece, err) : -EIO;
		if (ret == -EIO && source->is_raw)
			ret = read_proven(source, &piece, err);
		else if (ret == -EIO && inner->n_fua_sectors == 0)
			ret = read_plain(source, &piece, err);
		done += piece.n_sectors;
	}
	return ret;
}

static int read_sectors(struct discern_source *base, int32_t lba, uint32_t n_sectors, uint8_t *buffer,
			struct discern_error *err)
{
	struct cd_source *source = (struct cd_source *)base;
	struct discern_error own;
	int ret = read_pieces(source, lba, n_sectors, buffer, err != NULL ? err : &own);

	for (uint32_t i = 0; ret == 0 && i < n_sectors; i++) {
		unsigned n_bytes;

		if (cd_copies_find(source->copies, lba + (int32_t)i, &n_bytes) == NULL)
			continue;
		if (n_bytes > 0 && base->on_mended != NULL)
			base->on_mended(lba + (int32_t)i, n_bytes, base->user);
		cd_copies_drop(source->copies, lba + (int32_t)i);
	}
	follow_inner(source);
	return ret;
}

static int set_effort(struct discern_source *base, const struct source_effort *effort)
{
	struct cd_source *source = (struct cd_source *)base;

	source->gives_up_soon = effort->gives_up_soon;
	return source_set_effort(source->inner, effort);
}

static int forget(struct discern_source *base, int32_t lba, uint32_t n_sectors, struct discern_error *err)
{
	struct cd_source *source = (struct cd_source *)base;
	int ret = source_forget(source->inner, lba, n_sectors, err);

	follow_inner(source);
	return ret;
}

static int set_spinning(struct discern_source *base, bool is_spinning, struct discern_error *err)
{
	return source_set_spinning(((struct cd_source *)base)->inner, is_spinning, err);
}

static void close_source(struct discern_source *base)
{
	struct cd_source *source = (struct cd_source *)base;

	source_close(source->inner);
	cd_copies_free(source->copies);
	free(source->raw);
	free(source->uncorrected);
	free(source);
}

static const struct discern_source_ops cd_source_ops = { .read = read_sectors,
							 .set_effort = set_effort,
							 .forget = forget,
							 .set_spinning = set_spinning,
							 .close = close_source };

/* ---- opening ---- */

/* MMC-6 5.3.14, CD Read: C2 pointers. */
static bool find_c2(struct discern_drive *drive)
{
	enum { C2_FLAG = 0x02, FLAGS_AT = 0 };
	uint8_t data[DRIVE_CONFIGURATION_SIZE];
	struct mmc_feature_view view;
	size_t length;

	return drive_configuration(drive, data, &length, NULL) == 0 &&
	       mmc_find_feature(data, length, MMC_FEATURE_CD_READ, &view) && view.length > FLAGS_AT &&
	       view.data[FLAGS_AT] & C2_FLAG;
}

int cd_source_wrap(struct discern_drive *drive, const struct discern_medium *medium, struct discern_source **source,
		   struct discern_error *err)
{
	struct cd_source *outer;
	uint32_t n_max = (*source)->preferred_sectors * DISCERN_SECTOR_SIZE / MMC_RAW_SECTOR;

	if (profile_find((unsigned)medium->profile)->family != FAMILY_CD)
		return 0;
	outer = calloc(1, sizeof(*outer));
	if (outer == NULL) {
		*source = source_close(*source);
		return discern_error_set(err, -ENOMEM, "out of memory");
	}
	outer->base = **source;
	outer->base.ops = &cd_source_ops;
	outer->n_max = n_max == 0 ? 1 : n_max < MOST_SECTORS ? n_max : MOST_SECTORS;
	outer->base.preferred_sectors = outer->n_max;
	outer->inner = *source;
	outer->drive = drive;
	outer->copies = cd_copies_new();
	outer->raw = buffer_new((size_t)outer->n_max * MMC_RAW_SECTOR);
	outer->uncorrected = buffer_new((size_t)outer->n_max * WITH_C2);
	outer->is_raw = true;
	outer->has_c2 = find_c2(drive);
	*source = &outer->base;
	if (outer->copies != NULL && outer->raw != NULL && outer->uncorrected != NULL)
		return 0;
	*source = source_close(*source);
	return discern_error_set(err, -ENOMEM, "out of memory");
}
