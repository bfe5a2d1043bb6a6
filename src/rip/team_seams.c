/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies may differ though their descriptors do not: so at the borders of what drives have delivered another one reads as well. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "rip/dispute.h"
#include "rip/end.h"
#include "rip/member.h"
#include "rip/passes_private.h"
#include "rip/team.h"

/* Of each drive's deliveries the largest ones are looked at, at begin and end; as many sectors as stand or fall together. */
enum { N_RANGES = 4, MAX_SECTORS = 32 };

/* Told one by one. */
enum { MOST_TOLD = 8 };

struct seams {
	struct team *team;
	struct member *owner, *other;
	uint32_t n_differ;
	uint8_t image[MAX_SECTORS * DISCERN_SECTOR_SIZE], read[MAX_SECTORS * DISCERN_SECTOR_SIZE];
};

static struct member *find_other(struct team *team, const struct member *owner)
{
	for (size_t i = 1; i < team->n_members; i++) {
		struct member *other = &team->members[(owner->index + i) % team->n_members];

		if (member_is_alive(other))
			return other;
	}
	return NULL;
}

static bool is_drive_trouble(int code)
{
	return code == -ENODEV || code == -ENOMEDIUM || code == -ETIMEDOUT || code == -EPROTO;
}

/* Once more, from the disc itself. -EIO if it cannot be read now. */
static int read_again(struct member *member, uint32_t sector, uint8_t *buffer, struct discern_error *err)
{
	const struct map_range one = { sector, 1, MAP_GOOD };
	int ret;

	if (!member_is_alive(member))
		return -EIO;
	ret = dispute_forget(&member->passes, sector, 1, err);
	if (ret == 0)
		ret = dispute_read(&member->passes, &one, "drives differ: whose reading is it", buffer, err);
	return ret < 0 && rip_is_bad_sector(ret) ? -EIO : ret;
}

/* Whose reading is it? */
static int settle(struct seams *seams, uint32_t sector, const uint8_t *image, const uint8_t *read,
		  struct discern_error *err)
{
	uint8_t owners[DISCERN_SECTOR_SIZE], others[DISCERN_SECTOR_SIZE];
	struct passes *passes = &seams->owner->passes;
	struct meter *meter = seams->team->job.meter;
	int own = read_again(seams->owner, sector, owners, err), other = read_again(seams->other, sector, others, err);
	int32_t lba = passes->plan->first_lba + (int32_t)sector;
	const char *words = "it cannot be told which is right";
	int ret = 0;

	if (own == 0 && memcmp(owners, read, sizeof(owners)) == 0) {
		words = "reading again shows that the latter is right";
		ret = dispute_put(passes, sector, read);
	} else if (other == 0 && memcmp(others, image, sizeof(others)) == 0) {
		words = "reading again shows that the former is right";
	} else if (own == 0 && other == 0 && memcmp(owners, image, sizeof(owners)) == 0 &&
		   memcmp(others, read, sizeof(others)) == 0) {
		words = "each drive reads the same again: the copies are not equal, and the image has the former's";
	}
	seams->n_differ++;
	reread_keep(&seams->owner->reread, sector, image, read);
	if (map_set(seams->owner->reread.doubt.doubtful, sector, 1, MAP_GOOD) < 0)
		return discern_error_set(err, -ENOMEM, "out of memory");
	observe_message(&meter->observer, seams->n_differ <= MOST_TOLD ? DISCERN_LEVEL_WARNING : DISCERN_LEVEL_DETAIL,
			"LBA %d: %s and %s read something different; %s", lba, seams->owner->name, seams->other->name,
			words);
	return ret;
}

static int compare(struct seams *seams, const struct map_range *piece, struct discern_error *err)
{
	const struct doubt_options *options = &seams->owner->reread.doubt.options;
	int ret = dispute_read(&seams->other->passes, piece, "delivered by another drive: are the copies equal",
			       seams->read, err);

	if (ret < 0)
		return rip_is_bad_sector(ret) ? 0 : ret;
	ret = options->read_back(piece->start, piece->n_sectors, seams->image, options->user);
	if (ret < 0)
		return discern_error_set(err, ret, "cannot read the image again: %s", strerror(-ret));
	for (uint32_t i = 0; ret == 0 && i < piece->n_sectors; i++) {
		const uint8_t *image = seams->image + (size_t)i * DISCERN_SECTOR_SIZE;
		const uint8_t *read = seams->read + (size_t)i * DISCERN_SECTOR_SIZE;

		if (memcmp(image, read, DISCERN_SECTOR_SIZE) != 0)
			ret = settle(seams, piece->start + i, image, read, err);
	}
	return ret == 0 && map_set(seams->other->reread.doubt.reread, piece->start, piece->n_sectors, MAP_GOOD) < 0
		       ? discern_error_set(err, -ENOMEM, "out of memory")
		       : ret;
}

