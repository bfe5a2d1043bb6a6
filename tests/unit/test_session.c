/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drive/libburn/adapter.h"
#include "drive/transport.h"

static struct discern_error err;

static void texts_become_one_line(void **state)
{
	char text[32];

	(void)state;
	session_clean_text("SAO: needs size,\n TAO:\tno\r\n", text, sizeof(text));
	assert_string_equal(text, "SAO: needs size, TAO: no");
	session_clean_text("\033[2J  x", text, sizeof(text));
	assert_string_equal(text, "[2J x");
	session_clean_text("0123456789", text, 6);
	assert_string_equal(text, "01234");
	session_clean_text(" \n", text, sizeof(text));
	assert_string_equal(text, "");
}

/* A failed grab leaves nothing behind: the next one fails for its own reason, not because a burner exists. */
static void what_is_no_drive_is_not_grabbed(void **state)
{
	static const char *const paths[] = { "/dev/there-is-no-such-drive", "/dev/null", "/dev/zero" };

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct burner *burner = NULL;
		int ret = burner_grab(paths[i], NULL, &burner, &err);

		assert_int_equal(ret, -EIO);
		assert_null(burner);
		assert_non_null(strstr(err.text, paths[i]));
		assert_non_null(strstr(err.text, "libburn cannot take the drive"));
	}
	assert_null(burner_release(NULL));
}

/* While libburn is at work with a recording, stderr is another stream; afterwards it must be itself again. */
static void stderr_comes_back(void **state)
{
	char path[] = "/tmp/discern-test-session.XXXXXX";
	struct transport_recorder *recorder = NULL;
	struct burner *burner = NULL;
	FILE *before = stderr;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(transport_recorder_open(path, &recorder, &err), 0);
	assert_int_equal(burner_grab("/dev/null", recorder, &burner, &err), -EIO);
	assert_ptr_equal(stderr, before);
	transport_recorder_close(recorder, NULL);
	unlink(path);
}

/* Words of libburn 1.5.4, as they come. */
static void failures_have_words_and_sense(void **state)
{
	struct burner burner = { .path = (char[]){ "/dev/sr9" } };
	struct session_verdict verdict = { 0 };

	(void)state;
	assert_int_equal(session_fail(&burner, &verdict, -EIO, "burning failed", &err), -EIO);
	assert_string_equal(err.text, "/dev/sr9: burning failed: libburn gives no reason");
	verdict.worst = SESSION_FATAL;
	verdict.sense = (struct discern_sense){ 3, 0x0c, 0x00 };
	snprintf(verdict.text, sizeof(verdict.text), "SCSI error on write(992,16): [3 0C 00] Medium error.");
	assert_int_equal(session_fail(&burner, &verdict, -EIO, "burning failed", &err), -EIO);
	assert_string_equal(err.text, "/dev/sr9: burning failed: SCSI error on write(992,16): [3 0C 00] Medium error.");
	assert_int_equal(err.sense.asc, 0x0c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_become_one_line),
		cmocka_unit_test(what_is_no_drive_is_not_grabbed),
		cmocka_unit_test(stderr_comes_back),
		cmocka_unit_test(failures_have_words_and_sense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
