/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page: its style, what it says first, and what is known of each zone of the disc. */
#include "config.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "ui/html.h"
#include "ui/manifest_private.h"
#include "ui/page_private.h"

#define GENERATOR "<meta name=\"generator\" content=\"discern report\" />"
#define MAX_PAGE_BYTES ((size_t)64 << 20)

/* Zones on both sides that a slow one is compared with. */
enum { NEIGHBOURS = 25 };

/* Sectors of a zone that may be missing before it counts as missing itself. */
#define MANY 0.25

const char *page_class_name(enum page_class class)
{
	static const char *const names[PAGE_N_CLASSES] = { "good", "slow", "doubtful", "untried", "partly", "bad" };

	return names[class];
}

const char *page_class_words(enum page_class class)
{
	static const char *const words[PAGE_N_CLASSES] = {
		"read", "slow", "read after errors", "not tried yet", "a part is missing", "missing",
	};

	return words[class];
}

const char *page_time(const char *text, char buffer[TEXT_SIZE])
{
	/* Ten digits and hyphens, T, eight digits and colons, Z. */
	if (strlen(text) == 20 && text[10] == 'T')
		snprintf(buffer, TEXT_SIZE, "%.10s %.8s UTC", text, text + 11);
	else
		snprintf(buffer, TEXT_SIZE, "%s", text);
	return buffer;
}

void page_begin_figure(const struct page *page, const char *id, const char *heading)
{
	fprintf(page->out, "<figure id=\"%s\"><h2>", id);
	html_text(page->out, heading);
	fputs("</h2>\n", page->out);
}

void page_end_figure(const struct page *page, const char *caption)
{
	fputs("<figcaption>", page->out);
	html_text(page->out, caption);
	fputs("</figcaption></figure>\n", page->out);
}

/* ---- zones ---- */

static struct page_zone *zone_at(struct page *page, int64_t lba)
{
	double index = (double)(lba - page->first_lba) / page->zone_sectors;

	return index >= 0 && index < (double)page->n_zones ? &page->zones[(size_t)index] : NULL;
}

static void add_runs(struct page *page)
{
	const json_t *runs = json_object_get(page->root, "runs"), *run, *entry;
	size_t i, k;

	json_array_foreach(runs, i, run) json_array_foreach(json_object_get(run, "zones"), k, entry)
	{
		struct page_zone *zone = zone_at(page, manifest_integer(entry, "lba"));

		if (zone == NULL)
			continue;
		zone->n_delivered += manifest_number(entry, "sectors");
		zone->n_errors += manifest_number(entry, "errors");
		zone->read_seconds += manifest_number(entry, "read_seconds");
		zone->error_seconds += manifest_number(entry, "error_seconds");
	}
}

void page_add_ranges(struct page *page, const struct page_ranges *ranges)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(page->root, ranges->list), i, entry)
	{
		double at = (double)(manifest_integer(entry, "lba") - page->first_lba);
		double end = at + manifest_number(entry, "sectors");

		if (ranges->key != NULL && strcmp(manifest_string(entry, ranges->key), ranges->value) != 0)
			continue;
		for (size_t k = (size_t)fmax(0, at / page->zone_sectors); k < page->n_zones; k++) {
			double zone_start = (double)k * page->zone_sectors;
			double zone_end = fmin(zone_start + page->zone_sectors, page->n_sectors);

			if (zone_start >= end)
				break;
			*(double *)(void *)((char *)&page->zones[k] + ranges->offset) +=
				fmax(0, fmin(end, zone_end) - fmax(at, zone_start));
		}
	}
}

