/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of the files beside an image are lists of checksums, and which of them counts. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/observe.h"
#include "burn/checksum_file.h"
#include "burn/pgp_text.h"

enum {
	/** Longer than any list that a project publishes for one folder. */
	MAX_LIST_SIZE = 8 << 20,
	/** Lists that are looked at, the best names first. */
	MAX_LISTS = 64
};

/* Names as projects use them, whatever the case; '@' at the begin stands for the image's own name. Earlier ones count
 * first. */
static const struct {
	const char *pattern;
	int kind;
} patterns[] = {
	{ "SHA256SUMS", HASH_SHA256 },
	{ "SHA256SUMS.*", HASH_SHA256 },
	{ "SHA256SUM", HASH_SHA256 },
	{ "sha256sum*.txt", HASH_SHA256 },
	{ "sha256sum*.txt.asc", HASH_SHA256 },
	{ "@.sha256*", HASH_SHA256 },
	{ "@.CHECKSUM*", PUBLISHED_ANY_KIND },
	{ "@.DIGESTS*", PUBLISHED_ANY_KIND },
	{ "CHECKSUM.SHA256*", HASH_SHA256 },
	{ "*-CHECKSUM", PUBLISHED_ANY_KIND },
	{ "CHECKSUM*", PUBLISHED_ANY_KIND },
	{ "SHA256", HASH_SHA256 },
	{ "*.SHA256SUM*", HASH_SHA256 },
	{ "*-SHA256SUM*", HASH_SHA256 },
	{ "SHA512SUM*", HASH_SHA512 },
	{ "@.sha512*", HASH_SHA512 },
	{ "CHECKSUM.SHA512*", HASH_SHA512 },
	{ "*-SHA512SUM*", HASH_SHA512 },
	{ "SHA384SUM*", HASH_SHA384 },
	{ "SHA1SUM*", HASH_SHA1 },
	{ "@.sha1*", HASH_SHA1 },
	{ "MD5SUM*", HASH_MD5 },
	{ "@.md5*", HASH_MD5 },
	{ "*-MD5SUM*", HASH_MD5 },
};
enum { N_PATTERNS = sizeof(patterns) / sizeof(patterns[0]) };

const char *published_signature_suffix(unsigned index)
{
	static const char *const suffixes[] = { ".gpg", ".sign", ".asc", ".sig", NULL };

	return suffixes[index];
}

void published_list_clear(struct published_list *list)
{
	free(list->text);
	list->text = NULL;
}

/* ---- names ---- */

struct candidate {
	unsigned pattern;
	char name[NAME_MAX + 1];
};

struct search {
	const struct published_names *names;
	const struct discern_observer *observer;
	/** The image's name without folders, and its folder with a slash. */
	const char *image_name;
	int folder_length;
	size_t n;
	struct candidate candidates[MAX_LISTS];
};

/* The rest of name behind the image's name, or that of the image in it; NULL if it is named after neither. */
static const char *behind_own_name(const struct search *search, const char *name)
{
	const char *const owners[] = { search->image_name, search->names->inner_name };

	for (size_t i = 0; i < sizeof(owners) / sizeof(owners[0]); i++) {
		size_t length = owners[i] != NULL ? strlen(owners[i]) : 0;

		if (length > 0 && strncmp(name, owners[i], length) == 0)
			return name + length;
	}
	return NULL;
}

static bool matches(const struct search *search, unsigned i, const char *name)
{
	const char *pattern = patterns[i].pattern;

	if (pattern[0] == '@') {
		name = behind_own_name(search, name);
		pattern++;
	}
	return name != NULL && fnmatch(pattern, name, FNM_CASEFOLD) == 0;
}

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *first = a, *second = b;

	if (first->pattern != second->pattern)
		return first->pattern < second->pattern ? -1 : 1;
	return strcmp(first->name, second->name);
}

