/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of a CD that was read raw, or as sound: doc/manifest.md has the members. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "ui/html.h"
#include "ui/manifest_private.h"
#include "ui/page_private.h"

enum { RAW_SECTOR_BYTES = 2352 };

/* kB/s of 1000 bytes of data: 75 sectors each second. */
#define CD_1X_KBPS 153.6

static bool is_raw(const struct page *page)
{
	return json_object_get(page->root, "discern_raw_manifest") != NULL;
}

static double n_sectors(const struct page *page)
{
	const json_t *entry;
	double end = manifest_number(page->root, "sectors");
	size_t i;

	json_array_foreach(json_object_get(page->root, "tracks"), i, entry)
		end = fmax(end, manifest_number(entry, "lba") + manifest_number(entry, "sectors"));
	return end;
}

static double n_missing(const struct page *page)
{
	return manifest_number(page->root, "unreadable_sectors") + manifest_number(page->root, "out_of_reach_sectors");
}

/* In the image, but not to be relied on. */
static double n_unsure(const struct page *page)
{
	return manifest_number(page->root, "wrong_sectors") + manifest_number(page->root, "doubtful_sectors");
}

void page_cd_zones(struct page *page)
{
	static const struct page_ranges ranges[] = {
		{ "ranges", "what", "unreadable", offsetof(struct page_zone, n_missing) },
		{ "ranges", "what", "out of reach", offsetof(struct page_zone, n_missing) },
		{ "ranges", "what", "out_of_reach", offsetof(struct page_zone, n_missing) },
		{ "ranges", "what", "wrong", offsetof(struct page_zone, n_doubtful) },
		{ "ranges", "what", "doubtful", offsetof(struct page_zone, n_doubtful) },
		{ "ranges", "what", "mended", offsetof(struct page_zone, n_doubtful) },
		{ "ranges", "what", "recovered", offsetof(struct page_zone, n_doubtful) },
	};

	page->sector_bytes = RAW_SECTOR_BYTES;
	page->speed_1x_kbps = CD_1X_KBPS;
	page_begin_zones(page, 0, n_sectors(page));
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		page_add_ranges(page, &ranges[i]);
	page_end_zones(page);
}

static void print_verdict(const struct page *page)
{
	bool is_good = n_missing(page) + n_unsure(page) == 0;

	fprintf(page->out, "<p class=\"verdict %s\">", is_good ? "complete" : "bad");
	if (is_good)
		fputs("Every sector was read.", page->out);
	if (n_missing(page) > 0)
		html_printf(page->out, "%.0f of %.0f sectors could not be read.", n_missing(page), page->n_sectors);
	if (n_unsure(page) > 0)
		html_printf(page->out, "%s%.0f of %.0f sectors are not sure.", n_missing(page) > 0 ? " " : "",
			    n_unsure(page), page->n_sectors);
	if (strcmp(manifest_string(page->root, "dat_verdict"), "match") == 0)
		html_printf(page->out, " All tracks are those of \"%s\".", manifest_string(page->root, "dat_game"));
	fputs("</p>\n", page->out);
}

void page_cd_header(const struct page *page)
{
	const char *title = manifest_string(page->root, "title"), *performer = manifest_string(page->root, "performer");
	const char *name = manifest_string(page->root, is_raw(page) ? "sheet" : "folder");
	size_t n_tracks = json_array_size(json_object_get(page->root, "tracks"));
	char words[TEXT_SIZE];

	fputs("<header>\n<h1>", page->out);
	html_text(page->out, title[0] != '\0' ? title : name);
	fputs("</h1>\n<p>", page->out);
	html_printf(page->out, "%s%s%s, %zu %s, %s", performer, performer[0] != '\0' ? ", " : "",
		    is_raw(page) ? "raw image of a CD" : "audio CD", n_tracks, n_tracks == 1 ? "track" : "tracks", name);
	fputs("</p>\n", page->out);
	print_verdict(page);
	fputs("<p>", page->out);
	html_printf(page->out, "Ripped %s with discern %s", page_time(manifest_string(page->root, "start"), words),
		    manifest_string(page->root, "version"));
	fputs("</p>\n</header>\n", page->out);
}

static void print_files(const struct page *page)
{
	static const char *const headings[] = { "File", "#Bytes", "SHA-256", NULL };
	const json_t *list = json_object_get(page->root, "files"), *entry;
	size_t i;

	page_begin_section(page, "files", "Files");
	page_begin_table(page, headings);
	json_array_foreach(list, i, entry)
	{
		if (i == PAGE_MAX_ROWS)
			break;
		page_begin_row(page);
		page_cell(page, "path", "%s", manifest_string(entry, "path"));
		page_cell(page, "n", "%.0f", manifest_number(entry, "bytes"));
		page_cell(page, "path", "%s", manifest_string(entry, "sha256"));
		page_end_row(page);
	}
	page_end_table(page, page_left_out(list));
	fputs("</section>\n", page->out);
}

