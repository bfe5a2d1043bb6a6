/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shows what cd_image.h makes of a description of a CD, for shell tests.
 * cd_image_show FILE: a line a track. cd_image_show FILE LBA N: so many sectors on standard output, each followed by
 * its sub-channels.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disc/cd_image.h"
#include "disc/subchannel.h"

static void show_tracks(const struct cd_image *image)
{
	static const char *const modes[] = { "audio", "mode1", "mode2", "xa", "cdi" };
	const struct cd_layout *layout = cd_image_layout(image);
	size_t n_packs;

	for (unsigned i = 0; i < layout->n_tracks; i++) {
		const struct cd_track *track = &layout->tracks[i];

		printf("track %u session %u %s control %u pregap %d start %d end %d", track->number, track->session,
		       modes[track->mode], track->control, track->pregap_lba, track->start_lba, track->end_lba);
		for (unsigned index = 0; index < track->n_indexes; index++)
			printf(" index %u %d", index + 2, track->indexes[index]);
		printf("%s%s\n", track->isrc[0] != '\0' ? " isrc " : "", track->isrc);
	}
	for (unsigned i = 0; i < layout->n_sessions; i++)
		printf("session %u tracks %u-%u lead-out %d type %02x\n", i + 1, layout->sessions[i].first_track,
		       layout->sessions[i].last_track, layout->sessions[i].lead_out_lba, layout->sessions[i].type);
	cd_image_text(image, &n_packs);
	printf("mcn %s\npacks %zu\n", layout->mcn[0] != '\0' ? layout->mcn : "none", n_packs);
}

static int dump(struct cd_image *image, int32_t lba, unsigned n_sectors)
{
	uint8_t sector[SECTOR_RAW + SUBCHANNEL_BYTES];

	for (unsigned i = 0; i < n_sectors; i++) {
		int ret = cd_image_read(image, lba + (int32_t)i, sector, sector + SECTOR_RAW);

		if (ret < 0) {
			fprintf(stderr, "LBA %d: %s\n", lba + (int32_t)i, strerror(-ret));
			return 1;
		}
		fwrite(sector, sizeof(sector), 1, stdout);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct cd_image *image = NULL;
	struct discern_error err;
	int ret = 0;

	if (argc != 2 && argc != 4)
		return 2;
	if (cd_image_open(argv[1], &image, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	if (argc == 2)
		show_tracks(image);
	else
		ret = dump(image, atoi(argv[2]), (unsigned)atoi(argv[3]));
	cd_image_close(image);
	return ret;
}
