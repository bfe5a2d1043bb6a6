/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "disc/cd_image.h"
#include "disc/cd_text.h"
#include "disc/subchannel.h"
#include "unit/unit.h"

static char folder[] = "/tmp/discern-test.XXXXXX";
static struct discern_error err;

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL || chdir(folder) < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return chdir("/") < 0 || system(command) != 0 ? -1 : 0;
}

static void write_file(const char *name, const void *data, size_t size)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(file_write_at(fd, data, size, 0), 0);
	close(fd);
}

static uint8_t byte_at(size_t i)
{
	return (uint8_t)(i * 7 + i / 2048 + i / 65536);
}

/* size bytes that differ from place to place. */
static void make_file(const char *name, size_t size)
{
	uint8_t *data = malloc(size);

	for (size_t i = 0; i < size; i++)
		data[i] = byte_at(i);
	write_file(name, data, size);
	free(data);
}

static void assert_bytes(const uint8_t *data, size_t at, size_t size)
{
	for (size_t i = 0; i < size; i++)
		assert_int_equal(data[i], byte_at(at + i));
}

static void assert_zeros(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		assert_int_equal(data[i], 0);
}

static struct cd_image *open_text(const char *name, const char *text)
{
	struct cd_image *image = NULL;
	int ret;

	write_file(name, text, strlen(text));
	ret = cd_image_open(name, &image, &err);
	if (ret < 0)
		fail_msg("%s", err.text);
	return image;
}

