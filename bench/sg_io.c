/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sg_io read|write DEVICE N TOTAL: READ(10) or WRITE(10) of TOTAL sectors, N in a command, by SG_IO. */
#include <fcntl.h>
#include <scsi/sg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { SECTOR = 2048, PAGE = 4096, OP_READ_10 = 0x28, OP_WRITE_10 = 0x2a, MAX_SECTORS = 512 };

/* One command; its status, or -1. */
static int run(int fd, uint8_t opcode, uint32_t lba, uint32_t n_sectors, uint8_t *data)
{
	uint8_t cdb[10] = { opcode, 0, (uint8_t)(lba >> 24), (uint8_t)(lba >> 16), (uint8_t)(lba >> 8), (uint8_t)lba };
	uint8_t sense[32];
	struct sg_io_hdr header = { .interface_id = 'S',
				    .dxfer_direction = opcode == OP_READ_10 ? SG_DXFER_FROM_DEV : SG_DXFER_TO_DEV,
				    .cmd_len = sizeof(cdb),
				    .mx_sb_len = sizeof(sense),
				    .dxfer_len = n_sectors * SECTOR,
				    .dxferp = data,
				    .cmdp = cdb,
				    .sbp = sense,
				    .timeout = 60000 };

	cdb[7] = (uint8_t)(n_sectors >> 8);
	cdb[8] = (uint8_t)n_sectors;
	if (ioctl(fd, SG_IO, &header) < 0)
		return -1;
	return header.host_status != 0 || header.resid != 0 ? -1 : header.status;
}

int main(int argc, char **argv)
{
	uint8_t opcode = argc > 1 && strcmp(argv[1], "write") == 0 ? OP_WRITE_10 : OP_READ_10;
	uint32_t n = argc == 5 ? (uint32_t)strtoul(argv[3], NULL, 10) : 0, total;
	uint8_t *data = aligned_alloc(PAGE, MAX_SECTORS * SECTOR);
	int fd;

	if (n == 0 || n > MAX_SECTORS || data == NULL) {
		fprintf(stderr, "Usage: sg_io read|write DEVICE N TOTAL, N from 1 to %d\n", MAX_SECTORS);
		return 2;
	}
	total = (uint32_t)strtoul(argv[4], NULL, 10);
	memset(data, 0x55, MAX_SECTORS * SECTOR);
	fd = open(argv[2], (opcode == OP_WRITE_10 ? O_RDWR : O_RDONLY) | O_NONBLOCK);
	if (fd < 0) {
		perror(argv[2]);
		return 1;
	}
	/* A drive tells of its new disc first. */
	run(fd, OP_READ_10, 0, 1, data);
	for (uint32_t lba = 0; lba + n <= total; lba += n) {
		int status = run(fd, opcode, lba, n, data);

		if (status != 0) {
			fprintf(stderr, "LBA %u: status %d\n", lba, status);
			return 1;
		}
	}
	close(fd);
	free(data);
	return 0;
}
