/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xz, Zstandard, bzip2, lz4 and ZIP by libarchive. */
#include "config.h"

#include "disc/packed_decoder.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"

#ifdef HAVE_LIBARCHIVE
#include <archive.h>
#include <archive_entry.h>

enum {
	CHUNK_SIZE = 256 * 1024,
	/** Members of an archive that are looked at for an image. */
	MAX_MEMBERS = 10000
};

struct packed_archive {
	struct archive *archive;
	int fd;
	int64_t offset, file_bytes;
	enum packing packing;
	uint8_t chunk[CHUNK_SIZE];
};

/* ---- for libarchive ---- */

static la_ssize_t on_read(struct archive *archive, void *user, const void **ret_data)
{
	struct packed_archive *self = user;
	ssize_t n = file_read_at(self->fd, self->chunk, CHUNK_SIZE, self->offset);

	if (n < 0) {
		archive_set_error(archive, (int)-n, "cannot read the file: %s", strerror((int)-n));
		return -1;
	}
	self->offset += n;
	*ret_data = self->chunk;
	return n;
}

static la_int64_t on_seek(struct archive *archive, void *user, la_int64_t offset, int whence)
{
	struct packed_archive *self = user;
	int64_t base = whence == SEEK_END ? self->file_bytes : whence == SEEK_CUR ? self->offset : 0;

	if (offset < -base || offset > self->file_bytes - base) {
		archive_set_error(archive, EINVAL, "it points outside of the file");
		return ARCHIVE_FATAL;
	}
	self->offset = base + offset;
	return self->offset;
}

static la_int64_t on_skip(struct archive *archive, void *user, la_int64_t n_bytes)
{
	struct packed_archive *self = user;

	(void)archive;
	if (n_bytes < 0 || n_bytes > self->file_bytes - self->offset)
		return 0;
	self->offset += n_bytes;
	return n_bytes;
}

/* Exactly the one packing, so that nothing inside of it is taken for a packing as well. */
static int set_up(struct packed_archive *self)
{
	static const int filters[] = {
		[PACKING_GZIP] = ARCHIVE_FILTER_GZIP, [PACKING_XZ] = ARCHIVE_FILTER_XZ,
		[PACKING_ZSTD] = ARCHIVE_FILTER_ZSTD, [PACKING_BZIP2] = ARCHIVE_FILTER_BZIP2,
		[PACKING_LZ4] = ARCHIVE_FILTER_LZ4,
	};
	int ret;

	if (self->packing == PACKING_ZIP)
		ret = archive_read_support_format_zip(self->archive);
	else
		ret = archive_read_support_format_raw(self->archive);
	if (ret == ARCHIVE_OK && self->packing != PACKING_ZIP)
		ret = archive_read_append_filter(self->archive, filters[self->packing]);
	if (ret != ARCHIVE_OK)
		return ret;
	archive_read_set_read_callback(self->archive, on_read);
	archive_read_set_seek_callback(self->archive, on_seek);
	archive_read_set_skip_callback(self->archive, on_skip);
	archive_read_set_callback_data(self->archive, self);
	return archive_read_open1(self->archive);
}

static int begin(struct packed_archive *self)
{
	self->offset = 0;
	self->archive = archive_read_new();
	return self->archive != NULL ? set_up(self) : ARCHIVE_FATAL;
}

static int explain(const struct packed_archive *self, const char *what, struct discern_error *err)
{
	const char *why = self->archive != NULL ? archive_error_string(self->archive) : NULL;

	return discern_error_set(err, -EBADMSG, "%s: %s", what, why != NULL ? why : "out of memory");
}

/* ---- which member of a ZIP archive is the image ---- */