static void assert_not_opened(const char *name, const char *text, int code, const char *words)
{
	struct cd_image *image = NULL;

	write_file(name, text, strlen(text));
	assert_int_equal(cd_image_open(name, &image, &err), code);
	if (strstr(err.text, words) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", words, err.text);
}

static void assert_form(const uint8_t *sector, enum sector_form form, int32_t lba)
{
	int32_t found;

	assert_int_equal(sector_find_form(sector), form);
	assert_true(sector_is_sound(sector));
	assert_true(sector_header_lba(sector, &found));
	assert_int_equal(found, lba);
}

static void names_are_known(void **state)
{
	(void)state;
	assert_true(cd_image_is_name("x.cue"));
	assert_true(cd_image_is_name("/a/b.c/X.TOC"));
	assert_true(cd_image_is_name("x.Ccd"));
	assert_false(cd_image_is_name(".cue"));
	assert_false(cd_image_is_name("x.iso"));
	assert_false(cd_image_is_name("cue"));
}

static void audio_is_read_from_its_bytes(void **state)
{
	struct cd_image *image;
	uint8_t sector[SECTOR_RAW], subchannel[SUBCHANNEL_BYTES], channels[SUBCHANNEL_BYTES];
	struct q_data q;

	(void)state;
	make_file("audio.bin", 700 * SECTOR_RAW + 100);
	image = open_text("x.cue", "FILE audio.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n"
				   "TRACK 02 AUDIO\nINDEX 00 00:04:00\nINDEX 01 00:05:00\n");
	assert_int_equal(cd_image_read(image, -150, sector, subchannel), 0);
	assert_zeros(sector, SECTOR_RAW);
	assert_int_equal(cd_image_read(image, 0, sector, NULL), 0);
	assert_bytes(sector, 0, SECTOR_RAW);
	assert_int_equal(cd_image_read(image, 350, sector, subchannel), 0);
	assert_bytes(sector, 350 * SECTOR_RAW, SECTOR_RAW);
	subchannel_deinterleave(channels, subchannel);
	assert_true(q_decode(channels + SUBCHANNEL_ONE, &q));
	assert_int_equal(q.track, 2);
	assert_int_equal(q.index, 0);
	assert_int_equal(q.lba, 350);
	/* The last sector is filled up with silence. */
	assert_int_equal(cd_image_read(image, 700, sector, NULL), 0);
	assert_bytes(sector, 700 * SECTOR_RAW, 100);
	assert_zeros(sector + 100, SECTOR_RAW - 100);
	assert_int_equal(cd_image_read(image, 701, sector, NULL), -ENXIO);
	assert_int_equal(cd_image_read(image, -151, sector, NULL), -ENXIO);
	cd_image_close(image);
	/* What was there and is gone is an error, not silence. */
	image = open_text("x.cue", "FILE audio.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n");
	assert_int_equal(truncate("audio.bin", 10 * SECTOR_RAW), 0);
	assert_int_equal(cd_image_read(image, 9, sector, NULL), 0);
	assert_int_equal(cd_image_read(image, 10, sector, NULL), -EIO);
	cd_image_close(image);
}

static void samples_have_the_lowest_byte_first(void **state)
{
	struct cd_image *image;
	uint8_t sector[SECTOR_RAW];

	(void)state;
	make_file("big.bin", 400 * SECTOR_RAW);
	image = open_text("x.cue", "FILE big.bin MOTOROLA\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n");
	assert_int_equal(cd_image_read(image, 5, sector, NULL), 0);
	for (size_t i = 0; i < SECTOR_RAW; i++)
		assert_int_equal(sector[i], byte_at(5 * SECTOR_RAW + (i ^ 1)));
	cd_image_close(image);
	/* In a toc file bare samples have the highest one first, if SWAP does not say otherwise. */
	image = open_text("x.toc", "CD_DA TRACK AUDIO FILE \"big.bin\" 0 00:02:00 FILE \"big.bin\" SWAP 588 00:02:00");
	assert_int_equal(cd_image_read(image, 5, sector, NULL), 0);
	assert_int_equal(sector[1], byte_at(5 * SECTOR_RAW));
	assert_int_equal(cd_image_read(image, 150, sector, NULL), 0);
	assert_bytes(sector, SECTOR_RAW, SECTOR_RAW);
	cd_image_close(image);
}

static void pieces_are_joined_at_a_sample(void **state)
{
	struct cd_image *image;
	uint8_t sector[SECTOR_RAW];

	(void)state;
	make_file("audio.bin", 400 * SECTOR_RAW);
	/* 1000 samples are a sector and 412 samples. */
	image = open_text("x.toc", "CD_DA TRACK AUDIO SILENCE 1000 FILE \"audio.bin\" SWAP 10 100 SILENCE 20 "
				   "FILE \"audio.bin\" SWAP 0");
	assert_int_equal(cd_image_read(image, 0, sector, NULL), 0);
	assert_zeros(sector, SECTOR_RAW);
	assert_int_equal(cd_image_read(image, 1, sector, NULL), 0);
	assert_zeros(sector, 412 * 4);
	assert_bytes(sector + 412 * 4, 10 * 4, 100 * 4);
	assert_zeros(sector + 512 * 4, 20 * 4);
	assert_bytes(sector + 532 * 4, 0, SECTOR_RAW - 532 * 4);
	assert_int_equal(cd_image_layout(image)->tracks[0].end_lba, 402);
	assert_int_equal(cd_image_read(image, 401, sector, NULL), 0);
	assert_bytes(sector, 401 * SECTOR_RAW - 1120 * 4, 532 * 4);
	assert_zeros(sector + 532 * 4, SECTOR_RAW - 532 * 4);
	cd_image_close(image);
}

static void user_data_become_whole_sectors(void **state)
{
	static const struct {
		const char *name;
		size_t bytes, at;
		enum sector_form form;
	} modes[] = {
		{ "MODE1/2048", 2048, SECTOR_USER_AT, SECTOR_MODE_1 },
		{ "MODE2/2048", 2048, SECTOR_XA_USER_AT, SECTOR_MODE_2_FORM_1 },
		{ "MODE2/2324", 2324, SECTOR_XA_USER_AT, SECTOR_MODE_2_FORM_2 },
		{ "CDI/2336", 2336, SECTOR_USER_AT, SECTOR_MODE_2 },
	};
	char text[200];

	(void)state;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		struct cd_image *image;
		uint8_t sector[SECTOR_RAW];

		make_file("data.bin", 400 * modes[i].bytes);
		snprintf(text, sizeof(text), "FILE data.bin BINARY\nTRACK 01 %s\nINDEX 01 00:00:00\nPOSTGAP 00:00:10\n",
			 modes[i].name);
		image = open_text("x.cue", text);
		assert_int_equal(cd_image_read(image, 399, sector, NULL), 0);
		assert_form(sector, modes[i].form, 399);
		assert_bytes(sector + modes[i].at, 399 * modes[i].bytes, modes[i].bytes);
		/* Empty ones of the track's mode before and behind. */
		assert_int_equal(cd_image_read(image, 405, sector, NULL), 0);
		assert_form(sector, i == 0 ? SECTOR_MODE_1 : SECTOR_MODE_2_FORM_2, 405);
		assert_int_equal(cd_image_read(image, -1, sector, NULL), 0);
		assert_form(sector, i == 0 ? SECTOR_MODE_1 : SECTOR_MODE_2_FORM_2, -1);
		cd_image_close(image);
	}
}

