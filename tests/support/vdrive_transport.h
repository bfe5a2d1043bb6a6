/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The virtual drive's engine as a transport, in the test's own process. */
#ifndef TESTS_VDRIVE_TRANSPORT_H
#define TESTS_VDRIVE_TRANSPORT_H

#include "drive/transport.h"
#include "vdrive/vdrive.h"

/** Closing the transport leaves the drive alone. */
struct transport *vdrive_transport_new(struct vdrive *drive);

#endif
