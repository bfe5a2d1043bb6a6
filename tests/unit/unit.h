/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What cmocka.h needs before it, in the order in which it needs it. */
#ifndef UNIT_UNIT_H
#define UNIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/** cmocka compares byte by byte, which takes most of the time of many a test; that is for what differs. */
static inline void unit_memory_equal(const void *a, const void *b, size_t size, const char *file, int line)
{
	if (memcmp(a, b, size) != 0)
		_assert_memory_equal(a, b, size, file, line);
}

#undef assert_memory_equal
#define assert_memory_equal(a, b, size) unit_memory_equal(a, b, size, __FILE__, __LINE__)

#endif
