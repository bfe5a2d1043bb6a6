/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdint.h>
#include <stdlib.h>

/**
 * Memory that files and drives are read into, at least @size bytes from the begin of a page; to be released by free().
 * The kernel copies five times slower into what malloc() gives, which begins 16 bytes behind a page (rep movsb), and SCSI
 * commands go by way of a buffer of its own if theirs is not aligned (queue_dma_alignment). NULL: no memory.
 */
static inline uint8_t *buffer_new(size_t size)
{
	enum { PAGE_BYTES = 4096 };

	return size <= SIZE_MAX - PAGE_BYTES ? aligned_alloc(PAGE_BYTES, (size + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES)
					     : NULL;
}

#endif
