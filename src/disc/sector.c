/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/sector.h"

#include <string.h>

#include "base/bytes.h"
#include "disc/msf.h"
#include "disc/sector_private.h"

const uint8_t sector_sync[SECTOR_SYNC] = { 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0 };

/* ECMA-130 14.3: (x^16 + x^15 + x^2 + 1)(x^16 + x^2 + x + 1), least significant bit first. */
static const uint32_t edc_polynomial = 0xd8018001;

uint32_t sector_edc(const uint8_t *data, size_t size)
{
	uint32_t nibbles[16], edc = 0;

	for (uint32_t i = 0; i < 16; i++) {
		nibbles[i] = i;
		for (int bit = 0; bit < 4; bit++)
			nibbles[i] = nibbles[i] >> 1 ^ (nibbles[i] & 1 ? edc_polynomial : 0);
	}
	for (size_t i = 0; i < size; i++) {
		edc ^= data[i];
		edc = nibbles[edc & 15] ^ edc >> 4;
		edc = nibbles[edc & 15] ^ edc >> 4;
	}
	return edc;
}

/* Multiplication by alpha in GF(2^8) of x^8 + x^4 + x^3 + x^2 + 1 (ECMA-130 annex A). */
static uint8_t times_alpha(uint8_t a)
{
	return (uint8_t)(a << 1 ^ (a & 0x80 ? 0x1d : 0));
}

/* Shape of one of the two codes: bytes in a vector, number of vectors, and the steps between them, in the 1118 words
 * behind the sync (ECMA-130 annex A.4, A.5). Both interleave even and odd bytes, the two planes of the words. */
struct parity {
	unsigned length, n_vectors, major, minor;
	size_t at;
};

static const struct parity p_parity = { .length = 24, .n_vectors = 86, .major = 2, .minor = 86, .at = SECTOR_P_AT };
static const struct parity q_parity = { .length = 43, .n_vectors = 52, .major = 86, .minor = 88, .at = SECTOR_Q_AT };

/*
 * The two parity bytes x, y of a vector d[0..n-1] make both sums of the extended vector zero:
 *   sum d[i] + x + y = 0   and   sum d[i] alpha^(n+1-i) + x alpha + y = 0.
 */
static void add_parity(uint8_t *sector, const struct parity *shape, const uint8_t over[256])
{
	const uint8_t *words = sector + SECTOR_HEADER_AT;
	/* Bytes that Q wraps around in: header, data and P. */
	const unsigned size = shape->n_vectors * shape->length;

	for (unsigned vector = 0; vector < shape->n_vectors; vector++) {
		unsigned index = (vector >> 1) * shape->major + (vector & 1);
		uint8_t sum = 0, weighted = 0;

		for (unsigned i = 0; i < shape->length; i++) {
			weighted = times_alpha(weighted ^ words[index]);
			sum ^= words[index];
			index += shape->minor;
			if (index >= size)
				index -= size;
		}
		/* weighted alpha + x alpha + y = 0 and y = sum + x give x (alpha + 1) = weighted alpha + sum. */
		weighted = over[times_alpha(weighted) ^ sum];
		sector[shape->at + vector] = weighted;
		sector[shape->at + shape->n_vectors + vector] = weighted ^ sum;
	}
}

void sector_add_parity(uint8_t sector[SECTOR_RAW])
{
	/* a / (alpha + 1) for each a. */
	uint8_t over[256];

	for (unsigned i = 0; i < 256; i++)
		over[times_alpha((uint8_t)i) ^ i] = (uint8_t)i;
	add_parity(sector, &p_parity, over);
	add_parity(sector, &q_parity, over);
}

/* Where a form has its EDC, and the first byte that it covers (ECMA-130 14.3; CD-ROM XA leaves sync and header out). */
struct edc_place {
	size_t from, at;
};

static const struct edc_place mode_1_edc = { .from = 0, .at = SECTOR_EDC_AT };
static const struct edc_place form_1_edc = { .from = SECTOR_SUBHEADER_AT, .at = SECTOR_XA_USER_AT + SECTOR_USER };
static const struct edc_place form_2_edc = { .from = SECTOR_SUBHEADER_AT,
					     .at = SECTOR_XA_USER_AT + SECTOR_FORM_2_USER };

static uint32_t edc_of(const uint8_t *sector, const struct edc_place *place)
{
	return sector_edc(sector + place->from, place->at - place->from);
}

static bool edc_is_right(const uint8_t *sector, const struct edc_place *place)
{
	return get_le32(sector + place->at) == edc_of(sector, place);
}

