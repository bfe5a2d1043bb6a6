/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests: what lies on a virtual CD, past any drive. disc_dump FILE layout | text | sectors FROM TO | sub FROM TO */
#include "vdrive/disc_cd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disc/cd_text.h"

static void print_track(const struct cd_track *track)
{
	static const char *const modes[] = { "audio", "mode1", "mode2", "xa", "cdi" };

	printf("track %u session %u %s control %x pregap %d start %d end %d", track->number, track->session,
	       modes[track->mode], track->control, track->pregap_lba, track->start_lba, track->end_lba);
	for (unsigned i = 0; i < track->n_indexes; i++)
		printf(" index%u %d", i + 2, track->indexes[i]);
	printf("%s%s\n", track->isrc[0] != '\0' ? " isrc " : "", track->isrc);
}

static int print_layout(const struct disc *disc)
{
	static const char *const statuses[] = { "blank", "appendable", "complete", "random" };
	const struct cd_layout *layout = disc_cd_layout(disc);

	printf("disc %s%s%s\n", statuses[disc_status(disc)], layout->mcn[0] != '\0' ? " mcn " : "", layout->mcn);
	for (unsigned i = 0; i < layout->n_tracks; i++)
		print_track(&layout->tracks[i]);
	for (unsigned i = 0; i < layout->n_sessions; i++)
		printf("session %u type %02x lead-out %d\n", i + 1, layout->sessions[i].type,
		       layout->sessions[i].lead_out_lba);
	return 0;
}

static int dump_text(const struct disc *disc)
{
	size_t n_packs;
	const uint8_t *packs = disc_cd_text(disc, &n_packs);

	return fwrite(packs, CD_TEXT_PACK, n_packs, stdout) == n_packs ? 0 : 1;
}

static int dump_sectors(struct disc *disc, int32_t from, int32_t to, bool with_sub)
{
	uint8_t sector[SECTOR_RAW], sub[SUBCHANNEL_BYTES];

	for (int32_t lba = from; lba < to; lba++) {
		if (disc_read_raw(disc, lba, sector, sub) < 0) {
			fprintf(stderr, "disc_dump: no sector %d\n", lba);
			return 1;
		}
		if (fwrite(with_sub ? sub : sector, with_sub ? sizeof(sub) : sizeof(sector), 1, stdout) != 1)
			return 1;
	}
	return 0;
}

int main(int n, char **words)
{
	struct discern_error err = { 0 };
	struct disc *disc;
	int ret = 2;

	if (n < 3 || disc_open(words[1], NULL, &disc, &err) < 0) {
		fprintf(stderr, "disc_dump: %s\n", n < 3 ? "FILE WHAT" : err.text);
		return 2;
	}
	if (!disc_is_cd(disc))
		fprintf(stderr, "disc_dump: %s is no CD\n", words[1]);
	else if (strcmp(words[2], "layout") == 0)
		ret = print_layout(disc);
	else if (strcmp(words[2], "text") == 0)
		ret = dump_text(disc);
	else if (n == 5)
		ret = dump_sectors(disc, atoi(words[3]), atoi(words[4]), strcmp(words[2], "sub") == 0);
	disc_close(disc);
	return ret;
}
