/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MODE SENSE and MODE SELECT (SPC-4 6.11 to 6.14) with the pages of MMC-6 clause 7. */
#include <string.h>

#include "base/bytes.h"
#include "vdrive/drive.h"
#include "vdrive/mmc/defaults.h"
#include "vdrive/mmc/test_write.h"
#include "vdrive/mmc/write_page.h"

enum { PAGE_RECOVERY = 0x01, PAGE_WRITE = 0x05, PAGE_AUDIO = 0x0e, PAGE_CAPABILITIES = 0x2a, PAGE_ALL = 0x3f };

/* The page control field of MODE SENSE. */
enum page_control { PAGE_CURRENT, PAGE_CHANGEABLE, PAGE_DEFAULT, PAGE_SAVED };

/* The longest page is 2Ah with all its write speed descriptors. */
#define MAX_PAGE (32 + 4 * VDRIVE_MAX_SPEEDS)
#define MAX_ANSWER 256

/* MMC-6 7.3: read and write retries. */
static const uint8_t recovery_default[12] = { PAGE_RECOVERY, 0x0a, 0, 32, 0, 0, 0, 0, 1 };
static const uint8_t recovery_changeable[12] = { PAGE_RECOVERY, 0x0a, 0x37, 0xff, 0, 0, 0, 0, 0xff };

/* MMC-6 annex E: PLAY is answered at once; both ports at full volume. */
static const uint8_t audio_default[16] = { PAGE_AUDIO, 0x0e, 0x04, [8] = 1, [9] = 0xff, [10] = 2, [11] = 0xff };
/* SOTC, and the channel and volume of two ports. */
static const uint8_t audio_changeable[16] = {
	PAGE_AUDIO, 0x0e, 0x02, [8] = 0x0f, [9] = 0xff, [10] = 0x0f, [11] = 0xff
};

/* Pages that stay as they are: caching (write cache on), CD device parameters (60 seconds, 75 frames), power
 * condition, time-out and protect (60 s and 300 s). */
static const uint8_t caching[12] = { 0x08, 0x0a, 0x04 };
static const uint8_t cd_device[8] = { 0x0d, 0x06, [5] = 60, [7] = 75 };
static const uint8_t power_condition[12] = { 0x1a, 0x0a };
static const uint8_t time_out[12] = { 0x1d, 0x0a, [7] = 60, [8] = 300 >> 8, [9] = 300 & 0xff };

struct fixed_page {
	const uint8_t *bytes;
	size_t size;
};

static const struct fixed_page fixed_pages[] = {
	{ caching, sizeof(caching) },
	{ cd_device, sizeof(cd_device) },
	{ power_condition, sizeof(power_condition) },
	{ time_out, sizeof(time_out) },
};

static const uint8_t page_codes[] = {
	PAGE_RECOVERY, PAGE_WRITE, 0x08, 0x0d, PAGE_AUDIO, 0x1a, 0x1d, PAGE_CAPABILITIES
};

void vdrive_reset_pages(struct vdrive *drive)
{
	memcpy(drive->recovery_page, recovery_default, sizeof(recovery_default));
	memcpy(drive->write_page.bytes, write_page_default, WRITE_PAGE_SIZE);
	memcpy(drive->audio_page, audio_default, sizeof(audio_default));
}

/** The page has 16 bits for a speed, up to 14x of a BD: who wants to know of more asks GET PERFORMANCE. */
static void put_speed(uint8_t *bytes, uint32_t kbps)
{
	put_be16(bytes, kbps < UINT16_MAX ? (uint16_t)kbps : UINT16_MAX);
}

