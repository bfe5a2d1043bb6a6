/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discern copy: the disc that is to be written, looked at before an hour goes into reading the other one. */
#include "cli/copy.h"

#include <errno.h>
#include <string.h>

#include <discern/prepare.h>

#include "base/error.h"

static bool has_word(const struct copy *copy, const char *word)
{
	for (int i = 0; i < copy->n_words; i++)
		if (strcmp(copy->words[i], word) == 0)
			return true;
	return false;
}

static int refuse(struct copy *copy, const struct discern_medium *medium, const char *holds, const char *hint)
{
	struct discern_error err;

	discern_error_set(&err, -EMEDIUMTYPE, "%s: the %s is not blank%s%s", copy->target_path,
			  discern_profile_name(medium->profile), holds[0] != '\0' ? ": it holds " : "", holds);
	discern_error_hint(&err, "%s", hint);
	return cli_fail(copy->cli, &err);
}

/* A disc that can be written anew, if what it holds may go. */
static int agree_to_loss(struct copy *copy, struct discern_drive *drive, const struct discern_medium *medium)
{
	static char overwrite[] = "--overwrite";
	const struct discern_prepare_options options = { 0 };
	struct discern_prepare_plan plan;
	struct discern_error err;

	if (discern_prepare_plan(drive, &options, &plan, &err) < 0)
		return cli_fail(copy->cli, &err);
	if (plan.loses[0] == '\0')
		return CLI_EXIT_GOOD;
	if (!cli_can_ask(copy->cli))
		return has_word(copy, overwrite)
			       ? CLI_EXIT_GOOD
			       : refuse(copy, medium, plan.loses, "to write over it, add --overwrite");
	if (!cli_confirm(copy->cli, "copy onto the %s in %s, which holds %s", discern_profile_name(medium->profile),
			 copy->target_path, plan.loses))
		return cli_refused(copy->cli);
	memcpy(copy->cli->agreed_loss, plan.loses, sizeof(copy->cli->agreed_loss));
	copy_add_word(copy, overwrite);
	return CLI_EXIT_GOOD;
}

static int judge(struct copy *copy, struct discern_drive *drive, const struct discern_medium *medium)
{
	switch (medium->state) {
	case DISCERN_MEDIUM_NONE:
		cli_say(copy->cli, "there is no disc in %s yet: put a blank one in while %s is read", copy->target_path,
			copy->source_path);
		return CLI_EXIT_GOOD;
	case DISCERN_MEDIUM_BLANK:
	case DISCERN_MEDIUM_UNUSABLE:
		/* The burn says what is wrong with it, if anything is. */
		return CLI_EXIT_GOOD;
	case DISCERN_MEDIUM_APPENDABLE:
	case DISCERN_MEDIUM_COMPLETE:
		if (!medium->is_rewritable)
			return refuse(copy, medium, "",
				      "what was written to such a disc stays there: insert a blank one");
		break;
	case DISCERN_MEDIUM_OVERWRITABLE:
		break;
	}
	return agree_to_loss(copy, drive, medium);
}

int copy_look_at_target(struct copy *copy)
{
	struct discern_drive *drive = NULL;
	struct discern_medium medium;
	struct discern_error err;
	int ret;

	if (copy->is_one_drive)
		return CLI_EXIT_GOOD;
	ret = cli_open_drive(copy->cli, copy->target_name, true, &drive, &err);
	if (ret != 0)
		return ret;
	snprintf(copy->target_path, sizeof(copy->target_path), "%s", discern_drive_path(drive));
	if (discern_drive_medium(drive, DISCERN_MEDIUM_FOR_WRITING, &medium, &err) < 0) {
		ret = cli_fail(copy->cli, &err);
	} else {
		ret = judge(copy, drive, &medium);
		discern_medium_clear(&medium);
	}
	cli_close_drive(copy->cli, drive);
	return ret;
}
