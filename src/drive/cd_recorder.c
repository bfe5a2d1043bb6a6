/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/cd_recorder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/observe.h"
#include "disc/cd_text.h"
#include "disc/msf.h"
#include "drive/cd_cue_sheet.h"
#include "drive/drive_private.h"
#include "drive/sense.h"

enum {
	/* Sectors of a command: 64 KiB with sub-channels. */
	AT_ONCE = 26,
	PACKS_OF_SECTOR = 4,
	/* A drive with a full buffer is asked again after so long, and given up after so long without any progress. */
	RETRY_MS = 20,
	STALLED_SECONDS = 180,
	CLOSE_POLL_MS = 250,
	CLOSE_SECONDS = 3600,
};

struct recording {
	struct discern_drive *drive;
	const struct cd_recorder_job *job;
	int32_t begin_lba, end_lba;
	uint8_t *buffer;
	double last_told;
};

/* ---- looking ---- */

/* ATIP (MMC-6 6.25.3.2.5): where the lead-in begins, which lies before 00:00:00, is told as a time near 97 minutes. */
static int32_t read_lead_in(struct discern_drive *drive)
{
	enum { ATIP_SIZE = 32, LEAD_IN_AT = 8, LEAD_IN_WRAP = MSF_END + MSF_LBA_0 };
	uint8_t data[ATIP_SIZE];
	struct scsi_command command;
	size_t length;
	int32_t at;

	mmc_read_toc_format(&command, MMC_TOC_ATIP, data, sizeof(data));
	/* In format 4 times are always MSF. */
	command.cdb[1] = 0x02;
	if (drive_run(drive, &command, &length, NULL) < 0 || length < LEAD_IN_AT + 3)
		return 0;
	at = data[LEAD_IN_AT] * MSF_MINUTE + data[LEAD_IN_AT + 1] * MSF_SECOND + data[LEAD_IN_AT + 2] - LEAD_IN_WRAP;
	/* Half a minute and four minutes are what no lead-in goes beyond. */
	return at < -CD_PREGAP - 4 * MSF_MINUTE || at > -CD_PREGAP - MSF_MINUTE / 2 ? 0 : at;
}

static bool read_disc(struct discern_drive *drive, struct mmc_disc_information *ret)
{
	uint8_t data[34];
	struct scsi_command command;
	size_t length;

	mmc_read_disc_information(&command, data, sizeof(data));
	return drive_run(drive, &command, &length, NULL) == 0 && mmc_parse_disc_information(data, length, ret);
}

int cd_recorder_look(struct discern_drive *drive, struct cd_recorder_abilities *ret_abilities,
		     struct discern_error *err)
{
	/* The first byte behind the head of feature 002Eh (MMC-6 5.3.23). */
	enum { SAO = 0x20, TEST_WRITE = 0x04, R_TO_W = 0x01, FEATURE_BYTES = 4 };
	uint8_t configuration[DRIVE_CONFIGURATION_SIZE];
	struct mmc_disc_information disc;
	struct mmc_feature_view feature;
	size_t length;
	int ret = drive_configuration(drive, configuration, &length, err);

	memset(ret_abilities, 0, sizeof(*ret_abilities));
	if (ret < 0)
		return ret;
	if (mmc_find_feature(configuration, length, MMC_FEATURE_CD_MASTERING, &feature) &&
	    feature.length >= FEATURE_BYTES) {
		ret_abilities->can_at_once = feature.data[0] & SAO;
		ret_abilities->can_test = feature.data[0] & TEST_WRITE;
		ret_abilities->can_subchannel = feature.data[0] & R_TO_W;
		ret_abilities->max_list_bytes = get_be24(feature.data + 1);
	}
	ret_abilities->lead_in_lba = read_lead_in(drive);
	if (read_disc(drive, &disc))
		ret_abilities->last_lead_out_lba = (int32_t)disc.cd_lead_out_lba;
	return 0;
}

/* ---- setting up ---- */

/* The write parameters page (MMC-6 table 646). What is sent of each track the list tells; but drives look at track mode
 * and block type as well, which are those of the session's first track. */
