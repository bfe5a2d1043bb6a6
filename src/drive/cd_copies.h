/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whole sectors of a CD that were not read clean: what came of them at each try, and what can be made of it. One copy
 * is mended by its P and Q parity; several are laid over each other before. No drive here.
 */
#ifndef DRIVE_CD_COPIES_H
#define DRIVE_CD_COPIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disc/sector.h"

/** What a whole sector is, as a drive gave it. */
enum cd_proof {
	CD_PROVEN,    /**< 2048 bytes of user data of this address, and the EDC says so */
	CD_ELSEWHERE, /**< the same of another address */
	CD_NOT_DATA,  /**< audio, Form 2, or what else has no 2048 bytes */
	CD_WRONG,     /**< user data whose EDC is wrong */
};

enum cd_proof cd_prove(const uint8_t sector[SECTOR_RAW], int32_t lba);

struct cd_copies;

/** Room for some thousand sectors; those that are longest there make room for others. NULL if memory is out. */
struct cd_copies *cd_copies_new(void);
/** Accepts NULL, returns NULL. */
struct cd_copies *cd_copies_free(struct cd_copies *copies);

/** One more copy of a sector, with C2 pointers or without (NULL). A copy that is not of this sector counts for nothing.
 *  True if the sector is whole now. */
bool cd_copies_add(struct cd_copies *copies, int32_t lba, const uint8_t sector[SECTOR_RAW], const uint8_t *c2);

/** The sector, if it is whole: its user data, and how many bytes of it were mended. NULL if it is not. */
const uint8_t *cd_copies_find(const struct cd_copies *copies, int32_t lba, unsigned *ret_n_bytes);

/** The same with all of the sector. */
const uint8_t *cd_copies_find_sector(const struct cd_copies *copies, int32_t lba, unsigned *ret_n_bytes);

/** It was given to the caller: forgets it. */
void cd_copies_drop(struct cd_copies *copies, int32_t lba);

#endif
