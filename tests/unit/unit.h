/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What cmocka.h needs before it, in the order in which it needs it. */
#ifndef UNIT_UNIT_H
#define UNIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
