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

/** Opens a figure with its heading; page_end_figure() closes it. */
void page_begin_figure(const struct page *page, const char *id, const char *heading);
void page_end_figure(const struct page *page, const char *caption);

#endif