/* 2336 bytes: subheader, user data, and EDC and ECC as the file has them, unless it has zeros. */
static void mixed_forms_tell_themselves(void **state)
{
	uint8_t data[3 * SECTOR_MODE_2_USER] = { 0 }, sector[SECTOR_RAW];
	struct cd_image *image;

	(void)state;
	data[2] = data[6] = 0x08;
	memset(data + 8, 0xaa, 2048);
	data[SECTOR_MODE_2_USER + 2] = data[SECTOR_MODE_2_USER + 6] = 0x20;
	memset(data + SECTOR_MODE_2_USER + 8, 0xbb, 2324);
	data[2 * SECTOR_MODE_2_USER + 2] = data[2 * SECTOR_MODE_2_USER + 6] = 0x08;
	data[3 * SECTOR_MODE_2_USER - 1] = 0x55;
	write_file("mix.bin", data, sizeof(data));
	image = open_text("x.cue", "FILE mix.bin BINARY\nTRACK 01 MODE2/2336\nINDEX 01 00:00:00\n");
	assert_int_equal(cd_image_read(image, 0, sector, NULL), 0);
	assert_form(sector, SECTOR_MODE_2_FORM_1, 0);
	assert_int_equal(sector[SECTOR_XA_USER_AT + 2047], 0xaa);
	assert_int_equal(cd_image_read(image, 1, sector, NULL), 0);
	assert_form(sector, SECTOR_MODE_2_FORM_2, 1);
	assert_int_equal(sector[SECTOR_XA_USER_AT + 2323], 0xbb);
	assert_int_equal(get_le32(sector + SECTOR_RAW - 4), 0);
	/* Damage is kept. */
	assert_int_equal(cd_image_read(image, 2, sector, NULL), 0);
	assert_int_equal(sector_find_form(sector), SECTOR_MODE_2_FORM_1);
	assert_false(sector_is_sound(sector));
	assert_int_equal(sector[SECTOR_RAW - 1], 0x55);
	cd_image_close(image);
}

static void raw_sectors_are_left_alone(void **state)
{
	struct cd_image *image;
	uint8_t sector[SECTOR_RAW];

	(void)state;
	make_file("raw.bin", 400 * SECTOR_RAW);
	image = open_text("x.cue", "FILE raw.bin BINARY\nTRACK 01 MODE1/2352\nINDEX 01 00:00:00\n");
	assert_int_equal(cd_image_read(image, 17, sector, NULL), 0);
	assert_bytes(sector, 17 * SECTOR_RAW, SECTOR_RAW);
	cd_image_close(image);
}

static void between_sessions_is_nothing(void **state)
{
	struct cd_image *image;
	uint8_t sector[SECTOR_RAW];

	(void)state;
	make_file("1.bin", 400 * SECTOR_RAW);
	make_file("2.bin", 400 * 2048);
	image = open_text("x.cue", "FILE 1.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nREM SESSION 02\n"
				   "FILE 2.bin BINARY\nTRACK 02 MODE1/2048\nINDEX 01 00:00:00\n");
	assert_int_equal(cd_image_read(image, 399, sector, NULL), 0);
	assert_int_equal(cd_image_read(image, 400, sector, NULL), -ENXIO);
	assert_int_equal(cd_image_read(image, 11649, sector, NULL), -ENXIO);
	assert_int_equal(cd_image_read(image, 11650, sector, NULL), 0);
	assert_form(sector, SECTOR_MODE_1, 11650);
	assert_int_equal(cd_image_read(image, 11800, sector, NULL), 0);
	assert_form(sector, SECTOR_MODE_1, 11800);
	assert_bytes(sector + SECTOR_USER_AT, 0, 2048);
	cd_image_close(image);
}