static void fill_page(const struct recording *recording, uint8_t *page)
{
	enum { AT_TYPE = 2, AT_TRACK = 3, AT_BLOCK = 4, AT_FORMAT = 8, AT_PAUSE = 14, AT_MCN = 16, AT_END = 48 };
	enum { SESSION_AT_ONCE = 2, TEST_WRITE = 0x10, UNDERRUN_PROOF = 0x40, MORE_SESSIONS = 0xc0 };
	enum { BLOCK_RAW = 0, BLOCK_MODE_1 = 8, BLOCK_MIXED = 13 };
	const struct cd_recorder_job *job = recording->job;
	const struct cd_session *session = &job->layout->sessions[job->session - 1];
	const struct cd_track *first = cd_layout_track(job->layout, session->first_track);

	page[AT_TYPE] = (uint8_t)(UNDERRUN_PROOF | SESSION_AT_ONCE | (job->is_test ? TEST_WRITE : 0));
	page[AT_TRACK] = (uint8_t)(first->control | (job->is_kept_open ? MORE_SESSIONS : 0));
	page[AT_BLOCK] = first->mode == CD_AUDIO ? BLOCK_RAW : first->mode == CD_MODE_1 ? BLOCK_MODE_1 : BLOCK_MIXED;
	page[AT_FORMAT] = (uint8_t)session->type;
	put_be16(page + AT_PAUSE, CD_PREGAP);
	memset(page + AT_MCN, 0, AT_END - AT_MCN);
}

static int select_page(struct recording *recording, struct discern_error *err)
{
	enum { HEADER = 8, PAGE = 0x05, PAGE_BYTES = 0x34, PAGE_MAX = 64 };
	uint8_t data[HEADER + 256] = { 0 }, list[HEADER + PAGE_MAX] = { 0 };
	struct scsi_command command;
	size_t length, at = HEADER, size;
	int ret;

	mmc_mode_sense(&command, PAGE, data, sizeof(data));
	ret = drive_run(recording->drive, &command, &length, err);
	if (ret < 0)
		return ret;
	/* Some drives have a block descriptor though none was asked for. */
	if (length >= HEADER)
		at += get_be16(data + 6);
	if (at + 2 > length || (data[at] & 0x3f) != PAGE || data[at + 1] < PAGE_BYTES - 4)
		return discern_error_set(err, -ENOTSUP, "%s: the drive has no write parameters",
					 recording->drive->path);
	size = 2 + (size_t)data[at + 1];
	if (size > PAGE_MAX || at + size > length)
		return discern_error_set(err, -ENOTSUP, "%s: the drive's write parameters make no sense",
					 recording->drive->path);
	memcpy(list + HEADER, data + at, size);
	list[HEADER] &= 0x3f;
	fill_page(recording, list + HEADER);
	mmc_mode_select(&command, list, (uint16_t)(HEADER + size));
	ret = drive_run(recording->drive, &command, NULL, err);
	/* Without protection from underruns, where a drive has none. */
	if (ret < 0) {
		list[HEADER + 2] &= (uint8_t)~0x40;
		ret = drive_run(recording->drive, &command, NULL, err);
	}
	return ret;
}

