/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/mmc_parse.h"

#include <string.h>

#include "base/bytes.h"
#include "base/text.h"

/* The bytes that may be looked at: what was transferred, cut to what the answer's own length field counts. */
static size_t min_length(size_t length, size_t announced)
{
	return announced < length ? announced : length;
}

bool mmc_parse_inquiry(const uint8_t *data, size_t length, uint8_t *ret_device_type, struct discern_drive_id *ret_id)
{
	enum { VENDOR = 8, PRODUCT = 16, REVISION = 32, STANDARD_SIZE = 36 };

	if (length < STANDARD_SIZE)
		return false;
	*ret_device_type = data[0] & 0x1f;
	memset(ret_id, 0, sizeof(*ret_id));
	text_from_field(data + VENDOR, sizeof(ret_id->vendor) - 1, ret_id->vendor);
	text_from_field(data + PRODUCT, sizeof(ret_id->product) - 1, ret_id->product);
	text_from_field(data + REVISION, sizeof(ret_id->revision) - 1, ret_id->revision);
	return true;
}

/* Serial numbers are padded with blanks on either side. */
static void copy_serial(const uint8_t *field, size_t field_size, char *ret_serial, size_t size)
{
	while (field_size > 0 && field[0] == ' ') {
		field++;
		field_size--;
	}
	if (field_size > size - 1)
		field_size = size - 1;
	text_from_field(field, field_size, ret_serial);
}

bool mmc_parse_inquiry_serial(const uint8_t *data, size_t length, char *ret_serial, size_t size)
{
	enum { HEADER_SIZE = 4, UNIT_SERIAL_NUMBER = 0x80 };

	if (length <= HEADER_SIZE || data[1] != UNIT_SERIAL_NUMBER)
		return false;
	copy_serial(data + HEADER_SIZE, min_length(length - HEADER_SIZE, data[3]), ret_serial, size);
	return ret_serial[0] != '\0';
}

/* ---- GET CONFIGURATION ---- */

enum { FEATURE_HEADER_SIZE = 8, FEATURE_DESCRIPTOR_SIZE = 4 };

bool mmc_parse_media_event(const uint8_t *data, size_t length, bool *ret_has_medium)
{
	enum { HEADER_SIZE = 4, NO_EVENT = 0x80, CLASS_MASK = 0x07, MEDIA_CLASS = 4, TRAY_OPEN = 0x01, PRESENT = 0x02 };

	if (length < HEADER_SIZE + 2 || get_be16(data) < 4 || (data[2] & NO_EVENT) ||
	    (data[2] & CLASS_MASK) != MEDIA_CLASS)
		return false;
	*ret_has_medium = (data[HEADER_SIZE + 1] & (TRAY_OPEN | PRESENT)) == PRESENT;
	return true;
}

bool mmc_parse_current_profile(const uint8_t *data, size_t length, uint16_t *ret_profile)
{
	if (length < FEATURE_HEADER_SIZE)
		return false;
	*ret_profile = get_be16(data + 6);
	return true;
}

bool mmc_find_feature(const uint8_t *data, size_t length, enum mmc_feature feature, struct mmc_feature_view *ret_view)
{
	size_t at = FEATURE_HEADER_SIZE;
	size_t end;

	if (length < FEATURE_HEADER_SIZE)
		return false;
	end = min_length(length, 4 + (size_t)get_be32(data));
	while (at + FEATURE_DESCRIPTOR_SIZE <= end) {
		size_t size = data[at + 3];

		if (at + FEATURE_DESCRIPTOR_SIZE + size > end)
			return false;
		if (get_be16(data + at) == (uint16_t)feature) {
			ret_view->data = data + at + FEATURE_DESCRIPTOR_SIZE;
			ret_view->length = size;
			ret_view->is_current = (data[at + 2] & 0x01) != 0;
			return true;
		}
		at += FEATURE_DESCRIPTOR_SIZE + size;
	}
	return false;
}

void mmc_copy_serial(const struct mmc_feature_view *feature, char *ret_serial, size_t size)
{
	copy_serial(feature->data, feature->length, ret_serial, size);
}

/* ---- disc and tracks ---- */

/* MMC-6 table 8: LBA = (M * 60 + S) * 75 + F - 150. 0 for no time of a disc (FF:FF:FF) and for those before 0. */
static uint32_t lead_out_from_msf(const uint8_t *msf)
{
	uint32_t frames;

	if (msf[1] >= 60 || msf[2] >= 75)
		return 0;
	frames = ((uint32_t)msf[0] * 60 + msf[1]) * 75 + msf[2];
	return frames < 150 ? 0 : frames - 150;
}

