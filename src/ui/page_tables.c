/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All facts of the manifest, as tables. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "ui/html.h"
#include "ui/manifest_private.h"
#include "ui/page_private.h"

static void print_image(const struct page *page)
{
	const json_t *hashes = json_object_get(page->root, "hashes");
	const json_t *sectors = json_object_get(page->root, "sectors");

	page_begin_section(page, "image", "Image");
	page_begin_facts(page);
	html_fact(page->out, "Name", manifest_string(page->root, "image"));
	page_number_fact(page, "Bytes", json_object_get(page->root, "image_bytes"));
	html_fact(page->out, "SHA-256", manifest_string(hashes, "sha256"));
	html_fact(page->out, "SHA-1", manifest_string(hashes, "sha1"));
	html_fact(page->out, "MD5", manifest_string(hashes, "md5"));
	html_fact(page->out, "CRC-32", manifest_string(hashes, "crc32"));
	page_number_fact(page, "First LBA", json_object_get(page->root, "first_lba"));
	page_number_fact(page, "Sectors", json_object_get(sectors, "all"));
	page_number_fact(page, "Sectors read", json_object_get(sectors, "good"));
	page_number_fact(page, "Unreadable", json_object_get(sectors, "bad"));
	if (manifest_integer(sectors, "failed") > 0)
		page_number_fact(page, "Failed so far", json_object_get(sectors, "failed"));
	if (manifest_integer(sectors, "untried") > 0)
		page_number_fact(page, "Not tried yet", json_object_get(sectors, "untried"));
	if (json_is_true(json_object_get(page->root, "bad_by_design")))
		html_fact(page->out, "Note", "the disc seems to be made with bad places, as copy protection does");
	page_end_facts(page);
	fputs("</section>\n", page->out);
}

static void print_files(const struct page *page)
{
	static const char *const headings[] = { "File", "#Size", "#Sectors missing", NULL };
	const json_t *list = json_object_get(page->root, "damaged_files"), *entry;
	char size[TEXT_SIZE];
	size_t i, n_files, n_folders = 0;

	if (json_array_size(list) == 0 && manifest_integer(page->root, "unread_folders") == 0)
		return;
	json_array_foreach(list, i, entry) n_folders += json_is_true(json_object_get(entry, "folder"));
	page_begin_section(page, "files", "Damaged files");
	fputs("<p>", page->out);
	n_files = json_array_size(list) - n_folders;
	html_printf(page->out, "%zu of %.0f files %s damaged", n_files, manifest_number(page->root, "files"),
		    n_files == 1 ? "is" : "are");
	if (n_folders > 0)
		html_printf(page->out, ", and %zu folder%s", n_folders, n_folders == 1 ? "" : "s");
	if (manifest_integer(page->root, "unread_folders") > 0)
		html_printf(page->out, "; %.0f folders could not be read, files in them are not counted",
			    manifest_number(page->root, "unread_folders"));
	fputs(".</p>\n", page->out);
	page_begin_table(page, headings);
	json_array_foreach(list, i, entry)
	{
		if (i == PAGE_MAX_ROWS)
			break;
		page_begin_row(page);
		page_cell(page, "path", "%s%s", manifest_string(entry, "path"),
		     json_is_true(json_object_get(entry, "folder")) ? " (folder)" : "");
		page_cell(page, "n", "%s", text_size(manifest_amount(entry, "bytes"), size));
		page_cell(page, "n", "%.0f", manifest_number(entry, "bad_sectors"));
		page_end_row(page);
	}
	page_end_table(page, page_left_out(list));
	fputs("</section>\n", page->out);
}

static void print_tracks(const struct page *page, const json_t *disc)
{
	static const char *const headings[] = { "#Track", "#Session", "Kind", "#First LBA", "#Sectors", NULL };
	const json_t *entry;
	size_t i;

	fputs("<h3>Tracks</h3>\n", page->out);
	page_begin_table(page, headings);
	json_array_foreach(json_object_get(disc, "tracks"), i, entry)
	{
		page_begin_row(page);
		page_cell(page, "n", "%.0f", manifest_number(entry, "number"));
		page_cell(page, "n", "%.0f", manifest_number(entry, "session"));
		page_cell(page, NULL, "%s",
		     json_is_true(json_object_get(entry, "blank"))  ? "blank"
		     : json_is_true(json_object_get(entry, "data")) ? "data"
								    : "audio");
		page_cell(page, "n", "%.0f", manifest_number(entry, "lba"));
		page_cell(page, "n", "%.0f", manifest_number(entry, "sectors"));
		page_end_row(page);
	}
	page_end_table(page, 0);
}

