/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_SUGGEST_H
#define CLI_SUGGEST_H

#include <stddef.h>

/** The one of the n names that a mistyped word most likely meant, NULL if none is near. */
const char *cli_suggest(const char *word, const char *const *names, size_t n);

#endif
