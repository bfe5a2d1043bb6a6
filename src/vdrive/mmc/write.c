/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing: WRITE(10), WRITE(12), WRITE AND VERIFY(10), SYNCHRONIZE CACHE, RESERVE TRACK, SEND OPC INFORMATION,
 * CLOSE TRACK/SESSION (MMC-6 6.3, 6.33, 6.35, 6.44, 6.47 to 6.49). */
#include <errno.h>
#include <string.h>

#include "base/bytes.h"
#include "vdrive/drive.h"
#include "vdrive/mmc/cd_recording.h"
#include "vdrive/mmc/test_write.h"
#include "vdrive/mmc/write_page.h"

enum { CDB_DPO = 0x10, CDB_FUA = 0x08 };

/* What a DVD-R or DVD-RW can take by how it was blanked, and by the write parameters page. */
static int check_write_type(struct vdrive_call *call)
{
	const struct vdrive *drive = call->drive;
	bool is_at_once = write_page_type(drive) == WRITE_SESSION_AT_ONCE;

	if (!disc_is_dvd_minus(drive->disc))
		return 0;
	/* 5/64/00 illegal mode for this track: minimally blanked it cannot be written incrementally. */
	if (disc_recording(drive->disc) == RECORDING_AT_ONCE && !is_at_once)
		return vdrive_check_condition(call, 5, 0x64, 0);
	return 0;
}

/* What a write needs of the medium, before any address. */
static int check_writable(struct vdrive_call *call)
{
	const struct disc *disc = call->drive->disc;

	/* 5/30/05 cannot write medium, incompatible format; 5/30/10 medium not formatted; 7/27/00 write protected. */
	if (disc_is_pressed(disc))
		return vdrive_check_condition(call, 5, 0x30, 5);
	if (disc_profile(disc)->writing == WRITING_RANDOM)
		return disc_status(disc) == DISC_BLANK ? vdrive_check_condition(call, 5, 0x30, 0x10) : 0;
	if (disc_is_packet_formatted(disc))
		return 0;
	return disc_status(disc) == DISC_COMPLETE ? vdrive_check_condition(call, 7, 0x27, 0) : 0;
}

int vdrive_write_failed(struct vdrive_call *call, int error, int32_t lba)
{
	struct vdrive_sense sense = { .key = 5, .has_lba = true, .lba = lba };

	switch (error) {
	case -ENXIO: /* invalid address for write */
		sense.asc = 0x21;
		sense.ascq = 2;
		break;
	case -ENOSPC: /* end of user area encountered on this track */
		sense.asc = 0x63;
		break;
	case -EROFS: /* write protected */
		sense.key = 7;
		sense.asc = 0x27;
		break;
	default: /* write error */
		sense.key = 3;
		sense.asc = 0x0c;
		break;
	}
	return vdrive_report_sense(call, &sense);
}

static int check_address(struct vdrive_call *call, int32_t lba, uint32_t n_sectors)
{
	const struct vdrive_sense out_of_range = { .key = 5, .asc = 0x21, .has_lba = true, .lba = lba };
	uint32_t capacity = disc_capacity(call->drive->disc);

	if (lba < 0 || n_sectors > capacity || (uint32_t)lba > capacity - n_sectors)
		return vdrive_report_sense(call, &out_of_range);
	return 0;
}

static int write_incrementally(struct vdrive_call *call, int32_t lba, uint32_t n_sectors)
{
	struct disc *disc = call->drive->disc;
	int ret = check_address(call, lba, n_sectors);

	if (ret == 0)
		ret = vdrive_take(call, (size_t)n_sectors * DISC_SECTOR);
	if (ret < 0)
		return ret;
	ret = disc_write(disc, lba, n_sectors, call->command->data);
	return ret < 0 ? vdrive_write_failed(call, ret, lba) : 0;
}

