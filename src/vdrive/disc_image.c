/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pressed CDs whose image is more than user data: a text that describes it, or whole sectors of one track. */
#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "vdrive/disc_state.h"

int disc_open_cd_image(struct disc *disc, const char *path, const char *kind, struct discern_error *err)
{
	const struct disc_media *media = disc_media_by_name("cd-rom");
	int ret;

	if (media == NULL || (kind != NULL && strcmp(kind, media->name) != 0)) {
		discern_error_set(err, -EINVAL, "this is the image of a cd-rom, not of a %s", kind);
		discern_error_hint(err, "leave out the kind");
		return -EINVAL;
	}
	ret = cd_image_is_name(path) ? cd_image_open(path, &disc->image, err)
				     : cd_image_open_raw(path, &disc->image, err);
	if (ret == 0)
		ret = cd_image_lock(disc->image, err);
	if (ret < 0)
		return ret;
	disc->is_pressed = true;
	disc->state.media = media;
	disc->state.profile = profile_find(media->profile);
	ret = disc_state_take_layout(&disc->state, cd_image_layout(disc->image));
	if (ret < 0)
		return discern_error_set(err, ret, "the virtual drive takes no CD with tracks like these");
	return 0;
}
