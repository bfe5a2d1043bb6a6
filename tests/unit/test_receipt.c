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
	static const char *const texts[] = { "", "milk, bread", "[]", "{\"discern_manifest\": 1}",
					     "{\"discern_receipt\": 2}", "{\"discern_receipt\": \"1\"}" };
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
		cmocka_unit_test(folders_that_cannot_be_written_to),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
