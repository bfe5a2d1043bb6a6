/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which write mode a medium can be written in, and what it has room for. */
#include "drive/libburn/work.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"

/* libburn's lists of reasons end as if there were one more. */
static void cut_end(char *text)
{
	for (size_t length = strlen(text); length > 0 && strchr(", ", text[length - 1]) != NULL; length--)
		text[length - 1] = '\0';
}

/* Out of libburn's "SAO: why not, why not, TAO: why not, ": what it has against SAO, where it took TAO. */
static void extract_reason(const char *reasons, char *ret, size_t size)
{
	static const char sao_prefix[] = "SAO: ";
	const char *sao = strstr(reasons, sao_prefix);
	char part[BURN_REASONS_LEN];
	char *tao;

	snprintf(part, sizeof(part), "%s", sao != NULL ? sao + strlen(sao_prefix) : reasons);
	tao = strstr(part, "TAO: ");
	if (tao != NULL)
		*tao = '\0';
	session_clean_text(part, ret, size);
	cut_end(ret);
}

bool burner_is_unformatted(struct burner *burner)
{
	int status = 0;
	int n_formats = 0;
	unsigned block_sizes = 0;
	off_t size = 0;

	return burn_disc_get_formats(burner->drive, &status, &size, &block_sizes, &n_formats) == 1 &&
	       status == BURN_FORMAT_IS_UNFORMATTED;
}

/* Pseudo overwrite makes of a BD-R what libburn does not write to; its own words for that are hard to understand. */
static int refuse(struct burner *burner, const struct burner_wish *wish, const struct burner_choice *choice,
		  struct discern_error *err)
{
	if (burn_drive_get_bd_r_pow(burner->drive) > 0) {
		discern_error_set(err, -EMEDIUMTYPE,
				  "%s: this BD-R is formatted for pseudo overwrite, which libburn writes nothing to",
				  burner->path);
		return discern_error_hint(err, "growisofs, which formats discs so, can go on with it");
	}
	if (wish->has_mode) {
		discern_error_set(err, -EMEDIUMTYPE, "%s: this disc cannot be written in the mode asked for: %s",
				  burner->path, choice->reason);
		return discern_error_hint(err, "without a mode given, one that suits the disc is taken");
	}
	return discern_error_set(err, -EMEDIUMTYPE, "%s: this drive cannot write this disc%s: %s", burner->path,
				 wish->leave_open ? " and leave it open" : "", choice->reason);
}

static int find_type(struct work *work, const struct burner_wish *wish, struct burner_choice *ret_choice,
		     struct discern_error *err)
{
	enum { CHECK_ONLY = 1, NO_MESSAGES = 2 };
	struct session_verdict verdict = { 0 };
	char reasons[BURN_REASONS_LEN] = "";
	enum burn_write_types type;

	work_set_mode(work, wish);
	type = burn_write_opts_auto_write_type(work->options, work->disc, reasons,
					       wish->has_mode ? CHECK_ONLY : NO_MESSAGES);
	session_drain(work->burner, &verdict);
	if (type != BURN_WRITE_SAO && type != BURN_WRITE_TAO) {
		session_clean_text(reasons, ret_choice->reason, sizeof(ret_choice->reason));
		cut_end(ret_choice->reason);
		if (ret_choice->reason[0] == '\0')
			snprintf(ret_choice->reason, sizeof(ret_choice->reason), "libburn gives no reason");
		return refuse(work->burner, wish, ret_choice, err);
	}
	ret_choice->mode = type == BURN_WRITE_SAO ? DISCERN_WRITE_SAO : DISCERN_WRITE_TAO;
	extract_reason(reasons, ret_choice->reason, sizeof(ret_choice->reason));
	return 0;
}

/* An appendable medium is asked for its next writable address with the write parameters set: drives have one for each
 * write type. */
static int find_start(struct work *work, struct burner_choice *ret_choice, struct discern_error *err)
{
	int lba = 0, next_writable = 0;

	if (burn_disc_get_status(work->burner->drive) != BURN_DISC_APPENDABLE)
		return 0;
	if (burn_disc_track_lba_nwa(work->burner->drive, work->options, 0, &lba, &next_writable) != 1 ||
	    next_writable <= 0)
		return discern_error_set(err, -EMEDIUMTYPE, "%s: the drive does not say where the next session begins",
					 work->burner->path);
	ret_choice->start_lba = next_writable;
	return 0;
}

static int find_space(struct work *work, struct burner_choice *ret_choice, struct discern_error *err)
{
	struct burner *burner = work->burner;
	const struct profile *profile = burner_profile(burner);
	struct session_verdict verdict = { 0 };
	off_t free_bytes = burn_disc_available_space(burner->drive, work->options);

	ret_choice->needs_format = profile->writing == WRITING_RANDOM && burner_is_unformatted(burner);
	session_drain(burner, &verdict);
	if (verdict.lost_command)
		return session_fail(burner, &verdict, -EIO, "cannot ask what the disc has room for", err);
	/* An unformatted medium has no size yet. */
	if (free_bytes <= 0 && ret_choice->needs_format)
		free_bytes = (off_t)profile->usual_sectors * DISCERN_SECTOR_SIZE;
	if (free_bytes < DISCERN_SECTOR_SIZE)
		return discern_error_set(err, -EMEDIUMTYPE, "%s: the drive finds no room on the disc", burner->path);
	free_bytes /= DISCERN_SECTOR_SIZE;
	ret_choice->free_sectors = free_bytes > INT32_MAX ? INT32_MAX : (uint32_t)free_bytes;
	return 0;
}

int burner_choose(struct burner *burner, const struct burner_wish *wish, struct burner_choice *ret_choice,
		  struct discern_error *err)
{
	struct work work;
	int ret;

	memset(ret_choice, 0, sizeof(*ret_choice));
	session_enter(burner);
	ret = work_new(burner, wish->n_sectors, NULL, &work, err);
	if (ret == 0) {
		ret = find_type(&work, wish, ret_choice, err);
		if (ret == 0)
			ret = find_start(&work, ret_choice, err);
		if (ret == 0)
			ret = find_space(&work, ret_choice, err);
		work_free(&work);
	}
	session_leave(burner);
	return ret;
}