static int write_sectors(struct vdrive_call *call, int32_t lba, uint32_t n_sectors)
{
	struct vdrive *drive = call->drive;
	int ret = vdrive_need_medium(call);

	if (ret == 0 && call->cdb[1] & ~(CDB_DPO | CDB_FUA))
		ret = vdrive_invalid_field(call, 1);
	if (ret == 0)
		ret = check_writable(call);
	if (ret < 0 || n_sectors == 0)
		return ret;
	ret = vdrive_begin_test(call);
	if (ret < 0)
		return ret;
	if (disc_is_cd(drive->disc))
		return cd_write(call, lba, n_sectors);
	ret = check_write_type(call);
	if (ret < 0)
		return ret;
	/* 5/2C/00 command sequence error: where the session ends is not announced. */
	if (disc_is_dvd_minus(drive->disc) && write_page_type(drive) == WRITE_SESSION_AT_ONCE &&
	    !disc_is_session_at_once(drive->disc))
		return vdrive_check_condition(call, 5, 0x2c, 0);
	return write_incrementally(call, lba, n_sectors);
}

static int write_10(struct vdrive_call *call)
{
	return write_sectors(call, (int32_t)get_be32(call->cdb + 2), get_be16(call->cdb + 7));
}

static int write_12(struct vdrive_call *call)
{
	if (call->cdb[10] & 0x7f)
		return vdrive_invalid_field(call, 10);
	return write_sectors(call, (int32_t)get_be32(call->cdb + 2), get_be32(call->cdb + 6));
}

static int compare_with_medium(struct vdrive_call *call, int32_t lba, uint32_t n_sectors)
{
	uint8_t sector[DISC_SECTOR];

	for (uint32_t i = 0; i < n_sectors; i++) {
		const uint8_t *sent = call->command->data + (size_t)i * DISC_SECTOR;
		struct vdrive_sense sense = { .key = 3, .asc = 0x11, .has_lba = true, .lba = lba + (int32_t)i };

		if (disc_read(call->drive->disc, lba + (int32_t)i, 1, sector) < 0)
			return vdrive_report_sense(call, &sense);
		if (memcmp(sector, sent, DISC_SECTOR) == 0)
			continue;
		/* E/1D/00 miscompare during verify operation. */
		sense.key = 0x0e;
		sense.asc = 0x1d;
		return vdrive_report_sense(call, &sense);
	}
	return 0;
}

static int write_and_verify_10(struct vdrive_call *call)
{
	int32_t lba = (int32_t)get_be32(call->cdb + 2);
	uint32_t n_sectors = get_be16(call->cdb + 7);
	int ret = vdrive_need_medium(call);

	/* Features 0020h and 0041h have this command, those of CD-R and DVD+R do not (MMC-6 table 87). */
	if (ret == 0 && disc_profile(call->drive->disc)->number != DISCERN_PROFILE_BD_R &&
	    disc_profile(call->drive->disc)->writing != WRITING_RANDOM)
		ret = vdrive_check_condition(call, 5, 0x20, 0);
	if (ret == 0)
		ret = write_sectors(call, lba, n_sectors);
	return ret == 0 ? compare_with_medium(call, lba, n_sectors) : ret;
}

/* The end of the data that an at-once recording waits for: then it writes what belongs behind it. */
static int finish_at_once(struct vdrive *drive)
{
	const struct disc_track *track;

	if (disc_is_cd(drive->disc))
		return cd_finish(drive);
	if (!disc_is_session_at_once(drive->disc) || !disc_is_dvd_minus(drive->disc))
		return 0;
	track = disc_track(drive->disc, (unsigned)disc_n_tracks(drive->disc));
	return track != NULL && track->n_written == track->n_sectors ? vdrive_end_session(drive) : 0;
}

static int synchronize_cache(struct vdrive_call *call)
{
	enum { IMMED = 0x02 };
	int ret = vdrive_need_medium(call);

	if (ret == 0 && call->cdb[1] & ~IMMED)
		ret = vdrive_invalid_field(call, 1);
	if (ret < 0 || disc_is_pressed(call->drive->disc))
		return ret;
	if (disc_fill_unit(call->drive->disc) < 0 || finish_at_once(call->drive) < 0 ||
	    disc_sync(call->drive->disc) < 0)
		return vdrive_check_condition(call, 3, 0x0c, 0);
	return 0;
}

static int reserve(struct vdrive *drive, uint32_t n_sectors)
{
	if (disc_is_dvd_minus(drive->disc) && write_page_type(drive) == WRITE_SESSION_AT_ONCE)
		return disc_begin_session_at_once(drive->disc, n_sectors, write_page_is_multi_session(drive));
	return disc_reserve_track(drive->disc, n_sectors);
}

