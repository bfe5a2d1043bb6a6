/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Curves: the drawings are stretched to the width there is, the words beside them are not. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "ui/html.h"
#include "ui/manifest_private.h"
#include "ui/page_private.h"

#define WIDTH 1000.0
#define HEIGHT 200.0

/* The next of 1, 2, 5, 10, 20 … that is not smaller. */
static double nice(double value)
{
	double power = pow(10, floor(log10(fmax(value, 1e-9)))), share = value / power;

	return power * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10);
}

static void begin_plot(const struct page *page, const char *words)
{
	fputs("<div class=\"plot\">", page->out);
	fprintf(page->out, "<svg viewBox=\"0 0 %.0f %.0f\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"",
		WIDTH, HEIGHT);
	html_text(page->out, words);
	fputs("\">\n", page->out);
}

static void print_line(const struct page *page, double y)
{
	fprintf(page->out, "<line class=\"grid\" x1=\"0\" x2=\"%.0f\" y1=\"%.1f\" y2=\"%.1f\" />\n", WIDTH, y, y);
}

/* A label at a height, as a share of the plot's from its top. */
static void print_label(const struct page *page, double share, const char *text)
{
	fprintf(page->out, "<span class=\"y\" style=\"top:%.1f%%\">", share * 100);
	html_text(page->out, text);
	fputs("</span>\n", page->out);
}

/* ---- speed over the disc ---- */

static double zone_x(const struct page *page, double zone)
{
	return zone * page->zone_sectors / page->n_sectors * WIDTH;
}

/* Zones of which no speed is known leave a gap. */
static void print_speed_curve(const struct page *page, double top)
{
	bool is_open = false;

	fputs("<path class=\"curve\" d=\"", page->out);
	for (size_t i = 0; i < page->n_zones; i++) {
		double y = HEIGHT * (1 - page->zones[i].speed_kbps / top);

		if (page->zones[i].speed_kbps > 0) {
			fprintf(page->out, "%s%.1f %.1f", is_open ? "L" : "M", zone_x(page, (double)i), y);
			fprintf(page->out, "H%.1f", fmin(zone_x(page, (double)i + 1), WIDTH));
		}
		is_open = page->zones[i].speed_kbps > 0;
	}
	fputs("\" />\n", page->out);
}

/* Red from the bottom, the more of them the higher; and never too thin to be seen on a phone. */
static void print_zone_errors(const struct page *page)
{
	double width = fmax(zone_x(page, 1), 3);

	for (size_t i = 0; i < page->n_zones; i++) {
		const struct page_zone *zone = &page->zones[i];
		double height =
			zone->n_errors > 0 ? HEIGHT * 0.4 * log1p(zone->n_errors) / log1p(page->peak_errors) : 0;

		if (height == 0)
			continue;
		fprintf(page->out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>",
			zone->n_missing > 0 ? "bad" : "doubtful", fmin(zone_x(page, (double)i), WIDTH - width),
			HEIGHT - height, width, height);
		html_printf(page->out, "LBA %.0f: %.0f reads failed, in %.1f s",
			    (double)page->first_lba + (double)i * page->zone_sectors, zone->n_errors,
			    zone->error_seconds);
		fputs("</title></rect>\n", page->out);
	}
}

static void print_speed(const struct page *page)
{
	double top = nice(fmax(page->peak_kbps, 1));
	char words[TEXT_SIZE], caption[320], size[TEXT_SIZE];

	if (page->peak_kbps == 0)
		return;
	/* Not more empty room than a fifth. */
	if (page->peak_kbps <= top * 0.8)
		top = page->peak_kbps <= top * 0.6 ? top * 0.6 : top * 0.8;
	page_begin_figure(page, "speed", "Read speed over the disc in MB/s, and where reads failed");
	begin_plot(page, "Read speed over the disc");
	for (int i = 0; i < 4; i++)
		print_line(page, HEIGHT * i / 4);
	print_zone_errors(page);
	print_speed_curve(page, top);
	fputs("</svg>\n", page->out);
	for (int i = 0; i <= 4; i++) {
		double kbps = top * (4 - i) / 4;

		snprintf(words, sizeof(words), "%.*f", top < 4000 ? 2 : top < 40000 ? 1 : 0, kbps / 1000);
		print_label(page, i / 4.0, words);
	}
	fputs("</div>\n<div class=\"x\"><span>0</span><span>", page->out);
	html_text(page->out, text_size((uint64_t)(page->n_sectors / 2 * DISCERN_SECTOR_SIZE), size));
	fputs("</span><span>", page->out);
	html_text(page->out, text_size((uint64_t)(page->n_sectors * DISCERN_SECTOR_SIZE), size));
	fputs("</span></div>\n", page->out);
	snprintf(caption, sizeof(caption), "The speed of reads that brought data, in all runs; at most %.1f MB/s",
		 page->peak_kbps / 1000);
	if (page->speed_1x_kbps > 0)
		snprintf(caption + strlen(caption), sizeof(caption) - strlen(caption), " (%.1fx)",
			 page->peak_kbps / page->speed_1x_kbps);
	if (page->peak_errors > 0)
		snprintf(caption + strlen(caption), sizeof(caption) - strlen(caption),
			 ". Bars are failed reads, on a scale of their own: at most %.0f in a zone", page->peak_errors);
	snprintf(caption + strlen(caption), sizeof(caption) - strlen(caption), ".");
	page_end_figure(page, caption);
}

