/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small volumes in memory, made field by field from the standards and not by the code under test. */
#ifndef TESTS_VOLUME_MAKE_H
#define TESTS_VOLUME_MAKE_H

#include <stddef.h>
#include <stdint.h>

/** Sectors of every volume made here, and where its parts are. */
#define VOLUME_SECTORS 400
#define VOLUME_ROOT 28
#define VOLUME_CONTINUATION 29
#define VOLUME_CATALOGUE 30
#define VOLUME_SEQUENCE 32
#define VOLUME_RESERVE 48
#define VOLUME_INTEGRITY 64
#define VOLUME_PARTITION 257
#define VOLUME_PARTITION_SECTORS 140

/** A zeroed image of VOLUME_SECTORS; the caller frees it. */
uint8_t *volume_blank(void);

uint8_t *volume_sector(uint8_t *image, uint32_t lba);

/** Puts text into a field, blanks behind it. */
void volume_put_text(uint8_t *field, size_t size, const char *text);

/** Primary volume descriptor at 16 with an ISO 9660 root directory at VOLUME_ROOT, terminator at 19. */
void volume_add_iso9660(uint8_t *image, const char *label);

/** Supplementary descriptor for Joliet at 18; label is UCS-2 of n characters. */
void volume_add_joliet(uint8_t *image, const uint16_t *label, size_t n);

/** "." of the root with SUSP and, by way of a continuation area, the ER entry of Rock Ridge. */
void volume_add_rock_ridge(uint8_t *image);

/** Boot record at 17 and a catalogue with a BIOS entry and a section with an EFI entry. */
void volume_add_el_torito(uint8_t *image);

/** MBR with one partition. */
void volume_add_partition_table(uint8_t *image);

/** Recognition sequence from recognition_lba on, sequences, integrity descriptor, anchors at 256 and the end. */
void volume_add_udf(uint8_t *image, uint32_t recognition_lba, const char *label);

/** Makes checksum, CRC and location of an ECMA-167 descriptor right again, after it was changed. */
void volume_seal_descriptor(uint8_t *image, uint32_t lba, uint16_t tag);

/** The same of a descriptor of any size at any place. */
void volume_seal(uint8_t *descriptor, uint16_t tag, uint32_t location, size_t size);

#endif