static void print_candidates(const struct page *page, const json_t *size)
{
	static const char *const headings[] = { "Opinion of", "#Sectors", "", NULL };
	const json_t *entry;
	size_t i;

	fputs("<h3>How large the disc is</h3>\n<p>", page->out);
	html_text(page->out, manifest_string(size, "reason"));
	fputs("</p>\n", page->out);
	if (manifest_string(size, "left_out")[0] != '\0') {
		fputs("<p>", page->out);
		html_text(page->out, manifest_string(size, "left_out"));
		fputs("</p>\n", page->out);
	}
	page_begin_table(page, headings);
	json_array_foreach(json_object_get(size, "candidates"), i, entry)
	{
		page_begin_row(page);
		page_cell(page, NULL, "%s", manifest_string(entry, "source"));
		page_cell(page, "n", "%.0f", manifest_number(entry, "sectors"));
		page_cell(page, NULL, "%s", json_is_true(json_object_get(entry, "chosen")) ? "chosen" : "");
		page_end_row(page);
	}
	page_end_table(page, 0);
}

static void print_disc(const struct page *page)
{
	const json_t *disc = json_object_get(page->root, "disc");

	page_begin_section(page, "medium", "Disc");
	page_begin_facts(page);
	html_fact(page->out, "Label", manifest_string(disc, "label"));
	html_fact(page->out, "Kind", manifest_string(disc, "kind"));
	html_fact(page->out, "State", manifest_string(disc, "state"));
	html_fact(page->out, "Manufacturer", manifest_string(disc, "manufacturer"));
	html_fact(page->out, "Medium id", manifest_string(disc, "media_id"));
	html_fact(page->out, "Identity", manifest_string(disc, "identity"));
	page_end_facts(page);
	print_tracks(page, disc);
	print_candidates(page, json_object_get(page->root, "size_decision"));
	fputs("</section>\n", page->out);
}

