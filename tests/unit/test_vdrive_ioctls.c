/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ioctls, asked by a client that is this very process: its memory is read and written as anyone's. */
#include "vdrive/ioctls.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/cdrom.h>
#include <linux/fs.h>
#include <scsi/scsi.h>
#include <scsi/sg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "unit/unit.h"

#define N_SECTORS 300
#define SECTOR 2048

static char image[] = "/tmp/discern-unit-image.XXXXXX";
static uint8_t data[N_SECTORS * SECTOR], back[N_SECTORS * SECTOR];
static struct server *server;
static struct server_drive *drive;
static struct server_handle *handle;
static struct discern_error err;

static const char *kind, *protection;

static void open_drive(const char *medium, int flags, bool is_privileged)
{
	const struct server_drive_options options = {
		.number = 2, .medium = medium, .kind = kind, .protection = protection
	};

	assert_int_equal(server_new(&server, &err), 0);
	assert_int_equal(server_add_drive(server, &options, &err), 0);
	drive = server_drive(server, 2);
	assert_int_equal(server_open(drive, flags, is_privileged, &handle), 0);
}

static int set_up(void **state)
{
	(void)state;
	open_drive(image, O_RDWR | O_NONBLOCK, true);
	return 0;
}

static int set_up_dvd(void **state)
{
	(void)state;
	kind = "dvd-rom";
	open_drive(image, O_RDWR | O_NONBLOCK, true);
	kind = NULL;
	return 0;
}

static int set_up_empty(void **state)
{
	(void)state;
	open_drive(NULL, O_RDWR | O_NONBLOCK, true);
	return 0;
}

static int set_up_ordinary_reader(void **state)
{
	(void)state;
	open_drive(image, O_RDONLY | O_NONBLOCK, false);
	return 0;
}

static int set_up_ordinary_writer(void **state)
{
	(void)state;
	open_drive(image, O_RDWR | O_NONBLOCK, false);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	server_close(handle);
	server = server_free(server);
	return 0;
}

static int ask_number(unsigned command, uint64_t argument)
{
	struct ioctl_call call = {
		.handle = handle, .drive = drive, .thread = getpid(), .command = command, .argument = argument
	};

	return ioctl_run(&call);
}

static int ask(unsigned command, const void *argument)
{
	return ask_number(command, (uintptr_t)argument);
}

static uint8_t sense[32];

static struct sg_io_hdr header_of(uint8_t *cdb, size_t cdb_size, void *buffer, unsigned size)
{
	memset(sense, 0, sizeof(sense));
	return (struct sg_io_hdr){ .interface_id = 'S',
				   .cmdp = cdb,
				   .cmd_len = (unsigned char)cdb_size,
				   .dxferp = buffer,
				   .dxfer_len = size,
				   .dxfer_direction = size > 0 ? SG_DXFER_FROM_DEV : SG_DXFER_NONE,
				   .sbp = sense,
				   .mx_sb_len = sizeof(sense),
				   .timeout = 10000 };
}

static void test_sg_io_read(void **state)
{
	uint8_t cdb[10] = { 0x28, 0, 0, 0, 0, 7, 0, 0, 3 };
	struct sg_io_hdr header = header_of(cdb, sizeof(cdb), back, 4 * SECTOR);

	(void)state;
	memset(back, 0xee, sizeof(back));
	assert_int_equal(ask(SG_IO, &header), 0);
	assert_int_equal(header.status, 0);
	assert_int_equal(header.info, SG_INFO_OK);
	assert_int_equal(header.resid, SECTOR);
	assert_memory_equal(back, data + 7 * SECTOR, 3 * SECTOR);
	/* What the drive did not send is left as it was. */
	assert_int_equal(back[3 * SECTOR], 0xee);
}

static void test_sg_io_sense(void **state)
{
	uint8_t cdb[10] = { 0x28, 0, 0x7f, 0, 0, 0, 0, 0, 1 };
	struct sg_io_hdr header = header_of(cdb, sizeof(cdb), back, SECTOR);

	(void)state;
	assert_int_equal(ask(SG_IO, &header), 0);
	assert_int_equal(header.status, 2);
	assert_int_equal(header.masked_status, 1);
	assert_int_equal(header.driver_status, 8);
	assert_int_equal(header.info, SG_INFO_CHECK);
	assert_int_equal(header.resid, SECTOR);
	assert_true(header.sb_len_wr >= 18);
	assert_int_equal(sense[2] & 0x0f, 5);
	assert_int_equal(sense[12], 0x21);
	/* Less room for sense. */
	header.mx_sb_len = 4;
	memset(sense, 0xee, sizeof(sense));
	assert_int_equal(ask(SG_IO, &header), 0);
	assert_int_equal(header.sb_len_wr, 4);
	assert_int_equal(sense[4], 0xee);
	header.sbp = NULL;
	assert_int_equal(ask(SG_IO, &header), 0);
	assert_int_equal(header.sb_len_wr, 0);
}