bool mmc_parse_disc_information(const uint8_t *data, size_t length, struct mmc_disc_information *ret_information)
{
	enum { LEAST_SIZE = 12, WITH_LEAD_OUT_SIZE = 24 };

	if (length < LEAST_SIZE)
		return false;
	length = min_length(length, 2 + (size_t)get_be16(data));
	if (length < LEAST_SIZE)
		return false;
	memset(ret_information, 0, sizeof(*ret_information));
	ret_information->status = (enum mmc_disc_status)(data[2] & 0x03);
	ret_information->is_erasable = (data[2] & 0x10) != 0;
	ret_information->n_sessions = (uint16_t)(data[9] << 8 | data[4]);
	ret_information->first_track = data[3];
	ret_information->last_track = (uint16_t)(data[11] << 8 | data[6]);
	if (length >= WITH_LEAD_OUT_SIZE)
		ret_information->cd_lead_out_lba = lead_out_from_msf(data + 21);
	return true;
}

bool mmc_parse_track_information(const uint8_t *data, size_t length, struct discern_track *ret_track)
{
	enum { LEAST_SIZE = 28, WITH_LAST_RECORDED_SIZE = 32, WITH_MSB_SIZE = 34 };
	uint32_t n_sectors;

	if (length < LEAST_SIZE)
		return false;
	length = min_length(length, 2 + (size_t)get_be16(data));
	if (length < LEAST_SIZE)
		return false;
	memset(ret_track, 0, sizeof(*ret_track));
	ret_track->number = data[2];
	ret_track->session = data[3];
	if (length >= WITH_MSB_SIZE) {
		ret_track->number = (uint16_t)(data[32] << 8 | data[2]);
		ret_track->session = (uint16_t)(data[33] << 8 | data[3]);
	}
	ret_track->is_damaged = (data[5] & 0x20) != 0;
	ret_track->is_data = (data[5] & 0x04) != 0;
	ret_track->is_blank = (data[6] & 0x40) != 0;
	ret_track->is_packet = (data[6] & 0x20) != 0;
	ret_track->start_lba = (int32_t)get_be32(data + 8);
	ret_track->has_next_writable = (data[7] & 0x01) != 0;
	ret_track->next_writable_lba = ret_track->has_next_writable ? (int32_t)get_be32(data + 12) : 0;
	ret_track->free_sectors = get_be32(data + 16);
	n_sectors = get_be32(data + 24);
	ret_track->n_sectors = n_sectors;
	ret_track->has_last_recorded = (data[7] & 0x02) != 0 && length >= WITH_LAST_RECORDED_SIZE;
	ret_track->last_recorded_lba = ret_track->has_last_recorded ? (int32_t)get_be32(data + 28) : 0;
	/* Sector numbers are 31 bits; a track beyond that is a broken answer. */
	return ret_track->free_sectors <= INT32_MAX && n_sectors <= INT32_MAX &&
	       (int64_t)ret_track->start_lba + n_sectors <= INT32_MAX;
}

bool mmc_parse_toc(const uint8_t *data, size_t length, struct mmc_toc_entry ret_entries[MMC_TOC_MAX], size_t *ret_n)
{
	enum { HEADER_SIZE = 4, ENTRY_SIZE = 8 };
	size_t n = 0;

	if (length < HEADER_SIZE)
		return false;
	length = min_length(length, 2 + (size_t)get_be16(data));
	for (size_t at = HEADER_SIZE; at + ENTRY_SIZE <= length && n < MMC_TOC_MAX; at += ENTRY_SIZE) {
		uint8_t number = data[at + 2];

		if ((number == 0 || number > 99) && number != MMC_TOC_LEAD_OUT)
			continue;
		ret_entries[n].number = number;
		ret_entries[n].is_data = (data[at + 1] & 0x04) != 0;
		ret_entries[n].start_lba = (int32_t)get_be32(data + at + 4);
		n++;
	}
	*ret_n = n;
	return n > 0;
}

/* ---- sizes ---- */

bool mmc_parse_capacity(const uint8_t *data, size_t length, uint32_t *ret_n_sectors)
{
	uint32_t last;

	if (length < 8)
		return false;
	last = get_be32(data);
	*ret_n_sectors = last == 0 || last >= INT32_MAX ? 0 : last + 1;
	return true;
}

