/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sheet of a raw image, and what the format leaves out. */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "disc/ccd_write.h"
#include "disc/cue_dump.h"
#include "disc/toc_write.h"
#include "rip/raw_job.h"
#include "rip/raw_names.h"

__attribute__((format(printf, 2, 3))) static void leave_out(struct discern_rip_raw_result *result, const char *format,
							    ...)
{
	size_t n = strlen(result->left_out);
	va_list arguments;

	if (n > 0)
		n += (size_t)snprintf(result->left_out + n, sizeof(result->left_out) - n, "; ");
	va_start(arguments, format);
	if (n < sizeof(result->left_out))
		vsnprintf(result->left_out + n, sizeof(result->left_out) - n, format, arguments);
	va_end(arguments);
}

static int write_text(struct raw_job *job, const char *path, char *text, struct discern_error *err)
{
	AUTO_FREE char *owned = text;

	if (owned == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	return raw_files_write_text(&job->files, path, owned, strlen(owned), err);
}

/* ---- cue ---- */

static int write_packs(struct raw_job *job, struct discern_error *err)
{
	struct discern_rip_raw_result *result = job->result;
	size_t size = job->disc.n_packs * CD_TEXT_PACK;
	struct discern_raw_file *file = &result->files[result->n_files];
	int ret;

	if (size == 0)
		return 0;
	ret = raw_files_write_text(&job->files, job->files.extras[0], job->disc.packs, size, err);
	if (ret < 0)
		return ret;
	memset(file, 0, sizeof(*file));
	snprintf(file->path, sizeof(file->path), "%s", job->files.extras[0]);
	file->size_bytes = size;
	result->n_files++;
	return 0;
}

static int write_cue(struct raw_job *job, struct discern_error *err)
{
	static const char *const lines[] = { "COMMENT \"discern " PACKAGE_VERSION "\"" };
	const struct cue_write_remarks remarks = { 1, lines };
	const struct raw_files *files = &job->files;
	struct cue_dump_files names = { .all = NULL };

	if (job->disc.n_packs > 0)
		names.text = raw_names_last(files->extras[0]);
	if (job->options->format == DISCERN_RAW_BIN)
		names.all = raw_names_last(files->files[0].path);
	for (size_t i = 0; names.all == NULL && i < files->n_files; i++)
		names.tracks[i] = raw_names_last(files->files[i].path);
	if (files->sub_map != NULL)
		leave_out(job->result, "a cue sheet cannot name the sub-channels");
	return write_text(job, files->sheet, cue_dump(&job->disc.layout, &job->disc.text, &names, &remarks), err);
}

/* ---- toc ---- */

static int write_tocs(struct raw_job *job, struct discern_error *err)
{
	struct discern_rip_raw_result *result = job->result;
	const char *file = raw_names_last(job->files.files[0].path);
	const struct cd_layout *layout = &job->disc.layout;
	int ret = write_text(job, job->files.sheet, toc_write(layout, 1, &job->disc.text, file), err);

	for (unsigned session = 2; ret == 0 && session <= layout->n_sessions; session++) {
		struct discern_raw_file *other = &result->files[result->n_files];

		/* CD-TEXT lies in the first lead-in. */
		ret = write_text(job, job->files.extras[session - 2], toc_write(layout, session, NULL, file), err);
		if (ret < 0 || result->n_files == sizeof(result->files) / sizeof(result->files[0]))
			break;
		memset(other, 0, sizeof(*other));
		snprintf(other->path, sizeof(other->path), "%s", job->files.extras[session - 2]);
		result->n_files++;
	}
	if (layout->n_sessions > 1)
		leave_out(result, "a toc file knows of one session: each has its own, and nothing tells where it lies");
	if (job->files.sub_map != NULL)
		leave_out(result, "the toc file does not name the sub-channels");
	return ret;
}

static char *make_ccd(const struct raw_job *job)
{
	const struct ccd_lead_in lead_in = { job->disc.entries, job->disc.n_entries, job->disc.packs,
					     job->disc.n_packs };

	return ccd_write(&job->disc.layout, &lead_in);
}

int raw_sheet_write(struct raw_job *job, struct discern_error *err)
{
	int ret;

	job->result->left_out[0] = '\0';
	if (job->options->format == DISCERN_RAW_TOC)
		return write_tocs(job, err);
	if (job->options->format == DISCERN_RAW_CCD)
		return write_text(job, job->files.sheet, make_ccd(job), err);
	ret = write_packs(job, err);
	return ret == 0 ? write_cue(job, err) : ret;
}
