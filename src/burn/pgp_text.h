/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text that is signed in clear (RFC 4880 7): what of it is signed. */
#ifndef BURN_PGP_TEXT_H
#define BURN_PGP_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/** Does it begin like a message that is signed in clear? */
bool pgp_text_is_clear_signed(const char *text);

/** Is it an armored signature? */
bool pgp_text_is_signature(const char *text);

/**
 * The signed lines of the first message, without what stands around them, and with the escapes of dashes undone. Nothing
 * is said of whether its signature is good.
 * @param ret_body  to be freed by the caller
 * @return 0, -ENODATA (not such a message), -EBADMSG (it does not end as one) or -ENOMEM
 */
int pgp_text_body(const char *text, char **ret_body);

#endif
