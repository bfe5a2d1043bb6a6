/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole CD sectors as they lie on the disc, before scrambling (ECMA-130 clause 14). */
#ifndef DISC_SECTOR_H
#define DISC_SECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bytes of a sector, and where its parts begin in Mode 1: 12 bytes sync, 4 header, 2048 user data, 288 of error
 *  detection and correction. */
enum {
	SECTOR_RAW = 2352,
	SECTOR_HEADER_AT = 12,
	SECTOR_USER_AT = 16,
	SECTOR_USER = 2048,
	SECTOR_EDC_AT = SECTOR_USER_AT + SECTOR_USER,
	SECTOR_P_AT = 2076,
	SECTOR_Q_AT = 2248,
};

/** Mode 2: the subheader, twice four bytes, before the user data of both forms; formless has none and 2336 bytes. */
enum {
	SECTOR_SUBHEADER_AT = 16,
	SECTOR_XA_USER_AT = 24,
	SECTOR_FORM_2_USER = 2324,
	SECTOR_MODE_2_USER = 2336,
};

/** What a sector holds, by its sync, the mode in its header and its subheader's submode (ECMA-130 14, CD-ROM XA). */
enum sector_form {
	SECTOR_AUDIO, /**< no sync: samples, or nothing that can be told */
	SECTOR_MODE_0,
	SECTOR_MODE_1,
	SECTOR_MODE_2, /**< formless: both halves of the subheader differ */
	SECTOR_MODE_2_FORM_1,
	SECTOR_MODE_2_FORM_2,
};

enum sector_form sector_find_form(const uint8_t sector[SECTOR_RAW]);

/** Where the user data of a form begin and how many bytes they are; of audio the whole sector, of Mode 0 none. */
size_t sector_user_at(enum sector_form form);
size_t sector_user_bytes(enum sector_form form);

/** Fills in all that a form has beside user data and subheader, which the caller has put in their places: sync,
 *  header with this address, EDC, P and Q parity. Audio stays as it is. */
void sector_seal(uint8_t sector[SECTOR_RAW], int32_t lba, enum sector_form form);

/** True if the EDC is right. Mode 0 must be zeros; a Form 2 sector may leave its EDC out (zeros); of audio and
 *  formless Mode 2 nothing can be said: true. */
bool sector_is_sound(const uint8_t sector[SECTOR_RAW]);

/** The address in the header of a data sector. False for audio or if it is no address. */
bool sector_header_lba(const uint8_t sector[SECTOR_RAW], int32_t *ret_lba);

/** Bytes of C2 error pointers: one bit a byte of the sector, the first one the highest (MMC-6 table 350). */
#define SECTOR_C2 294

/**
 * Mends a Mode 1 or Mode 2 Form 1 sector by its P and Q parity, with c2 pointers as erasures where not NULL; up to four
 * bytes of the sync and the mode may be wrong, too. The EDC is the judge: whatever it has found right is the sector, and
 * parity is made anew; but behind an EDC that was right before, parity is only touched where c2 has pointed it out.
 * Bytes mended (0 if it was sound), or -EBADMSG, and then the sector is as it was. -EINVAL for other forms.
 *
 * Of random sectors, all were mended that had 10 wrong bytes anywhere, or a run of 172; with pointers 100 anywhere, or a
 * run of 200. Of those with 40 anywhere, and with pointers 200 or a run of 260, it is 19 of 20; near the 276 bytes of
 * parity there is an end. A thousand a second is the least, of those that cannot be mended.
 */
int sector_correct(uint8_t sector[SECTOR_RAW], const uint8_t *c2);

/** Between a data sector and what of it lies on the disc: all but the sync is mixed with a fixed sequence (ECMA-130
 *  annex B). Twice gives the sector again. */
void sector_scramble(uint8_t sector[SECTOR_RAW]);

/** The error detection code over size bytes (ECMA-130 14.3), as it is stored: lowest byte first. */
uint32_t sector_edc(const uint8_t *data, size_t size);

/** Makes a Mode 1 sector with sync, header, EDC and P and Q parity around 2048 bytes of user data. lba from -150 to
 *  449849 (99:59:74); beyond, the header's minutes have no decimal form and are cut to two digits. */
void sector_make_mode1(uint8_t ret_sector[SECTOR_RAW], int32_t lba, const uint8_t user_data[SECTOR_USER]);

#endif