/* R to W lie behind each sector, P and Q are made. */
static void subchannels_within_a_file(void **state)
{
	uint8_t block[SECTOR_RAW + SUBCHANNEL_BYTES] = { 1 }, *data = calloc(300, sizeof(block));
	uint8_t sector[SECTOR_RAW], subchannel[SUBCHANNEL_BYTES], channels[SUBCHANNEL_BYTES];
	struct cd_image *image;
	struct q_data q;

	(void)state;
	for (size_t i = 0; i < 300; i++) {
		block[0] = (uint8_t)i;
		memset(block + SECTOR_RAW, 0xc0 | (i & 0x3f), SUBCHANNEL_BYTES);
		memcpy(data + i * sizeof(block), block, sizeof(block));
	}
	write_file("rw.bin", data, 300 * sizeof(block));
	free(data);
	image = open_text("x.toc", "CD_DA TRACK AUDIO RW_RAW DATAFILE \"rw.bin\"");
	assert_int_equal(cd_image_layout(image)->tracks[0].end_lba, 300);
	assert_int_equal(cd_image_read(image, 37, sector, subchannel), 0);
	assert_int_equal(sector[1], 37);
	for (size_t i = 0; i < SUBCHANNEL_BYTES; i++)
		assert_int_equal(subchannel[i] & 0x3f, 37);
	subchannel_deinterleave(channels, subchannel);
	assert_true(q_decode(channels + SUBCHANNEL_ONE, &q));
	assert_int_equal(q.lba, 37);
	cd_image_close(image);
}

static void clonecd_has_all_channels(void **state)
{
	static const char text[] = "[CloneCD]\nVersion=3\n[Disc]\nSessions=1\nDataTracksScrambled=0\n"
				   "[Entry 0]\nSession=1\nPoint=0xa2\nPLBA=400\n"
				   "[Entry 1]\nSession=1\nPoint=0x01\nControl=0x00\nPLBA=0\n";
	uint8_t sector[SECTOR_RAW], subchannel[SUBCHANNEL_BYTES], channels[SUBCHANNEL_BYTES];
	struct cd_image *image;

	(void)state;
	make_file("Clone.IMG", 400 * SECTOR_RAW);
	image = open_text("clone.ccd", text);
	assert_int_equal(cd_image_read(image, 7, sector, subchannel), 0);
	assert_bytes(sector, 7 * SECTOR_RAW, SECTOR_RAW);
	subchannel_deinterleave(channels, subchannel);
	assert_true(q_is_sound(channels + SUBCHANNEL_ONE));
	cd_image_close(image);
	make_file("clone.sub", 400 * SUBCHANNEL_BYTES);
	image = open_text("clone.ccd", text);
	assert_int_equal(cd_image_read(image, 7, sector, subchannel), 0);
	subchannel_deinterleave(channels, subchannel);
	assert_bytes(channels, 7 * SUBCHANNEL_BYTES, SUBCHANNEL_BYTES);
	cd_image_close(image);
	make_file("clone.sub", 399 * SUBCHANNEL_BYTES);
	assert_not_opened("clone.ccd", text, -EINVAL, "clone.sub is too short: wanted 38400 bytes, and it has 38304");
}

