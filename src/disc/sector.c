/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/sector.h"

#include <string.h>

#include "base/bytes.h"
#include "base/crc32.h"
#include "disc/msf.h"
#include "disc/sector_private.h"

const uint8_t sector_sync[SECTOR_SYNC] = { 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0 };

/* The EDC of each value of each nibble of four bytes, the lowest nibble first: ECMA-130 14.3, with the polynomial
 * (x^16 + x^15 + x^2 + 1)(x^16 + x^2 + x + 1), least significant bit first. */
static const uint32_t edc_of_nibble[8][16] = {
	{ 0x00000000, 0x41000001, 0x82000002, 0xc3000003, 0xb4030007, 0xf5030006, 0x36030005, 0x77030004,
	  0xd805000d, 0x9905000c, 0x5a05000f, 0x1b05000e, 0x6c06000a, 0x2d06000b, 0xee060008, 0xaf060009 },
	{ 0x00000000, 0x00090019, 0x00120032, 0x001b002b, 0x00240064, 0x002d007d, 0x00360056, 0x003f004f,
	  0x004800c8, 0x004100d1, 0x005a00fa, 0x005300e3, 0x006c00ac, 0x006500b5, 0x007e009e, 0x00770087 },
	{ 0x00000000, 0x00900190, 0x01200320, 0x01b002b0, 0x02400640, 0x02d007d0, 0x03600560, 0x03f004f0,
	  0x04800c80, 0x04100d10, 0x05a00fa0, 0x05300e30, 0x06c00ac0, 0x06500b50, 0x07e009e0, 0x07700870 },
	{ 0x00000000, 0x09001900, 0x12003200, 0x1b002b00, 0x24006400, 0x2d007d00, 0x36005600, 0x3f004f00,
	  0x4800c800, 0x4100d100, 0x5a00fa00, 0x5300e300, 0x6c00ac00, 0x6500b500, 0x7e009e00, 0x77008700 },
	{ 0x00000000, 0x90019000, 0x90002003, 0x0001b003, 0x90034005, 0x0002d005, 0x00036006, 0x9002f006,
	  0x90058009, 0x00041009, 0x0005a00a, 0x9004300a, 0x0006c00c, 0x9007500c, 0x9006e00f, 0x0007700f },
	{ 0x00000000, 0x90080011, 0x90130021, 0x001b0030, 0x90250041, 0x002d0050, 0x00360060, 0x903e0071,
	  0x90490081, 0x00410090, 0x005a00a0, 0x905200b1, 0x006c00c0, 0x906400d1, 0x907f00e1, 0x007700f0 },
	{ 0x00000000, 0x90910101, 0x91210201, 0x01b00300, 0x92410401, 0x02d00500, 0x03600600, 0x93f10701,
	  0x94810801, 0x04100900, 0x05a00a00, 0x95310b01, 0x06c00c00, 0x96510d01, 0x97e10e01, 0x07700f00 },
	{ 0x00000000, 0x99011001, 0x82012001, 0x1b003000, 0xb4014001, 0x2d005000, 0x36006000, 0xaf017001,
	  0xd8018001, 0x41009000, 0x5a00a000, 0xc301b001, 0x6c00c000, 0xf501d001, 0xee01e001, 0x7700f000 },
};

uint32_t sector_edc(const uint8_t *data, size_t size)
{
	return crc_by_nibbles(edc_of_nibble, 0, data, size);
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