static int send_list(struct recording *recording, struct discern_error *err)
{
	const struct cd_recorder_job *job = recording->job;
	const struct cd_cue_options options = { job->session, job->n_packs > 0, job->has_subchannel };
	AUTO_FREE uint8_t *list = malloc(CD_CUE_SHEET_MAX);
	struct scsi_command command;
	size_t size;
	int ret;

	if (list == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	size = cd_cue_make(job->layout, &options, list);
	mmc_send_cue_sheet(&command, list, (uint32_t)size);
	ret = drive_run(recording->drive, &command, NULL, err);
	if (ret < 0 && err != NULL && err->sense.key == SENSE_ILLEGAL_REQUEST) {
		err->code = ret = -EMEDIUMTYPE;
		discern_error_wrap(err, "the drive does not write such a disc at once");
		discern_error_hint(err, "nothing was written; try another drive");
	}
	return ret;
}

/* ---- writing ---- */

static int tell(struct recording *recording, enum discern_phase phase, int32_t lba)
{
	struct discern_progress progress = {
		.phase = phase,
		.seconds_left = UINT32_MAX,
		.seconds_left_bad = UINT32_MAX,
		.fifo_percent = DISCERN_PERCENT_UNKNOWN,
		.drive_buffer_percent = DISCERN_PERCENT_UNKNOWN,
	};
	double now = observe_now();

	if (recording->job->progress == NULL || (now - recording->last_told < 0.2 && lba > recording->begin_lba))
		return 0;
	recording->last_told = now;
	if (phase == DISCERN_PHASE_WRITE) {
		progress.done_bytes =
			lba > recording->begin_lba ? (uint64_t)(lba - recording->begin_lba) * SECTOR_RAW : 0;
		progress.total_bytes = (uint64_t)(recording->end_lba - recording->begin_lba) * SECTOR_RAW;
	}
	return recording->job->progress(&progress, recording->job->progress_user);
}

/* A drive whose buffer is full says that a long write is in progress (2/04/08), or formatting (2/04/07): once more. */
static int write_blocks(struct recording *recording, const struct discern_range *range, size_t bytes,
			struct discern_error *err)
{
	double begin = observe_now();
	struct scsi_command command;
	struct discern_error own;
	int ret;

	mmc_write(&command, range, recording->buffer, bytes);
	while ((ret = drive_run(recording->drive, &command, NULL, &own)) == -EAGAIN &&
	       observe_now() - begin < STALLED_SECONDS) {
		ret = tell(recording, DISCERN_PHASE_WRITE, range->lba) != 0 ? -ECANCELED : drive_sleep_ms(RETRY_MS);
		if (ret < 0)
			return discern_error_set(err, -ECANCELED, "%s: stopped while burning", recording->drive->path);
	}
	if (ret == 0 || err == NULL)
		return ret;
	*err = own;
	if (ret == -EAGAIN)
		discern_error_set(err, -ETIMEDOUT, "%s: the drive takes no more data", recording->drive->path);
	discern_error_wrap(err, "cannot write at sector %d", range->lba);
	err->lba = range->lba;
	return err->code;
}

static int stopped(const struct recording *recording, struct discern_error *err)
{
	return discern_error_set(err, -ECANCELED, "%s: stopped while burning", recording->drive->path);
}

/* All packs, again and again, up to the first pause (MMC-3 annex J). */
static int write_text(struct recording *recording, int32_t lba, struct discern_error *err)
{
	const struct cd_recorder_job *job = recording->job;
	size_t next = 0;
	int ret = 0;

	while (lba < recording->begin_lba && ret == 0) {
		struct discern_range range = { lba, (uint32_t)(recording->begin_lba - lba) };

		if (range.n_sectors > AT_ONCE)
			range.n_sectors = AT_ONCE;
		for (uint32_t i = 0; i < range.n_sectors; i++) {
			uint8_t packs[PACKS_OF_SECTOR * CD_TEXT_PACK];

			for (unsigned p = 0; p < PACKS_OF_SECTOR; p++, next = (next + 1) % job->n_packs)
				memcpy(packs + (size_t)p * CD_TEXT_PACK, job->packs + next * CD_TEXT_PACK,
				       CD_TEXT_PACK);
			cd_text_to_symbols(recording->buffer + (size_t)i * SUBCHANNEL_BYTES, packs);
		}
		if (tell(recording, DISCERN_PHASE_WRITE, recording->begin_lba) != 0)
			return stopped(recording, err);
		ret = write_blocks(recording, &range, (size_t)range.n_sectors * SUBCHANNEL_BYTES, err);
		lba += (int32_t)range.n_sectors;
	}
	return ret;
}

/* What the drive wants of the next sectors; bytes of all of them, or what deliver says. */
static int take_sectors(struct recording *recording, const struct cd_cue_form *form, uint32_t n_sectors,
			size_t *ret_bytes)
{
	uint8_t sector[SECTOR_RAW], subchannel[SUBCHANNEL_BYTES];
	uint8_t *to = recording->buffer;

	for (uint32_t i = 0; i < n_sectors; i++) {
		int ret = recording->job->deliver(sector, form->has_subchannel ? subchannel : NULL,
						  recording->job->deliver_user);

		if (ret < 0)
			return ret;
		memcpy(to, sector + form->main_at, form->main_bytes);
		to += form->main_bytes;
		if (!form->has_subchannel)
			continue;
		memcpy(to, subchannel, SUBCHANNEL_BYTES);
		to += SUBCHANNEL_BYTES;
	}
	*ret_bytes = (size_t)(to - recording->buffer);
	return 0;
}

static int write_track(struct recording *recording, const struct cd_track *track, struct discern_error *err)
{
	const struct cd_cue_form form = cd_cue_form_of(track->mode, recording->job->has_subchannel);
	int32_t lba = track->pregap_lba;
	size_t bytes = 0;
	int ret;

	while (lba < track->end_lba) {
		struct discern_range range = { lba, (uint32_t)(track->end_lba - lba) };

		if (tell(recording, DISCERN_PHASE_WRITE, lba) != 0)
			return stopped(recording, err);
		if (range.n_sectors > AT_ONCE)
			range.n_sectors = AT_ONCE;
		ret = take_sectors(recording, &form, range.n_sectors, &bytes);
		if (ret < 0)
			return discern_error_set(err, ret, "%s: the data to burn ended early", recording->drive->path);
		ret = write_blocks(recording, &range, bytes, err);
		if (ret < 0)
			return ret;
		lba += (int32_t)range.n_sectors;
	}
	return 0;
}

/* The drive empties its buffer and writes the lead-out. */
static int wait_closed(struct recording *recording, struct discern_error *err)
{
	double begin = observe_now();
	struct scsi_command command;
	int ret;

	recording->last_told = 0;
	tell(recording, DISCERN_PHASE_CLOSE, recording->end_lba);
	mmc_synchronize_cache(&command, true);
	ret = drive_run(recording->drive, &command, NULL, err);
	if (ret == -EOPNOTSUPP) {
		mmc_synchronize_cache(&command, false);
		ret = drive_run(recording->drive, &command, NULL, err);
	}
	while (ret == 0 || ret == -EAGAIN) {
		mmc_test_unit_ready(&command);
		ret = drive_run(recording->drive, &command, NULL, err);
		if (ret == 0)
			break;
		if (observe_now() - begin > CLOSE_SECONDS)
			return discern_error_set(err, -ETIMEDOUT, "%s: the drive does not end closing the disc",
						 recording->drive->path);
		/* Closing is not stopped by anybody: the disc would be spoiled that is all written. */
		drive_sleep_ms(CLOSE_POLL_MS);
		tell(recording, DISCERN_PHASE_CLOSE, recording->end_lba);
	}
	return ret < 0 ? discern_error_wrap(err, "closing the session failed") : 0;
}

/* The drive's own view afterwards. */
static int judge_disc(const struct recording *recording, struct discern_error *err)
{
	const struct cd_recorder_job *job = recording->job;
	struct mmc_disc_information disc;
	const char *path = recording->drive->path;

	if (!read_disc(recording->drive, &disc))
		return discern_error_set(err, -EIO, "%s: took all data, but does not say what has become of the disc",
					 path);
	if (job->is_test)
		return 0;
	if (disc.status == MMC_DISC_EMPTY)
		return discern_error_set(err, -EIO, "%s: took all data, but says that the disc is still blank", path);
	if (disc.status != (job->is_kept_open ? MMC_DISC_INCOMPLETE : MMC_DISC_FINALIZED))
		return discern_error_set(err, -EIO, "%s: took all data, but did not close the %s", path,
					 job->is_kept_open ? "session" : "disc");
	return 0;
}

static int write_session(struct recording *recording, int32_t lead_in_lba, struct discern_error *err)
{
	const struct cd_recorder_job *job = recording->job;
	const struct cd_session *session = &job->layout->sessions[job->session - 1];
	struct discern_error ignored;
	struct scsi_command command;
	int ret = 0;

	if (job->n_packs > 0)
		ret = write_text(recording, lead_in_lba, err);
	for (unsigned number = session->first_track; number <= session->last_track && ret == 0; number++)
		ret = write_track(recording, cd_layout_track(job->layout, number), err);
	if (ret == 0)
		ret = wait_closed(recording, err);
	if (ret == 0)
		return judge_disc(recording, err);
	/* It ends what it has begun, so that it takes other commands. */
	mmc_synchronize_cache(&command, false);
	drive_run(recording->drive, &command, NULL, &ignored);
	return ret;
}

int cd_recorder_write(struct discern_drive *drive, const struct cd_recorder_job *job, struct discern_error *err)
{
	const struct cd_session *session = &job->layout->sessions[job->session - 1];
	AUTO_FREE uint8_t *buffer = buffer_new((size_t)AT_ONCE * (SECTOR_RAW + SUBCHANNEL_BYTES));
	struct recording recording = {
		.drive = drive,
		.job = job,
		.buffer = buffer,
		.begin_lba = cd_cue_begin_lba(job->layout, job->session),
		.end_lba = session->lead_out_lba,
	};
	int32_t lead_in_lba = job->n_packs > 0 ? read_lead_in(drive) : 0;
	int ret = cd_cue_check(job->layout, job->session, err);

	if (ret < 0)
		return ret;
	if (buffer == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	if (job->n_packs > 0 && lead_in_lba == 0)
		return discern_error_set(err, -ENOTSUP, "%s: the disc does not say where CD-TEXT has to be written",
					 drive->path);
	ret = select_page(&recording, err);
	if (ret == 0)
		ret = send_list(&recording, err);
	return ret < 0 ? ret : write_session(&recording, lead_in_lba, err);
}