static void test_sg_io_host_status(void **state)
{
	uint8_t cdb[10] = { 0x28, 0, 0, 0, 0, 7, 0, 0, 1 };
	struct sg_io_hdr header = header_of(cdb, sizeof(cdb), back, SECTOR);

	(void)state;
	assert_int_equal(server_add_fault(server, "sr2: read host=3 count=1", &err), 0);
	assert_int_equal(ask(SG_IO, &header), 0);
	assert_int_equal(header.host_status, 3);
	assert_int_equal(header.status, 0);
	assert_int_equal(header.sb_len_wr, 0);
	assert_int_equal(header.resid, SECTOR);
	assert_int_equal(header.info, SG_INFO_CHECK);
}

static void test_sg_io_vector(void **state)
{
	uint8_t cdb[10] = { 0x28, 0, 0, 0, 0, 0, 0, 0, 2 };
	struct iovec vector[3] = { { back, 100 }, { back + 1000, 3000 }, { back + 5000, 10000 } };
	struct sg_io_hdr header = header_of(cdb, sizeof(cdb), vector, 2 * SECTOR);

	(void)state;
	header.iovec_count = 3;
	assert_int_equal(ask(SG_IO, &header), 0);
	assert_int_equal(header.resid, 0);
	assert_memory_equal(back, data, 100);
	assert_memory_equal(back + 1000, data + 100, 3000);
	assert_memory_equal(back + 5000, data + 3100, 2 * SECTOR - 3100);
	header.iovec_count = 2000;
	assert_int_equal(ask(SG_IO, &header), -EINVAL);
}

/* Every field is the client's word. */
static void test_sg_io_nonsense(void **state)
{
	uint8_t cdb[10] = { 0x28, 0, 0, 0, 0, 0, 0, 0, 1 };
	const struct sg_io_hdr good = header_of(cdb, sizeof(cdb), back, SECTOR);
	struct sg_io_hdr header;

	(void)state;
	header = good;
	header.interface_id = 'Q';
	assert_int_equal(ask(SG_IO, &header), -EINVAL);
	header = good;
	header.cmd_len = 0;
	assert_int_equal(ask(SG_IO, &header), -EINVAL);
	header.cmd_len = 33;
	assert_int_equal(ask(SG_IO, &header), -EINVAL);
	header = good;
	header.dxfer_direction = SG_DXFER_NONE;
	assert_int_equal(ask(SG_IO, &header), -EINVAL);
	header.dxfer_direction = 17;
	assert_int_equal(ask(SG_IO, &header), -EINVAL);
	header = good;
	header.dxfer_len = SERVER_MAX_TRANSFER + 1;
	assert_int_equal(ask(SG_IO, &header), -EIO);
	header.dxfer_len = UINT32_MAX;
	assert_int_equal(ask(SG_IO, &header), -EIO);
	header = good;
	header.cmdp = NULL;
	assert_int_equal(ask(SG_IO, &header), -EFAULT);
	header = good;
	header.dxferp = (void *)(uintptr_t)16;
	assert_int_equal(ask(SG_IO, &header), -EFAULT);
	header.iovec_count = 1;
	assert_int_equal(ask(SG_IO, &header), -EFAULT);
	header = good;
	cdb[2] = 0x7f;
	header.sbp = (void *)(uintptr_t)16;
	assert_int_equal(ask(SG_IO, &header), -EFAULT);
	assert_int_equal(ask_number(SG_IO, 0), -EFAULT);
	assert_int_equal(ask_number(SG_IO, UINT64_MAX), -EFAULT);
}

