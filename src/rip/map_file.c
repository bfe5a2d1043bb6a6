/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The map file's format, as the GNU ddrescue manual describes it under "Mapfile structure". */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <discern/medium.h>

#include "base/error.h"
#include "rip/map.h"

#define IDENTITY_MARK "# discern disc "

/** More than any disc has (BDXL: 62.5 million); keeps every sum of sectors within 32 bits. */
#define MAX_SECTORS ((uint64_t)1 << 28)

struct parser {
	const char *position;
	const char *end;
	unsigned n_line;
	uint32_t sector_bytes;
	bool has_current;
	/** Bytes up to here have been described. */
	uint64_t described_bytes;
	struct map *map;
	struct map_header *header;
	struct discern_error *err;
};

static int bad_line(const struct parser *parser, const char *what)
{
	return discern_error_set(parser->err, -EINVAL, "line %u of the map: %s", parser->n_line, what);
}

/** Copies the next line without its end, cut off at size: only comments are ever that long. False at the end. */
static bool next_line(struct parser *parser, char *line, size_t size)
{
	const char *start = parser->position;
	const char *end;
	size_t length;

	if (start >= parser->end)
		return false;
	end = memchr(start, '\n', (size_t)(parser->end - start));
	parser->position = end != NULL ? end + 1 : parser->end;
	parser->n_line++;
	length = (size_t)((end != NULL ? end : parser->end) - start);
	if (length >= size)
		length = size - 1;
	memcpy(line, start, length);
	line[length] = '\0';
	return true;
}

/** Decimal, 0x or octal, as ddrescue writes and reads; *text is moved behind it. */
static bool parse_number(const char **text, uint64_t *ret_number)
{
	char *end = NULL;
	long long number;

	while (**text == ' ' || **text == '\t')
		(*text)++;
	if (**text < '0' || **text > '9')
		return false;
	errno = 0;
	number = strtoll(*text, &end, 0);
	if (errno != 0 || number < 0 || end == *text)
		return false;
	*text = end;
	*ret_number = (uint64_t)number;
	return true;
}

static bool parse_status(const char **text, const char *allowed, enum map_status *ret_status)
{
	while (**text == ' ' || **text == '\t')
		(*text)++;
	if (**text == '\0' || strchr(allowed, **text) == NULL)
		return false;
	*ret_status = (enum map_status) * *text;
	(*text)++;
	return true;
}

/** "position status [pass]", the first line that is no comment. */
static int parse_current(struct parser *parser, const char *line)
{
	uint64_t position = 0;

	if (!parse_number(&line, &position) || !parse_status(&line, "?*/-FG+", &parser->header->current_status))
		return bad_line(parser, "position and status of the job expected");
	if (position > MAX_SECTORS * parser->sector_bytes)
		position = 0;
	parser->header->current_sector = (uint32_t)(position / parser->sector_bytes);
	parser->has_current = true;
	return 0;
}

/** Gives the sectors of the bytes [start, end) a status: those that are wholly good, or all that are touched. */
static int add_bytes(struct parser *parser, uint64_t start, uint64_t end, enum map_status status)
{
	uint64_t up = parser->sector_bytes - 1;
	uint64_t first = (start + (status == MAP_GOOD ? up : 0)) / parser->sector_bytes;
	uint64_t behind = (end + (status == MAP_GOOD ? 0 : up)) / parser->sector_bytes;
	uint64_t n_all = (end + up) / parser->sector_bytes;

	if (parser->map == NULL)
		parser->map = map_new((uint32_t)n_all);
	if (parser->map == NULL)
		return -ENOMEM;
	if (n_all > map_n_sectors(parser->map) && map_resize(parser->map, (uint32_t)n_all) < 0)
		return -ENOMEM;
	if (first >= behind)
		return 0;
	return map_set(parser->map, (uint32_t)first, (uint32_t)(behind - first), status);
}