static const char *pass_words(const char *name)
{
	static const char *const words[][2] = {
		{ "sweep", "forwards over all" },
		{ "backwards", "backwards into what was skipped" },
		{ "again", "forwards over what was left" },
		{ "copies", "what other drives could not read" },
		{ "divide", "within units that failed" },
		{ "retry", "again" },
		{ "scrape", "sector by sector" },
		{ "hash", "checksums of the file" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(name, words[i][0]) == 0)
			return words[i][1];
	return name;
}

static void print_passes(const struct page *page, const json_t *run)
{
	static const char *const headings[] = { "Pass",    "#Time",         "#Rounds",        "#Reads",
						"#Errors", "#Sectors read", "#Missing after", NULL };
	char words[TEXT_SIZE];
	const json_t *entry;
	size_t i;

	page_begin_table(page, headings);
	json_array_foreach(json_object_get(run, "passes"), i, entry)
	{
		const char *how = manifest_string(entry, "how"), *where = manifest_string(entry, "where");

		/* There was nothing to do in it. */
		if (manifest_amount(entry, "reads") + manifest_amount(entry, "errors") == 0 &&
		    manifest_number(entry, "seconds") < 1)
			continue;
		page_begin_row(page);
		page_cell(page, "path", "%s%s%s%s%s%s", pass_words(manifest_string(entry, "name")),
		     how[0] != '\0' ? " " : "", how, where[0] != '\0' ? " (" : "", where, where[0] != '\0' ? ")" : "");
		page_cell(page, "n", "%s", text_duration(manifest_amount(entry, "seconds"), words));
		page_cell(page, "n", "%.0f", manifest_number(entry, "rounds"));
		page_cell(page, "n", "%.0f", manifest_number(entry, "reads"));
		page_cell(page, "n", "%.0f", manifest_number(entry, "errors"));
		page_cell(page, "n", "%.0f", manifest_number(entry, "sectors"));
		page_cell(page, "n", "%.0f", manifest_number(entry, "left"));
		page_end_row(page);
	}
	page_end_table(page, 0);
}

static void print_messages(const struct page *page, const json_t *run)
{
	static const char *const headings[] = { "#Time", "Message", NULL };
	const json_t *list = json_object_get(run, "messages"), *entry;
	char words[TEXT_SIZE];
	size_t i;

	if (json_array_size(list) == 0)
		return;
	fputs("<details><summary>Decisions and messages</summary>\n", page->out);
	page_begin_table(page, headings);
	json_array_foreach(list, i, entry)
	{
		page_begin_row(page);
		page_cell(page, "n", "%s", text_duration(manifest_amount(entry, "time"), words));
		page_cell(page, "path", "%s", manifest_string(entry, "text"));
		page_end_row(page);
	}
	page_end_table(page, 0);
	if (manifest_integer(run, "messages_left_out") > 0)
		fprintf(page->out, "<p>%.0f more were not kept.</p>\n", manifest_number(run, "messages_left_out"));
	fputs("</details>\n", page->out);
}

char *page_command(const json_t *run)
{
	const json_t *entry;
	char *text = NULL;
	size_t i, size = 0;
	FILE *out = manifest_must(open_memstream(&text, &size));

	json_array_foreach(json_object_get(run, "command"), i, entry)
	{
		const char *word = json_is_string(entry) ? json_string_value(entry) : "";
		bool is_plain = word[0] != '\0' && strpbrk(word, " \t'\"\\$*?;&|<>()") == NULL;

		fprintf(out, is_plain ? "%s%s" : "%s'%s'", i > 0 ? " " : "", word);
	}
	if (fclose(out) != 0)
		manifest_must(NULL);
	return text;
}

static void print_run(const struct page *page, const json_t *run, size_t number)
{
	const json_t *drive = json_object_get(run, "drive");
	char words[3 * TEXT_SIZE], *command = page_command(run);

	snprintf(words, sizeof(words), "run%zu", number);
	snprintf(words + TEXT_SIZE, TEXT_SIZE, "Run %zu", number);
	page_begin_section(page, words, words + TEXT_SIZE);
	page_begin_facts(page);
	html_fact(page->out, "Command", command);
	free(command);
	html_fact(page->out, "Version", manifest_string(run, "version"));
	html_fact(page->out, "Begin", page_time(manifest_string(run, "start"), words));
	html_fact(page->out, "End", page_time(manifest_string(run, "end"), words));
	html_fact(page->out, "Duration", text_duration(manifest_amount(run, "seconds"), words));
	if (manifest_amount(run, "drive_seconds") > manifest_amount(run, "seconds") + 1)
		html_fact(page->out, "By the drive's clock",
			  text_duration(manifest_amount(run, "drive_seconds"), words));
	snprintf(words, sizeof(words), "%s %s, firmware %s", manifest_string(drive, "vendor"),
		 manifest_string(drive, "product"), manifest_string(drive, "firmware"));
	html_fact(page->out, "Drive", words);
	html_fact(page->out, "Serial number", manifest_string(drive, "serial"));
	html_fact(page->out, "Device", manifest_string(drive, "path"));
	html_fact(page->out, "Outcome", manifest_string(run, "outcome"));
	html_fact(page->out, "Reason", manifest_string(run, "error"));
	if (manifest_number(run, "speed_kbps") > 0) {
		snprintf(words, sizeof(words), "%.1f MB/s", manifest_number(run, "speed_kbps") / 1000);
		html_fact(page->out, "Average speed", words);
	}
	page_end_facts(page);
	fputs("<h3>Passes</h3>\n", page->out);
	print_passes(page, run);
	print_messages(page, run);
	fputs("</section>\n", page->out);
}

void page_tables(const struct page *page)
{
	const json_t *runs = json_object_get(page->root, "runs"), *run;
	size_t i;

	print_files(page);
	print_image(page);
	page_print_ranges(page, "bad_ranges", "state", "Missing sectors");
	page_print_ranges(page, "doubtful_ranges", "state", "Doubtful sectors");
	print_disc(page);
	json_array_foreach(runs, i, run) print_run(page, run, i + 1);
}
