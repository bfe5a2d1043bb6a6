/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ioctls on a CD with sound, asked by a client that is this very process. */
#include <fcntl.h>
#include <linux/cdrom.h>

#include "unit/cd_drive.h"
#include "vdrive/ioctls.h"

enum { PLAYING = CDROM_AUDIO_PLAY, PAUSED = CDROM_AUDIO_PAUSED, NO_STATUS = CDROM_AUDIO_NO_STATUS };

static struct server *server;
static struct server_handle *handle;

static int set_up(void **state)
{
	const struct server_drive_options options = { .number = 1, .medium = path, .clock = VDRIVE_CLOCK_VIRTUAL };

	(void)state;
	assert_int_equal(server_new(&server, &err), 0);
	assert_int_equal(server_add_drive(server, &options, &err), 0);
	assert_int_equal(server_open(server_drive(server, 1), O_RDONLY | O_NONBLOCK, true, &handle), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	server_close(handle);
	server = server_free(server);
	return 0;
}

static int ask(unsigned command, void *argument)
{
	struct ioctl_call call = { .handle = handle,
				   .drive = server_drive(server, 1),
				   .thread = getpid(),
				   .command = command,
				   .argument = (uintptr_t)argument };

	return ioctl_run(&call);
}

static void let_time_pass(uint64_t us)
{
	struct vdrive_clock_state begin, now;

	vdrive_read_clock(server_drive(server, 1)->vdrive, &begin);
	do {
		assert_int_equal(ask(CDROM_DRIVE_STATUS, NULL), CDS_DISC_OK);
		vdrive_read_clock(server_drive(server, 1)->vdrive, &now);
	} while (now.elapsed_us - begin.elapsed_us < us);
}

static unsigned status_at(struct cdrom_subchnl *q)
{
	memset(q, 0, sizeof(*q));
	q->cdsc_format = CDROM_LBA;
	assert_int_equal(ask(CDROMSUBCHNL, q), 0);
	return q->cdsc_audiostatus;
}

static void test_playing(void **state)
{
	struct cdrom_msf seconds = { .cdmsf_sec0 = 3, .cdmsf_sec1 = 20 };
	struct cdrom_ti tracks = { .cdti_trk0 = 2, .cdti_ind0 = 1, .cdti_trk1 = 2, .cdti_ind1 = 1 };
	struct cdrom_blk blocks = { .from = 1200, .len = 75 };
	struct cdrom_subchnl q;

	(void)state;
	assert_int_equal(status_at(&q), NO_STATUS);
	assert_int_equal(ask(CDROMPAUSE, NULL), -EIO);
	assert_int_equal(ask(CDROMPLAYMSF, &seconds), 0);
	let_time_pass(500000);
	assert_int_equal(status_at(&q), PLAYING);
	assert_in_range(q.cdsc_absaddr.lba, 112, 200);
	assert_int_equal(q.cdsc_trk, 1);
	assert_int_equal(ask(CDROMPAUSE, NULL), 0);
	assert_int_equal(status_at(&q), PAUSED);
	assert_int_equal(ask(CDROMRESUME, NULL), 0);
	assert_int_equal(status_at(&q), PLAYING);
	assert_int_equal(ask(CDROMSTOP, NULL), 0);
	assert_int_equal(status_at(&q), NO_STATUS);
	assert_int_equal(ask(CDROMSTART, NULL), 0);
	/* Track 2, for which the drive has no command of its own: from 600 up to where track 3 begins. */
	assert_int_equal(ask(CDROMPLAYTRKIND, &tracks), 0);
	assert_int_equal(status_at(&q), PLAYING);
	assert_int_equal(q.cdsc_trk, 2);
	assert_in_range(q.cdsc_absaddr.lba, 600, 610);
	let_time_pass(7000000);
	assert_int_equal(status_at(&q), CDROM_AUDIO_COMPLETED);
	assert_int_equal(q.cdsc_absaddr.lba, 999);
	assert_int_equal(ask(CDROMPLAYBLK, &blocks), 0);
	assert_int_equal(status_at(&q), PLAYING);
	assert_int_equal(q.cdsc_trk, 3);
	/* Data, and a track that is not there. */
	tracks.cdti_trk0 = tracks.cdti_trk1 = 4;
	assert_int_equal(ask(CDROMPLAYTRKIND, &tracks), -EIO);
	tracks.cdti_trk0 = 9;
	assert_int_equal(ask(CDROMPLAYTRKIND, &tracks), -EIO);
	assert_int_equal(ask(CDROMPLAYMSF, NULL), -EFAULT);
}

static void test_volume(void **state)
{
	struct cdrom_volctrl volume;

	(void)state;
	memset(&volume, 0xee, sizeof(volume));
	assert_int_equal(ask(CDROMVOLREAD, &volume), 0);
	assert_int_equal(volume.channel0, 255);
	assert_int_equal(volume.channel1, 255);
	assert_int_equal(volume.channel2, 0);
	volume = (struct cdrom_volctrl){ 100, 20, 30, 40 };
	assert_int_equal(ask(CDROMVOLCTRL, &volume), 0);
	assert_int_equal(ask(CDROMVOLREAD, &volume), 0);
	assert_int_equal(volume.channel0, 100);
	assert_int_equal(volume.channel1, 20);
	/* There are two ports. */
	assert_int_equal(volume.channel2, 0);
	assert_int_equal(volume.channel3, 0);
}

static void test_disc(void **state)
{
	struct cdrom_multisession session = { .addr_format = CDROM_LBA };
	struct cdrom_tocentry entry = { .cdte_track = 3, .cdte_format = CDROM_LBA };
	/* Filled by another process as far as tools that watch memory know. */
	struct cdrom_tochdr header = { 0 };
	struct cdrom_mcn mcn = { { 0 } };

	(void)state;
	assert_int_equal(ask(CDROM_DISC_STATUS, NULL), CDS_MIXED);
	assert_int_equal(ask(CDROM_GET_MCN, &mcn), 0);
	assert_string_equal((char *)mcn.medium_catalog_number, "4012345678901");
	assert_int_equal(ask(CDROMREADTOCHDR, &header), 0);
	assert_int_equal(header.cdth_trk1, 5);
	assert_int_equal(ask(CDROMREADTOCENTRY, &entry), 0);
	assert_int_equal(entry.cdte_addr.lba, 1000);
	assert_int_equal(entry.cdte_ctrl, 0);
	entry.cdte_track = 4;
	assert_int_equal(ask(CDROMREADTOCENTRY, &entry), 0);
	assert_int_equal(entry.cdte_ctrl, CDROM_DATA_TRACK);
	assert_int_equal(ask(CDROMMULTISESSION, &session), 0);
	assert_int_equal(session.addr.lba, DATA);
	assert_int_equal(session.xa_flag, 1);
}

static void test_sectors(void **state)
{
	static uint8_t sound[30 * CD_FRAMESIZE_RAW];
	struct cdrom_read_audio audio = { .addr_format = CDROM_LBA, .nframes = 30, .buf = sound };
	uint8_t expected[SECTOR_RAW];
	union {
		struct cdrom_msf msf;
		uint8_t bytes[CD_FRAMESIZE_RAW];
	} sector;

	(void)state;
	audio.addr.lba = 590;
	assert_int_equal(ask(CDROMREADAUDIO, &audio), 0);
	make_audio(expected, 590 + 29);
	assert_memory_equal(sound + 29 * SECTOR_RAW, expected, SECTOR_RAW);
	audio.addr.lba = DATA;
	assert_int_equal(ask(CDROMREADAUDIO, &audio), -EIO);
	/* 00:03:00 is LBA 75. */
	memset(&sector, 0, sizeof(sector));
	sector.msf.cdmsf_sec0 = 3;
	assert_int_equal(ask(CDROMREADRAW, &sector), 0);
	make_audio(expected, 75);
	assert_memory_equal(sector.bytes, expected, SECTOR_RAW);
	/* XA + 100 is 13500, 03:02:00: Mode 2 with its subheader. */
	sector.msf = (struct cdrom_msf){ .cdmsf_min0 = 3, .cdmsf_sec0 = 2 };
	assert_int_equal(ask(CDROMREADMODE2, &sector), 0);
	make_data(expected, XA + 100, SECTOR_MODE_2_FORM_1);
	assert_memory_equal(sector.bytes, expected + 16, CD_FRAMESIZE_RAW0);
	sector.msf = (struct cdrom_msf){ .cdmsf_min0 = 3, .cdmsf_sec0 = 2 };
	assert_int_equal(ask(CDROMREADMODE1, &sector), -EIO);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_playing),
		TEST(test_volume),
		TEST(test_disc),
		TEST(test_sectors),
	};

	return cmocka_run_group_tests(tests, set_up_cd, tear_down_cd);
}
