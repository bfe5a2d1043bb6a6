/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every opcode, with every bit of its command descriptor block: a field that is refused is named by the field pointer
 * (SPC-4 4.5.2.4.2), a command that is not known is refused as such, and what the standard gives no meaning to neither
 * crashes nor changes anything that a later command would see. */
#include <string.h>

#include "base/bytes.h"
#include "support/virtual_drive.h"
#include "unit/unit.h"

enum { GOOD = 0, INVALID_OPCODE = 0x052000, INVALID_FIELD = 0x052400, OUT_OF_RANGE = 0x052100 };

static struct test_drive t;

static size_t cdb_length(uint8_t opcode)
{
	static const uint8_t lengths[] = { 6, 10, 10, 10, 16, 12, 10, 10 };

	return lengths[opcode >> 5];
}

/* In each direction, as the opcode does not tell which one it has. */
static unsigned execute(const uint8_t *cdb, enum vdrive_direction direction)
{
	static uint8_t room[65536];
	struct vdrive_command command = { cdb, cdb_length(cdb[0]), direction, room,
					  direction == VDRIVE_NO_DATA ? 0 : sizeof(room) };

	memset(room, 0, sizeof(room));
	return test_execute(&t, &command);
}

/* Leaves tray and medium alone: START STOP UNIT, FORMAT UNIT, BLANK, CLOSE TRACK/SESSION. */
static bool moves_something(uint8_t opcode)
{
	static const uint8_t opcodes[] = { 0x1b, 0x04, 0xa1, 0x5b };

	return memchr(opcodes, opcode, sizeof(opcodes)) != NULL;
}

static bool is_known(uint8_t opcode)
{
	const uint8_t cdb[12] = { opcode };

	return execute(cdb, VDRIVE_NO_DATA) != INVALID_OPCODE;
}

/* The pointer is to the field with the changed byte, which may begin up to three bytes before it. */
static void check_pointer(const uint8_t *cdb, size_t changed)
{
	const uint8_t *sense = t.answer.sense;
	unsigned pointer = get_be16(sense + 16);

	/* SKSV and C/D: the pointer is there, and it is to the command. */
	if ((sense[15] & 0xc0) != 0xc0 || pointer == 0 || pointer >= cdb_length(cdb[0]))
		fail_msg("opcode %02x, byte %zu: field pointer %02x %02x %02x", cdb[0], changed, sense[15], sense[16],
			 sense[17]);
}

static void try_bits(uint8_t opcode, enum vdrive_direction direction)
{
	uint8_t base[16] = { opcode };
	unsigned usual = execute(base, direction);

	for (size_t byte = 1; byte < cdb_length(opcode); byte++)
		for (unsigned bit = 0; bit < 8; bit++) {
			uint8_t cdb[16] = { opcode };
			unsigned sense;

			cdb[byte] = (uint8_t)(1u << bit);
			sense = execute(cdb, direction);
			assert_int_not_equal(sense, INVALID_OPCODE);
			if (sense == INVALID_FIELD)
				check_pointer(cdb, byte);
			/* What a later field says makes none before it wrong, but for READ TOC, which has its format
			 * in byte 2, and for old hosts in byte 9. */
			if (sense == INVALID_FIELD && usual == GOOD && !(opcode == 0x43 && byte == 9)) {
				unsigned pointer = get_be16(t.answer.sense + 16);

				if (pointer + 3 < byte)
					fail_msg("opcode %02x, byte %zu bit %u: field pointer %u", opcode, byte, bit,
						 pointer);
			}
		}
}

static void try_medium(const char *media)
{
	unsigned n_known = 0;

	test_drive_open(&t, media, media != NULL && strstr(media, "rom") != NULL ? 400000 : 4096);
	for (unsigned opcode = 0; opcode < 256; opcode++) {
		if (!is_known((uint8_t)opcode))
			continue;
		n_known++;
		if (moves_something((uint8_t)opcode))
			continue;
		try_bits((uint8_t)opcode, VDRIVE_TO_HOST);
		try_bits((uint8_t)opcode, VDRIVE_NO_DATA);
	}
	assert_in_range(n_known, 45, 80);
	/* Whatever all of these were, the drive is as it was. */
	test_run(&t, CDB(0x1e));
	assert_int_equal(test_run(&t, CDB(0x00)), media != NULL ? GOOD : 0x023a01);
	test_drive_close(&t);
}

static void test_no_medium(void **state)
{
	(void)state;
	try_medium(NULL);
}

static void test_each_medium(void **state)
{
	static const char *const media[] = { "dvd-rom", "cd-r", "dvd+r", "dvd-ram", "bd-re", "bd-r" };

	(void)state;
	for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++)
		try_medium(media[i]);
}