/* Keeps the best MAX_LISTS; they are sorted. */
static void keep(struct search *search, unsigned pattern, const char *name)
{
	struct candidate candidate = { .pattern = pattern };

	snprintf(candidate.name, sizeof(candidate.name), "%s", name);
	if (search->n == MAX_LISTS) {
		if (compare_candidates(&candidate, &search->candidates[MAX_LISTS - 1]) > 0)
			return;
		search->n--;
	}
	search->candidates[search->n++] = candidate;
	qsort(search->candidates, search->n, sizeof(candidate), compare_candidates);
}

/* Of ".asc" only the content tells whether it is a signature or a list that is signed in clear. */
static bool is_signature_name(const char *name)
{
	const char *dot = strrchr(name, '.');
	const char *suffix;

	for (unsigned i = 0; dot != NULL && (suffix = published_signature_suffix(i)) != NULL; i++)
		if (strcmp(suffix, dot) == 0 && strcmp(suffix, ".asc") != 0)
			return true;
	return false;
}

static void scan_folder(struct search *search)
{
	char path[PATH_MAX];
	AUTO_CLOSEDIR DIR *folder = NULL;
	struct dirent *entry;

	if (snprintf(path, sizeof(path), "%.*s", search->folder_length, search->names->image_path) >= (int)sizeof(path))
		return;
	folder = opendir(path[0] != '\0' ? path : ".");
	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		if (strcmp(entry->d_name, search->image_name) == 0 || is_signature_name(entry->d_name))
			continue;
		for (unsigned i = 0; i < N_PATTERNS; i++) {
			if (!matches(search, i, entry->d_name))
				continue;
			keep(search, i, entry->d_name);
			break;
		}
	}
}

/* ---- lists ---- */

/* A list that names the image. */
struct found {
	struct published_sum sum;
	struct published_list list;
	bool is_signed;
};

static bool is_strong(enum hash_kind kind)
{
	return kind != HASH_MD5 && kind != HASH_SHA1;
}

static bool is_better(const struct found *one, const struct found *other)
{
	bool one_counts = one->is_signed && is_strong(one->sum.kind);
	bool other_counts = other->is_signed && is_strong(other->sum.kind);

	if (is_strong(one->sum.kind) != is_strong(other->sum.kind))
		return is_strong(one->sum.kind);
	return one_counts && !other_counts;
}

/* Is there a signature, in the list or beside it? */
static bool has_signature(const struct published_list *list)
{
	const char *suffix;

	if (pgp_text_is_clear_signed(list->text))
		return true;
	for (unsigned i = 0; (suffix = published_signature_suffix(i)) != NULL; i++) {
		char path[sizeof(list->path) + 8];

		snprintf(path, sizeof(path), "%s%s", list->path, suffix);
		if (access(path, F_OK) == 0)
			return true;
	}
	return false;
}

/* What the list says of the file; then of the image in it. A lone sum is of what the list is named after. */
static int look_up(const struct search *search, const struct published_list *list, struct published_sum *ret_sum)
{
	const char *list_name = list->path + search->folder_length;
	bool is_of_file = strncmp(list_name, search->image_name, strlen(search->image_name)) == 0;
	int ret;

	memset(ret_sum, 0, sizeof(*ret_sum));
	ret = published_sum_in_text(list->text, search->image_name, list->kind, list->is_own_list && is_of_file,
				    ret_sum);
	if (ret != -ENODATA || search->names->inner_name == NULL)
		return ret;
	ret = published_sum_in_text(list->text, search->names->inner_name, list->kind, list->is_own_list && !is_of_file,
				    ret_sum);
	ret_sum->is_of_inner = true;
	return ret;
}

/* Signed in clear, without an end. */
static bool is_cut_off(const struct published_list *list)
{
	AUTO_FREE char *body = NULL;

	return pgp_text_is_clear_signed(list->text) && pgp_text_body(list->text, &body) == -EBADMSG;
}

static int explain(const struct search *search, const struct published_list *list, int code, struct discern_error *err)
{
	if (code == -ENOMEM)
		return discern_error_set(err, code, "out of memory");
	if (code == -ENOMSG) {
		discern_error_set(err, -EBADMSG, "%s: names %s, but without a checksum that makes sense", list->path,
				  search->image_name);
		return discern_error_hint(err, "the list is damaged: download it again");
	}
	if (is_cut_off(list)) {
		discern_error_set(err, code, "%s: is signed, but its signature is cut off", list->path);
		return discern_error_hint(err, "the list is damaged: download it again");
	}
	return discern_error_set(err, code, "%s: names %s twice, with different checksums", list->path,
				 search->image_name);
}

