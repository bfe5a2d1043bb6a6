/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands of a whole CD session, which random ones never come to: each is right if the ones before were carried out. */
#ifndef FUZZ_VDRIVE_SESSIONS_H
#define FUZZ_VDRIVE_SESSIONS_H

#include "fuzz/vdrive_commands.h"

/** Selects a way of writing by the write parameters page, with all in it as a burner would set it. */
void make_session_page(struct input *input, struct fuzz_command *ret_command);

/** A cue sheet that this disc has room for, with pauses, indexes, texts and forms of data as they come. */
void make_session_sheet(struct input *input, const struct vdrive *drive, struct fuzz_command *ret_command);

/** What is written next in the session that was announced, or raw, with the Q of a lead-in and of tracks that fit it; of a
 *  disc without either, what comes next in its open track, or a packet of one that is formatted. */
void make_session_write(struct input *input, const struct vdrive *drive, struct fuzz_command *ret_command);

/** FORMAT UNIT as packet writers send it. */
void make_packet_format(struct input *input, struct fuzz_command *ret_command);

#endif
