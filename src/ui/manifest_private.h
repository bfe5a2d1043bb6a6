/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What manifest*.c and page*.c share. */
#ifndef UI_MANIFEST_PRIVATE_H
#define UI_MANIFEST_PRIVATE_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "ui/manifest.h"

struct manifest {
	json_t *root;
};

/** What a file of JSON says that it is, by a member with the version of its form. */
enum manifest_kind { MANIFEST_KIND_MANIFEST, MANIFEST_KIND_RECEIPT, MANIFEST_KIND_RAW, MANIFEST_KIND_AUDIO };

/** Whether it tells of a CD that was read raw, or as sound. */
static inline bool manifest_is_of_cd(const json_t *root)
{
	return json_object_get(root, "discern_raw_manifest") != NULL ||
	       json_object_get(root, "discern_audio_manifest") != NULL;
}

/** One without members. Release with manifest_free(). */
struct manifest *manifest_empty(void);

/** As manifest_load(), for a file of either kind. */
int manifest_load_kind(const char *path, enum manifest_kind kind, struct manifest **ret_manifest,
		       struct discern_error *err);

static inline void *manifest_must(void *p)
{
	if (p == NULL) {
		fprintf(stderr, "discern: out of memory\n");
		abort();
	}
	return p;
}

/** Sets a member; value is taken over. */
static inline void manifest_put(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, manifest_must(value)) != 0)
		manifest_must(NULL);
}

static inline void manifest_append(json_t *list, json_t *value)
{
	if (json_array_append_new(list, manifest_must(value)) != 0)
		manifest_must(NULL);
}

/* ---- reading: what is missing, or of another type, is empty ---- */

/** Also what is larger than anything that a disc has is taken for that. */
static inline double manifest_number(const json_t *object, const char *key)
{
	double value = json_number_value(json_object_get(object, key));

	return value > 1e15 ? 1e15 : value < -1e15 ? -1e15 : value;
}

/** A number of something: not below 0. */
static inline uint64_t manifest_amount(const json_t *object, const char *key)
{
	double value = manifest_number(object, key);

	return value > 0 ? (uint64_t)(value + 0.5) : 0;
}

static inline int64_t manifest_integer(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static inline const char *manifest_string(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value != NULL ? value : "";
}

#endif
