/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ioctls of virtual drives, from a client that lies: structures, data and lengths that lie outside of its memory
 * or overlap, file descriptors of both drives, opened in any way, and a client that is gone in the middle.
 *
 * The client is a process of its own that sleeps, as one does that waits for its answer.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/cdrom.h>
#include <linux/fs.h>
#include <scsi/scsi.h>
#include <scsi/scsi_ioctl.h>
#include <scsi/sg.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "fuzz/vdrive_commands.h"
#include "vdrive/block.h"
#include "vdrive/ioctls.h"

/* The client's memory: what it has, and behind that what it has not. */
enum { ARENA = 256 << 10, GUARD = 4 << 20, N_SECTORS = 1024, MAX_HANDLES = 4 };

static uint8_t *arena;
static pid_t client;
static char disc_path[64], image_path[64];

static void check(bool is_good, const char *what)
{
	if (is_good)
		return;
	fprintf(stderr, "fuzz_vdrive_ioctl: %s\n", what);
	abort();
}

static void start_client(void)
{
	client = fork();
	check(client >= 0, "cannot fork");
	if (client > 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

static void end_client(void)
{
	kill(client, SIGKILL);
	waitpid(client, NULL, 0);
}

static void set_up(void)
{
	const char *folder = getenv("TMPDIR");
	FILE *file;

	if (arena != NULL)
		return;
	folder = folder != NULL ? folder : "/tmp";
	snprintf(disc_path, sizeof(disc_path), "%.30s/discern-fuzz-%d.disc", folder, (int)getpid());
	snprintf(image_path, sizeof(image_path), "%.30s/discern-fuzz-%d.iso", folder, (int)getpid());
	file = fopen(image_path, "wb");
	check(file != NULL && ftruncate(fileno(file), N_SECTORS * 2048L) == 0, "cannot make an image");
	fclose(file);
	arena = mmap(NULL, ARENA + GUARD, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	check(arena != MAP_FAILED && mprotect(arena + ARENA, GUARD, PROT_NONE) == 0, "no memory");
	start_client();
	atexit(end_client);
}

static uint64_t pick_address(struct input *input)
{
	uint64_t base = (uint64_t)(uintptr_t)arena;

	switch (input_byte(input) % 16) {
	case 0:
		return 0;
	case 1:
		return base + ARENA - input_below(input, 4096);
	case 2:
		return base + ARENA + input_below(input, 4096);
	case 3:
		return UINT64_MAX - input_below(input, 4096);
	case 4:
		return 0x0000800000000000 - input_byte(input);
	case 5:
		return base + input_below(input, 256);
	default:
		return base + 1024 + 16 * (uint64_t)input_below(input, 4096);
	}
}

static void *pick_pointer(struct input *input)
{
	return (void *)(uintptr_t)pick_address(input);
}

/* A command for the SCSI pass-through, with its data in one piece or in many. */
static void put_sg_header(struct input *input, struct sg_io_hdr *header, const struct vdrive *drive)
{
	static struct fuzz_command command;
	static const int directions[] = { SG_DXFER_NONE, SG_DXFER_TO_DEV, SG_DXFER_FROM_DEV, SG_DXFER_TO_FROM_DEV };
	uint8_t mode = input_byte(input);
	struct iovec *pieces = (struct iovec *)(void *)(arena + 512);

	make_sense(input, drive, &command);
	memcpy(arena + 256, command.cdb, sizeof(command.cdb));
	memset(header, 0, sizeof(*header));
	header->interface_id = 'S';
	header->cmd_len = (unsigned char)(mode & 1 ? command.cdb_length : input_byte(input));
	header->cmdp = mode & 2 ? arena + 256 : pick_pointer(input);
	header->dxfer_direction = directions[mode >> 2 & 3];
	if (mode & 0x10)
		header->dxfer_direction = command.direction == VDRIVE_TO_HOST ? SG_DXFER_FROM_DEV : SG_DXFER_TO_DEV;
	header->dxfer_len = mode & 0x20 ? (unsigned)command.data_length : input_below(input, 65536) << (mode & 7);
	header->dxferp = mode & 0x40 ? arena + 65536 : pick_pointer(input);
	if (mode & 0x80) {
		header->iovec_count = (unsigned short)(input_byte(input) < 240 ? input_byte(input) % 32 : 0xfff0);
		header->dxferp = input_byte(input) < 240 ? pieces : pick_pointer(input);
		for (unsigned i = 0; i < 8; i++) {
			pieces[i].iov_base = pick_pointer(input);
			pieces[i].iov_len =
				input_byte(input) < 200 ? input_below(input, 9000) : SIZE_MAX - input_byte(input);
		}
	}
	header->sbp = input_byte(input) < 128 ? arena + 128 : pick_pointer(input);
	header->mx_sb_len = input_byte(input);
	header->timeout = input_byte(input) & 1 ? UINT32_MAX : 0;
}

static void put_packet(struct input *input, struct cdrom_generic_command *packet, const struct vdrive *drive)
{
	static struct fuzz_command command;

	make_sense(input, drive, &command);
	memset(packet, 0, sizeof(*packet));
	memcpy(packet->cmd, command.cdb, sizeof(packet->cmd));
	packet->buffer = pick_pointer(input);
	packet->buflen = input_byte(input) < 200 ? (unsigned)command.data_length : UINT32_MAX - input_byte(input);
	packet->sense = pick_pointer(input);
	packet->data_direction = input_byte(input) % 5;
	packet->timeout = input_byte(input) & 1 ? 100 : -1;
}

static void call_ioctl(struct input *input, struct server_handle *handle)
{
	static const unsigned commands[] = {
		SG_IO,
		SG_IO,
		SG_IO,
		SG_IO,
		SG_IO,
		SG_IO,
		CDROM_SEND_PACKET,
		CDROM_SEND_PACKET,
		SG_GET_VERSION_NUM,
		SG_SET_RESERVED_SIZE,
		SG_SET_TIMEOUT,
		SG_GET_TIMEOUT,
		SCSI_IOCTL_GET_IDLUN,
		SCSI_IOCTL_START_UNIT,
		SCSI_IOCTL_STOP_UNIT,
		SCSI_IOCTL_DOORLOCK,
		SCSI_IOCTL_DOORUNLOCK,
		CDROMEJECT,
		CDROMCLOSETRAY,
		CDROMEJECT_SW,
		CDROM_SET_OPTIONS,
		CDROM_CLEAR_OPTIONS,
		CDROM_LOCKDOOR,
		CDROM_DRIVE_STATUS,
		CDROM_MEDIA_CHANGED,
		CDROM_SELECT_SPEED,
		CDROM_GET_CAPABILITY,
		CDROM_CHANGER_NSLOTS,
		CDROMRESET,
		CDROMSTART,
		CDROMREADTOCHDR,
		CDROMREADTOCENTRY,
		CDROMMULTISESSION,
		CDROM_DISC_STATUS,
		CDROM_GET_MCN,
		CDROMSUBCHNL,
		CDROMREADRAW,
		CDROMREADMODE1,
		CDROMREADMODE2,
		CDROMREADAUDIO,
		DVD_READ_STRUCT,
		DVD_AUTH,
		CDROMPLAYMSF,
		CDROMVOLREAD,
		BLKGETSIZE64,
		BLKGETSIZE,
		BLKSSZGET,
		BLKFLSBUF,
		BLKRRPART,
		BLKSECTGET,
	};
	uint8_t out[64];
	struct ioctl_call call = { .handle = handle, .drive = handle->drive, .thread = client };
	uint8_t mode = input_byte(input);

	call.command = commands[input_byte(input) % (sizeof(commands) / sizeof(commands[0]))];
	call.argument = mode < 200 ? (uint64_t)(uintptr_t)arena : pick_address(input);
	if (call.command == SG_IO) {
		put_sg_header(input, (struct sg_io_hdr *)(void *)arena, handle->drive->vdrive);
	} else if (call.command == CDROM_SEND_PACKET) {
		put_packet(input, (struct cdrom_generic_command *)(void *)arena, handle->drive->vdrive);
	} else {
		for (unsigned i = 0; i < 32; i++)
			arena[i] = input_byte(input);
		if (mode & 1)
			memcpy(arena + 8, &(uint64_t){ pick_address(input) }, 8);
	}
	if (call.command == BLKGETSIZE64 || call.command == BLKSSZGET) {
		call.out = out;
		call.out_size = mode & 2 ? 8 : 4;
	}
	if (mode == 255 && input_byte(input) < 16) {
		end_client();
		start_client();
		call.thread = mode & 1 ? client : 0x3ffffffe;
	}
	ioctl_run(&call);
}

static void use_as_file(struct input *input, struct server_handle *handle)
{
	static uint8_t buffer[65536];
	size_t size = input_below(input, sizeof(buffer));
	uint64_t offset = input_byte(input) < 240 ? 128 * (uint64_t)input_below(input, 65536)
						  : INT64_MAX - input_below(input, 4096);

	if (input_byte(input) & 1)
		check(block_read(handle->drive, buffer, size, offset) <= (ssize_t)size, "more was read than asked for");
	else
		check(block_write(handle->drive, buffer, size, offset) <= (ssize_t)size,
		      "more was written than asked for");
}

/* One step with one of the handles; a handle that is closed becomes NULL. */
static void take_step(struct input *input, struct server *server, struct server_handle **handle)
{
	static const int flags[] = { O_RDONLY | O_NONBLOCK, O_RDWR | O_NONBLOCK, O_RDONLY, O_RDWR, O_RDWR | O_EXCL };
	uint8_t what = input_byte(input);

	if (*handle == NULL) {
		uint8_t how = input_byte(input);

		server_open(server_drive(server, what & 1), flags[how % 5], how & 128, handle);
	} else if (what < 220) {
		call_ioctl(input, *handle);
	} else if (what < 236) {
		use_as_file(input, *handle);
	} else if (what < 246) {
		/* One of several file descriptors of it was closed. */
		server_handle_closing(*handle);
		server_handle_in_use(*handle);
	} else {
		server_handle_closing(*handle);
		server_close(*handle);
		*handle = NULL;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const blanks[] = { "cd-r", "cd-rw", "dvd+r", "dvd+rw", "dvd-ram", "bd-r", "bd-re", "dvd-r" };
	struct input input = { data, data + size };
	struct server_handle *handles[MAX_HANDLES] = { NULL };
	struct vdrive_disc_options options = { .n_sectors = N_SECTORS };
	struct server_drive_options desk = { .number = 0, .medium = disc_path, .mode = 0600 };
	struct server *server;

	set_up();
	options.media = blanks[input_byte(&input) % 8];
	unlink(disc_path);
	check(vdrive_disc_create(disc_path, &options, NULL) == 0, "cannot make a disc");
	check(server_new(&server, NULL) == 0 && server_add_drive(server, &desk, NULL) == 0, "cannot make a drive");
	desk.number = 1;
	desk.medium = input_byte(&input) & 1 ? image_path : NULL;
	check(server_add_drive(server, &desk, NULL) == 0, "cannot make a second drive");
	/* Nobody waits for what takes time. */
	server_stop(server);
	while (input.at < input.end)
		take_step(&input, server, &handles[input_byte(&input) % MAX_HANDLES]);
	for (unsigned i = 0; i < MAX_HANDLES; i++)
		if (handles[i] != NULL && i % 2 == 0)
			server_close(handles[i]);
	server_free(server);
	unlink(disc_path);
	return 0;
}

#ifndef DISCERN_FUZZER
int main(void)
{
	uint64_t state = 0x6469736365726e21;
	uint8_t data[2048];

	for (unsigned n = 0; n < 300; n++) {
		for (size_t i = 0; i < sizeof(data); i++) {
			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			data[i] = (uint8_t)(state >> 32);
		}
		LLVMFuzzerTestOneInput(data, sizeof(data));
	}
	unlink(image_path);
	puts("ok - 300 clients that lie");
	return 0;
}
#endif