/** "position size status" */
static int parse_block(struct parser *parser, const char *line)
{
	const uint64_t max_bytes = MAX_SECTORS * parser->sector_bytes;
	enum map_status status;
	uint64_t start;
	uint64_t size;

	if (!parse_number(&line, &start) || !parse_number(&line, &size) || !parse_status(&line, "?*/-+", &status))
		return bad_line(parser, "position, size and status of a block expected");
	if (start > max_bytes || size > max_bytes - start)
		return discern_error_set(parser->err, -EFBIG, "line %u of the map: no disc is that large",
					 parser->n_line);
	if (start < parser->described_bytes)
		return bad_line(parser, "block overlaps the one before");
	if (size == 0)
		return 0;
	/* ddrescue takes what no block describes as not tried. */
	if (start > parser->described_bytes && add_bytes(parser, parser->described_bytes, start, MAP_UNTRIED) < 0)
		return discern_error_set(parser->err, -ENOMEM, "out of memory");
	if (add_bytes(parser, start, start + size, status) < 0)
		return discern_error_set(parser->err, -ENOMEM, "out of memory");
	parser->described_bytes = start + size;
	return 0;
}

static void parse_comment(struct parser *parser, const char *line)
{
	size_t length = strlen(IDENTITY_MARK);

	if (strncmp(line, IDENTITY_MARK, length) == 0)
		snprintf(parser->header->identity, sizeof(parser->header->identity), "%s", line + length);
}

int map_parse(const char *text, size_t size, struct map **ret_map, struct map_header *ret_header,
	      struct discern_error *err)
{
	return map_parse_sectors(text, size, DISCERN_SECTOR_SIZE, ret_map, ret_header, err);
}

int map_parse_sectors(const char *text, size_t size, uint32_t sector_bytes, struct map **ret_map,
		      struct map_header *ret_header, struct discern_error *err)
{
	struct parser parser = {
		.position = text, .end = text + size, .sector_bytes = sector_bytes, .header = ret_header, .err = err
	};
	char line[512];
	int ret = 0;

	memset(ret_header, 0, sizeof(*ret_header));
	while (ret == 0 && next_line(&parser, line, sizeof(line))) {
		const char *start = line + strspn(line, " \t\r");

		if (*start == '#')
			parse_comment(&parser, start);
		else if (*start != '\0' && !parser.has_current)
			ret = parse_current(&parser, start);
		else if (*start != '\0')
			ret = parse_block(&parser, start);
	}
	if (ret == 0 && parser.map == NULL)
		ret = discern_error_set(err, -EINVAL, "the map describes nothing");
	if (ret < 0)
		map_free(parser.map);
	else
		*ret_map = parser.map;
	return ret;
}

char *map_format(const struct map *map, const struct map_header *header, size_t *ret_size)
{
	return map_format_sectors(map, header, DISCERN_SECTOR_SIZE, ret_size);
}

char *map_format_sectors(const struct map *map, const struct map_header *header, uint32_t sector_bytes,
			 size_t *ret_size)
{
	char *text = NULL;
	FILE *file = open_memstream(&text, ret_size);
	bool failed;

	if (file == NULL)
		return NULL;
	if (sector_bytes == DISCERN_SECTOR_SIZE)
		fprintf(file, "# Mapfile. Created by discern rip; GNU ddrescue can read it and go on\n");
	else
		fprintf(file, "# Mapfile. Created by discern rip --raw; sectors of %" PRIu32 " bytes\n", sector_bytes);
	if (header->identity[0] != '\0')
		fprintf(file, IDENTITY_MARK "%s\n", header->identity);
	fprintf(file, "# current_pos  current_status  current_pass\n0x%08" PRIX64 "     %c               1\n",
		(uint64_t)header->current_sector * sector_bytes, (char)header->current_status);
	fprintf(file, "#      pos        size  status\n");
	for (size_t i = 0; i < map_n_ranges(map); i++) {
		struct map_range range = map_range_at(map, i);

		fprintf(file, "0x%08" PRIX64 "  0x%08" PRIX64 "  %c\n", (uint64_t)range.start * sector_bytes,
			(uint64_t)range.n_sectors * sector_bytes, (char)range.status);
	}
	failed = ferror(file) != 0;
	if (fclose(file) != 0 || failed) {
		free(text);
		return NULL;
	}
	return text;
}
