/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the drive layer: what writing and playing a recording share. transport_record.c tells the format. */
#ifndef DRIVE_RECORDER_H
#define DRIVE_RECORDER_H

#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "drive/transport.h"

#define RECORDING_HEADER "# discern recording 1"

/** From now on sectors are recorded as they are, so that the recording replays completely. */
void transport_recorder_keep_sectors(struct transport_recorder *recorder);

/** SHA-256 in hex, as it stands in a recording; "-" where libcrypto has none. */
void recorder_digest(const uint8_t *data, size_t size, char ret_hex[HASH_HEX_SIZE]);

#endif
