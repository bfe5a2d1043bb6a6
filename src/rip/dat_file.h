/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logiqx XML files ("dats"), lists of known discs with the sums of their files, as redump.org gives them out. */
#ifndef RIP_DAT_FILE_H
#define RIP_DAT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/error.h>

enum { DAT_TEXT = 256, DAT_MAX_FILES = 1024 };

/** A <rom>: what it has no sum of is empty. Lower-case hex. */
struct dat_entry_file {
	char name[DAT_TEXT];
	uint64_t size_bytes;
	char crc32[9], md5[33], sha1[41], sha256[65];
};

/** A <game> or <machine>. */
struct dat_entry {
	char name[DAT_TEXT];
	size_t n_files;
	struct dat_entry_file files[DAT_MAX_FILES];
};

struct dat_reader {
	/** Called for each entry; a negative errno with words in err ends the reading. */
	int (*entry)(const struct dat_entry *entry, void *user, struct discern_error *err);
	void *user;
};

/**
 * Reads such a file from anywhere: entities of its own, which could be made to grow without end, are refused, nothing
 * else is opened, and memory does not depend on its size.
 * @return 0; -EINVAL with the line, also for XML that is no dat; -EFBIG for more than DAT_MAX_FILES files in an entry;
 *         -ENOTSUP if built without expat; what the system says; or what entry() returned
 */
int dat_file_read(const char *path, const struct dat_reader *reader, struct discern_error *err);

/** The same from memory. */
int dat_file_parse(const char *text, size_t size, const struct dat_reader *reader, struct discern_error *err);

#endif