/* Begin and end of what one drive has delivered in one piece. */
static int compare_ends(struct seams *seams, const struct map_range *range, struct discern_error *err)
{
	uint32_t n = seams->owner->passes.source->ecc_sectors;
	int ret;

	n = n == 0 ? 1 : n > MAX_SECTORS ? MAX_SECTORS : n;
	n = n > range->n_sectors ? range->n_sectors : n;
	ret = compare(seams, &(struct map_range){ range->start, n, MAP_GOOD }, err);
	if (ret == 0 && range->n_sectors > n)
		ret = compare(seams, &(struct map_range){ range->start + range->n_sectors - n, n, MAP_GOOD }, err);
	return ret;
}

/* The largest one below a size, of those that end before a sector if they are as large. */
static bool find_largest(const struct map *map, const struct map_range *before, struct map_range *ret_range)
{
	struct map_range range;

	ret_range->n_sectors = 0;
	for (uint32_t at = 0; map_next(map, at, MAP_GOOD, &range); at = range.start + range.n_sectors) {
		bool is_next = before == NULL || range.n_sectors < before->n_sectors ||
			       (range.n_sectors == before->n_sectors && range.start > before->start);

		if (is_next && range.n_sectors > ret_range->n_sectors)
			*ret_range = range;
	}
	return ret_range->n_sectors > 0;
}

static int compare_member(struct seams *seams, struct discern_error *err)
{
	struct map_range range, last;
	int ret = 0;

	seams->other = find_other(seams->team, seams->owner);
	for (unsigned i = 0; ret == 0 && seams->other != NULL && i < N_RANGES; i++) {
		if (!find_largest(seams->owner->known, i > 0 ? &last : NULL, &range))
			break;
		ret = compare_ends(seams, &range, err);
		/* The copy in a drive that is in trouble tells nothing; the image is as complete as it was. */
		if (is_drive_trouble(ret))
			return 0;
		last = range;
	}
	return ret;
}

/* ---- what was read twice ---- */

/* More than this would take long, and tells no more. */
enum { MOST_DOUBTFUL = 64 };

/* Of a sector of which two drives' readings differed the image has one that came twice: what does each drive read now? */
static int ask_all(struct seams *seams, uint32_t sector, struct discern_error *err)
{
	const struct member *first = &seams->team->members[0];
	const struct doubt_options *options = &first->reread.doubt.options;
	int32_t lba = first->passes.plan->first_lba + (int32_t)sector;
	int ret = options->read_back(sector, 1, seams->image, options->user);

	if (ret < 0)
		return discern_error_set(err, ret, "cannot read the image again: %s", strerror(-ret));
	for (size_t i = 0; ret == 0 && i < seams->team->n_members; i++) {
		struct member *member = &seams->team->members[i];

		ret = read_again(member, sector, seams->read, err);
		if (ret == 0 && memcmp(seams->image, seams->read, DISCERN_SECTOR_SIZE) != 0)
			observe_message(&seams->team->job.meter->observer,
					seams->n_differ++ < MOST_TOLD ? DISCERN_LEVEL_WARNING : DISCERN_LEVEL_DETAIL,
					"LBA %d: what %s reads is not what the image has: the copies are not equal",
					lba, member->name);
		ret = is_drive_trouble(ret) || ret == -EIO ? 0 : ret;
	}
	return ret;
}

static int compare_doubtful(struct seams *seams, struct discern_error *err)
{
	struct team *team = seams->team;
	struct map_range range;
	unsigned n = 0;
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < team->n_members; i++) {
		const struct map *doubtful = team->members[i].reread.doubt.doubtful;

		for (uint32_t at = 0; ret == 0 && n < MOST_DOUBTFUL && map_next(doubtful, at, MAP_GOOD, &range);
		     at = range.start + 1, n++)
			if (map_range_of(team->job.usual.map, range.start).status == MAP_GOOD)
				ret = ask_all(seams, range.start, err);
	}
	return ret;
}

int team_compare_copies(struct team *team, struct discern_error *err)
{
	struct seams *seams = calloc(1, sizeof(*seams));
	int ret = 0;

	if (seams == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	seams->team = team;
	pthread_mutex_lock(&team->lock);
	if (pipeline_drain(team->job.usual.pipeline) == 0) {
		if (team->job.is_paranoid)
			ret = compare_doubtful(seams, err);
		for (size_t i = 0; ret == 0 && !team->job.is_paranoid && i < team->n_members; i++) {
			seams->owner = &team->members[i];
			ret = compare_member(seams, err);
		}
	}
	for (size_t i = 0; i < team->n_members; i++)
		readings_tell(team->members[i].passes.source->readings);
	pthread_mutex_unlock(&team->lock);
	team_tell_messages(team);
	free(seams);
	return ret;
}