static void test_sg_numbers(void **state)
{
	int value = 0, id[2] = { 0 };

	(void)state;
	assert_int_equal(ask(SG_GET_VERSION_NUM, &value), 0);
	assert_true(value >= 30000);
	assert_int_equal(ask(SG_GET_RESERVED_SIZE, &value), 0);
	assert_int_equal(value, SERVER_MAX_TRANSFER);
	assert_int_equal(ask(SG_EMULATED_HOST, &value), 0);
	assert_int_equal(value, 1);
	value = 4500;
	assert_int_equal(ask(SG_SET_TIMEOUT, &value), 0);
	assert_int_equal(ask_number(SG_GET_TIMEOUT, 0), 4500);
	assert_int_equal(ask(SCSI_IOCTL_GET_IDLUN, id), 0);
	assert_int_equal(id[0], 2 << 24);
	assert_int_equal(ask(SCSI_IOCTL_GET_BUS_NUMBER, &value), 0);
	assert_int_equal(value, 2);
	assert_int_equal(ask(SG_GET_SCSI_ID, back), -ENOTTY);
	assert_int_equal(ask_number(0x030d, 0), -ENOTTY);
}

static void test_send_packet(void **state)
{
	uint8_t sense_bytes[64] = { 0 };
	struct cdrom_generic_command packet = { .cmd = { 0x28, 0, 0, 0, 0, 7, 0, 0, 1 },
						.buffer = back,
						.buflen = 2 * SECTOR,
						.data_direction = CGC_DATA_READ,
						.timeout = 1000,
						.sense = (struct request_sense *)sense_bytes };

	(void)state;
	assert_int_equal(ask(CDROM_SEND_PACKET, &packet), 0);
	assert_int_equal(packet.buflen, SECTOR);
	assert_memory_equal(back, data + 7 * SECTOR, SECTOR);
	packet.cmd[2] = 0x7f;
	assert_int_equal(ask(CDROM_SEND_PACKET, &packet), -EIO);
	assert_int_equal(sense_bytes[2] & 0x0f, 5);
	packet.timeout = -1;
	assert_int_equal(ask(CDROM_SEND_PACKET, &packet), -EINVAL);
	packet.timeout = 0;
	packet.data_direction = 77;
	assert_int_equal(ask(CDROM_SEND_PACKET, &packet), -EINVAL);
}

static int send_cdb(uint8_t opcode)
{
	uint8_t cdb[12] = { opcode };
	struct sg_io_hdr header = header_of(cdb, sizeof(cdb), NULL, 0);

	return ask(SG_IO, &header);
}

static void test_filter_of_reader(void **state)
{
	(void)state;
	assert_int_equal(send_cdb(0x00), 0);
	assert_int_equal(send_cdb(0x2a), -EPERM);
	assert_int_equal(send_cdb(0xa1), -EPERM);
	assert_int_equal(send_cdb(0xff), -EPERM);
}

static void test_filter_of_writer(void **state)
{
	(void)state;
	assert_int_equal(send_cdb(0x00), 0);
	assert_int_equal(send_cdb(0x2a), 0);
	assert_int_equal(send_cdb(0xff), -EPERM);
}

static void test_size(void **state)
{
	unsigned long size512 = 0;
	uint64_t size = 0;
	int value = 0;
	struct ioctl_call call = { .handle = handle,
				   .drive = drive,
				   .thread = getpid(),
				   .command = BLKGETSIZE64,
				   .out = &size,
				   .out_size = sizeof(size) };

	(void)state;
	assert_int_equal(ioctl_run(&call), 0);
	assert_int_equal(size, sizeof(data));
	call.out_size = 4;
	assert_int_equal(ioctl_run(&call), -EINVAL);
	assert_int_equal(ask(BLKGETSIZE, &size512), 0);
	assert_int_equal(size512, sizeof(data) / 512);
	assert_int_equal(ask(BLKSSZGET, &value), 0);
	assert_int_equal(value, SECTOR);
}

static void test_size_of_nothing(void **state)
{
	unsigned long size512 = 0;

	(void)state;
	assert_int_equal(ask(BLKGETSIZE, &size512), 0);
	assert_int_equal(size512, 0x1fffff);
}