static bool is_image_name(const char *name)
{
	static const char *const suffixes[] = { ".iso", ".img", ".udf" };
	size_t length = strlen(name);

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (length > 4 && strcasecmp(name + length - 4, suffixes[i]) == 0)
			return true;
	return false;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

struct choice {
	unsigned n_files, n_images;
	/** Number of the member in the archive: the only file, or the only image. */
	unsigned only_file, only_image;
};

static int look_through(struct packed_archive *self, struct choice *choice, struct discern_error *err)
{
	struct archive_entry *entry;
	int ret;

	for (unsigned i = 0; (ret = archive_read_next_header(self->archive, &entry)) == ARCHIVE_OK; i++) {
		const char *name = archive_entry_pathname(entry);

		if (i == MAX_MEMBERS)
			return discern_error_set(err, -EINVAL, "it is an archive of more than %d files", MAX_MEMBERS);
		if (archive_entry_filetype(entry) != AE_IFREG)
			continue;
		choice->n_files++;
		choice->only_file = i;
		if (name == NULL || !is_image_name(name))
			continue;
		choice->n_images++;
		choice->only_image = i;
	}
	return ret == ARCHIVE_EOF ? 0 : explain(self, "the archive is damaged", err);
}

/* Goes to the member with this number. */
static int go_to(struct packed_archive *self, unsigned number, struct packed_decoder *decoder,
		 struct discern_error *err)
{
	struct archive_entry *entry = NULL;
	const char *name;

	for (unsigned i = 0; i <= number; i++)
		if (archive_read_next_header(self->archive, &entry) != ARCHIVE_OK)
			return explain(self, "the archive is damaged", err);
	if (archive_entry_is_encrypted(entry)) {
		discern_error_set(err, -EINVAL, "the image in the archive is encrypted");
		return discern_error_hint(err, "unpack it first");
	}
	name = archive_entry_pathname(entry);
	if (name != NULL)
		snprintf(decoder->member, sizeof(decoder->member), "%s", base_name(name));
	return 0;
}

static int find_image(struct packed_archive *self, struct packed_decoder *decoder, struct discern_error *err)
{
	struct choice choice = { 0 };
	int ret = look_through(self, &choice, err);

	if (ret < 0)
		return ret;
	if (choice.n_images != 1 && choice.n_files != 1) {
		discern_error_set(err, -EINVAL, "it is an archive with %u images among %u files", choice.n_images,
				  choice.n_files);
		return discern_error_hint(err, "unpack the one that is meant");
	}
	archive_read_free(self->archive);
	if (begin(self) != ARCHIVE_OK)
		return explain(self, "cannot be read again", err);
	return go_to(self, choice.n_images == 1 ? choice.only_image : choice.only_file, decoder, err);
}

/* ---- the decoder ---- */

static ssize_t archive_read(void *user, uint8_t *buffer, size_t size, struct discern_error *err)
{
	struct packed_archive *self = user;
	la_ssize_t n = archive_read_data(self->archive, buffer, size);
	char what[64];

	if (n >= 0)
		return n;
	snprintf(what, sizeof(what), "its %s data are damaged", packing_name(self->packing));
	return explain(self, what, err);
}

static void archive_close(void *user)
{
	struct packed_archive *self = user;

	if (self->archive != NULL)
		archive_read_free(self->archive);
	free(self);
}

static const struct packed_decoder_ops archive_ops = { archive_read, archive_close };

static int open_image(struct packed_archive *self, struct packed_decoder *decoder, struct discern_error *err)
{
	struct archive_entry *entry;

	if (begin(self) != ARCHIVE_OK)
		return explain(self, "cannot be unpacked", err);
	if (self->packing == PACKING_ZIP)
		return find_image(self, decoder, err);
	/* An empty stream has no header in libarchive's view, and no bytes in ours. */
	switch (archive_read_next_header(self->archive, &entry)) {
	case ARCHIVE_OK:
	case ARCHIVE_EOF:
		return 0;
	default:
		return explain(self, "cannot be unpacked", err);
	}
}

int packed_archive_open(int fd, enum packing packing, struct packed_decoder *ret_decoder, struct discern_error *err)
{
	struct packed_archive *self = calloc(1, sizeof(*self));
	struct stat status;
	int ret = 0;

	if (self == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	*ret_decoder = (struct packed_decoder){ .ops = &archive_ops, .self = self };
	self->fd = fd;
	self->packing = packing;
	if (fstat(fd, &status) < 0)
		ret = discern_error_set(err, -errno, "%s", strerror(errno));
	self->file_bytes = ret == 0 ? status.st_size : 0;
	if (ret == 0)
		ret = open_image(self, ret_decoder, err);
	if (ret < 0)
		archive_close(self);
	return ret;
}

#else

int packed_archive_open(int fd, enum packing packing, struct packed_decoder *ret_decoder, struct discern_error *err)
{
	(void)fd;
	(void)ret_decoder;
	discern_error_set(err, -ENOTSUP, "it is compressed with %s, and this discern was built without libarchive",
			  packing_name(packing));
	return discern_error_hint(err, "unpack it first");
}

#endif
