/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers as a CD writes them: two decimal digits a byte, and addresses as minute, second, frame (MMC-6 4.2.3.6). */
#ifndef DISC_MSF_H
#define DISC_MSF_H

#include <stdbool.h>
#include <stdint.h>

/** 75 sectors, also called frames, are a second; LBA 0 is 00:02:00. */
enum { MSF_SECOND = 75, MSF_MINUTE = 60 * MSF_SECOND, MSF_LBA_0 = 2 * MSF_SECOND, MSF_END = 100 * MSF_MINUTE };

/** Without the hundreds. */
static inline uint8_t bcd_from_number(unsigned number)
{
	return (uint8_t)(number / 10 % 10 << 4 | number % 10);
}

static inline bool bcd_is_number(uint8_t bcd)
{
	return bcd >> 4 <= 9 && (bcd & 15) <= 9;
}

static inline unsigned bcd_to_number(uint8_t bcd)
{
	return (unsigned)(bcd >> 4) * 10 + (bcd & 15);
}

/** A count of sectors in BCD; minutes are cut to two digits. */
static inline void msf_put(uint8_t ret_msf[3], uint32_t n_sectors)
{
	ret_msf[0] = bcd_from_number(n_sectors / MSF_MINUTE);
	ret_msf[1] = bcd_from_number(n_sectors / MSF_SECOND % 60);
	ret_msf[2] = bcd_from_number(n_sectors % MSF_SECOND);
}

/** The count of sectors that three bytes of BCD are; false if they are none. */
static inline bool msf_get(const uint8_t msf[3], int32_t *ret_n_sectors)
{
	if (!bcd_is_number(msf[0]) || !bcd_is_number(msf[1]) || !bcd_is_number(msf[2]))
		return false;
	if (bcd_to_number(msf[1]) >= 60 || bcd_to_number(msf[2]) >= MSF_SECOND)
		return false;
	*ret_n_sectors = (int32_t)(bcd_to_number(msf[0]) * MSF_MINUTE + bcd_to_number(msf[1]) * MSF_SECOND +
				   bcd_to_number(msf[2]));
	return true;
}

#endif