static void test_tray(void **state)
{
	(void)state;
	assert_int_equal(ask_number(CDROM_DRIVE_STATUS, CDSL_CURRENT), CDS_DISC_OK);
	assert_int_equal(ask_number(CDROM_DRIVE_STATUS, 5), -EINVAL);
	assert_int_equal(ask_number(CDROM_MEDIA_CHANGED, CDSL_CURRENT), 1);
	assert_int_equal(ask_number(CDROM_MEDIA_CHANGED, CDSL_CURRENT), 0);
	assert_int_equal(ask_number(CDROM_LOCKDOOR, 1), 0);
	assert_int_equal(ask_number(CDROMEJECT, 0), -EBUSY);
	assert_int_equal(ask_number(CDROM_LOCKDOOR, 0), 0);
	assert_int_equal(ask_number(CDROMEJECT, 0), 0);
	assert_int_equal(ask_number(CDROM_DRIVE_STATUS, CDSL_CURRENT), CDS_TRAY_OPEN);
	assert_int_equal(ask_number(CDROM_DISC_STATUS, 0), CDS_NO_DISC);
	assert_int_equal(ask_number(CDROMCLOSETRAY, 0), 0);
	assert_int_equal(ask_number(CDROM_DRIVE_STATUS, CDSL_CURRENT), CDS_DISC_OK);
	assert_int_equal(ask_number(CDROM_MEDIA_CHANGED, CDSL_CURRENT), 1);
}

static void test_eject_while_shared(void **state)
{
	struct server_handle *other = NULL;

	(void)state;
	assert_int_equal(server_open(drive, O_RDONLY | O_NONBLOCK, true, &other), 0);
	assert_int_equal(ask_number(CDROMEJECT, 0), -EBUSY);
	server_close(other);
	assert_int_equal(ask_number(CDROMEJECT, 0), 0);
}

static void test_empty(void **state)
{
	struct cdrom_tochdr toc;

	(void)state;
	assert_int_equal(ask_number(CDROM_DRIVE_STATUS, CDSL_CURRENT), CDS_NO_DISC);
	assert_int_equal(ask_number(CDROM_DISC_STATUS, 0), CDS_NO_DISC);
	assert_int_equal(ask(CDROMREADTOCHDR, &toc), -ENOMEDIUM);
}

static void test_toc(void **state)
{
	struct cdrom_tochdr toc = { 0 };
	struct cdrom_tocentry entry = { .cdte_track = 1, .cdte_format = CDROM_MSF };
	struct cdrom_multisession session = { .addr_format = CDROM_LBA };

	(void)state;
	assert_int_equal(ask_number(CDROM_DISC_STATUS, 0), CDS_DATA_1);
	assert_int_equal(ask(CDROMREADTOCHDR, &toc), 0);
	assert_int_equal(toc.cdth_trk0, 1);
	assert_int_equal(toc.cdth_trk1, 1);
	assert_int_equal(ask(CDROMREADTOCENTRY, &entry), 0);
	assert_int_equal(entry.cdte_ctrl, CDROM_DATA_TRACK);
	assert_int_equal(entry.cdte_addr.msf.minute, 0);
	assert_int_equal(entry.cdte_addr.msf.second, 2);
	assert_int_equal(entry.cdte_addr.msf.frame, 0);
	entry.cdte_track = CDROM_LEADOUT;
	entry.cdte_format = CDROM_LBA;
	assert_int_equal(ask(CDROMREADTOCENTRY, &entry), 0);
	assert_int_equal(entry.cdte_addr.lba, N_SECTORS);
	entry.cdte_format = 9;
	assert_int_equal(ask(CDROMREADTOCENTRY, &entry), -EINVAL);
	entry.cdte_format = CDROM_LBA;
	entry.cdte_track = 50;
	assert_int_equal(ask(CDROMREADTOCENTRY, &entry), -EIO);
	assert_int_equal(ask(CDROMMULTISESSION, &session), 0);
	assert_int_equal(session.xa_flag, 0);
	assert_int_equal(session.addr.lba, 0);
}

static void test_sectors(void **state)
{
	union {
		struct cdrom_msf msf;
		uint8_t bytes[CD_FRAMESIZE_RAW];
	} sector;
	static const uint8_t sync[12] = { 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0 };

	(void)state;
	memset(&sector, 0, sizeof(sector));
	sector.msf.cdmsf_sec0 = 2;
	sector.msf.cdmsf_frame0 = 7;
	assert_int_equal(ask(CDROMREADMODE1, &sector), 0);
	assert_memory_equal(sector.bytes, data + 7 * SECTOR, SECTOR);
	sector.msf = (struct cdrom_msf){ .cdmsf_sec0 = 2, .cdmsf_frame0 = 7 };
	assert_int_equal(ask(CDROMREADRAW, &sector), 0);
	assert_memory_equal(sector.bytes, sync, sizeof(sync));
	assert_memory_equal(sector.bytes + 16, data + 7 * SECTOR, SECTOR);
	sector.msf = (struct cdrom_msf){ .cdmsf_sec0 = 1 };
	assert_int_equal(ask(CDROMREADMODE1, &sector), -EINVAL);
	sector.msf = (struct cdrom_msf){ .cdmsf_min0 = 70 };
	assert_int_equal(ask(CDROMREADMODE1, &sector), -EIO);
}

