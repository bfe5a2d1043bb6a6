/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/file.h"
#include "ui/manifest.h"

static struct discern_rip_result result;
static struct discern_rip_record record;
static struct discern_error error;
static struct discern_track tracks[2];
static char path[] = "/tmp/test_manifest.XXXXXX";

static const struct discern_drive_id drive = { "VENDOR", "PRODUCT <1>", "1.0", "S" };
static const char *const command[] = { "discern", "rip", "-o", "a file.iso", NULL };

static struct manifest_run a_run(void)
{
	return (struct manifest_run){ &result, "/dev/sr0", &drive, NULL, command, "9.9", 1000000000, 1000000060, &error, NULL };
}

static int set_up(void **state)
{
	(void)state;
	memset(&result, 0, sizeof(result));
	memset(&record, 0, sizeof(record));
	memset(&error, 0, sizeof(error));
	result.record = &record;
	snprintf(result.image_path, sizeof(result.image_path), "/some/where/a file.iso");
	snprintf(result.volume_label, sizeof(result.volume_label), "<b>&\x01\xff");
	snprintf(record.identity, sizeof(record.identity), "DVD 1");
	snprintf(result.sha256, sizeof(result.sha256), "%064d", 1);
	result.size_bytes = 4000 * 2048;
	result.first_lba = 100;
	record.medium = (struct discern_medium){ .profile = DISCERN_PROFILE_DVD_ROM, .n_tracks = 2, .tracks = tracks };
	record.n_sectors = record.n_good = 4000;
	record.zone_sectors = 4;
	record.n_zones = 1000;
	record.slot_seconds = 0.5;
	record.n_slots = 2;
	for (size_t i = 0; i < 1000; i++)
		record.zones[i] = (struct discern_rip_tally){ 1, 0, 4, 0.001, 0 };
	record.zones[7] = (struct discern_rip_tally){ 0 };
	record.slots[1] = (struct discern_rip_tally){ 999, 3, 3996, 0.999, 0.1 };
	record.seconds = 1.0004;
	return 0;
}

static json_t *written(const struct manifest *manifest)
{
	json_t *root;

	assert_int_equal(manifest_write(manifest, path, NULL), 0);
	root = json_load_file(path, 0, NULL);
	assert_non_null(root);
	return root;
}

static json_t *run_of(const json_t *root, size_t index)
{
	json_t *run = json_array_get(json_object_get(root, "runs"), index);

	assert_non_null(run);
	return run;
}

static const char *word(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static void a_run_is_told(void **state)
{
	struct manifest *manifest = manifest_new();
	struct manifest_run run = a_run();
	json_t *root, *entry;

	(void)state;
	manifest_add_run(manifest, &run);
	assert_string_equal(manifest_identity(manifest), "DVD 1");
	root = written(manifest);
	assert_int_equal(json_integer_value(json_object_get(root, "discern_manifest")), MANIFEST_VERSION);
	assert_string_equal(word(root, "image"), "a file.iso");
	assert_string_equal(word(root, "state"), "complete");
	/* What is no UTF-8 is replaced; control characters are JSON's own affair. */
	assert_string_equal(word(json_object_get(root, "disc"), "label"), "<b>&\x01\xef\xbf\xbd");
	assert_string_equal(word(json_object_get(root, "disc"), "kind"), "DVD-ROM");
	assert_string_equal(word(json_object_get(root, "hashes"), "sha256"), result.sha256);
	assert_true(json_is_null(json_object_get(json_object_get(root, "hashes"), "md5")));
	entry = run_of(root, 0);
	assert_string_equal(word(entry, "start"), "2001-09-09T01:46:40Z");
	assert_string_equal(word(entry, "end"), "2001-09-09T01:47:40Z");
	assert_string_equal(word(entry, "outcome"), "complete");
	assert_true(json_is_null(json_object_get(entry, "error")));
	assert_string_equal(word(json_object_get(entry, "drive"), "firmware"), "1.0");
	assert_int_equal(json_array_size(json_object_get(entry, "command")), 4);
	assert_true(json_real_value(json_object_get(entry, "drive_seconds")) == 1.0);
	/* Zones and times without reads are left out. */
	assert_int_equal(json_array_size(json_object_get(entry, "zones")), 999);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(json_object_get(entry, "zones"), 7), "lba")),
			 132);
	assert_int_equal(
		json_integer_value(json_object_get(json_array_get(json_object_get(entry, "zones"), 7), "speed_kbps")),
		8192);
	assert_int_equal(json_array_size(json_object_get(entry, "times")), 1);
	json_decref(root);
	manifest_free(manifest);
}