bool mmc_parse_format_capacity(const uint8_t *data, size_t length, struct mmc_format_capacity *ret_capacity)
{
	enum { HEADER_SIZE = 4, DESCRIPTOR_SIZE = 8, UNFORMATTED = 1, FORMATTED = 2 };
	unsigned type;

	if (length < HEADER_SIZE + DESCRIPTOR_SIZE || data[3] < DESCRIPTOR_SIZE)
		return false;
	type = data[HEADER_SIZE + 4] & 0x03;
	ret_capacity->n_sectors = get_be32(data + HEADER_SIZE);
	ret_capacity->is_formatted = type == FORMATTED;
	return (type == UNFORMATTED || type == FORMATTED) && ret_capacity->n_sectors <= INT32_MAX;
}

bool mmc_parse_dvd_physical(const uint8_t *data, size_t length, uint32_t *ret_n_sectors)
{
	enum { HEADER_SIZE = 4, NEEDED_SIZE = HEADER_SIZE + 16, ADDRESS_MASK = 0xffffff };
	const uint8_t *physical = data + HEADER_SIZE;
	uint32_t start, end, end_layer_0;
	bool has_two_layers, is_opposite;

	if (length < NEEDED_SIZE || 2 + (size_t)get_be16(data) < NEEDED_SIZE)
		return false;
	/* Of the four bytes of each address the first is 0 (MMC-6, physical format information). tgtd puts them elsewhere. */
	if (physical[4] != 0 || physical[8] != 0 || physical[12] != 0)
		return false;
	has_two_layers = (physical[2] >> 5 & 0x03) == 1;
	is_opposite = (physical[2] & 0x10) != 0;
	start = get_be24(physical + 5);
	end = get_be24(physical + 9);
	end_layer_0 = get_be24(physical + 13);
	if (!has_two_layers || !is_opposite) {
		/* With parallel tracks each layer begins at the same address: this then is layer 1's end, and the
		 * drive shows the layers as one after the other only by READ CAPACITY. */
		if (has_two_layers || end < start)
			return false;
		*ret_n_sectors = end - start + 1;
		return true;
	}
	/* ECMA-267 clause 13.1: layer 1 counts back from the inverted last address of layer 0. */
	if (end_layer_0 < start || end < (~end_layer_0 & ADDRESS_MASK))
		return false;
	*ret_n_sectors = (end_layer_0 - start + 1) + (end - (~end_layer_0 & ADDRESS_MASK) + 1);
	return true;
}

bool mmc_parse_layer_boundary(const uint8_t *data, size_t length, uint32_t *ret_n_sectors, bool *ret_is_set)
{
	enum { NEEDED_SIZE = 4 + 8, IS_SET = 0x80 };
	uint32_t n_sectors;

	if (length < NEEDED_SIZE || 2 + (size_t)get_be16(data) < NEEDED_SIZE)
		return false;
	n_sectors = get_be32(data + 8);
	if (n_sectors == 0 || n_sectors > INT32_MAX)
		return false;
	*ret_n_sectors = n_sectors;
	*ret_is_set = data[4] & IS_SET;
	return true;
}

bool mmc_parse_copyright(const uint8_t *data, size_t length, uint8_t *ret_protection)
{
	if (length < 8)
		return false;
	*ret_protection = data[4];
	return true;
}

bool mmc_parse_capabilities(const uint8_t *data, size_t length, struct mmc_capabilities *ret_capabilities)
{
	enum { HEADER_SIZE = 8, PAGE_CODE = 0x2a, NEEDED_SIZE = 14 };
	const uint8_t *page;
	size_t at, page_length;

	if (length < HEADER_SIZE)
		return false;
	length = min_length(length, 2 + (size_t)get_be16(data));
	/* Some drives send block descriptors although they were asked not to. */
	at = HEADER_SIZE + (size_t)get_be16(data + 6);
	if (at + 2 > length)
		return false;
	page = data + at;
	page_length = min_length(length - at, 2 + (size_t)page[1]);
	if ((page[0] & 0x3f) != PAGE_CODE || page_length < NEEDED_SIZE)
		return false;
	ret_capabilities->can_underrun_proof = (page[4] & 0x80) != 0;
	ret_capabilities->can_c2 = (page[5] & 0x10) != 0;
	ret_capabilities->can_lock = (page[6] & 0x01) != 0;
	ret_capabilities->can_eject = (page[6] & 0x08) != 0;
	ret_capabilities->max_read_kbps = get_be16(page + 8);
	ret_capabilities->buffer_kib = get_be16(page + 12);
	return true;
}