/* ---- errors over time ---- */

/* Of all runs, one after the other. */
struct times {
	const json_t *runs;
	double seconds, n_delivered, most_errors;
};

static void sum_times(const struct page *page, struct times *times)
{
	const json_t *run, *slot;
	size_t i, k;

	*times = (struct times){ .runs = json_object_get(page->root, "runs") };
	json_array_foreach(times->runs, i, run)
	{
		times->seconds += manifest_number(run, "drive_seconds");
		json_array_foreach(json_object_get(run, "times"), k, slot)
		{
			times->n_delivered += manifest_number(slot, "sectors");
			times->most_errors = fmax(times->most_errors, manifest_number(slot, "errors"));
		}
	}
}

static void print_errors(const struct page *page, const struct times *times)
{
	const json_t *run, *slot;
	double begin = 0;
	size_t i, k;

	json_array_foreach(times->runs, i, run)
	{
		double width = fmax(manifest_number(run, "slot_seconds") / times->seconds * WIDTH, 2);

		json_array_foreach(json_object_get(run, "times"), k, slot)
		{
			double errors = manifest_number(slot, "errors");
			double height = errors / nice(times->most_errors) * HEIGHT;
			double x = (begin + manifest_number(slot, "start")) / times->seconds * WIDTH;

			if (errors > 0)
				fprintf(page->out,
					"<rect class=\"bad\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" />\n",
					fmin(x, WIDTH - width), HEIGHT - height, width, height);
		}
		begin += manifest_number(run, "drive_seconds");
		if (i + 1 < json_array_size(times->runs))
			fprintf(page->out, "<line class=\"run\" x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" y2=\"%.0f\" />\n",
				begin / times->seconds * WIDTH, begin / times->seconds * WIDTH, HEIGHT);
	}
}

/* How much of the image is there, from what was there before the first run that is told of. */
static void print_progress(const struct page *page, const struct times *times)
{
	double n_good = manifest_number(json_object_get(page->root, "sectors"), "good"), begin = 0;
	double n = fmax(n_good - times->n_delivered, 0);
	const json_t *run, *slot;
	size_t i, k;

	fprintf(page->out, "<path class=\"curve\" d=\"M0 %.1f", HEIGHT * (1 - n / page->n_sectors));
	json_array_foreach(times->runs, i, run)
	{
		json_array_foreach(json_object_get(run, "times"), k, slot)
		{
			double end = begin + fmin(manifest_number(slot, "start") + manifest_number(run, "slot_seconds"),
						  manifest_number(run, "drive_seconds"));

			n = fmin(n + manifest_number(slot, "sectors"), page->n_sectors);
			fprintf(page->out, "L%.1f %.1f", end / times->seconds * WIDTH,
				HEIGHT * (1 - n / page->n_sectors));
		}
		begin += manifest_number(run, "drive_seconds");
	}
	fprintf(page->out, "L%.0f %.1f\" />\n", WIDTH, HEIGHT * (1 - n / page->n_sectors));
}

static void print_times(const struct page *page)
{
	struct times times;
	char words[TEXT_SIZE];

	sum_times(page, &times);
	if (times.seconds <= 0)
		return;
	page_begin_figure(page, "time", "What was read, and errors, over time");
	begin_plot(page, "What was read, and errors, over time");
	for (int i = 0; i < 4; i++)
		print_line(page, HEIGHT * i / 4);
	if (times.most_errors > 0)
		print_errors(page, &times);
	print_progress(page, &times);
	fputs("</svg>\n", page->out);
	for (int i = 0; i <= 4; i++) {
		snprintf(words, sizeof(words), "%d %%", (4 - i) * 25);
		print_label(page, i / 4.0, words);
	}
	fputs("</div>\n<div class=\"x\"><span>0:00</span><span>", page->out);
	html_text(page->out, text_duration((uint64_t)(times.seconds / 2), words));
	fputs("</span><span>", page->out);
	html_text(page->out, text_duration((uint64_t)(times.seconds + 0.5), words));
	fputs("</span></div>\n<ul class=\"legend\"><li><i class=\"curve\"></i>of the image is read</li>", page->out);
	if (times.most_errors > 0) {
		fputs("<li><i class=\"bad\"></i>", page->out);
		html_printf(page->out, "failed reads, at most %.0f at a time", times.most_errors);
		fputs("</li>", page->out);
	}
	fputs("</ul>\n", page->out);
	page_end_figure(page, json_array_size(times.runs) > 1
				      ? "Runs one after the other; a dashed line is between them."
				      : "By the drive's clock, where it is slower than ours.");
}

void page_charts(const struct page *page)
{
	print_speed(page);
	print_times(page);
}