/** MMC-6 7.11, C/DVD capabilities and mechanical status. */
static size_t capabilities_page(const struct vdrive *drive, uint8_t *page)
{
	size_t n;
	const uint32_t *speeds = vdrive_write_speeds(drive, &n);

	for (; n > 0 && speeds[0] > UINT16_MAX; speeds++)
		n--;
	page[0] = PAGE_CAPABILITIES;
	page[1] = (uint8_t)(30 + 4 * n);
	page[2] = 0x3b; /* reads CD-R, CD-RW, DVD-ROM, DVD-R and DVD-RAM */
	page[3] = 0x37; /* writes CD-R, CD-RW, DVD-R and DVD-RAM, with test write */
	page[4] = 0xf1; /* buffer underrun free, multi-session, Mode 2 forms 1 and 2, audio is played */
	/* READ CD with CD-DA, which starts where it was told to; R to W, de-interleaved and corrected; ISRC, MCN. */
	page[5] = (uint8_t)(0x6f | (drive->has_c2 ? 0x10 : 0));
	page[6] = 0x29;                                              /* tray; can be ejected and locked */
	page[7] = (uint8_t)(0x03 | (drive->has_cd_text ? 0x20 : 0)); /* channels apart; R to W of the lead-in */
	if (drive->removal_prevented)
		page[6] |= 0x02;
	put_speed(page + 8, vdrive_max_read_kbps(drive));
	put_be16(page + 10, 256); /* levels of volume */
	put_be16(page + 12, VDRIVE_BUFFER_SIZE / 1024);
	put_speed(page + 14, drive->read_kbps);
	put_be16(page + 18, (uint16_t)(n > 0 ? speeds[0] : 0));
	put_speed(page + 20, drive->write_kbps);
	put_speed(page + 28, drive->write_kbps);
	put_be16(page + 30, (uint16_t)n);
	for (size_t i = 0; i < n; i++)
		put_be16(page + 32 + 4 * i + 2, (uint16_t)speeds[i]);
	return 32 + 4 * n;
}

static size_t choose(uint8_t *page, size_t size, enum page_control control, const uint8_t *const versions[3])
{
	memcpy(page, versions[control], size);
	return size;
}

/** Writes one page; its size, or 0 if the drive has no such page. */
static size_t build_page(const struct vdrive *drive, uint8_t code, enum page_control control, uint8_t *page)
{
	const uint8_t *const recovery[] = { drive->recovery_page, recovery_changeable, recovery_default };
	const uint8_t *const writing[] = { drive->write_page.bytes, write_page_changeable, write_page_default };
	const uint8_t *const audio[] = { drive->audio_page, audio_changeable, audio_default };
	size_t size = 0;

	if (code == PAGE_AUDIO)
		return choose(page, sizeof(audio_default), control, audio);
	if (code == PAGE_RECOVERY)
		return choose(page, sizeof(recovery_default), control, recovery);
	if (code == PAGE_WRITE)
		return choose(page, WRITE_PAGE_SIZE, control, writing);
	if (code == PAGE_CAPABILITIES)
		size = capabilities_page(drive, page);
	for (size_t i = 0; i < sizeof(fixed_pages) / sizeof(fixed_pages[0]); i++) {
		if (fixed_pages[i].bytes[0] != code)
			continue;
		size = fixed_pages[i].size;
		memcpy(page, fixed_pages[i].bytes, size);
	}
	/* Nothing of these pages can be changed: only code and length are left. */
	if (size > 2 && control == PAGE_CHANGEABLE)
		memset(page + 2, 0, size - 2);
	return size;
}

/** Appends the pages asked for to the header of header_size bytes; the size of all, 0 if there is no such page. */
static size_t build_answer(const struct vdrive *drive, const uint8_t *cdb, size_t header_size,
			   uint8_t answer[MAX_ANSWER])
{
	uint8_t code = cdb[2] & 0x3f;
	enum page_control control = cdb[2] >> 6;
	uint8_t page[MAX_PAGE];
	size_t size = header_size;

	for (size_t i = 0; i < sizeof(page_codes); i++) {
		size_t n;

		if (code != PAGE_ALL && code != page_codes[i])
			continue;
		memset(page, 0, sizeof(page));
		n = build_page(drive, page_codes[i], control, page);
		memcpy(answer + size, page, n);
		size += n;
	}
	return size > header_size ? size : 0;
}

static int mode_sense(struct vdrive_call *call, size_t header_size, size_t allocation_length)
{
	const uint8_t *cdb = call->cdb;
	uint8_t answer[MAX_ANSWER] = { 0 };
	size_t size;

	if (cdb[2] >> 6 == PAGE_SAVED)
		return vdrive_check_condition(call, 5, 0x39, 0);
	/* No subpages; "all pages and subpages" (3Fh/FFh) then means all pages. */
	if (cdb[3] != 0 && !(cdb[3] == 0xff && (cdb[2] & 0x3f) == PAGE_ALL))
		return vdrive_invalid_field(call, 3);
	size = build_answer(call->drive, cdb, header_size, answer);
	if (size == 0)
		return vdrive_invalid_field(call, 2);
	/* Never a block descriptor, so DBD changes nothing (MMC-6 7.2.2). */
	if (header_size == 8)
		put_be16(answer, (uint16_t)(size - 2));
	else
		answer[0] = (uint8_t)(size - 1);
	return vdrive_give(call, answer, size, allocation_length);
}

