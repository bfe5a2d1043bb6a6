/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The disc as it lies on the table, its track a spiral with each zone at its true radius; and its zones in rows. */
#include "config.h"

#include <math.h>

#include "base/text.h"
#include "ui/html.h"
#include "ui/page_private.h"

/* Millimetres. */
#define OUTER_RADIUS 58.0
/* A real track has tens of thousands of turns. */
#define TURNS 24.0
/* One zone may be shorter than what can be seen. It is drawn that long. */
#define MIN_ARC 0.7
/* How far the turn goes on between two points that a line joins. */
#define STEP (M_PI / 24)

/* Zones in a row. */
enum { COLUMNS = 50 };

/* What kinds of discs there are, by profile: MMC-6 table 95. */
struct geometry {
	double inner_radius;
	/** Sectors of one layer. */
	double layer_sectors;
	/** Layers hold one half each, whatever the size. */
	bool is_halved;
};

static struct geometry find_geometry(const struct page *page)
{
	struct geometry geometry = { 24, 12219392, false };

	if (page->speed_1x_kbps < 1000)
		geometry = (struct geometry){ 25, 359999, false };
	else if (page->speed_1x_kbps < 2000)
		geometry = (struct geometry){ 24, 2295104, true };
	return geometry;
}

/* The layers of the disc that the image fills. */
struct layers {
	struct geometry geometry;
	size_t n;
	/** Sectors in each but the last one. */
	double n_sectors;
};

static struct layers find_layers(const struct page *page)
{
	struct layers layers = { find_geometry(page), 1, page->n_sectors };
	double end = (double)page->first_lba + page->n_sectors;

	/* A little more than there is room for is a disc that was filled to the brim. */
	if (end > layers.geometry.layer_sectors * 1.01 && page->speed_1x_kbps >= 1000) {
		layers.n = (size_t)ceil(end / layers.geometry.layer_sectors);
		if (layers.n > 4)
			layers.n = 4;
		if (layers.geometry.is_halved)
			layers.n = 2;
		layers.n_sectors = layers.geometry.is_halved ? ceil(end / 2) : layers.geometry.layer_sectors;
	} else {
		layers.n_sectors = end;
	}
	if (layers.n_sectors > layers.geometry.layer_sectors)
		layers.geometry.layer_sectors = layers.n_sectors;
	return layers;
}

/* Where a sector of a layer is: sectors have the same length everywhere, so its area grows evenly. Every other layer is
 * read from the outside to the inside. */
static double radius(const struct layers *layers, size_t layer, double sector)
{
	double inner = layers->geometry.inner_radius, share;

	if (layer % 2 == 1)
		sector = layers->n_sectors - sector;
	share = fmin(fmax(sector / layers->geometry.layer_sectors, 0), 1);
	return sqrt(inner * inner + share * (OUTER_RADIUS * OUTER_RADIUS - inner * inner));
}

/* Zones first to end - 1 of one class. */
struct stretch {
	size_t first, end;
	enum page_class class;
};

static void print_title(const struct page *page, const struct stretch *stretch)
{
	double start = (double)stretch->first * page->zone_sectors;
	double end = fmin((double)stretch->end * page->zone_sectors, page->n_sectors), n_missing = 0;

	for (size_t i = stretch->first; i < stretch->end; i++)
		n_missing += page->zones[i].n_missing;
	fputs("<title>", page->out);
	html_printf(page->out, "LBA %.0f to %.0f: %s", (double)page->first_lba + start,
		    (double)page->first_lba + end - 1, page_class_words(stretch->class));
	if (n_missing > 0)
		html_printf(page->out, ", %.0f sectors", n_missing);
	fputs("</title>", page->out);
}

/* The angle at which the spiral has this radius. */
static double angle(const struct layers *layers, double at)
{
	double inner = layers->geometry.inner_radius;

	return 2 * M_PI * TURNS * (at - inner) / (OUTER_RADIUS - inner);
}

static void print_point(const struct page *page, const struct layers *layers, double at)
{
	double inner = layers->geometry.inner_radius;
	double r = inner + at / (2 * M_PI * TURNS) * (OUTER_RADIUS - inner);

	fprintf(page->out, "%.2f,%.2f ", r * cos(at), r * sin(at));
}