static int reserve_track(struct vdrive_call *call)
{
	uint32_t n_sectors = get_be32(call->cdb + 5);
	int ret = vdrive_need_medium(call);

	/* RMZ and ARSV, sizes in other units and addresses, are for media that are not here. */
	if (ret == 0 && call->cdb[1] != 0)
		ret = vdrive_invalid_field(call, 1);
	if (ret == 0)
		ret = check_writable(call);
	if (ret < 0)
		return ret;
	/* CD tracks are announced by a cue sheet, DVD+RW has none. */
	if (disc_is_cd(call->drive->disc) || disc_profile(call->drive->disc)->writing != WRITING_SEQUENTIAL)
		return vdrive_check_condition(call, 5, 0x30, 5);
	ret = check_write_type(call);
	if (ret == 0)
		ret = vdrive_begin_test(call);
	if (ret < 0)
		return ret;
	switch (reserve(call->drive, n_sectors)) {
	case 0:
		return 0;
	case -ENOSPC:
		return vdrive_invalid_field(call, 5);
	case -EROFS: /* no more track reservations allowed */
		return vdrive_check_condition(call, 5, 0x72, 5);
	default:
		return vdrive_check_condition(call, 3, 0x0c, 0);
	}
}

static int send_opc_information(struct vdrive_call *call)
{
	enum { DO_OPC = 0x01, OPC_ENTRY = 8 };
	uint16_t list_size = get_be16(call->cdb + 7);
	int ret = vdrive_need_medium(call);

	if (ret == 0 && call->cdb[1] & ~DO_OPC)
		ret = vdrive_invalid_field(call, 1);
	if (ret == 0)
		ret = check_writable(call);
	/* Values of the host only without DoOpc (MMC-6 6.35.2.1). */
	if (ret == 0 && (list_size % OPC_ENTRY != 0 || (list_size != 0 && call->cdb[1] & DO_OPC)))
		ret = vdrive_invalid_field(call, 7);
	return ret == 0 ? vdrive_take(call, list_size) : ret;
}

/* CLOSE TRACK/SESSION byte 2 (MMC-6 table 244). */
enum close_function {
	CLOSE_STOP_FORMAT = 0,
	CLOSE_TRACK = 1,
	CLOSE_SESSION = 2,
	CLOSE_FINALIZE_DVD_MINUS = 3,
	CLOSE_FINALIZE_MINIMAL = 5,
	CLOSE_FINALIZE = 6,
};

static int close_result(struct vdrive_call *call, int ret)
{
	/* 3/72/00 session fixation error. */
	return ret < 0 ? vdrive_check_condition(call, 3, 0x72, 0) : 0;
}

static int close_track(struct vdrive_call *call)
{
	enum { INCOMPLETE_TRACK = 0xff };
	struct disc *disc = call->drive->disc;
	uint16_t number = get_be16(call->cdb + 4);
	const struct disc_track *track = disc_track(disc, number);

	if (disc_is_cd(disc) && number == INCOMPLETE_TRACK) {
		track = disc_incomplete_track(disc);
		if (track == NULL)
			return 0;
	}
	if (track == NULL || track->state == TRACK_INVISIBLE)
		return vdrive_invalid_field(call, 4);
	return close_result(call, disc_close_track(disc, track->number));
}

/* A reservation that is not full would be lost with the session; on a CD the cue sheet's is cut. */
static bool has_unfilled_reservation(const struct disc *disc)
{
	for (unsigned number = 1; number <= disc_n_tracks(disc); number++) {
		const struct disc_track *track = disc_track(disc, number);

		if (track->state == TRACK_RESERVED && track->n_written < track->n_sectors)
			return !disc_is_cd(disc);
	}
	return false;
}

static int close_session(struct vdrive_call *call, bool final)
{
	struct vdrive *drive = call->drive;
	int ret;

	/* 5/2C/00 command sequence error: a blank disc has nothing to close, unless in a test that is over already. */
	if (disc_status(drive->disc) == DISC_BLANK && disc_is_test(drive->disc)) {
		vdrive_end_test(drive);
		return 0;
	}
	if (disc_status(drive->disc) == DISC_BLANK)
		return vdrive_check_condition(call, 5, 0x2c, 0);
	/* 5/72/04 empty or partially written reserved track. */
	if (has_unfilled_reservation(drive->disc))
		return vdrive_check_condition(call, 5, 0x72, 4);
	cd_recording_forget(drive);
	ret = disc_close_session(drive->disc, final);
	vdrive_end_test(drive);
	return close_result(call, ret);
}