static void test_read_audio_refusals(void **state)
{
	struct cdrom_read_audio audio = { .addr_format = CDROM_LBA, .nframes = 1, .buf = back };

	(void)state;
	/* A data track has no audio: 5/64/00. */
	assert_int_equal(ask(CDROMREADAUDIO, &audio), -EIO);
	audio.nframes = 76;
	assert_int_equal(ask(CDROMREADAUDIO, &audio), -EINVAL);
	audio.nframes = -1;
	assert_int_equal(ask(CDROMREADAUDIO, &audio), -EINVAL);
	audio.nframes = 1;
	audio.addr.lba = -1;
	assert_int_equal(ask(CDROMREADAUDIO, &audio), -EINVAL);
}

static void test_capability_and_speed(void **state)
{
	int capability = ask_number(CDROM_GET_CAPABILITY, 0);

	(void)state;
	assert_int_equal(capability & (CDC_OPEN_TRAY | CDC_CLOSE_TRAY | CDC_LOCK | CDC_CD_R | CDC_DVD),
			 CDC_OPEN_TRAY | CDC_CLOSE_TRAY | CDC_LOCK | CDC_CD_R | CDC_DVD);
	assert_int_equal(capability & (CDC_SELECT_DISC | CDC_PLAY_AUDIO), CDC_PLAY_AUDIO);
	assert_int_equal(ask_number(CDROM_SELECT_SPEED, 8), 0);
	assert_int_equal(ask_number(CDROM_SELECT_SPEED, 0), 0);
	assert_int_equal(ask_number(CDROM_SELECT_SPEED, UINT64_MAX), 0);
	assert_int_equal(ask_number(CDROM_CHANGER_NSLOTS, 0), 1);
	assert_int_equal(ask_number(CDROM_SELECT_DISC, 1), -ENOSYS);
}

static void test_dvd(void **state)
{
	dvd_struct structure = { .type = DVD_STRUCT_PHYSICAL };
	dvd_authinfo auth = { .type = 99 };

	(void)state;
	structure.physical.layer_num = 4;
	assert_int_equal(ask(DVD_READ_STRUCT, &structure), -EINVAL);
	structure.type = 77;
	assert_int_equal(ask(DVD_READ_STRUCT, &structure), -EINVAL);
	assert_int_equal(ask(DVD_AUTH, &auth), -ENOTTY);
	assert_int_equal(ask_number(DVD_READ_STRUCT, 8), -EFAULT);
}

static void test_dvd_structure(void **state)
{
	dvd_struct structure = { .type = DVD_STRUCT_PHYSICAL };
	const struct dvd_layer *layer = &structure.physical.layer[0];

	(void)state;
	assert_int_equal(ask(DVD_READ_STRUCT, &structure), 0);
	/* Book type 0: DVD-ROM; data begin at 30000h (ECMA-267). */
	assert_int_equal(layer->book_type, 0);
	assert_int_equal(layer->start_sector, 0x30000);
	assert_int_equal(layer->end_sector, 0x30000 + N_SECTORS - 1);
	structure.type = DVD_STRUCT_COPYRIGHT;
	assert_int_equal(ask(DVD_READ_STRUCT, &structure), 0);
	assert_int_equal(structure.copyright.cpst, 0);
}

static int set_up_css(void **state)
{
	(void)state;
	protection = "css:100-199";
	kind = "dvd-rom";
	open_drive(image, O_RDWR | O_NONBLOCK, true);
	protection = kind = NULL;
	return 0;
}

