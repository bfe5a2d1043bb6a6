/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptors of ECMA-167: their tags, and whether they are sound. */
#ifndef FS_UDF_DESCRIPTOR_H
#define FS_UDF_DESCRIPTOR_H

#include <stddef.h>
#include <stdint.h>

/** Descriptor tag identifiers: ECMA-167 3/7.2.1 and 4/7.2.1. */
enum udf_tag {
	UDF_TAG_SPARING = 0, /**< UDF 2.2.12 */
	UDF_TAG_PRIMARY = 1,
	UDF_TAG_ANCHOR = 2,
	UDF_TAG_POINTER = 3,
	UDF_TAG_PARTITION = 5,
	UDF_TAG_LOGICAL_VOLUME = 6,
	UDF_TAG_TERMINATING = 8,
	UDF_TAG_INTEGRITY = 9,
	UDF_TAG_FILE_SET = 256,
	UDF_TAG_FILE_IDENTIFIER = 257,
	UDF_TAG_ALLOCATION_EXTENT = 258,
	UDF_TAG_INDIRECT = 259,
	UDF_TAG_FILE = 261,
	UDF_TAG_EXTENDED_FILE = 266,
};

enum { UDF_TAG_SIZE = 16, UDF_TAG_NONE = -1 };

/** CRC-ITU-T of the tag (3/7.2.6): polynomial 1021h, nothing reflected, start 0. */
uint16_t udf_crc16(const uint8_t *data, size_t size);

/** The identifier of the tag at data, of which size bytes follow, if its sum and CRC are right; else UDF_TAG_NONE.
 *  Where it says that it lies is not looked at. */
int udf_sound_tag(const uint8_t *data, size_t size);

/** The same of a whole sector that also must say that it lies at block. */
int udf_tag_at(const uint8_t *sector, uint32_t block);

#endif