static bool is_zero(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

enum sector_form sector_find_form(const uint8_t sector[SECTOR_RAW])
{
	/* The three highest bits tell where in a packet the sector is (ECMA-394 6.6.2). */
	unsigned mode = sector[SECTOR_MODE_AT] & 0x1f;
	const uint8_t *subheader = sector + SECTOR_SUBHEADER_AT;

	if (memcmp(sector, sector_sync, SECTOR_SYNC) != 0 || mode > 2)
		return SECTOR_AUDIO;
	if (mode == 0)
		return SECTOR_MODE_0;
	if (mode == 1)
		return SECTOR_MODE_1;
	if (memcmp(subheader, subheader + 4, 4) != 0)
		return SECTOR_MODE_2;
	return subheader[2] & SECTOR_SUBMODE_FORM_2 ? SECTOR_MODE_2_FORM_2 : SECTOR_MODE_2_FORM_1;
}

size_t sector_user_at(enum sector_form form)
{
	if (form == SECTOR_AUDIO)
		return 0;
	return form == SECTOR_MODE_2_FORM_1 || form == SECTOR_MODE_2_FORM_2 ? SECTOR_XA_USER_AT : SECTOR_USER_AT;
}

size_t sector_user_bytes(enum sector_form form)
{
	static const size_t bytes[] = {
		[SECTOR_AUDIO] = SECTOR_RAW,          [SECTOR_MODE_0] = 0,
		[SECTOR_MODE_1] = SECTOR_USER,        [SECTOR_MODE_2] = SECTOR_MODE_2_USER,
		[SECTOR_MODE_2_FORM_1] = SECTOR_USER, [SECTOR_MODE_2_FORM_2] = SECTOR_FORM_2_USER,
	};

	return bytes[form];
}

static void put_header(uint8_t *sector, int32_t lba, uint8_t mode)
{
	memcpy(sector, sector_sync, SECTOR_SYNC);
	msf_put(sector + SECTOR_HEADER_AT, (uint32_t)(lba + MSF_LBA_0));
	sector[SECTOR_MODE_AT] = mode;
}

static void seal_mode_1(uint8_t *sector, int32_t lba)
{
	put_header(sector, lba, 1);
	put_le32(sector + mode_1_edc.at, edc_of(sector, &mode_1_edc));
	memset(sector + mode_1_edc.at + 4, 0, SECTOR_P_AT - mode_1_edc.at - 4);
	sector_add_parity(sector);
}

/* The parity of Form 1 takes the header for zeros, so that it holds wherever the sector lies (CD-ROM XA). */
static void seal_form_1(uint8_t *sector, int32_t lba)
{
	memset(sector + SECTOR_HEADER_AT, 0, SECTOR_SUBHEADER_AT - SECTOR_HEADER_AT);
	put_le32(sector + form_1_edc.at, edc_of(sector, &form_1_edc));
	sector_add_parity(sector);
	put_header(sector, lba, 2);
}

void sector_seal(uint8_t sector[SECTOR_RAW], int32_t lba, enum sector_form form)
{
	switch (form) {
	case SECTOR_AUDIO:
		break;
	case SECTOR_MODE_0:
		memset(sector, 0, SECTOR_RAW);
		put_header(sector, lba, 0);
		break;
	case SECTOR_MODE_1:
		seal_mode_1(sector, lba);
		break;
	case SECTOR_MODE_2:
		put_header(sector, lba, 2);
		break;
	case SECTOR_MODE_2_FORM_1:
		seal_form_1(sector, lba);
		break;
	case SECTOR_MODE_2_FORM_2:
		put_le32(sector + form_2_edc.at, edc_of(sector, &form_2_edc));
		put_header(sector, lba, 2);
		break;
	}
}

bool sector_edc_is_right(const uint8_t sector[SECTOR_RAW], enum sector_form form)
{
	switch (form) {
	case SECTOR_MODE_0:
		return is_zero(sector + SECTOR_USER_AT, SECTOR_RAW - SECTOR_USER_AT);
	case SECTOR_MODE_1:
		return edc_is_right(sector, &mode_1_edc);
	case SECTOR_MODE_2_FORM_1:
		return edc_is_right(sector, &form_1_edc);
	case SECTOR_MODE_2_FORM_2:
		return is_zero(sector + form_2_edc.at, 4) || edc_is_right(sector, &form_2_edc);
	case SECTOR_AUDIO:
	case SECTOR_MODE_2:
		break;
	}
	return true;
}

bool sector_is_sound(const uint8_t sector[SECTOR_RAW])
{
	return sector_edc_is_right(sector, sector_find_form(sector));
}

bool sector_header_lba(const uint8_t sector[SECTOR_RAW], int32_t *ret_lba)
{
	int32_t n_sectors;

	if (sector_find_form(sector) == SECTOR_AUDIO || !msf_get(sector + SECTOR_HEADER_AT, &n_sectors))
		return false;
	*ret_lba = n_sectors - MSF_LBA_0;
	return true;
}

void sector_make_mode1(uint8_t ret_sector[SECTOR_RAW], int32_t lba, const uint8_t user_data[SECTOR_USER])
{
	memcpy(ret_sector + SECTOR_USER_AT, user_data, SECTOR_USER);
	seal_mode_1(ret_sector, lba);
}
