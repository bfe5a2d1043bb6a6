/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Receipts and manifests from anywhere: no crash, what is accepted has its bounds, and what is refused is told. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "fuzz/fuzz.h"
#include "ui/manifest.h"
#include "ui/raw_manifest.h"
#include "ui/receipt.h"

/* Refused with words, or not at all. */
static void check_told(int ret, const struct discern_error *err)
{
	if (ret < 0 && (err->code != ret || err->text[0] == '\0'))
		abort();
}

static void check_hex(const char *hex)
{
	if (strnlen(hex, 65) != 64 || strspn(hex, "0123456789abcdef") != 64)
		abort();
}

static void check_tables(const struct discern_cd_digest *cd)
{
	if (cd->n_sessions > DISCERN_CD_MAX_TRACKS || cd->n_text_packs > DISCERN_CD_MAX_TEXT_PACKS ||
	    strnlen(cd->mcn, sizeof(cd->mcn)) == sizeof(cd->mcn))
		abort();
	for (size_t i = 0; i < cd->n_tracks; i++) {
		const struct discern_cd_sum *sum = &cd->tracks[i];

		if (sum->session == 0 || sum->session > DISCERN_CD_MAX_TRACKS || sum->control > 15 ||
		    sum->n_indexes > DISCERN_CD_MAX_INDEXES ||
		    strnlen(sum->isrc, sizeof(sum->isrc)) == sizeof(sum->isrc))
			abort();
	}
}

static void check_cd(const struct discern_cd_digest *cd)
{
	if (cd->n_tracks == 0 || cd->n_tracks > DISCERN_CD_MAX_TRACKS)
		abort();
	for (size_t i = 0; i < cd->n_tracks; i++) {
		const struct discern_cd_sum *sum = &cd->tracks[i];

		check_hex(sum->sha256);
		if (sum->number == 0 || sum->number > DISCERN_CD_MAX_TRACKS || sum->n_sectors == 0 || sum->lba < 0 ||
		    sum->start_lba < sum->lba || (uint32_t)sum->start_lba - (uint32_t)sum->lba >= sum->n_sectors ||
		    (i > 0 && (sum->number <= cd->tracks[i - 1].number ||
			       (uint32_t)sum->lba < (uint32_t)cd->tracks[i - 1].lba + cd->tracks[i - 1].n_sectors)))
			abort();
	}
	if (cd->has_sound)
		check_hex(cd->sound_sha256);
	if (cd->has_tables)
		check_tables(cd);
}

static void load_all(const char *path)
{
	struct discern_error err;
	static struct discern_cd_digest cd;
	struct discern_image_digest digest;
	struct raw_manifest *raw = NULL;
	struct manifest *manifest = NULL;
	int ret;

	discern_error_clear(&err);
	ret = receipt_load_cd(path, &cd, &err);
	check_told(ret, &err);
	if (ret == 1)
		check_cd(&cd);
	if (receipt_session(path) > 0xfffe)
		abort();
	discern_error_clear(&err);
	ret = manifest_load_digest(path, &digest, &err);
	check_told(ret, &err);
	if (ret == 0)
		check_hex(digest.sha256);
	discern_error_clear(&err);
	ret = raw_manifest_load(path, &raw, &err);
	check_told(ret, &err);
	raw_manifest_free(raw);
	discern_error_clear(&err);
	ret = manifest_load(path, &manifest, &err);
	check_told(ret, &err);
	manifest_free(manifest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[32];
	int fd = memfd_create("receipt", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	load_all(path);
	close(fd);
	return 0;
}

#define SHA "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\""

uint8_t *fuzz_seed(unsigned index, size_t *ret_size)
{
	static const char image[] =
		"{\"discern_receipt\":1,\"image\":\"x.iso\",\"image_bytes\":4096,\"hashes\":{\"sha256\":" SHA "},"
		"\"session\":2,\"burns\":[{\"version\":\"1\",\"command\":[\"discern\",\"burn\"]}]}";
	static const char cd[] =
		"{\"discern_receipt\":1,\"image\":\"x.cue\",\"tracks\":[{\"number\":1,\"audio\":true,\"start_lba\":33,"
		"\"lba\":0,\"sectors\":900,\"sha256\":" SHA "},{\"number\":2,\"audio\":false,\"start_lba\":1050,"
		"\"lba\":1050,\"sectors\":700,\"sha256\":" SHA "}],\"sound\":{\"lba\":40,\"sha256\":" SHA "},"
		"\"burns\":[]}";
	static const char tables[] =
		"{\"discern_receipt\":1,\"image\":\"x.cue\",\"tracks\":[{\"number\":1,\"audio\":true,\"start_lba\":33,"
		"\"lba\":0,\"sectors\":900,\"sha256\":" SHA ",\"session\":1,\"control\":3,\"pause_sectors\":183,"
		"\"indexes\":[100,200],\"isrc\":\"DEABC2412345\"}],\"sound\":null,\"lead_outs\":[900],"
		"\"mcn\":\"4012345678901\",\"cd_text\":[\"800000004120646973630000000000000000\"],\"burns\":[]}";
	static const char raw[] =
		"{\"discern_raw_manifest\":1,\"sheet\":\"x.cue\",\"sessions\":2,\"files\":[{\"path\":\"x.bin\","
		"\"bytes\":2352,\"sha256\":" SHA "}]}";
	static const char *const seeds[] = { image, cd, tables, raw };

	if (index >= sizeof(seeds) / sizeof(seeds[0]))
		return NULL;
	*ret_size = strlen(seeds[index]);
	return (uint8_t *)strdup(seeds[index]);
}
