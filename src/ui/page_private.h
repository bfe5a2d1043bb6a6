/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page that tells of a manifest, and what its parts share. */
#ifndef UI_PAGE_PRIVATE_H
#define UI_PAGE_PRIVATE_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include <discern/medium.h>
#include <discern/record.h>

#include "base/text.h"

/** How a zone of the disc fared, best first; each is a class of the style sheet. */
enum page_class { PAGE_GOOD, PAGE_SLOW, PAGE_DOUBTFUL, PAGE_UNTRIED, PAGE_PARTLY, PAGE_BAD };
#define PAGE_N_CLASSES 6

/** Of all runs together. */
struct page_zone {
	double n_sectors, n_delivered, n_errors, read_seconds, error_seconds;
	/** Of its sectors. */
	double n_missing, n_untried, n_doubtful;
	/** kB/s of 1000 bytes; 0 if nothing was read here, or in no time. */
	double speed_kbps;
	enum page_class class;
};

struct page {
	FILE *out;
	const json_t *root;
	int64_t first_lba;
	/** What a sector has of it in the image. */
	unsigned sector_bytes;
	/** Sectors of the image, and of a zone. */
	double n_sectors, zone_sectors;
	size_t n_zones;
	struct page_zone zones[DISCERN_RECORD_ZONES];
	/** Fastest zone, most errors in one. */
	double peak_kbps, peak_errors;
	/** 1x of the disc in kB/s; 0 if it has none. */
	double speed_1x_kbps;
};

/** "2026-11-22 14:00:34 UTC" for a time of the manifest. Returns buffer. */
const char *page_time(const char *text, char buffer[TEXT_SIZE]);

/** For the page's style element. */
extern const char page_style[];

/** "good", "slow" … for the style sheet, and in words for people. */
const char *page_class_name(enum page_class class);
const char *page_class_words(enum page_class class);

/** Rings by radius, and all zones in rows. */
void page_disc(const struct page *page);

/** The speed over the disc, and errors over time. */
void page_charts(const struct page *page);

/** All facts. */
void page_tables(const struct page *page);

/** The disc from first_lba on, divided into zones of which nothing is known yet. */
void page_begin_zones(struct page *page, int64_t first_lba, double n_sectors);

/** Counts sectors of a list of ranges by zone, in the member of a zone that is offset bytes from its begin: of those ranges
 *  whose member key has this value, or of all without a key. */
struct page_ranges {
	const char *list, *key, *value;
	size_t offset;
};
void page_add_ranges(struct page *page, const struct page_ranges *ranges);

/** Speed and class of each zone, once all is counted. */
void page_end_zones(struct page *page);

/** A page of a CD that was read raw, or as sound: what is known of its zones, what is said first, and its facts. */
void page_cd_zones(struct page *page);
void page_cd_header(const struct page *page);
void page_cd_tables(const struct page *page);

/** The words of a command line as they would be typed; the caller frees it. */
char *page_command(const json_t *run);

/** Sections with a heading, ended by </section>. */
void page_begin_section(const struct page *page, const char *id, const char *heading);

/** Tables of two columns, for html_fact() and page_number_fact(), which leaves out what is no number. */
void page_begin_facts(const struct page *page);
void page_end_facts(const struct page *page);
void page_number_fact(const struct page *page, const char *name, const json_t *value);

/** Tables of several: headings, with those of numbers after a '#', ended by NULL; rows of cells. */
void page_begin_table(const struct page *page, const char *const headings[]);
void page_end_table(const struct page *page, size_t n_left_out);
void page_begin_row(const struct page *page);
void page_end_row(const struct page *page);
/** class "n" for numbers, "path" for what may be broken anywhere, or NULL. */
void page_cell(const struct page *page, const char *class, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** Rows of a table; the manifest has all. And how many of a list that leaves out. */
enum { PAGE_MAX_ROWS = 500 };
size_t page_left_out(const json_t *list);

/** A section with a list of ranges, of each its place and what this member says of it; none for an empty list. */
void page_print_ranges(const struct page *page, const char *list_name, const char *member, const char *heading);

/** Opens a figure with its heading; page_end_figure() closes it. */
void page_begin_figure(const struct page *page, const char *id, const char *heading);
void page_end_figure(const struct page *page, const char *caption);

#endif