static void print_arc(const struct page *page, const struct layers *layers, size_t layer, const struct stretch *stretch)
{
	double layer_start = (double)layer * layers->n_sectors;
	double start = (double)page->first_lba + (double)stretch->first * page->zone_sectors - layer_start;
	double end = fmin((double)page->first_lba + (double)stretch->end * page->zone_sectors,
			  (double)page->first_lba + page->n_sectors) -
		     layer_start;
	double a, b, from, to;

	if (end <= 0 || start >= layers->n_sectors)
		return;
	a = radius(layers, layer, fmax(start, 0));
	b = radius(layers, layer, fmin(end, layers->n_sectors));
	from = angle(layers, fmin(a, b));
	to = fmax(angle(layers, fmax(a, b)), from + MIN_ARC / a);
	fprintf(page->out, "<polyline class=\"arc %s\" points=\"", page_class_name(stretch->class));
	for (double at = from; at < to; at += STEP)
		print_point(page, layers, at);
	print_point(page, layers, to);
	fputs("\">", page->out);
	print_title(page, stretch);
	fputs("</polyline>\n", page->out);
}

/* What is worse comes later, and so on top. */
static void print_spiral(const struct page *page, const struct layers *layers, size_t layer)
{
	for (int class = 0; class < PAGE_N_CLASSES; class ++) {
		struct stretch stretch = { 0, 0, (enum page_class) class };

		while (stretch.end < page->n_zones) {
			stretch.first = stretch.end;
			stretch.end++;
			if (page->zones[stretch.first].class != stretch.class)
				continue;
			while (stretch.end < page->n_zones && page->zones[stretch.end].class == stretch.class)
				stretch.end++;
			print_arc(page, layers, layer, &stretch);
		}
	}
}

static void print_legend(const struct page *page)
{
	double n[PAGE_N_CLASSES] = { 0 };

	for (size_t i = 0; i < page->n_zones; i++)
		n[page->zones[i].class] += 1;
	fputs("<ul class=\"legend\">", page->out);
	for (int class = 0; class < PAGE_N_CLASSES; class ++) {
		if (n[class] == 0)
			continue;
		fprintf(page->out, "<li><i class=\"%s\"></i>", page_class_name((enum page_class) class));
		html_printf(page->out, "%s: %.0f %s", page_class_words((enum page_class) class), n[class],
			    n[class] == 1 ? "zone" : "zones");
		fputs("</li>", page->out);
	}
	fputs("</ul>\n", page->out);
}

static void print_disc(const struct page *page)
{
	struct layers layers = find_layers(page);

	page_begin_figure(page, "disc", "The disc");
	fputs("<div class=\"discs\">\n", page->out);
	for (size_t layer = 0; layer < layers.n; layer++) {
		fputs("<div><svg viewBox=\"-61 -61 122 122\" role=\"img\" aria-label=\"The disc, seen from below\">\n"
		      "<circle class=\"blank\" r=\"60\" />\n",
		      page->out);
		print_spiral(page, &layers, layer);
		fputs("<circle class=\"hole\" r=\"20\" /><circle class=\"blank\" r=\"7.5\" />\n</svg>", page->out);
		if (layers.n > 1)
			html_printf(page->out, "layer %zu", layer);
		fputs("</div>\n", page->out);
	}
	fputs("</div>\n", page->out);
	print_legend(page);
	page_end_figure(page,
			"The track from the inside to the outside, each zone at the radius where it lies. A real track has "
			"far more turns: at which angle a zone lies is not known.");
}

static void print_cells(const struct page *page)
{
	for (size_t i = 0; i < page->n_zones;) {
		struct stretch stretch = { i, i + 1, page->zones[i].class };
		size_t row_end = (i / COLUMNS + 1) * COLUMNS;

		while (stretch.end < page->n_zones && stretch.end < row_end &&
		       page->zones[stretch.end].class == stretch.class)
			stretch.end++;
		fprintf(page->out, "<rect class=\"%s\" x=\"%zu\" y=\"%zu\" width=\"%zu\" height=\".86\">",
			page_class_name(stretch.class), i % COLUMNS, i / COLUMNS, stretch.end - stretch.first);
		print_title(page, &stretch);
		fputs("</rect>\n", page->out);
		i = stretch.end;
	}
}

void page_disc(const struct page *page)
{
	size_t n_rows = (page->n_zones + COLUMNS - 1) / COLUMNS;
	char words[160], size[TEXT_SIZE];

	fputs("<div class=\"two\">\n", page->out);
	print_disc(page);
	page_begin_figure(page, "zones", "From the first sector to the last");
	fprintf(page->out, "<svg viewBox=\"0 0 %d %zu\" role=\"img\" aria-label=\"All zones in rows\">\n", COLUMNS,
		n_rows);
	print_cells(page);
	fputs("</svg>\n", page->out);
	snprintf(words, sizeof(words), "%zu zones of %.0f sectors (%s) in rows of %d, like lines of text.",
		 page->n_zones, page->zone_sectors,
		 text_size((uint64_t)(page->zone_sectors * page->sector_bytes), size), COLUMNS);
	page_end_figure(page, words);
	fputs("</div>\n", page->out);
}
