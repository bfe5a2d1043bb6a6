/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Answers of a drive, from bytes to numbers. A drive may answer anything of any length: each function takes what was
 * really transferred, believes no length field beyond it, and returns false if what it must have is not there.
 */
#ifndef DRIVE_MMC_PARSE_H
#define DRIVE_MMC_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/drive.h>
#include <discern/medium.h>

/** SPC-4 6.6. */
enum { MMC_DEVICE_TYPE_CD_DVD = 0x05 };
bool mmc_parse_inquiry(const uint8_t *data, size_t length, uint8_t *ret_device_type, struct discern_drive_id *ret_id);

/** SPC-4, vital product data page 80h, unit serial number. */
bool mmc_parse_inquiry_serial(const uint8_t *data, size_t length, char *ret_serial, size_t size);

/** MMC-6, GET CONFIGURATION: the current profile of the medium. */
bool mmc_parse_current_profile(const uint8_t *data, size_t length, uint16_t *ret_profile);

/** MMC-6 6.6.2.6, media status: whether there is a medium. False if the answer does not tell. */
bool mmc_parse_media_event(const uint8_t *data, size_t length, bool *ret_has_medium);

/** MMC-6 clause 5.3, features: those that are looked at. */
enum mmc_feature {
	MMC_FEATURE_PROFILE_LIST = 0x0000,
	MMC_FEATURE_REMOVABLE_MEDIUM = 0x0003,
	MMC_FEATURE_CD_READ = 0x001e,
	MMC_FEATURE_CD_TRACK_AT_ONCE = 0x002d,
	MMC_FEATURE_CD_MASTERING = 0x002e,
	MMC_FEATURE_DVD_R_WRITE = 0x002f,
	MMC_FEATURE_DVD_CSS = 0x0106,
	MMC_FEATURE_SERIAL_NUMBER = 0x0108,
	MMC_FEATURE_DVD_CPRM = 0x010b,
	MMC_FEATURE_AACS = 0x010d,
};

/** One feature descriptor of GET CONFIGURATION; data points into the answer. */
struct mmc_feature_view {
	const uint8_t *data;
	size_t length;
	bool is_current;
};

/** False if the drive has no such feature, or the answer ends before it. */
bool mmc_find_feature(const uint8_t *data, size_t length, enum mmc_feature feature, struct mmc_feature_view *ret_view);

/** The text of feature 0108h, the drive's serial number. */
void mmc_copy_serial(const struct mmc_feature_view *feature, char *ret_serial, size_t size);

/** MMC-6, READ DISC INFORMATION, Disc Status. */
enum mmc_disc_status { MMC_DISC_EMPTY, MMC_DISC_INCOMPLETE, MMC_DISC_FINALIZED, MMC_DISC_OTHER };

struct mmc_disc_information {
	enum mmc_disc_status status;
	bool is_erasable;
	uint16_t n_sessions;
	uint16_t first_track;
	uint16_t last_track;
	/** Where the last possible lead-out would begin, by MSF on CD; 0 if the disc is closed or does not say. */
	uint32_t cd_lead_out_lba;
};
bool mmc_parse_disc_information(const uint8_t *data, size_t length, struct mmc_disc_information *ret_information);

/** MMC-6, READ TRACK INFORMATION. */
bool mmc_parse_track_information(const uint8_t *data, size_t length, struct discern_track *ret_track);

/** MMC-6, READ TOC/PMA/ATIP, format 0: one entry of the table of contents. */
struct mmc_toc_entry {
	uint8_t number; /**< 0xaa: lead-out */
	bool is_data;
	int32_t start_lba;
};
enum { MMC_TOC_LEAD_OUT = 0xaa, MMC_TOC_MAX = 100 };
bool mmc_parse_toc(const uint8_t *data, size_t length, struct mmc_toc_entry ret_entries[MMC_TOC_MAX], size_t *ret_n);

/** READ CAPACITY: sectors, that is the last LBA + 1; 0 for a last LBA of 0 (a blank medium) or FFFFFFFFh. */
bool mmc_parse_capacity(const uint8_t *data, size_t length, uint32_t *ret_n_sectors);

/** MMC-6, READ FORMAT CAPACITIES, the current or maximum capacity descriptor. */
struct mmc_format_capacity {
	uint32_t n_sectors;
	bool is_formatted;
};
bool mmc_parse_format_capacity(const uint8_t *data, size_t length, struct mmc_format_capacity *ret_capacity);

/** MMC-6, READ DISC STRUCTURE format 00h of a DVD: sectors of its data area in all layers. */
bool mmc_parse_dvd_physical(const uint8_t *data, size_t length, uint32_t *ret_n_sectors);

/** MMC-6, READ DISC STRUCTURE format 20h of a recordable DVD with two layers: sectors of the first one, and
 *  whether that cannot be changed any more. */
bool mmc_parse_layer_boundary(const uint8_t *data, size_t length, uint32_t *ret_n_sectors, bool *ret_is_set);

/** MMC-6, READ DISC STRUCTURE format 01h of a DVD: the protection system type, enum discern_protection. */
bool mmc_parse_copyright(const uint8_t *data, size_t length, uint8_t *ret_protection);

/** Mode page 2Ah, capabilities and mechanical status (MMC-3; drives still have it). */
struct mmc_capabilities {
	bool can_underrun_proof;
	bool can_c2;
	bool can_lock;
	bool can_eject;
	uint32_t max_read_kbps;
	uint32_t buffer_kib;
};
bool mmc_parse_capabilities(const uint8_t *data, size_t length, struct mmc_capabilities *ret_capabilities);

#endif