/* Bits that MMC-6 reserves, or whose function this drive has not, where it looks at them: the byte that is named. */
static void test_refused(void **state)
{
	static const struct {
		uint8_t cdb[12], pointer;
	} wrong[] = {
		{ { 0x28, 0xe0 }, 1 },                       /* READ(10): reserved, RDPROTECT */
		{ { 0x12, 0x02 }, 1 },                       /* INQUIRY: CMDDT */
		{ { 0x12, 0, 0x80 }, 2 },                    /* a page without EVPD */
		{ { 0x12, 1, 0x99 }, 2 },                    /* a page that is not there */
		{ { 0x03, 1 }, 1 },                          /* REQUEST SENSE: DESC */
		{ { 0x5a, 0, 0x3e, 0, 0, 0, 0, 0, 64 }, 2 }, /* MODE SENSE: a page that is not there */
		{ { 0x5a, 0, 0x2a, 7, 0, 0, 0, 0, 64 }, 3 }, /* a subpage */
		{ { 0x55, 0x01 }, 1 },                       /* MODE SELECT: SP */
		{ { 0x46, 3 }, 1 },                          /* GET CONFIGURATION: RT reserved */
		{ { 0x4a, 0, 0, 0, 0x10 }, 1 },              /* GET EVENT STATUS: asynchronous */
		{ { 0x51, 5 }, 1 },                          /* READ DISC INFORMATION: data type reserved */
		{ { 0x52, 3 }, 1 },                          /* READ TRACK INFORMATION: address type reserved */
		{ { 0x52, 1, 0, 0, 0, 99 }, 2 },             /* a track that is not there */
		{ { 0x25, 0, 0, 0, 0, 1 }, 2 },              /* READ CAPACITY: an address */
		{ { 0x25, 0, 0, 0, 0, 0, 0, 0, 1 }, 8 },     /* PMI */
		{ { 0xac, 0, [9] = 1, [10] = 1 }, 10 },      /* GET PERFORMANCE: unusable areas */
		{ { 0xac, 0, [9] = 1, [10] = 2 }, 10 },      /* defect status */
		{ { 0xac, 0, [9] = 1, [10] = 4 }, 10 },      /* defective block information */
		{ { 0xac, 0x1f, [9] = 1, [10] = 3 }, 1 },    /* data type of write speeds */
		{ { 0xad, 2, [9] = 64 }, 1 },                /* READ DISC STRUCTURE: media type reserved */
		{ { 0xad, 0, [6] = 9, [9] = 64 }, 6 },       /* a layer that is not there */
		{ { 0xad, 0, [7] = 0x70, [9] = 64 }, 7 },    /* a format that is not there */
		{ { 0xa4, [7] = 9, [9] = 8 }, 7 },           /* REPORT KEY: key class reserved */
		{ { 0xa3, [7] = 9, [9] = 8 }, 7 },           /* SEND KEY */
		{ { 0xab, 9 }, 1 },                          /* another service action */
		{ { 0xb6, [8] = 7, [10] = 28 }, 8 },         /* SET STREAMING: type */
		{ { 0xbb, 3 }, 1 },                          /* SET CD SPEED: rotation reserved */
		{ { 0x2f, 0x02 }, 1 },                       /* VERIFY(10): BYTCHK */
	};

	(void)state;
	test_drive_open(&t, "dvd-rom", 4000);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		unsigned sense = execute(wrong[i].cdb, VDRIVE_TO_HOST);

		if (sense != INVALID_FIELD || get_be16(t.answer.sense + 16) != wrong[i].pointer)
			fail_msg("%zu, opcode %02x: sense %06x, field pointer %u instead of %u", i, wrong[i].cdb[0],
				 sense, get_be16(t.answer.sense + 16), wrong[i].pointer);
		check_pointer(wrong[i].cdb, wrong[i].pointer);
	}
	test_drive_close(&t);
}

static void test_set_read_ahead(void **state)
{
	(void)state;
	test_drive_open(&t, NULL, 0);
	assert_int_equal(test_run(&t, CDB(0xa7)), 0x023a01);
	test_drive_close(&t);
	test_drive_open(&t, "dvd-rom", 4000);
	assert_int_equal(test_run(&t, CDB(0xa7, 0, 0, 0, 0, 16, 0, 0, 1, 0)), GOOD);
	assert_int_equal(test_run(&t, CDB(0xa7, 0, 0, 0, 0x0f, 0xa0, 0, 0, 1, 0)), OUT_OF_RANGE);
	assert_int_equal(test_run(&t, CDB(0xa7, 0, 0, 0, 0, 16, 0, 0, 0x0f, 0xa0)), OUT_OF_RANGE);
	assert_int_equal(get_be32(t.answer.sense + 3), 4000);
	test_drive_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_medium),
		cmocka_unit_test(test_each_medium),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_set_read_ahead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
