/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/mmc/lead_in.h"

#include <errno.h>
#include <string.h>

#include "disc/cd_text.h"
#include "vdrive/mmc/toc.h"

/* Each item of the table stands in three sectors one after the other, and the table again and again (IEC 60908
 * 17.5.1); a sector has four packs of CD-TEXT. */
enum { REPETITIONS = 3, SECTOR_PACKS = 4, LEAD_IN_BEGIN = -CD_PREGAP - LEAD_IN_SECTORS };

/* Headers of the lead-in count up to 99:59:74. */
enum { HEADER_MSF_END = 100 * 60 * 75 };

/* Points that are no track. */
enum { FIRST_POINT = 0xa0 };

static uint8_t to_bcd(unsigned number)
{
	return (uint8_t)(number / 10 % 10 << 4 | number % 10);
}

static void put_bcd(uint8_t *to, const uint8_t *numbers, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = to_bcd(numbers[i]);
}

/* Q of one item, as READ TOC format 2 has it; those of the table also tell how far the lead-in is. */
static void put_q(uint8_t q[SUBCHANNEL_ONE], const uint8_t *entry, unsigned n_sectors)
{
	const uint8_t time[3] = { (uint8_t)(n_sectors / 4500), (uint8_t)(n_sectors / 75 % 60),
				  (uint8_t)(n_sectors % 75) };
	bool is_position = entry[1] >> 4 == Q_POSITION;
	uint8_t bytes[8];

	bytes[0] = entry[3] < FIRST_POINT ? to_bcd(entry[3]) : entry[3];
	put_bcd(bytes + 1, is_position ? time : entry + 4, 3);
	bytes[4] = entry[7];
	put_bcd(bytes + 5, entry + 8, 3);
	/* PSEC of A0h is no time but the type of the disc. */
	if (entry[3] == FIRST_POINT)
		bytes[6] = entry[9];
	q_encode_toc(q, (uint8_t)(entry[1] << 4 | entry[1] >> 4), bytes);
}

static void put_subchannel(const struct disc *disc, unsigned n_sectors, uint8_t raw[SUBCHANNEL_BYTES])
{
	uint8_t entries[TOC_MAX_SESSION] = { 0 }, channels[SUBCHANNEL_BYTES] = { 0 }, symbols[96];
	uint8_t packs[SECTOR_PACKS * CD_TEXT_PACK];
	size_t n_entries = toc_put_session(disc, 1, entries) / TOC_ENTRY, n_packs;
	const uint8_t *text = disc_cd_text(disc, &n_packs);

	put_q(channels + SUBCHANNEL_ONE, entries + n_sectors / REPETITIONS % n_entries * TOC_ENTRY, n_sectors);
	subchannel_interleave(raw, channels);
	if (n_packs == 0)
		return;
	for (size_t i = 0; i < SECTOR_PACKS; i++)
		memcpy(packs + i * CD_TEXT_PACK, text + ((size_t)n_sectors * SECTOR_PACKS + i) % n_packs * CD_TEXT_PACK,
		       CD_TEXT_PACK);
	cd_text_to_symbols(symbols, packs);
	for (size_t i = 0; i < sizeof(symbols); i++)
		raw[i] |= symbols[i];
}

int lead_in_read(const struct disc *disc, int32_t lba, struct cd_sector *ret_sector)
{
	const struct disc_session *first = disc_session(disc, 1);

	if (lba < LEAD_IN_BEGIN || lba >= -CD_PREGAP || first == NULL || first->status != DISC_SESSION_COMPLETE)
		return -ENXIO;
	memset(ret_sector->data, 0, SECTOR_RAW);
	if (!ret_sector->is_audio)
		sector_seal(ret_sector->data, lba + HEADER_MSF_END, SECTOR_MODE_0);
	put_subchannel(disc, (unsigned)(lba - LEAD_IN_BEGIN), ret_sector->subchannel);
	return 0;
}
