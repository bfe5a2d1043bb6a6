/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sections and tables of a page. */
#include "config.h"

#include <stdarg.h>
#include <string.h>

#include "base/text.h"
#include "ui/html.h"
#include "ui/manifest_private.h"
#include "ui/page_private.h"

/* A list of places that is longer is folded up at first. */
enum { SHOWN_ROWS = 16 };

void page_begin_section(const struct page *page, const char *id, const char *heading)
{
	fprintf(page->out, "<section id=\"%s\"><h2>", id);
	html_text(page->out, heading);
	fputs("</h2>\n", page->out);
}

void page_begin_facts(const struct page *page)
{
	fputs("<table class=\"facts\"><tbody>\n", page->out);
}

void page_end_facts(const struct page *page)
{
	fputs("</tbody></table>\n", page->out);
}

void page_begin_table(const struct page *page, const char *const headings[])
{
	fputs("<div class=\"wide\"><table><thead><tr>", page->out);
	for (size_t i = 0; headings[i] != NULL; i++) {
		bool is_number = headings[i][0] == '#';

		fprintf(page->out, "<th scope=\"col\"%s>", is_number ? " class=\"n\"" : "");
		html_text(page->out, headings[i] + is_number);
		fputs("</th>", page->out);
	}
	fputs("</tr></thead><tbody>\n", page->out);
}

void page_end_table(const struct page *page, size_t n_left_out)
{
	fputs("</tbody></table></div>\n", page->out);
	if (n_left_out > 0)
		fprintf(page->out, "<p>and %zu more: the manifest has them all</p>\n", n_left_out);
}

void page_cell(const struct page *page, const char *class, const char *format, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		manifest_must(NULL);
	va_end(ap);
	fputs("<td", page->out);
	if (class != NULL)
		fprintf(page->out, " class=\"%s\"", class);
	fputs(">", page->out);
	html_text(page->out, text);
	fputs("</td>", page->out);
	free(text);
}

void page_begin_row(const struct page *page)
{
	fputs("<tr>", page->out);
}

void page_end_row(const struct page *page)
{
	fputs("</tr>\n", page->out);
}

void page_number_fact(const struct page *page, const char *name, const json_t *value)
{
	char words[TEXT_SIZE];

	if (!json_is_number(value))
		return;
	snprintf(words, sizeof(words), "%.0f", json_number_value(value));
	html_fact(page->out, name, words);
}

size_t page_left_out(const json_t *list)
{
	return json_array_size(list) > PAGE_MAX_ROWS ? json_array_size(list) - PAGE_MAX_ROWS : 0;
}

void page_print_ranges(const struct page *page, const char *list_name, const char *member, const char *heading)
{
	static const char *const headings[] = { "#First LBA", "#Last LBA", "#Sectors", "State", NULL };
	const json_t *list = json_object_get(page->root, list_name), *entry;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	page_begin_section(page, list_name, heading);
	fprintf(page->out, "<details%s><summary>%zu %s</summary>\n",
		json_array_size(list) <= SHOWN_ROWS ? " open=\"open\"" : "", json_array_size(list),
		json_array_size(list) == 1 ? "place" : "places");
	page_begin_table(page, headings);
	json_array_foreach(list, i, entry)
	{
		double lba = manifest_number(entry, "lba"), n = manifest_number(entry, "sectors");
		const char *state = manifest_string(entry, member);

		if (i == PAGE_MAX_ROWS)
			break;
		page_begin_row(page);
		page_cell(page, "n", "%.0f", lba);
		page_cell(page, "n", "%.0f", lba + n - 1);
		page_cell(page, "n", "%.0f", n);
		page_cell(page, NULL, "%s", state[0] != '\0' ? state : "read after errors");
		page_end_row(page);
	}
	page_end_table(page, page_left_out(list));
	fputs("</details>\n", page->out);
	fputs("</section>\n", page->out);
}
