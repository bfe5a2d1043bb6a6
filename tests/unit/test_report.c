/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "ui/report.h"

static char *text;
static size_t size;

static struct report *begin(bool json, FILE **ret_out)
{
	*ret_out = open_memstream(&text, &size);
	assert_non_null(*ret_out);
	return report_new(*ret_out, json);
}

static void fill(struct report *report)
{
	report_string(report, "image", "image", "debian.iso");
	report_text(report, "", "SHA-256 %s", "good");
	report_string(report, "label", "label", "");
	report_string(report, "path", NULL, "/dev/sr0");
	report_number(report, "size_bytes", "size", 658000000, "658 MB");
	report_number(report, "tracks", "tracks", 3, NULL);
	report_real(report, "seconds", "time", 1.25, NULL);
	report_real(report, "nothing", NULL, NAN, NULL);
	report_bool(report, "equal", "verify", true, "every sector equals");
	report_bool(report, "resumed", "resumed", false, NULL);
	report_open_list(report, "ranges");
	report_open_object(report, NULL);
	report_number(report, "lba", NULL, -150, NULL);
	report_close(report);
	report_number(report, NULL, NULL, 7, NULL);
	report_string(report, "any", NULL, "last");
	report_close(report);
	report_string(report, "after", "a_label_that_is_long", "end");
}

static void text_rows(void **state)
{
	FILE *out;
	struct report *report = begin(false, &out);

	(void)state;
	fill(report);
	report_finish(report);
	fclose(out);
	assert_string_equal(text, "image    debian.iso\n"
				  "         SHA-256 good\n"
				  "size     658 MB\n"
				  "tracks   3\n"
				  "time     1.2\n"
				  "verify   every sector equals\n"
				  "a_label_that_is_long  end\n");
	free(text);
}

static void json_has_the_same_rows(void **state)
{
	FILE *out;
	struct report *report = begin(true, &out);
	json_t *root, *ranges;

	(void)state;
	fill(report);
	report_finish(report);
	fclose(out);
	root = json_loads(text, 0, NULL);
	assert_non_null(root);
	assert_string_equal(json_string_value(json_object_get(root, "image")), "debian.iso");
	assert_true(json_is_null(json_object_get(root, "label")));
	assert_string_equal(json_string_value(json_object_get(root, "path")), "/dev/sr0");
	assert_int_equal(json_integer_value(json_object_get(root, "size_bytes")), 658000000);
	assert_true(json_real_value(json_object_get(root, "seconds")) == 1.25);
	assert_true(json_is_null(json_object_get(root, "nothing")));
	assert_true(json_is_true(json_object_get(root, "equal")));
	assert_true(json_is_false(json_object_get(root, "resumed")));
	ranges = json_object_get(root, "ranges");
	assert_int_equal(json_array_size(ranges), 2);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(ranges, 0), "lba")), -150);
	assert_string_equal(json_string_value(json_array_get(ranges, 1)), "last");
	assert_string_equal(json_string_value(json_object_get(root, "after")), "end");
	assert_int_equal(json_object_size(root), 11);
	json_decref(root);
	free(text);
}

static void hostile_text(void **state)
{
	FILE *out;
	struct report *report = begin(false, &out);
	json_t *root;

	(void)state;
	report_string(report, "label", "label", "\x1b[2J\xff");
	report_finish(report);
	fclose(out);
	assert_string_equal(text, "label    ?[2J?\n");
	free(text);

	report = begin(true, &out);
	report_string(report, "label", "label", "\x1b[2J\xff");
	report_finish(report);
	fclose(out);
	root = json_loads(text, 0, NULL);
	assert_non_null(root);
	assert_string_equal(json_string_value(json_object_get(root, "label")), "\x1b[2J\xef\xbf\xbd");
	json_decref(root);
	free(text);
}

static void dropped_report_prints_no_json(void **state)
{
	FILE *out;
	struct report *report = begin(true, &out);

	(void)state;
	report_string(report, "a", "a", "b");
	report_free(report);
	report_free(NULL);
	fclose(out);
	assert_string_equal(text, "");
	free(text);
}

static void text_has_the_members_too(void **state)
{
	FILE *out;
	struct report *report = begin(false, &out);

	(void)state;
	report_string(report, "seen", "seen", "yes");
	report_hush(report, true);
	report_string(report, "hushed", "hushed", "not printed");
	report_text(report, "also", "not printed");
	report_hush(report, false);
	report_number(report, "n", "n", 5, NULL);
	assert_int_equal(json_object_size(report_json_object(report)), 3);
	assert_string_equal(json_string_value(json_object_get(report_json_object(report), "hushed")), "not printed");
	report_finish(report);
	fclose(out);
	assert_string_equal(text, "seen     yes\nn        5\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_rows),
		cmocka_unit_test(json_has_the_same_rows),
		cmocka_unit_test(text_has_the_members_too),
		cmocka_unit_test(hostile_text),
		cmocka_unit_test(dropped_report_prints_no_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
