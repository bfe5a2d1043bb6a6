/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers, sizes and times as people read and write them. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Room enough for any text that a function of this file makes. */
#define TEXT_SIZE 64

/** "658 MB", "4.70 GB", "2 048 bytes" below 10 kB; powers of 1000, as discs are sold. Returns buffer. */
const char *text_size(uint64_t size_bytes, char buffer[TEXT_SIZE]);

/** "0:13", "12:05", "1:02:30". Returns buffer. */
const char *text_duration(uint64_t seconds, char buffer[TEXT_SIZE]);

/** A whole decimal or 0x number within [min, max], nothing after it. False otherwise. */
bool text_to_number(const char *text, int64_t min, int64_t max, int64_t *ret_number);

/** Copies a fixed-size field (INQUIRY, volume id), without trailing blanks, every byte that is not
 *  printable ASCII replaced by '?'. ret holds at least size + 1 bytes. */
void text_from_field(const uint8_t *field, size_t size, char *ret);

#endif
