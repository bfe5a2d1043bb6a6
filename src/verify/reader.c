/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/reader.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/error.h"

/* Times that one unreadable sector is tried. */
#define N_TRIES 3

/* Places looked at before it is said that nothing more is recorded. */
#define N_END_PROBES 16

enum outcome { OUTCOME_READ, OUTCOME_BAD, OUTCOME_END };

/* Where one sector goes, and what became of it. */
struct sector {
	uint8_t *buffer;
	enum outcome outcome;
};

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* One command. -EIO and -ENXIO are outcomes of the disc, all else is trouble of the source. */
static int read_once(struct reader *reader, uint32_t lba, uint32_t n_sectors, uint8_t *buffer,
		     struct discern_error *err)
{
	int64_t disc_lba = (int64_t)reader->first_lba + lba;

	if (disc_lba + n_sectors > INT32_MAX)
		return discern_error_set(err, -ENXIO, "LBA %" PRId64 " is on no disc", disc_lba);
	return source_read(reader->source, (int32_t)disc_lba, n_sectors, buffer, err);
}

static bool is_trouble(int ret)
{
	return ret < 0 && ret != -EIO && ret != -ENXIO;
}

/* Keeps the observer informed without counting anything. */
static int tick(struct reader *reader, struct discern_error *err)
{
	return verify_pace_tick(reader->pace, reader->pace->progress.done_bytes, reader->pace->progress.bad_bytes, err);
}

/* The drive says that lba is not recorded. Is anything behind it? Looks at places spread over the rest. */
static int find_more(struct reader *reader, uint32_t lba, bool *ret_found, struct discern_error *err)
{
	uint8_t sector[DISCERN_SECTOR_SIZE];
	uint32_t end = reader->n_disc_sectors;

	*ret_found = lba < reader->recorded_until;
	for (uint32_t i = 0; i < N_END_PROBES && !*ret_found && lba + 1 < end; i++) {
		uint32_t place = end - 1 - (uint32_t)((uint64_t)(end - 1 - lba) * i / N_END_PROBES);
		int ret = read_once(reader, place, 1, sector, err);

		if (is_trouble(ret))
			return ret;
		/* A damaged sector was recorded once. */
		*ret_found = ret != -ENXIO;
		if (*ret_found)
			reader->recorded_until = place;
	}
	discern_error_clear(err);
	return 0;
}

/* Reads one sector up to n_tries times. As read_once(), or -ECANCELED. */
static int try_sector(struct reader *reader, uint32_t lba, unsigned n_tries, uint8_t *buffer, struct discern_error *err)
{
	int ret = -EIO;

	for (unsigned i = 0; i < n_tries && ret == -EIO; i++) {
		if (tick(reader, err) < 0)
			return -ECANCELED;
		ret = read_once(reader, lba, 1, buffer, err);
	}
	return ret;
}

/* Reads one sector of an area where a larger read failed. 0 or a negative errno. */
static int read_sector(struct reader *reader, uint32_t lba, unsigned n_tries, struct sector *ret_sector,
		       struct discern_error *err)
{
	bool is_run_out = lba + reader->n_run_out_sectors >= reader->n_disc_sectors;
	bool has_more = true;
	int ret = try_sector(reader, lba, is_run_out ? 1 : n_tries, ret_sector->buffer, err);

	if (is_trouble(ret))
		return ret;
	discern_error_clear(err);
	ret_sector->outcome = ret == 0 ? OUTCOME_READ : OUTCOME_BAD;
	if (ret == 0)
		return 0;
	memset(ret_sector->buffer, 0, DISCERN_SECTOR_SIZE);
	if (lba >= reader->n_disc_sectors) {
		ret_sector->outcome = OUTCOME_END;
	} else if (ret == -ENXIO) {
		ret = find_more(reader, lba, &has_more, err);
		if (ret < 0)
			return ret;
		ret_sector->outcome = has_more ? OUTCOME_BAD : OUTCOME_END;
	}
	return 0;
}

static struct reader_piece part_of(const struct reader_piece *piece, uint32_t offset, uint32_t n_sectors)
{
	return (struct reader_piece){
		.lba = piece->lba + offset,
		.n_sectors = n_sectors,
		.buffer = piece->buffer + (size_t)offset * DISCERN_SECTOR_SIZE,
		.is_bad = piece->is_bad + offset,
	};
}

/* The sectors of one unit. They mostly stand or fall together: after one that failed for good, the others get one try
 * each, as a try can take a drive many seconds. */
static int read_sectors(struct reader *reader, const struct reader_piece *piece, uint32_t *ret_n,
			struct discern_error *err)
{
	unsigned n_tries = N_TRIES;

	for (*ret_n = 0; *ret_n < piece->n_sectors; ++*ret_n) {
		struct sector sector = { .buffer = piece->buffer + (size_t)*ret_n * DISCERN_SECTOR_SIZE };
		int ret = read_sector(reader, piece->lba + *ret_n, n_tries, &sector, err);

		if (ret < 0)
			return ret;
		if (sector.outcome == OUTCOME_END)
			break;
		piece->is_bad[*ret_n] = sector.outcome == OUTCOME_BAD;
		n_tries = sector.outcome == OUTCOME_BAD ? 1 : n_tries;
	}
	return 0;
}

/* A read failed: again by the units of error correction, and what fails of them by sectors. */
static int read_units(struct reader *reader, const struct reader_piece *piece, uint32_t *ret_n,
		      struct discern_error *err)
{
	uint32_t unit = reader->source->ecc_sectors;
	uint32_t first_lba = (uint32_t)reader->first_lba;
	uint32_t n_existing;

	for (*ret_n = 0; *ret_n < piece->n_sectors; *ret_n += n_existing) {
		uint32_t size = least(unit - (first_lba + piece->lba + *ret_n) % unit, piece->n_sectors - *ret_n);
		struct reader_piece part = part_of(piece, *ret_n, size);
		int ret = -EIO;

		n_existing = size;
		if (size > 1 && size < piece->n_sectors)
			ret = read_once(reader, part.lba, size, part.buffer, err);
		if (is_trouble(ret))
			return ret;
		if (ret == 0) {
			memset(part.is_bad, 0, size * sizeof(*part.is_bad));
			continue;
		}
		ret = read_sectors(reader, &part, &n_existing, err);
		if (ret < 0)
			return ret;
		if (n_existing < size) {
			*ret_n += n_existing;
			return 0;
		}
	}
	return 0;
}

int verify_read(struct reader *reader, const struct reader_piece *piece, uint32_t *ret_n, struct discern_error *err)
{
	uint32_t n_existing;

	for (*ret_n = 0; *ret_n < piece->n_sectors; *ret_n += n_existing) {
		uint32_t size = least(reader->source->preferred_sectors, piece->n_sectors - *ret_n);
		struct reader_piece part = part_of(piece, *ret_n, size);
		int ret = read_once(reader, part.lba, size, part.buffer, err);

		n_existing = size;
		if (is_trouble(ret))
			return ret;
		if (ret == 0) {
			memset(part.is_bad, 0, size * sizeof(*part.is_bad));
			continue;
		}
		ret = read_units(reader, &part, &n_existing, err);
		if (ret < 0)
			return ret;
		if (n_existing < size) {
			*ret_n += n_existing;
			return 0;
		}
	}
	return 0;
}