static void files_are_found(void **state)
{
	static const char *const names[] = { "\"C:\\Discs\\My Disc.BIN\"", "\"/nowhere/my disc.bin\"",
					     "\"sub/My Disc.bin\"", "My Disc.bin" };
	char text[200], path[100];

	(void)state;
	mkdir("found", 0700);
	make_file("found/my disc.bin", 300 * SECTOR_RAW);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(text, sizeof(text), "FILE %s BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n", names[i]);
		cd_image_close(open_text("found/x.cue", text));
	}
	snprintf(path, sizeof(path), "%s/found/my disc.bin", folder);
	snprintf(text, sizeof(text), "FILE \"%s\" BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n", path);
	cd_image_close(open_text("x.cue", text));
	assert_not_opened("x.cue", "FILE gone.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n", -ENOENT,
			  "x.cue: gone.bin: no such file");
	assert_not_opened("x.cue", "FILE found BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n", -EINVAL, "not a file");
	assert_int_equal(cd_image_open("none.cue", &(struct cd_image *){ NULL }, &err), -ENOENT);
	assert_int_equal(cd_image_open("x.iso", &(struct cd_image *){ NULL }, &err), -EINVAL);
}

static void texts_become_packs(void **state)
{
	static const char head[] = "TITLE \"D\xc3\xbcnn \xe2\x82\xac\"\n";
	static const char rest[] = "FILE text.bin BINARY\nTRACK 01 AUDIO\nTITLE One\nINDEX 01 00:00:00\n";
	char text[200];
	const uint8_t *packs;
	struct cd_image *image;
	struct cd_text found;
	size_t n_packs, n_bad;

	(void)state;
	make_file("text.bin", 300 * SECTOR_RAW);
	image = open_text("x.cue", rest + 0);
	packs = cd_image_text(image, &n_packs);
	assert_int_equal(cd_text_decode(packs, n_packs, &found, &n_bad, &err), 0);
	assert_string_equal(found.blocks[0].texts[CD_TEXT_TITLE][1], "One");
	cd_text_clear(&found);
	cd_image_close(image);
	/* A sign that there is no place for. */
	snprintf(text, sizeof(text), "%s%s", head, rest);
	image = open_text("x.cue", text);
	packs = cd_image_text(image, &n_packs);
	assert_int_equal(cd_text_decode(packs, n_packs, &found, &n_bad, &err), 0);
	assert_int_equal(n_bad, 0);
	assert_string_equal(found.blocks[0].texts[CD_TEXT_TITLE][0], "D\xc3\xbcnn ?");
	cd_text_clear(&found);
	cd_image_close(image);
	image = open_text("x.cue", "FILE text.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n");
	assert_null(cd_image_text(image, &n_packs));
	assert_int_equal(n_packs, 0);
	cd_image_close(image);
}

static void packs_are_read_from_a_file(void **state)
{
	static const char text[] = "CDTEXTFILE \"x.cdt\"\nFILE text.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n";
	uint8_t packs[4 + 2 * CD_TEXT_PACK + 1] = { 0, 2 + 2 * CD_TEXT_PACK };
	struct cd_image *image;
	size_t n_packs;

	(void)state;
	make_file("text.bin", 300 * SECTOR_RAW);
	packs[4] = 0x80;
	packs[4 + CD_TEXT_PACK] = 0x8f;
	for (unsigned i = 0; i < 4; i++) {
		/* With and without header and the zero at the end. */
		write_file("x.cdt", packs + (i & 1 ? 0 : 4), 2 * CD_TEXT_PACK + (i & 1 ? 4 : 0) + (i & 2 ? 1 : 0));
		image = open_text("x.cue", text);
		assert_memory_equal(cd_image_text(image, &n_packs), packs + 4, 2 * CD_TEXT_PACK);
		assert_int_equal(n_packs, 2);
		cd_image_close(image);
	}
	make_file("x.cdt", 40);
	assert_not_opened("x.cue", text, -EINVAL, "no CD-TEXT packs");
}

static void files_are_shared(void **state)
{
	struct cd_image *image;
	int fd;

	(void)state;
	make_file("lock.bin", 300 * SECTOR_RAW);
	image = open_text("x.cue", "FILE lock.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n");
	assert_int_equal(cd_image_lock(image, &err), 0);
	fd = open("lock.bin", O_RDONLY);
	assert_int_equal(flock(fd, LOCK_SH | LOCK_NB), 0);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), -1);
	cd_image_close(image);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	image = open_text("x.cue", "FILE lock.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n");
	assert_int_equal(cd_image_lock(image, &err), -EBUSY);
	cd_image_close(image);
	close(fd);
}

