/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What copy protection changes in a drive's answers: REPORT KEY and SEND KEY, structures, features, and reading. */
#ifndef VDRIVE_MMC_KEYS_H
#define VDRIVE_MMC_KEYS_H

#include "vdrive/drive.h"
#include "vdrive/protection.h"

/** The protection of the medium in the drive, or NULL: a rule's that is one of such media. */
const struct protection *vdrive_protection(const struct vdrive *drive);
bool vdrive_has_protection(const struct vdrive *drive, enum protection_kind kind);

/** No authentication grant is in use, as after another medium came or the power was away. */
void vdrive_reset_keys(struct vdrive *drive);

/** READ DISC STRUCTURE, DVD formats 01h and 05h: puts into the four bytes what the protection changes. */
void vdrive_put_copyright(const struct vdrive *drive, uint8_t *data);
void vdrive_put_sector_copyright(const struct vdrive *drive, int64_t lba, uint8_t *data);

/** Formats that only a protected medium has, ended by an entry without a length. */
struct protected_format {
	uint8_t format;
	uint16_t size;
	enum protection_kind kind;
	/** Key class of the authentication it needs. */
	uint8_t class;
};

extern const struct protected_format vdrive_protected_formats[];

/** The same command for such a format: 0 if it is none of this medium's, else what CHECK CONDITION returned. */
int vdrive_refuse_protected(struct vdrive_call *call, uint8_t format);

/** Bytes of a medium's serial number; how many this one has. */
#define VDRIVE_MEDIA_SERIAL 8
size_t vdrive_media_serial(const struct vdrive *drive, uint8_t serial[VDRIVE_MEDIA_SERIAL]);

/** After a read: CHECK CONDITION 5/6F/03 for sectors that take a key, and data as it is on a bus with encryption. */
int vdrive_protect_read(struct vdrive_call *call, const struct vdrive_address *address);

#endif