static double track_bad(const struct page *page, const json_t *track)
{
	if (is_raw(page))
		return manifest_number(track, "bad_sectors");
	return manifest_number(track, "doubtful_sectors") + manifest_number(track, "unreadable_sectors") +
	       manifest_number(track, "out_of_reach_sectors");
}

static void print_tracks(const struct page *page)
{
	static const char *const raw[] = { "#Track",       "#Session", "Kind",  "#First LBA", "#Sectors", "#Bad",
					   "ISRC", "CRC-32",   "SHA-1", NULL };
	static const char *const sound[] = { "#Track",  "Title",  "Performer",      "#First LBA",     "#Sectors", "#Bad",
					     "ISRC", "CRC-32", "AccurateRip v1", "AccurateRip v2", NULL };
	const json_t *entry;
	size_t i;

	page_begin_section(page, "tracks", "Tracks");
	page_begin_table(page, is_raw(page) ? raw : sound);
	json_array_foreach(json_object_get(page->root, "tracks"), i, entry)
	{
		page_begin_row(page);
		page_cell(page, "n", "%.0f", manifest_number(entry, "number"));
		if (is_raw(page)) {
			page_cell(page, "n", "%.0f", manifest_number(entry, "session"));
			page_cell(page, NULL, "%s", manifest_string(entry, "mode"));
		} else {
			page_cell(page, NULL, "%s", manifest_string(entry, "title"));
			page_cell(page, NULL, "%s", manifest_string(entry, "performer"));
		}
		page_cell(page, "n", "%.0f", manifest_number(entry, "lba"));
		page_cell(page, "n", "%.0f", manifest_number(entry, "sectors"));
		page_cell(page, "n", "%.0f", track_bad(page, entry));
		page_cell(page, NULL, "%s", manifest_string(entry, "isrc"));
		page_cell(page, NULL, "%s", manifest_string(entry, "crc32"));
		if (is_raw(page)) {
			page_cell(page, "path", "%s", manifest_string(entry, "sha1"));
		} else {
			page_cell(page, NULL, "%s", manifest_string(entry, "accuraterip_v1"));
			page_cell(page, NULL, "%s", manifest_string(entry, "accuraterip_v2"));
		}
		page_end_row(page);
	}
	page_end_table(page, 0);
	fputs("</section>\n", page->out);
}

static void print_disc(const struct page *page)
{
	static const char *const words[][2] = {
		{ "title", "Title" },
		{ "performer", "Performer" },
		{ "mcn", "Catalogue number" },
		{ "musicbrainz_id", "MusicBrainz disc id" },
		{ "freedb_id", "FreeDB disc id" },
		{ "accuraterip_file", "AccurateRip file" },
		{ "ctdb", "CTDB CRC" },
		{ "dat", "Dat" },
		{ "dat_game", "Game of the dat" },
	};
	static const char *const numbers[][2] = {
		{ "sessions", "Sessions" },
		{ "sectors", "Sectors" },
		{ "offset", "Read offset in samples" },
		{ "mended_sectors", "Mended by their own checksums" },
		{ "recovered_sectors", "Recovered by more tries" },
		{ "wrong_sectors", "With a wrong checksum or address" },
		{ "doubtful_sectors", "Doubtful" },
		{ "unreadable_sectors", "Unreadable" },
		{ "out_of_reach_sectors", "Out of the drive's reach" },
		{ "wrong_q_sectors", "Q with a wrong checksum" },
		{ "lost_subchannel_sectors", "Sub-channels lost" },
	};

	page_begin_section(page, "medium", "Disc");
	page_begin_facts(page);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		html_fact(page->out, words[i][1], manifest_string(page->root, words[i][0]));
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		page_number_fact(page, numbers[i][1], json_object_get(page->root, numbers[i][0]));
	page_end_facts(page);
	fputs("</section>\n", page->out);
}

static void print_run(const struct page *page)
{
	const json_t *drive = json_object_get(page->root, "drive_id");
	char words[3 * TEXT_SIZE], *command = page_command(page->root);

	page_begin_section(page, "run", "Reading");
	page_begin_facts(page);
	html_fact(page->out, "Command", command);
	free(command);
	html_fact(page->out, "Begin", page_time(manifest_string(page->root, "start"), words));
	html_fact(page->out, "Duration", text_duration(manifest_amount(page->root, "seconds"), words));
	snprintf(words, sizeof(words), "%s %s, firmware %s", manifest_string(drive, "vendor"),
		 manifest_string(drive, "product"), manifest_string(drive, "revision"));
	html_fact(page->out, "Drive", words);
	html_fact(page->out, "Serial number", manifest_string(drive, "serial"));
	html_fact(page->out, "Device", manifest_string(page->root, "drive"));
	snprintf(words, sizeof(words), "%.1f MB/s", manifest_number(page->root, "speed_kbps") / 1000);
	html_fact(page->out, "Average speed", words);
	page_end_facts(page);
	fputs("</section>\n", page->out);
}

void page_cd_tables(const struct page *page)
{
	print_tracks(page);
	page_print_ranges(page, "ranges", "what", "Not simply good");
	print_files(page);
	print_disc(page);
	print_run(page);
}