static int compare_numbers(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The usual speed around a zone. */
static double usual_speed(const struct page *page, size_t zone)
{
	double speeds[2 * NEIGHBOURS + 1];
	size_t n = 0;

	for (size_t i = zone > NEIGHBOURS ? zone - NEIGHBOURS : 0; i < page->n_zones && i <= zone + NEIGHBOURS; i++)
		if (page->zones[i].speed_kbps > 0)
			speeds[n++] = page->zones[i].speed_kbps;
	if (n == 0)
		return 0;
	qsort(speeds, n, sizeof(*speeds), compare_numbers);
	return speeds[n / 2];
}

static void classify(struct page *page, size_t index)
{
	struct page_zone *zone = &page->zones[index];

	if (zone->n_missing > zone->n_sectors * MANY)
		zone->class = PAGE_BAD;
	else if (zone->n_missing > 0)
		zone->class = PAGE_PARTLY;
	else if (zone->n_untried > 0)
		zone->class = PAGE_UNTRIED;
	else if (zone->n_doubtful > 0 || zone->n_errors > 0)
		zone->class = PAGE_DOUBTFUL;
	else if (zone->speed_kbps > 0 && zone->speed_kbps < usual_speed(page, index) / 2)
		zone->class = PAGE_SLOW;
	else
		zone->class = PAGE_GOOD;
}

void page_begin_zones(struct page *page, int64_t first_lba, double n_sectors)
{
	page->first_lba = first_lba;
	page->n_sectors = fmin(fmax(n_sectors, 1), UINT32_MAX);
	page->zone_sectors = ceil(page->n_sectors / DISCERN_RECORD_ZONES);
	page->n_zones = (size_t)ceil(page->n_sectors / page->zone_sectors);
}

void page_end_zones(struct page *page)
{
	for (size_t i = 0; i < page->n_zones; i++) {
		struct page_zone *zone = &page->zones[i];

		zone->n_sectors = fmin(page->zone_sectors, page->n_sectors - (double)i * page->zone_sectors);
		if (zone->read_seconds > 0)
			zone->speed_kbps = zone->n_delivered * page->sector_bytes / 1000 / zone->read_seconds;
		page->peak_kbps = fmax(page->peak_kbps, zone->speed_kbps);
		page->peak_errors = fmax(page->peak_errors, zone->n_errors);
	}
	for (size_t i = 0; i < page->n_zones; i++)
		classify(page, i);
}

static void find_zones(struct page *page)
{
	static const struct page_ranges ranges[] = {
		{ "bad_ranges", "state", "bad", offsetof(struct page_zone, n_missing) },
		{ "bad_ranges", "state", "failed", offsetof(struct page_zone, n_missing) },
		{ "bad_ranges", "state", "untried", offsetof(struct page_zone, n_untried) },
		{ "doubtful_ranges", NULL, NULL, offsetof(struct page_zone, n_doubtful) },
	};

	page_begin_zones(page, manifest_integer(page->root, "first_lba"),
			 manifest_number(json_object_get(page->root, "sectors"), "all"));
	add_runs(page);
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		page_add_ranges(page, &ranges[i]);
	page_end_zones(page);
}

/* ---- what is said first ---- */

static void print_verdict(const struct page *page)
{
	const json_t *sectors = json_object_get(page->root, "sectors");
	const json_t *runs = json_object_get(page->root, "runs");
	const char *state = manifest_string(page->root, "state");
	double n_missing = manifest_number(sectors, "bad") + manifest_number(sectors, "failed");
	char size[TEXT_SIZE];

	fputs("<p class=\"verdict ", page->out);
	html_text(page->out, state);
	fputs("\">", page->out);
	if (strcmp(state, "complete") == 0) {
		fputs("Every sector was read.", page->out);
	} else if (strcmp(state, "bad") == 0) {
		html_printf(page->out, "%.0f of %.0f sectors could not be read: %s of zeros are in their place.",
			    n_missing, page->n_sectors,
			    text_size((uint64_t)(fmax(n_missing, 0) * DISCERN_SECTOR_SIZE), size));
	} else {
		html_printf(page->out, "Not finished: %.0f of %.0f sectors are read.", manifest_number(sectors, "good"),
			    page->n_sectors);
		runs = json_array_get(runs, json_array_size(runs) - 1);
		if (manifest_string(runs, "error")[0] != '\0')
			html_printf(page->out, " %s.", manifest_string(runs, "error"));
	}
	fputs("</p>\n", page->out);
}

static void print_header(const struct page *page)
{
	const json_t *disc = json_object_get(page->root, "disc");
	const json_t *runs = json_object_get(page->root, "runs");
	const json_t *last = json_array_get(runs, json_array_size(runs) - 1);
	const char *label = manifest_string(disc, "label"), *image = manifest_string(page->root, "image");
	char size[TEXT_SIZE];

	fputs("<header>\n<h1>", page->out);
	html_text(page->out, label[0] != '\0' ? label : image);
	fputs("</h1>\n<p>", page->out);
	html_printf(page->out, "%s, %s, %s", manifest_string(disc, "kind"),
		    text_size(manifest_amount(page->root, "image_bytes"), size), image);
	fputs("</p>\n", page->out);
	print_verdict(page);
	fputs("<p>", page->out);
	html_printf(page->out, "Ripped %s with discern %s", page_time(manifest_string(last, "end"), size),
		    manifest_string(last, "version"));
	fputs("</p>\n</header>\n", page->out);
}

static void print_image_page(struct page *page)
{
	const json_t *disc = json_object_get(page->root, "disc");

	page->sector_bytes = DISCERN_SECTOR_SIZE;
	page->speed_1x_kbps = discern_profile_1x_kbps((enum discern_profile)manifest_integer(disc, "profile"));
	find_zones(page);
	print_header(page);
	page_disc(page);
	page_charts(page);
	page_tables(page);
}

static void print_cd_page(struct page *page)
{
	page_cd_zones(page);
	page_cd_header(page);
	page_disc(page);
	page_cd_tables(page);
}

/* What the image is called, for the tab of a browser. */
static const char *page_title(const json_t *root)
{
	static const char *const keys[] = { "image", "title", "sheet", "folder" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (manifest_string(root, keys[i])[0] != '\0')
			return manifest_string(root, keys[i]);
	return "CD";
}

char *manifest_html(const struct manifest *manifest)
{
	struct page *page = manifest_must(calloc(1, sizeof(*page)));
	char *text = NULL;
	size_t size = 0;

	page->root = manifest->root;
	page->out = manifest_must(open_memstream(&text, &size));
	fputs("<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n"
	      "<meta charset=\"utf-8\" />\n" GENERATOR "\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n<title>",
	      page->out);
	html_text(page->out, page_title(manifest->root));
	fprintf(page->out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n", page_style);
	if (manifest_is_of_cd(manifest->root))
		print_cd_page(page);
	else
		print_image_page(page);
	fputs("</body>\n</html>\n", page->out);
	if (fclose(page->out) != 0)
		manifest_must(NULL);
	free(page);
	return text;
}

/* ---- the file ---- */

int manifest_check_html(const char *path, struct discern_error *err)
{
	AUTO_FREE char *text = NULL;
	struct stat status;
	size_t size = 0;

	if (lstat(path, &status) < 0 && errno == ENOENT)
		return 0;
	if (file_read_all(path, MAX_PAGE_BYTES, &text, &size, NULL) == 0 && strstr(text, GENERATOR) != NULL)
		return 0;
	discern_error_set(err, -EEXIST, "%s: exists and is no report of discern's making", path);
	discern_error_hint(err, "rename it, or name another file for the report");
	return -EEXIST;
}

int manifest_write_html(const struct manifest *manifest, const char *path, struct discern_error *err)
{
	AUTO_FREE char *text = NULL;
	int ret = manifest_check_html(path, err);

	if (ret < 0)
		return ret;
	text = manifest_html(manifest);
	return file_replace(path, text, strlen(text), err);
}
