/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#include "ui/manifest.h"
#include "ui/receipt.h"

static const char sha256[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
static char folder[] = "/tmp/discern-receipt.XXXXXX";
static char path[64];

static int make_folder(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/a.iso.receipt.json", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static int remove_file(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

static int add(const char *verdict, struct discern_error *err)
{
	static const char *const command[] = { "discern", "burn", "a\xff.iso", NULL };
	struct report *report = report_new(stdout, false);
	const struct receipt_burn burn = {
		.image = "a.iso",
		.size_bytes = 5000000000,
		.sha256 = sha256,
		.command = command,
		.version = "0.1.0",
		.start = 0,
		.end = 90,
		.report = report,
	};
	int ret;

	report_string(report, "verdict", NULL, verdict);
	ret = receipt_add(path, &burn, err);
	report_free(report);
	return ret;
}

static void write_text(const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void burns_are_added(void **state)
{
	struct discern_image_digest digest;
	struct discern_error err;
	json_t *root, *burns;

	(void)state;
	assert_int_equal(receipt_check(path, &err), 0);
	assert_int_equal(add("failed", &err), 0);
	assert_int_equal(receipt_check(path, &err), 0);
	assert_int_equal(add("good", &err), 0);
	root = json_load_file(path, 0, NULL);
	assert_int_equal(json_integer_value(json_object_get(root, "discern_receipt")), RECEIPT_VERSION);
	burns = json_object_get(root, "burns");
	assert_int_equal(json_array_size(burns), 2);
	assert_string_equal(json_string_value(json_object_get(json_array_get(burns, 1), "verdict")), "good");
	assert_string_equal(json_string_value(json_object_get(json_array_get(burns, 1), "end")),
			    "1970-01-01T00:01:30Z");
	json_decref(root);
	assert_int_equal(manifest_load_digest(path, &digest, &err), 0);
	assert_int_equal(digest.size_bytes, 5000000000);
	assert_string_equal(digest.sha256, sha256);
}

/* One process for each drive. */
static void several_processes_add(void **state)
{
	enum { N = 8 };
	json_t *root;

	(void)state;
	for (int i = 0; i < N; i++) {
		if (fork() == 0)
			_exit(add("good", NULL) == 0 ? 0 : 1);
	}
	for (int i = 0; i < N; i++) {
		int status = -1;

		wait(&status);
		assert_int_equal(status, 0);
	}
	root = json_load_file(path, 0, NULL);
	assert_int_equal(json_array_size(json_object_get(root, "burns")), N);
	json_decref(root);
}

static void other_files_stay(void **state)
{
	static const char *const texts[] = { "",
					     "milk, bread",
					     "[]",
					     "{\"discern_manifest\": 1}",
					     "{\"discern_receipt\": 2}",
					     "{\"discern_receipt\": \"1\"}" };
	struct discern_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char back[64] = "";
		FILE *file;

		write_text(texts[i]);
		assert_int_equal(receipt_check(path, &err), -EEXIST);
		assert_string_not_equal(err.hint, "");
		assert_int_equal(add("good", &err), -EEXIST);
		file = fopen(path, "r");
		assert_non_null(file);
		assert_int_equal(fread(back, 1, sizeof(back) - 1, file), strlen(texts[i]));
		assert_string_equal(back, texts[i]);
		fclose(file);
	}
}

static void strange_receipts(void **state)
{
	struct discern_image_digest digest;
	struct discern_error err;

	(void)state;
	write_text("{\"discern_receipt\": 1, \"burns\": 7, \"image_bytes\": -5, \"hashes\": []}");
	assert_int_equal(manifest_load_digest(path, &digest, &err), -EINVAL);
	assert_int_equal(add("good", &err), 0);
	assert_int_equal(manifest_load_digest(path, &digest, &err), 0);
}

/* Of two sessions, with all that a digest can hold. */
static void fill_cd(struct discern_cd_digest *cd)
{
	memset(cd, 0, sizeof(*cd));
	cd->n_tracks = 2;
	cd->tracks[0] = (struct discern_cd_sum){ 1, true, 33, 0, 900, "", 1, 3, 183, 2, { 100, 200 }, "DEABC2412345" };
	cd->tracks[1] = (struct discern_cd_sum){ 2, false, 12450, 12450, 700, "", 2, 4, 150, 0, { 0 }, "" };
	for (size_t i = 0; i < cd->n_tracks; i++)
		memcpy(cd->tracks[i].sha256, sha256, sizeof(sha256));
	cd->has_tables = true;
	cd->n_sessions = 2;
	cd->lead_out_lbas[0] = 900;
	cd->lead_out_lbas[1] = 13150;
	strcpy(cd->mcn, "4012345678901");
	cd->n_text_packs = 2;
	for (size_t i = 0; i < 2 * DISCERN_CD_TEXT_PACK; i++)
		cd->text_packs[i / DISCERN_CD_TEXT_PACK][i % DISCERN_CD_TEXT_PACK] = (uint8_t)(0xe0 + i);
}

static int add_cd(const struct discern_cd_digest *cd)
{
	static const char *const command[] = { "discern", NULL };
	struct report *report = report_new(stdout, false);
	const struct receipt_burn burn = {
		.image = "a.cue", .cd = cd, .command = command, .version = "0.1.0", .report = report
	};
	int ret = receipt_add(path, &burn, NULL);

	report_free(report);
	return ret;
}

static void what_a_cd_is_known_by(void **state)
{
	static struct discern_cd_digest cd, back;
	struct discern_error err;

	(void)state;
	fill_cd(&cd);
	assert_int_equal(add_cd(&cd), 0);
	assert_int_equal(receipt_load_cd(path, &back, &err), 1);
	assert_memory_equal(&back, &cd, sizeof(cd));
	/* Another image in its place leaves nothing of it. */
	assert_int_equal(add("good", &err), 0);
	assert_int_equal(receipt_load_cd(path, &back, &err), 0);
}

/* Sets a member of the receipt of a CD, or of its first track. */
static int load_changed(bool is_of_track, const char *key, const char *value)
{
	static struct discern_cd_digest cd;
	json_t *root, *object;
	struct discern_error err;

	fill_cd(&cd);
	assert_int_equal(add_cd(&cd), 0);
	root = json_load_file(path, 0, NULL);
	object = is_of_track ? json_array_get(json_object_get(root, "tracks"), 0) : root;
	assert_int_equal(json_object_set_new(object, key, json_loads(value, JSON_DECODE_ANY, NULL)), 0);
	assert_int_equal(json_dump_file(root, path, 0), 0);
	json_decref(root);
	return receipt_load_cd(path, &cd, &err);
}

static void tables_that_make_no_sense(void **state)
{
	static const struct {
		bool is_of_track;
		const char *key, *value;
	} cases[] = {
		{ true, "session", "0" },
		{ true, "session", "100" },
		{ true, "control", "16" },
		{ true, "control", "-1" },
		{ true, "pause_sectors", "-1" },
		{ true, "indexes", "7" },
		{ true, "indexes", "[-1]" },
		{ true, "indexes", "[\"1\"]" },
		{ true, "isrc", "7" },
		{ true, "isrc", "\"DEABC\"" },
		{ false, "lead_outs", "[500001]" },
		{ false, "lead_outs", "7" },
		{ false, "mcn", "null" },
		{ false, "mcn", "\"40123456789012\"" },
		{ false, "cd_text", "{}" },
		{ false, "cd_text", "[\"8\"]" },
		{ false, "cd_text", "[7]" },
		{ false, "cd_text", "[\"80000000412064697363000000000000000X\"]" },
	};

	(void)state;
	assert_int_equal(load_changed(true, "isrc", "\"DEABC2412346\""), 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(load_changed(cases[i].is_of_track, cases[i].key, cases[i].value), -EINVAL);
}

static void folders_that_cannot_be_written_to(void **state)
{
	struct discern_error err;

	(void)state;
	assert_int_equal(receipt_check("/nowhere/at/all.json", &err), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(burns_are_added, remove_file),
		cmocka_unit_test_teardown(several_processes_add, remove_file),
		cmocka_unit_test_teardown(other_files_stay, remove_file),
		cmocka_unit_test_teardown(strange_receipts, remove_file),
		cmocka_unit_test_teardown(what_a_cd_is_known_by, remove_file),
		cmocka_unit_test_teardown(tables_that_make_no_sense, remove_file),
		cmocka_unit_test(folders_that_cannot_be_written_to),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