/* The kernel's way through an authentication, as players go it. */
static void test_dvd_authentication(void **state)
{
	dvd_struct structure = { .type = DVD_STRUCT_COPYRIGHT };
	dvd_authinfo auth = { .type = DVD_LU_SEND_RPC_STATE };

	(void)state;
	assert_int_equal(ask(DVD_READ_STRUCT, &structure), 0);
	assert_int_equal(structure.copyright.cpst, 1);
	assert_int_equal(structure.copyright.rmi, 0);
	assert_int_equal(ask(DVD_AUTH, &auth), 0);
	assert_int_equal(auth.lrpcs.ucca, 5);
	assert_int_equal(auth.lrpcs.region_mask, 0xff);
	for (unsigned agid = 0; agid < 2; agid++) {
		auth = (dvd_authinfo){ .type = DVD_LU_SEND_AGID };
		assert_int_equal(ask(DVD_AUTH, &auth), 0);
		assert_int_equal(auth.lsa.agid, agid);
	}
	auth = (dvd_authinfo){ .type = DVD_HOST_SEND_CHALLENGE };
	auth.hsc.agid = 1;
	assert_int_equal(ask(DVD_AUTH, &auth), 0);
	assert_int_equal(auth.type, DVD_LU_SEND_KEY1);
	auth.lsk.agid = 1;
	assert_int_equal(ask(DVD_AUTH, &auth), -EIO);
	auth = (dvd_authinfo){ .type = DVD_LU_SEND_ASF };
	auth.lsasf.agid = 1;
	assert_int_equal(ask(DVD_AUTH, &auth), 0);
	assert_int_equal(auth.lsasf.asf, 0);
	structure = (dvd_struct){ .type = DVD_STRUCT_DISCKEY };
	structure.disckey.agid = 1;
	assert_int_equal(ask(DVD_READ_STRUCT, &structure), -EIO);
	auth = (dvd_authinfo){ .type = DVD_INVALIDATE_AGID };
	auth.lsa.agid = 1;
	assert_int_equal(ask(DVD_AUTH, &auth), 0);
	auth = (dvd_authinfo){ .type = DVD_HOST_SEND_RPC_STATE };
	auth.hrpcs.pdrc = 0xfd;
	assert_int_equal(ask(DVD_AUTH, &auth), 0);
	auth = (dvd_authinfo){ .type = DVD_LU_SEND_RPC_STATE };
	assert_int_equal(ask(DVD_AUTH, &auth), 0);
	assert_int_equal(auth.lrpcs.ucca, 4);
	assert_int_equal(auth.lrpcs.region_mask, 0xfd);
}

/* What the client asks for, it must have room for: the answer goes to the very address it gave. */
static void test_answers_to_nowhere(void **state)
{
	static const unsigned commands[] = { BLKGETSIZE,      BLKSSZGET,      SG_GET_VERSION_NUM, SCSI_IOCTL_GET_IDLUN,
					     CDROMREADTOCHDR, CDROM_GET_MCN,  DVD_AUTH,           CDROMSUBCHNL,
					     CDROMREADRAW,    CDROMREADAUDIO, CDROMMULTISESSION,  CDROM_SEND_PACKET,
					     SG_SET_TIMEOUT };

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		int ret = ask_number(commands[i], 16);

		/* The drive has no catalogue number to tell, which is known before. */
		if (ret != -EFAULT && !(commands[i] == CDROM_GET_MCN && ret < 0))
			fail_msg("ioctl %x returned %d", commands[i], ret);
	}
}

static int make_image(void **state)
{
	int fd = mkstemp(image);

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 13 + i / SECTOR);
	if (write(fd, data, sizeof(data)) != (ssize_t)sizeof(data))
		return -1;
	return close(fd);
}

static int remove_image(void **state)
{
	(void)state;
	return unlink(image);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_sg_io_read),
		TEST(test_sg_io_sense),
		TEST(test_sg_io_host_status),
		TEST(test_sg_io_vector),
		TEST(test_sg_io_nonsense),
		TEST(test_sg_numbers),
		TEST(test_send_packet),
		cmocka_unit_test_setup_teardown(test_filter_of_reader, set_up_ordinary_reader, tear_down),
		cmocka_unit_test_setup_teardown(test_filter_of_writer, set_up_ordinary_writer, tear_down),
		TEST(test_size),
		cmocka_unit_test_setup_teardown(test_size_of_nothing, set_up_empty, tear_down),
		TEST(test_tray),
		TEST(test_eject_while_shared),
		cmocka_unit_test_setup_teardown(test_empty, set_up_empty, tear_down),
		TEST(test_toc),
		TEST(test_sectors),
		TEST(test_read_audio_refusals),
		TEST(test_capability_and_speed),
		TEST(test_dvd),
		cmocka_unit_test_setup_teardown(test_dvd_structure, set_up_dvd, tear_down),
		cmocka_unit_test_setup_teardown(test_dvd_authentication, set_up_css, tear_down),
		TEST(test_answers_to_nowhere),
	};

	return cmocka_run_group_tests(tests, make_image, remove_image);
}
