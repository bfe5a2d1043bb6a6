/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The write parameters mode page (05h, MMC-6 7.5): what a host says of the writing that is to come. */
#ifndef VDRIVE_MMC_WRITE_PAGE_H
#define VDRIVE_MMC_WRITE_PAGE_H

#include "disc/cd_layout.h"
#include "vdrive/drive.h"
#include "vdrive/mmc/cd_blocks.h"

enum write_type { WRITE_PACKETS = 0, WRITE_TRACK_AT_ONCE = 1, WRITE_SESSION_AT_ONCE = 2, WRITE_RAW = 3 };

/** Bytes of the page. */
enum { WRITE_PAGE_SIZE = 0x34 };

extern const uint8_t write_page_default[WRITE_PAGE_SIZE];
/** Bits that a host may set. */
extern const uint8_t write_page_changeable[WRITE_PAGE_SIZE];

/** Whether the drive can write as such a page says, on the medium that is in it or, without one, on a CD. False with
 *  the first byte that it cannot do. */
bool write_page_is_possible(const struct vdrive *drive, const uint8_t *page, size_t *ret_byte);

enum write_type write_page_type(const struct vdrive *drive);
bool write_page_is_test(const struct vdrive *drive);
/** Another session may follow the one that is written. */
bool write_page_is_multi_session(const struct vdrive *drive);
/** Sectors of a fixed packet; 0 for packets of any size. */
uint32_t write_page_packet_sectors(const struct vdrive *drive);
enum cd_disc_type write_page_disc_type(const struct vdrive *drive);
/** Q control of the track, and how its sectors come. */
uint8_t write_page_control(const struct vdrive *drive);
void write_page_blocks(const struct vdrive *drive, struct cd_blocks *ret_blocks);
/** Four bytes for sectors of Mode 2 that come without a subheader. */
const uint8_t *write_page_subheader(const struct vdrive *drive);
/** "" if the page has none. */
void write_page_mcn(const struct vdrive *drive, char ret_mcn[CD_MCN_LENGTH + 1]);
void write_page_isrc(const struct vdrive *drive, char ret_isrc[CD_ISRC_LENGTH + 1]);

#endif
