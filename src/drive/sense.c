/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/sense.h"

#include <errno.h>

#include "base/bytes.h"

/* SPC-4 4.5.2, 4.5.3. */
enum {
	RESPONSE_FIXED = 0x70,
	RESPONSE_FIXED_DEFERRED = 0x71,
	RESPONSE_DESCRIPTOR = 0x72,
	RESPONSE_DESCRIPTOR_DEFERRED = 0x73,
	DESCRIPTOR_INFORMATION = 0x00,
	DESCRIPTOR_HEADER_SIZE = 8,
	DESCRIPTOR_INFORMATION_SIZE = 12,
};

static bool parse_fixed(const uint8_t *bytes, size_t length, struct sense_details *ret_details)
{
	if (length < 3)
		return false;
	ret_details->sense.key = bytes[2] & 0x0f;
	/* ADDITIONAL SENSE LENGTH may end the data before ASC and ASCQ. */
	if (length >= 14 && bytes[7] >= 6) {
		ret_details->sense.asc = bytes[12];
		ret_details->sense.ascq = bytes[13];
	}
	if (length >= 7 && (bytes[0] & 0x80) != 0) {
		ret_details->has_information = true;
		ret_details->information = get_be32(bytes + 3);
	}
	return true;
}

static void parse_descriptors(const uint8_t *bytes, size_t length, struct sense_details *ret_details)
{
	size_t end = DESCRIPTOR_HEADER_SIZE + (size_t)bytes[7];
	size_t at = DESCRIPTOR_HEADER_SIZE;

	if (end > length)
		end = length;
	while (at + 2 <= end) {
		size_t size = 2 + (size_t)bytes[at + 1];

		if (bytes[at] == DESCRIPTOR_INFORMATION && size >= DESCRIPTOR_INFORMATION_SIZE && at + size <= end &&
		    (bytes[at + 2] & 0x80) != 0 && get_be32(bytes + at + 4) == 0) {
			ret_details->has_information = true;
			ret_details->information = get_be32(bytes + at + 8);
		}
		at += size;
	}
}

static bool parse_descriptor_format(const uint8_t *bytes, size_t length, struct sense_details *ret_details)
{
	if (length < 4)
		return false;
	ret_details->sense.key = bytes[1] & 0x0f;
	ret_details->sense.asc = bytes[2];
	ret_details->sense.ascq = bytes[3];
	if (length >= DESCRIPTOR_HEADER_SIZE)
		parse_descriptors(bytes, length, ret_details);
	return true;
}

bool sense_parse(const uint8_t *bytes, size_t length, struct sense_details *ret_details)
{
	uint8_t response = length > 0 ? bytes[0] & 0x7f : 0;

	*ret_details = (struct sense_details){ 0 };
	ret_details->is_deferred = response == RESPONSE_FIXED_DEFERRED || response == RESPONSE_DESCRIPTOR_DEFERRED;
	if (response == RESPONSE_FIXED || response == RESPONSE_FIXED_DEFERRED)
		return parse_fixed(bytes, length, ret_details);
	if (response == RESPONSE_DESCRIPTOR || response == RESPONSE_DESCRIPTOR_DEFERRED)
		return parse_descriptor_format(bytes, length, ret_details);
	return false;
}

static int not_ready_errno(struct discern_sense sense)
{
	/* ASCQ 03h: manual intervention required; no waiting helps. */
	if (sense.asc == ASC_NOT_READY)
		return sense.ascq == 0x03 ? -EIO : -EAGAIN;
	if (sense.asc == ASC_MEDIUM_NOT_PRESENT)
		return -ENOMEDIUM;
	if (sense.asc == ASC_INCOMPATIBLE_MEDIUM)
		return -EMEDIUMTYPE;
	return -EIO;
}

static int illegal_request_errno(struct discern_sense sense)
{
	switch (sense.asc) {
	case 0x1a: /* parameter list length error */
	case ASC_INVALID_OPCODE:
	case ASC_INVALID_FIELD_IN_CDB:
	case ASC_INVALID_FIELD_IN_PARAMETERS:
	case 0x39: /* saving parameters not supported */
		return -EOPNOTSUPP;
	case ASC_LBA_OUT_OF_RANGE:
	case ASC_END_OF_USER_AREA:
	case ASC_ILLEGAL_MODE_FOR_TRACK:
		return -ENXIO;
	case ASC_INCOMPATIBLE_MEDIUM:
		return -EMEDIUMTYPE;
	case ASC_MEDIUM_REMOVAL:
		return -EBUSY;
	case ASC_COPY_PROTECTION:
		return -EKEYREJECTED;
	default:
		return -EIO;
	}
}

int sense_errno(struct discern_sense sense)
{
	switch ((enum sense_key)sense.key) {
	case SENSE_RECOVERED_ERROR:
		return 0;
	case SENSE_NOT_READY:
		return not_ready_errno(sense);
	case SENSE_ILLEGAL_REQUEST:
		return illegal_request_errno(sense);
	case SENSE_UNIT_ATTENTION:
		return sense.asc == ASC_MEDIUM_MAY_HAVE_CHANGED || sense.asc == ASC_RESET ? -ESTALE : -EAGAIN;
	case SENSE_DATA_PROTECT:
		return -EROFS;
	case SENSE_BLANK_CHECK:
		return -ENXIO;
	case SENSE_NO_SENSE:
	case SENSE_MEDIUM_ERROR:
	case SENSE_HARDWARE_ERROR:
	case SENSE_ABORTED_COMMAND:
	default:
		return -EIO;
	}
}