#ifdef HAVE_SNDFILE
/* A WAV file of so many samples, each channel's low byte counting up. */
static void make_wav(const char *name, uint32_t rate, uint16_t n_channels, uint32_t n_samples)
{
	uint32_t size = n_samples * n_channels * 2;
	uint8_t *data = calloc(1, 44 + size);

	memcpy(data, "RIFF", 4);
	put_le32(data + 4, 36 + size);
	memcpy(data + 8, "WAVEfmt \x10\0\0\0\1\0", 14);
	data[22] = (uint8_t)n_channels;
	put_le32(data + 24, rate);
	put_le32(data + 28, rate * n_channels * 2);
	data[32] = (uint8_t)(n_channels * 2);
	data[34] = 16;
	memcpy(data + 36, "data", 4);
	put_le32(data + 40, size);
	for (uint32_t i = 0; i < size; i++)
		data[44 + i] = byte_at(i);
	write_file(name, data, 44 + size);
	free(data);
}

static void sound_is_unpacked(void **state)
{
	static const char text[] = "FILE \"x.wav\" WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n";
	struct cd_image *image;
	uint8_t sector[SECTOR_RAW];

	(void)state;
	make_wav("x.wav", 44100, 2, 588 * 400 + 10);
	image = open_text("x.cue", text);
	assert_int_equal(cd_image_layout(image)->tracks[0].end_lba, 401);
	assert_int_equal(cd_image_read(image, 123, sector, NULL), 0);
	assert_bytes(sector, 123 * SECTOR_RAW, SECTOR_RAW);
	assert_int_equal(cd_image_read(image, 124, sector, NULL), 0);
	assert_bytes(sector, 124 * SECTOR_RAW, SECTOR_RAW);
	assert_int_equal(cd_image_read(image, 0, sector, NULL), 0);
	assert_bytes(sector, 0, SECTOR_RAW);
	assert_int_equal(cd_image_read(image, 400, sector, NULL), 0);
	assert_bytes(sector, 400 * SECTOR_RAW, 40);
	assert_zeros(sector + 40, SECTOR_RAW - 40);
	cd_image_close(image);
	make_wav("x.wav", 48000, 2, 588 * 400);
	assert_not_opened("x.cue", text, -EINVAL, "x.wav: 48000 Hz and 2 channels; a CD has 44100 Hz and 2");
	make_wav("x.wav", 44100, 1, 588 * 400);
	assert_not_opened("x.cue", text, -EINVAL, "44100 Hz and 1 channel;");
	make_file("x.wav", 4000);
	assert_not_opened("x.cue", text, -EINVAL, "x.wav: no sound that can be read");
}
#else
static void sound_is_refused(void **state)
{
	(void)state;
	make_file("x.wav", 4000);
	assert_not_opened("x.cue", "FILE \"x.wav\" WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n", -ENOTSUP, "libsndfile");
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_known),
		cmocka_unit_test(audio_is_read_from_its_bytes),
		cmocka_unit_test(samples_have_the_lowest_byte_first),
		cmocka_unit_test(pieces_are_joined_at_a_sample),
		cmocka_unit_test(user_data_become_whole_sectors),
		cmocka_unit_test(mixed_forms_tell_themselves),
		cmocka_unit_test(raw_sectors_are_left_alone),
		cmocka_unit_test(between_sessions_is_nothing),
		cmocka_unit_test(subchannels_within_a_file),
		cmocka_unit_test(clonecd_has_all_channels),
		cmocka_unit_test(files_are_found),
		cmocka_unit_test(texts_become_packs),
		cmocka_unit_test(packs_are_read_from_a_file),
		cmocka_unit_test(files_are_shared),
#ifdef HAVE_SNDFILE
		cmocka_unit_test(sound_is_unpacked),
#else
		cmocka_unit_test(sound_is_refused),
#endif
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
