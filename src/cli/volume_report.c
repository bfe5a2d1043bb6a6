/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/volume_report.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

static void append(char *buffer, size_t size, const char *separator, const char *text)
{
	size_t length = strlen(buffer);

	snprintf(buffer + length, size - length, "%s%s", length > 0 ? separator : "", text);
}

/* "2.60" for 0x0260. */
static const char *revision_text(uint16_t revision, char buffer[TEXT_SIZE])
{
	snprintf(buffer, TEXT_SIZE, "%x.%02x", revision >> 8, revision & 0xff);
	return buffer;
}

const char *cli_volume_words(const struct discern_volume *volume, char *buffer, size_t size)
{
	char revision[TEXT_SIZE];
	char udf[TEXT_SIZE + 8] = "UDF";

	buffer[0] = '\0';
	if (volume->has_iso9660)
		append(buffer, size, "", "ISO 9660");
	if (volume->has_joliet)
		append(buffer, size, " + ", "Joliet");
	if (volume->has_rock_ridge)
		append(buffer, size, " + ", "Rock Ridge");
	if (volume->has_udf && volume->udf_revision != 0)
		snprintf(udf, sizeof(udf), "UDF %s", revision_text(volume->udf_revision, revision));
	if (volume->has_udf)
		append(buffer, size, " + ", udf);
	if (volume->label[0] != '\0') {
		append(buffer, size, " ", "\"");
		append(buffer, size, "", volume->label);
		append(buffer, size, "", "\"");
	}
	return buffer;
}

const char *cli_boot_words(const struct discern_volume *volume, char *buffer, size_t size)
{
	const char *platforms = volume->boots_bios && volume->boots_uefi ? "with BIOS and UEFI"
				: volume->boots_bios                     ? "with BIOS"
				: volume->boots_uefi                     ? "with UEFI"
									 : "";

	snprintf(buffer, size, "%s", platforms);
	if (volume->is_hybrid && platforms[0] != '\0')
		append(buffer, size, ", ", "also from a stick");
	return buffer;
}

static void report_sizes(struct report *report, const struct discern_volume *volume)
{
	report_number(report, "iso9660_sectors", NULL, volume->iso_sectors, NULL);
	report_number(report, "udf_sectors", NULL, volume->udf_sectors, NULL);
}

void cli_report_volume(struct report *report, const struct discern_volume *volume)
{
	char words[512];
	char revision[TEXT_SIZE];

	if (volume == NULL) {
		report_string(report, "volume", NULL, NULL);
		report_text(report, "volume", "none that is known here (ISO 9660, UDF)");
		return;
	}
	report_open_object(report, "volume");
	report_text(report, "volume", "%s", cli_volume_words(volume, words, sizeof(words)));
	report_string(report, "label", NULL, volume->label);
	report_bool(report, "iso9660", NULL, volume->has_iso9660, NULL);
	report_bool(report, "joliet", NULL, volume->has_joliet, NULL);
	report_bool(report, "rock_ridge", NULL, volume->has_rock_ridge, NULL);
	report_bool(report, "udf", NULL, volume->has_udf, NULL);
	report_string(report, "udf_revision", NULL,
		      volume->udf_revision != 0 ? revision_text(volume->udf_revision, revision) : NULL);
	report_sizes(report, volume);
	report_text(report, "boots", "%s", cli_boot_words(volume, words, sizeof(words))[0] != '\0' ? words : "nothing");
	report_bool(report, "boots_bios", NULL, volume->boots_bios, NULL);
	report_bool(report, "boots_uefi", NULL, volume->boots_uefi, NULL);
	report_bool(report, "hybrid", NULL, volume->is_hybrid, NULL);
	if (volume->created[0] != '\0')
		report_text(report, "created", "%s UTC", volume->created);
	report_string(report, "created", NULL, volume->created);
	report_string(report, "system", "system", volume->system_id);
	report_string(report, "publisher", "by", volume->publisher);
	report_string(report, "application", "made with", volume->application);
	report_close(report);
}
