/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the drive layer: SG_IO on a file that is open already. */
#ifndef DRIVE_TRANSPORT_SGIO_H
#define DRIVE_TRANSPORT_SGIO_H

#include "drive/transport.h"

/** Takes fd over; it is closed with the transport, and also when this fails. 0 or -ENOMEM. */
int transport_sgio_attach(int fd, struct transport **ret_transport);

#endif
