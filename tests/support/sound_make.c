/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests: sound that is different everywhere, but smooth, so that programs which guess the order of bytes by it guess
 * right. sound_make NAME SECTORS SEED makes NAME.raw, lowest byte first, and NAME.wav. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

enum { SECTOR = 2352, WAV_HEADER = 44 };

static void make_samples(uint8_t *data, size_t size, uint32_t seed)
{
	int32_t value[2] = { 0, 1000 };

	for (size_t i = 0; i + 2 <= size; i += 2) {
		int32_t *channel = &value[i / 2 % 2];

		seed = seed * 1664525 + 1013904223;
		*channel += (int32_t)(seed >> 24) - 128;
		if (*channel > 20000 || *channel < -20000)
			*channel /= 2;
		data[i] = (uint8_t)*channel;
		data[i + 1] = (uint8_t)(*channel >> 8);
	}
}

static void make_header(uint8_t header[WAV_HEADER], size_t size)
{
	memcpy(header, "RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1\0\2\0", 24);
	put_le32(header + 4, (uint32_t)size + WAV_HEADER - 8);
	put_le32(header + 24, 44100);
	put_le32(header + 28, 44100 * 4);
	memcpy(header + 32, "\4\0\x10\0data", 8);
	put_le32(header + 40, (uint32_t)size);
}

static int write_file(const char *name, const char *suffix, const uint8_t *data, size_t size)
{
	char path[512];
	FILE *file;
	int ret;

	snprintf(path, sizeof(path), "%s.%s", name, suffix);
	file = fopen(path, "wb");
	if (file == NULL)
		return 1;
	ret = fwrite(data, 1, size, file) == size ? 0 : 1;
	return fclose(file) == 0 ? ret : 1;
}

int main(int n, char **words)
{
	size_t size = n == 4 ? (size_t)atoi(words[2]) * SECTOR : 0;
	uint8_t *data = size > 0 ? malloc(WAV_HEADER + size) : NULL;
	int ret;

	if (data == NULL)
		return 2;
	make_header(data, size);
	make_samples(data + WAV_HEADER, size, (uint32_t)atoi(words[3]));
	ret = write_file(words[1], "wav", data, WAV_HEADER + size);
	if (ret == 0)
		ret = write_file(words[1], "raw", data + WAV_HEADER, size);
	free(data);
	return ret;
}
