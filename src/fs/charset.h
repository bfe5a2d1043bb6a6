/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names in descriptors as UTF-8: cut at a character when ret is full, without trailing blanks, and with '?' for
 * what must not reach a terminal (control and direction characters) or is no character at all. */
#ifndef FS_CHARSET_H
#define FS_CHARSET_H

#include <stddef.h>
#include <stdint.h>

/** Bytes meant as ASCII (ECMA-119 7.4) but often UTF-8. */
void charset_from_bytes(const uint8_t *field, size_t size, char *ret, size_t ret_size);

/** UCS-2 or UTF-16, most significant byte first (Joliet). */
void charset_from_utf16(const uint8_t *field, size_t size, char *ret, size_t ret_size);

/** OSTA compressed Unicode (UDF 2.1.1): the first byte says how. */
void charset_from_osta(const uint8_t *field, size_t size, char *ret, size_t ret_size);

/** A dstring (ECMA-167 1/7.2.12) of OSTA compressed Unicode; size is that of the whole field. */
void charset_from_dstring(const uint8_t *field, size_t size, char *ret, size_t ret_size);

#endif
