/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a volume is, in words and as JSON, the same in every command. */
#ifndef CLI_VOLUME_REPORT_H
#define CLI_VOLUME_REPORT_H

#include <stddef.h>

#include <discern/image.h>

#include "ui/report.h"

/** "ISO 9660 + Joliet + Rock Ridge "Debian 12"". Returns buffer. */
const char *cli_volume_words(const struct discern_volume *volume, char *buffer, size_t size);

/** "with BIOS and UEFI, also from a stick"; empty if it boots nothing. Returns buffer. */
const char *cli_boot_words(const struct discern_volume *volume, char *buffer, size_t size);

/** Rows on a volume, and the JSON object "volume"; volume NULL: there is none. */
void cli_report_volume(struct report *report, const struct discern_volume *volume);

#endif
