/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/cd_stream.h"

#include <errno.h>
#include <string.h>

enum { SAMPLE_BYTES = 4, SECTOR_SAMPLES = SECTOR_RAW / SAMPLE_BYTES };

/* No sector that is ever asked for. */
#define NOTHING_KEPT INT32_MIN

static int32_t begin_of(const struct cd_layout *layout, unsigned session)
{
	return cd_layout_track(layout, layout->sessions[session - 1].first_track)->pregap_lba;
}

void cd_stream_init(struct cd_stream *stream, struct cd_image *image, int32_t shift_samples)
{
	memset(stream, 0, sizeof(*stream));
	stream->image = image;
	stream->layout = cd_image_layout(image);
	stream->shift_samples = shift_samples;
	stream->kept_lba[0] = stream->kept_lba[1] = NOTHING_KEPT;
	stream->session = 1;
	stream->lba = begin_of(stream->layout, 1);
}

uint32_t cd_stream_count(const struct cd_layout *layout)
{
	uint32_t n = 0;

	for (unsigned session = 1; session <= layout->n_sessions; session++)
		n += (uint32_t)(layout->sessions[session - 1].lead_out_lba - begin_of(layout, session));
	return n;
}

/* Audio of the same session; silence outside of it. */
static int read_audio(struct cd_stream *stream, int32_t lba, const uint8_t **ret_sector)
{
	static const uint8_t silence[SECTOR_RAW];
	const struct cd_track *track = cd_layout_track_at(stream->layout, lba);
	unsigned slot;
	int ret;

	*ret_sector = silence;
	if (track == NULL || track->mode != CD_AUDIO || track->session != stream->session)
		return 0;
	for (slot = 0; slot < 2; slot++) {
		if (stream->kept_lba[slot] == lba) {
			*ret_sector = stream->kept[slot];
			return 0;
		}
	}
	slot = stream->next_kept;
	stream->next_kept ^= 1;
	stream->kept_lba[slot] = NOTHING_KEPT;
	ret = cd_image_read(stream->image, lba, stream->kept[slot], NULL);
	if (ret < 0)
		return ret;
	stream->kept_lba[slot] = lba;
	*ret_sector = stream->kept[slot];
	return 0;
}

static int read_shifted(struct cd_stream *stream, int32_t lba, uint8_t ret_sector[SECTOR_RAW])
{
	int32_t whole = stream->shift_samples / SECTOR_SAMPLES, rest = stream->shift_samples % SECTOR_SAMPLES;
	const uint8_t *sector;
	size_t cut;
	int ret;

	if (rest < 0) {
		rest += SECTOR_SAMPLES;
		whole--;
	}
	cut = (size_t)rest * SAMPLE_BYTES;
	ret = read_audio(stream, lba + whole, &sector);
	if (ret < 0)
		return ret;
	memcpy(ret_sector, sector + cut, SECTOR_RAW - cut);
	if (cut == 0)
		return 0;
	ret = read_audio(stream, lba + whole + 1, &sector);
	if (ret == 0)
		memcpy(ret_sector + SECTOR_RAW - cut, sector, cut);
	return ret;
}

int cd_stream_next(struct cd_stream *stream, uint8_t ret_sector[SECTOR_RAW], uint8_t *ret_subchannel)
{
	const struct cd_track *track;
	int ret;

	if (stream->lba == stream->layout->sessions[stream->session - 1].lead_out_lba) {
		if (stream->session == stream->layout->n_sessions)
			return -ENODATA;
		stream->session++;
		stream->lba = begin_of(stream->layout, stream->session);
	}
	track = cd_layout_track_at(stream->layout, stream->lba);
	/* What lies in no track nobody gets here: the layout was checked. */
	if (track == NULL)
		return -EIO;
	ret = cd_image_read(stream->image, stream->lba, ret_sector, ret_subchannel);
	if (ret == 0 && track->mode == CD_AUDIO && stream->shift_samples != 0)
		ret = read_shifted(stream, stream->lba, ret_sector);
	stream->lba++;
	return ret < 0 ? -EIO : 0;
}
