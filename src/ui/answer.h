/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON between processes of this program: what a worker answers with --json and --progress=json, and the lines that are made of
 * the answers of several. The program is aborted when memory is out.
 */
#ifndef UI_ANSWER_H
#define UI_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <discern/progress.h>

struct answer;

/** An object without members. Release with answer_free(). */
struct answer *answer_new(void);

/** NULL if text is no JSON object. */
struct answer *answer_parse(const char *text, size_t size);

/** Another handle on the same object; NULL of NULL. Release with answer_free(). */
struct answer *answer_keep(const struct answer *answer);

/** Accepts NULL, returns NULL. */
struct answer *answer_free(struct answer *answer);

/** A member, "error.text" for one of an object in it. What is missing, or of another type, is "", 0 or false; so is all of NULL.
 *  The text is valid as long as the answer. */
const char *answer_string(const struct answer *answer, const char *key);
int64_t answer_number(const struct answer *answer, const char *key);
bool answer_bool(const struct answer *answer, const char *key);
bool answer_has(const struct answer *answer, const char *key);

/** Sets a member; an empty text or a NULL answer is null. */
void answer_set_string(struct answer *answer, const char *key, const char *value);
void answer_set_number(struct answer *answer, const char *key, int64_t value);
void answer_set_bool(struct answer *answer, const char *key, bool value);
void answer_set_answer(struct answer *answer, const char *key, const struct answer *value);

/** Prints it in one line. */
void answer_print(const struct answer *answer, FILE *out);

/** The state in a line of --progress=json, and the seconds since its phase began; false if it is none. */
bool answer_progress(const struct answer *answer, struct discern_progress *ret_state, double *ret_seconds);

#endif