/* DVD+RW: the format is stopped. DVD-RW with restricted overwrite: an intermediate state ends. */
static int close_random(struct vdrive_call *call, uint8_t function)
{
	struct disc *disc = call->drive->disc;
	enum discern_profile profile = disc_profile(disc)->number;
	bool is_stop = profile == DISCERN_PROFILE_DVD_PLUS_RW && function == CLOSE_STOP_FORMAT;
	bool is_dvd_rw = profile == DISCERN_PROFILE_DVD_PLUS_RW || profile == DISCERN_PROFILE_DVD_RW_OVERWRITE;
	bool is_final = profile == DISCERN_PROFILE_DVD_RW_OVERWRITE && function == CLOSE_FINALIZE_DVD_MINUS;

	if (is_stop || is_final || (is_dvd_rw && function == CLOSE_SESSION))
		return close_result(call, disc_format_stop(disc));
	return vdrive_invalid_field(call, 2);
}

static int close_by_function(struct vdrive_call *call, uint8_t function)
{
	struct disc *disc = call->drive->disc;
	enum discern_profile profile = disc_profile(disc)->number;
	bool is_dvd_plus_r = profile == DISCERN_PROFILE_DVD_PLUS_R || profile == DISCERN_PROFILE_DVD_PLUS_R_DL;
	bool has_page = disc_is_cd(disc) || disc_is_dvd_minus(disc);

	if (disc_profile(disc)->writing == WRITING_RANDOM)
		return close_random(call, function);
	/* All is closed already. */
	if (disc_is_packet_formatted(disc))
		return function == CLOSE_TRACK || function == CLOSE_SESSION ? 0 : vdrive_invalid_field(call, 2);
	switch (function) {
	case CLOSE_TRACK:
		return close_track(call);
	case CLOSE_SESSION:
		return close_session(call, has_page && !write_page_is_multi_session(call->drive));
	case CLOSE_FINALIZE_DVD_MINUS:
		return disc_is_dvd_minus(disc) ? close_session(call, true) : vdrive_invalid_field(call, 2);
	case CLOSE_FINALIZE_MINIMAL:
		return is_dvd_plus_r ? close_session(call, true) : vdrive_invalid_field(call, 2);
	case CLOSE_FINALIZE:
		return has_page ? vdrive_invalid_field(call, 2) : close_session(call, true);
	default:
		return vdrive_invalid_field(call, 2);
	}
}

static int close_track_session(struct vdrive_call *call)
{
	enum { IMMED = 0x01 };
	int ret = vdrive_need_medium(call);

	if (ret == 0 && call->cdb[1] & ~IMMED)
		ret = vdrive_invalid_field(call, 1);
	if (ret == 0 && call->cdb[2] & ~7)
		ret = vdrive_invalid_field(call, 2);
	if (ret == 0)
		ret = check_writable(call);
	if (ret == 0)
		ret = vdrive_begin_test(call);
	return ret == 0 ? close_by_function(call, call->cdb[2]) : ret;
}

const struct vdrive_opcode vdrive_opcodes_write[] = {
	{ 0x2a, 10, "WRITE(10)", write_10, false },
	{ 0xaa, 12, "WRITE(12)", write_12, false },
	{ 0x2e, 10, "WRITE AND VERIFY(10)", write_and_verify_10, false },
	{ 0x35, 10, "SYNCHRONIZE CACHE", synchronize_cache, false },
	{ 0x53, 10, "RESERVE TRACK", reserve_track, false },
	{ 0x54, 10, "SEND OPC INFORMATION", send_opc_information, false },
	{ 0x5b, 10, "CLOSE TRACK/SESSION", close_track_session, false },
	{ 0x5d, 10, "SEND CUE SHEET", cd_send_cue_sheet, false },
	{ 0, 0, NULL, NULL, false },
};