static void history_is_kept(void **state)
{
	struct discern_rip_range ranges[] = { { 110, 2, DISCERN_SECTOR_FAILED }, { 120, 3, DISCERN_SECTOR_DOUBTFUL } };
	struct manifest *manifest = manifest_new(), *again = NULL;
	struct manifest_run run = a_run();
	json_t *root;

	(void)state;
	record.ranges = ranges;
	record.n_ranges = 2;
	record.n_failed = 2;
	record.n_good -= 2;
	error.code = -ETIME;
	snprintf(error.text, sizeof(error.text), "stopped after a while");
	snprintf(result.image_path, sizeof(result.image_path), "a file.iso.part");
	manifest_add_run(manifest, &run);
	root = written(manifest);
	assert_string_equal(word(root, "image"), "a file.iso");
	assert_string_equal(word(root, "state"), "unfinished");
	assert_string_equal(word(run_of(root, 0), "outcome"), "limit");
	assert_string_equal(word(run_of(root, 0), "error"), "stopped after a while");
	assert_int_equal(json_array_size(json_object_get(root, "bad_ranges")), 1);
	assert_string_equal(word(json_array_get(json_object_get(root, "bad_ranges"), 0), "state"), "failed");
	json_decref(root);
	manifest_free(manifest);

	set_up(NULL);
	assert_int_equal(manifest_load(path, &again, NULL), 0);
	manifest_add_run(again, &run);
	root = written(again);
	assert_string_equal(word(root, "state"), "complete");
	assert_int_equal(json_array_size(json_object_get(root, "runs")), 2);
	assert_string_equal(word(run_of(root, 0), "outcome"), "limit");
	assert_int_equal(json_array_size(json_object_get(root, "bad_ranges")), 0);
	assert_int_equal(json_array_size(json_object_get(root, "doubtful_ranges")), 1);
	json_decref(root);
	manifest_free(again);
}

static void a_page_has_no_foreign_markup(void **state)
{
	struct manifest *manifest = manifest_new();
	struct manifest_run run = a_run();
	char *page;

	(void)state;
	manifest_add_run(manifest, &run);
	page = manifest_html(manifest);
	assert_non_null(strstr(page, "&lt;b&gt;&amp;?\xef\xbf\xbd"));
	assert_null(strstr(page, "<b>"));
	assert_non_null(strstr(page, "PRODUCT &lt;1&gt;"));
	assert_non_null(strstr(page, "discern rip -o 'a file.iso'"));
	assert_null(strstr(page, "nan"));
	free(page);
	manifest_free(manifest);
}

static void odd_manifests_are_pages_too(void **state)
{
	static const char *const texts[] = {
		"{\"discern_manifest\": 1}",
		"{\"discern_manifest\": 1, \"sectors\": {\"all\": -5}, \"runs\": {}}",
		"{\"discern_manifest\": 1, \"sectors\": {\"all\": 1e300}, \"bad_ranges\": [{\"lba\": "
		"9223372036854775807, "
		"\"sectors\": 1e300, \"state\": \"bad\"}, {\"lba\": -9223372036854775807, \"sectors\": -1, \"state\": "
		"\"bad\"}]}",
		"{\"discern_manifest\": 1, \"disc\": {\"profile\": 99999999}, \"image_bytes\": -1, \"sectors\": "
		"{\"all\": 100}, "
		"\"runs\": [{\"drive_seconds\": -1, \"slot_seconds\": -1, \"times\": [{\"start\": -1e9, \"errors\": "
		"1e300}], "
		"\"zones\": [{\"lba\": 50, \"sectors\": -1, \"read_seconds\": 1e-300, \"errors\": -3}], \"command\": "
		"[{}]}]}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct manifest *manifest = NULL;
		char *page;

		assert_int_equal(file_replace(path, texts[i], strlen(texts[i]), NULL), 0);
		assert_int_equal(manifest_load(path, &manifest, NULL), 0);
		page = manifest_html(manifest);
		assert_non_null(strstr(page, "</html>"));
		free(page);
		manifest_free(manifest);
	}
}

static void other_files_are_left_alone(void **state)
{
	static const char *const texts[] = { "", "{", "[]", "{\"discern_manifest\": 2}",
					     "{\"discern_manifest\": \"1\"}" };
	struct manifest *manifest = manifest_new();
	struct discern_error err = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct manifest *none = NULL;

		assert_int_equal(file_replace(path, texts[i], strlen(texts[i]), NULL), 0);
		assert_int_equal(manifest_load(path, &none, &err), -EINVAL);
		assert_int_equal(manifest_check_html(path, &err), -EEXIST);
		assert_int_equal(manifest_write_html(manifest, path, &err), -EEXIST);
	}
	unlink(path);
	assert_int_equal(manifest_check_html(path, &err), 0);
	assert_int_equal(manifest_write_html(manifest, path, &err), 0);
	assert_int_equal(manifest_write_html(manifest, path, &err), 0);
	manifest_free(manifest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_run_is_told, set_up),
		cmocka_unit_test_setup(history_is_kept, set_up),
		cmocka_unit_test_setup(a_page_has_no_foreign_markup, set_up),
		cmocka_unit_test_setup(odd_manifests_are_pages_too, set_up),
		cmocka_unit_test_setup(other_files_are_left_alone, set_up),
	};
	int fd = mkstemp(path), ret;

	if (fd < 0)
		return 1;
	close(fd);
	ret = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return ret;
}
