/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All of libdiscern. */
#ifndef DISCERN_DISCERN_H
#define DISCERN_DISCERN_H

#include <discern/burn.h>
#include <discern/drive.h>
#include <discern/error.h>
#include <discern/image.h>
#include <discern/medium.h>
#include <discern/prepare.h>
#include <discern/progress.h>
#include <discern/rip.h>
#include <discern/rip_audio.h>
#include <discern/rip_raw.h>
#include <discern/verify.h>

#endif