static int mode_sense_6(struct vdrive_call *call)
{
	return mode_sense(call, 4, call->cdb[4]);
}

static int mode_sense_10(struct vdrive_call *call)
{
	return mode_sense(call, 8, get_be16(call->cdb + 7));
}

/** 0 if the page at a byte of the list can be set: it has its own length, and differs only where it may. */
static int check_page(struct vdrive_call *call, size_t at, size_t available, size_t *ret_size)
{
	const uint8_t *page = call->command->data + at;
	uint8_t current[MAX_PAGE] = { 0 }, changeable[MAX_PAGE] = { 0 };
	uint8_t code = page[0] & 0x3f;
	size_t size = build_page(call->drive, code, PAGE_CURRENT, current), wrong;

	/* SPF and PS are reserved here: no subpages, nothing saved. */
	if (size == 0 || page[0] & 0x40)
		return vdrive_invalid_parameter_at(call, at);
	if (page[1] != size - 2)
		return vdrive_invalid_parameter_at(call, at + 1);
	if (size > available)
		return vdrive_check_condition(call, 5, 0x1a, 0);
	build_page(call->drive, code, PAGE_CHANGEABLE, changeable);
	for (size_t i = 2; i < size; i++)
		if ((page[i] ^ current[i]) & ~changeable[i])
			return vdrive_invalid_parameter_at(call, at + i);
	if (code == PAGE_WRITE && !write_page_is_possible(call->drive, page, &wrong))
		return vdrive_invalid_parameter_at(call, at + wrong);
	*ret_size = size;
	return 0;
}

static void set_page(struct vdrive *drive, const uint8_t *page)
{
	uint8_t code = page[0] & 0x3f;

	if (code == PAGE_RECOVERY)
		memcpy(drive->recovery_page + 2, page + 2, sizeof(drive->recovery_page) - 2);
	else if (code == PAGE_AUDIO)
		memcpy(drive->audio_page + 2, page + 2, sizeof(drive->audio_page) - 2);
	else if (code == PAGE_WRITE)
		memcpy(drive->write_page.bytes + 2, page + 2, sizeof(drive->write_page.bytes) - 2);
}

static int mode_select(struct vdrive_call *call, size_t header_size, size_t list_length)
{
	const uint8_t *list = call->command->data;
	size_t descriptors, first, size = 0;
	int ret;

	/* PF: the pages are the standard's. SP: nothing can be saved. */
	if (!(call->cdb[1] & 0x10) || call->cdb[1] & 1)
		return vdrive_invalid_field(call, 1);
	ret = vdrive_take(call, list_length);
	if (ret != 0 || list_length == 0)
		return ret;
	if (list_length < header_size)
		return vdrive_check_condition(call, 5, 0x1a, 0);
	descriptors = header_size == 8 ? get_be16(list + 6) : list[3];
	if (descriptors != 0 && descriptors != 8)
		return vdrive_invalid_parameter(call);
	first = header_size + descriptors;
	if (first > list_length)
		return vdrive_check_condition(call, 5, 0x1a, 0);
	/* All pages are checked before one is set (SPC-4 6.9). */
	for (size_t at = first; at < list_length; at += size) {
		if (list_length - at < 2)
			return vdrive_check_condition(call, 5, 0x1a, 0);
		ret = check_page(call, at, list_length - at, &size);
		if (ret != 0)
			return ret;
	}
	for (size_t at = first; at < list_length; at += 2u + list[at + 1])
		set_page(call->drive, list + at);
	if (!write_page_is_test(call->drive))
		vdrive_end_test(call->drive);
	return 0;
}

static int mode_select_6(struct vdrive_call *call)
{
	return mode_select(call, 4, call->cdb[4]);
}

static int mode_select_10(struct vdrive_call *call)
{
	return mode_select(call, 8, get_be16(call->cdb + 7));
}

const struct vdrive_opcode vdrive_opcodes_mode[] = {
	{ 0x15, 6, "MODE SELECT(6)", mode_select_6, false },
	{ 0x1a, 6, "MODE SENSE(6)", mode_sense_6, false },
	{ 0x55, 10, "MODE SELECT(10)", mode_select_10, false },
	{ 0x5a, 10, "MODE SENSE(10)", mode_sense_10, false },
	{ 0 },
};
