/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drives with caches of all sizes, which ignore FUA: what is asked for after source_forget() comes from the disc. */
#include "unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "drive/cd_whole.h"
#include "drive/drive_private.h"
#include "drive/drive_source.h"
#include "drive/mmc.h"
#include "support/fake_transport.h"

enum { N_SECTORS = 100000, MIB = 512, FIRST = 30000, N_WANTED = 64 };

static const uint8_t capacity[8] = { 0, 1, 0x86, 0x9f, 0, 0, 8, 0 };
static const struct discern_medium medium = {
	.profile = DISCERN_PROFILE_DVD_ROM,
	.state = DISCERN_MEDIUM_COMPLETE,
	.read_capacity_sectors = N_SECTORS,
};

/* A drive that answers at once what is among the last sectors that it has read, and else goes to the place. */
static struct caching_drive {
	struct transport transport;
	struct fake_transport fake;
	uint32_t cache_sectors;
	/** How many sectors the drive had read in all when it read each; 0 for not. */
	uint64_t stamps[N_SECTORS], n_read;
	bool honours_fua;
} cached;

static bool is_cached(uint32_t lba)
{
	return cached.stamps[lba] > 0 && cached.n_read - cached.stamps[lba] < cached.cache_sectors;
}

static int execute(struct transport *transport, const struct scsi_command *command, struct scsi_result *ret_result)
{
	bool is_whole = command->cdb[0] == MMC_READ_CD;
	uint32_t lba = get_be32(command->cdb + 2), n = is_whole ? get_be24(command->cdb + 6) : get_be16(command->cdb + 7);
	int ret = cached.fake.transport.ops->execute(&cached.fake.transport, command, ret_result);
	bool is_far = cached.honours_fua && command->cdb[1] & 0x08;

	(void)transport;
	if (command->cdb[0] != MMC_READ_10 && !is_whole)
		return ret;
	for (uint32_t i = lba; i < lba + n && i < N_SECTORS; i++)
		is_far |= !is_cached(i);
	for (uint32_t i = lba; is_far && i < lba + n && i < N_SECTORS; i++)
		cached.stamps[i] = ++cached.n_read;
	ret_result->duration_ms = is_far ? 20 : 0;
	return ret;
}

static void close_transport(struct transport *transport)
{
	(void)transport;
}

static struct discern_drive *drive;

static void start_drive(uint32_t cache_sectors)
{
	static const struct transport_ops ops = { execute, close_transport };
	struct fake_answer *answer;

	memset(&cached, 0, sizeof(cached));
	cached.transport.ops = &ops;
	cached.cache_sectors = cache_sectors;
	fake_transport_init(&cached.fake);
	fake_transport_be_drive(&cached.fake);
	answer = fake_transport_answer(&cached.fake, MMC_READ_CAPACITY);
	answer->data = capacity;
	answer->data_length = sizeof(capacity);
	fake_transport_answer(&cached.fake, MMC_READ_10);
	fake_transport_answer(&cached.fake, MMC_READ_CD);
	assert_int_equal(drive_open_on(&cached.transport, "/dev/sr9", &drive, NULL), 0);
}

static struct discern_source *open_drive(uint32_t cache_sectors)
{
	struct discern_source *source = NULL;

	start_drive(cache_sectors);
	assert_int_equal(drive_source_open(drive, &medium, NULL, &source, NULL), 0);
	return source;
}

static void leave(struct discern_source *source)
{
	source_close(source);
	drive = discern_drive_close(drive);
}

/* Reads some sectors, has them forgotten, and looks whether the drive still holds them. Returns how many were read for it. */
static uint64_t forget(struct discern_source *source, uint32_t first)
{
	static uint8_t sectors[N_WANTED * DISCERN_SECTOR_SIZE];
	uint64_t before;

	assert_int_equal(source_read(source, (int32_t)first, N_WANTED, sectors, NULL), 0);
	before = cached.n_read;
	assert_int_equal(source_forget(source, (int32_t)first, N_WANTED, NULL), 0);
	return cached.n_read - before;
}

static void assert_forgotten(uint32_t first)
{
	/* The first one was read to prove it, and has come from the disc by that. */
	for (uint32_t i = 1; i < N_WANTED; i++)
		assert_false(is_cached(first + i));
}

/* Caches of drives, and what is to be read elsewhere for each. */
static const struct {
	uint32_t cache_mib, away_mib;
} drives[] = { { 2, 8 }, { 7, 8 }, { 9, 16 }, { 15, 16 }, { 17, 32 }, { 31, 32 } };

static void far_reads_grow_with_the_cache(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(drives) / sizeof(drives[0]); i++) {
		struct discern_source *source = open_drive(drives[i].cache_mib * MIB);
		char words[32];

		forget(source, FIRST);
		assert_forgotten(FIRST);
		snprintf(words, sizeof(words), "reading %u MiB elsewhere, ", drives[i].away_mib);
		assert_non_null(strstr(source->forget_words, words));
		assert_non_null(strstr(source->forget_words, "takes the way back"));
		/* What was learned is kept: the next time it is done at once, also from the other half of the disc. */
		assert_int_equal(forget(source, N_SECTORS - 1000), drives[i].away_mib * MIB);
		assert_forgotten(N_SECTORS - 1000 - 1);
		leave(source);
	}
}

/* As forget(), of sub-channels that come with whole sectors. */
static uint64_t forget_subchannels(struct cd_whole *whole, uint32_t first)
{
	const struct discern_range range = { (int32_t)first, N_WANTED };
	uint8_t channels[N_WANTED * MMC_SUBCHANNEL];
	uint64_t before;

	assert_int_equal(cd_whole_read_subchannels(whole, &range, channels, NULL), 0);
	before = cached.n_read;
	assert_int_equal(cd_whole_forget_subchannels(whole, (int32_t)first, N_SECTORS, NULL), 0);
	return cached.n_read - before;
}

static void far_reads_of_whole_sectors_grow_too(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(drives) / sizeof(drives[0]); i++) {
		struct cd_whole *whole = NULL;

		start_drive(drives[i].cache_mib * MIB);
		assert_int_equal(cd_whole_open(drive, &medium, 0, &whole, NULL), 0);
		forget_subchannels(whole, FIRST);
		assert_forgotten(FIRST);
		assert_int_equal(forget_subchannels(whole, N_SECTORS - 1000), drives[i].away_mib * MIB);
		assert_forgotten(N_SECTORS - 1000 - 1);
		cd_whole_close(whole);
		drive = discern_drive_close(drive);
	}
}

static void larger_caches_are_told(void **state)
{
	struct discern_source *source = open_drive(64 * MIB);

	(void)state;
	forget(source, FIRST);
	assert_non_null(strstr(source->forget_words, "prove neither"));
	leave(source);
}

static void fua_is_cheaper(void **state)
{
	struct discern_source *source = open_drive(31 * MIB);
	uint8_t sector[DISCERN_SECTOR_SIZE];

	(void)state;
	cached.honours_fua = true;
	/* Some reads of one sector prove it. */
	assert_true(forget(source, FIRST) < 32);
	assert_non_null(strstr(source->forget_words, "by FUA"));
	assert_int_equal(source_read(source, FIRST, 1, sector, NULL), 0);
	assert_int_equal(cached.fake.last.cdb[1], 0x08);
	leave(source);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(far_reads_grow_with_the_cache),
		cmocka_unit_test(far_reads_of_whole_sectors_grow_too),
		cmocka_unit_test(larger_caches_are_told),
		cmocka_unit_test(fua_is_cheaper),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
