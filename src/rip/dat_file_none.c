/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Built without expat. */
#include <errno.h>

#include "base/error.h"
#include "rip/dat_file.h"

int dat_file_read(const char *path, const struct dat_reader *reader, struct discern_error *err)
{
	(void)reader;
	return discern_error_set(err, -ENOTSUP, "%s: this version was built without expat and reads no dats", path);
}

int dat_file_parse(const char *text, size_t size, const struct dat_reader *reader, struct discern_error *err)
{
	(void)size;
	(void)text;
	return dat_file_read("dat", reader, err);
}