/* 0: it names the image; 1: it does not, or is no list; or a negative errno. */
static int look_in(const struct search *search, const struct candidate *candidate, struct found *ret_found,
		   struct discern_error *err)
{
	struct published_list *list = &ret_found->list;
	int ret;

	memset(ret_found, 0, sizeof(*ret_found));
	if (snprintf(list->path, sizeof(list->path), "%.*s%s", search->folder_length, search->names->image_path,
		     candidate->name) >= (int)sizeof(list->path))
		return 1;
	ret = file_read_all(list->path, MAX_LIST_SIZE, &list->text, &list->size, NULL);
	if (ret < 0) {
		if (ret != -ENOENT)
			observe_message(search->observer, DISCERN_LEVEL_WARNING, "%s: cannot be used: %s", list->path,
					strerror(-ret));
		return ret == -ENOMEM ? explain(search, list, ret, err) : 1;
	}
	/* A signature that lies beside a list is no list. */
	if (pgp_text_is_signature(list->text) || strlen(list->text) != list->size)
		return 1;
	list->kind = patterns[candidate->pattern].kind;
	list->is_own_list = patterns[candidate->pattern].pattern[0] == '@';
	ret = look_up(search, list, &ret_found->sum);
	if (ret == -ENODATA)
		return -ENODATA;
	if (ret < 0)
		return explain(search, list, ret, err);
	snprintf(ret_found->sum.origin, sizeof(ret_found->sum.origin), "%s", candidate->name);
	ret_found->is_signed = has_signature(list);
	return 0;
}

/* Adds to the names of lists that do not name the image. */
static void note_other(const struct search *search, const char *name, char *names, size_t size)
{
	size_t length = strlen(names);

	observe_message(search->observer, DISCERN_LEVEL_DETAIL, "%s: does not name %s", name, search->image_name);
	snprintf(names + length, size - length, "%s%s", length > 0 ? ", " : "", name);
}

static int choose(const struct search *search, struct found *best, char *others, size_t others_size,
		  struct discern_error *err)
{
	bool is_found = false;

	for (size_t i = 0; i < search->n; i++) {
		struct found found;
		int ret = look_in(search, &search->candidates[i], &found, err);

		if (ret == -ENODATA)
			note_other(search, search->candidates[i].name, others, others_size);
		if (ret == 0 && (!is_found || is_better(&found, best))) {
			published_list_clear(&best->list);
			*best = found;
			found.list.text = NULL;
			is_found = true;
		}
		published_list_clear(&found.list);
		if (ret < 0 && ret != -ENODATA)
			return ret;
	}
	return is_found ? 0 : others[0] != '\0' ? -ENODATA : -ENOENT;
}

int published_sum_beside(const struct published_names *names, const struct discern_observer *observer,
			 struct published_sum *ret_sum, struct published_list *ret_list, struct discern_error *err)
{
	const char *slash = strrchr(names->image_path, '/');
	struct search *search = calloc(1, sizeof(*search));
	struct found best = { 0 };
	char others[sizeof(ret_sum->origin)] = "";
	int ret;

	memset(ret_sum, 0, sizeof(*ret_sum));
	memset(ret_list, 0, sizeof(*ret_list));
	if (search == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	search->names = names;
	search->observer = observer;
	search->image_name = slash == NULL ? names->image_path : slash + 1;
	search->folder_length = (int)(search->image_name - names->image_path);
	scan_folder(search);
	ret = choose(search, &best, others, sizeof(others), err);
	free(search);
	if (ret == 0) {
		*ret_sum = best.sum;
		*ret_list = best.list;
		return 0;
	}
	published_list_clear(&best.list);
	memcpy(ret_sum->origin, others, sizeof(others));
	return ret;
}
