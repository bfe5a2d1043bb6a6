/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the drive layer: SG_IO on a file that is open already. */
#ifndef DRIVE_TRANSPORT_SGIO_H
#define DRIVE_TRANSPORT_SGIO_H

#include "drive/transport.h"

/** Takes fd over; it is closed with the transport, and also when this fails. 0 or -ENOMEM. */
int transport_sgio_attach(int fd, struct transport **ret_transport);

/** 0, or -EACCES with the remedy if the device's mode lets its user read only, which burning is not content with. */
int transport_sgio_may_write(const char *path, struct discern_error *err);

#endif
