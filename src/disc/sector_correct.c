/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/sector.h"

#include <errno.h>
#include <string.h>

#include "disc/sector_code.h"
#include "disc/sector_private.h"

/* No sector that can be mended needs more; one that cannot must have an end. */
enum { MAX_STEPS = 150, MAX_UNSURE_STEPS = 12, ENOUGH_OF_SYNC = 8 };

/* How sure a step is, the surest first. */
enum certainty { POINTED_OUT, CLAIMED, CROSSED, CROSSED_BY_Q, FITTING, LIKELY, N_CERTAINTIES };

/* One way to go: what the drive has pointed out or not, Q or P first where a step is not sure. */
struct attempt {
	bool with_pointers, only_pointers, burst_first, q_first;
};

static bool is_bad(const struct code *code, unsigned vector)
{
	return !syndrome_is_zero(code->syndromes[vector]);
}

/* The other vector of a byte; CODE_NOWHERE for Q's own parity. */
static unsigned crossing(const struct code *code, unsigned vector, unsigned at)
{
	return vector < CODE_P_VECTORS ? code->tables->q_of[at] : code->tables->p_of[at];
}

/* A wrong byte makes both of its vectors bad: the bytes of a vector where this is so, at most three of them counted. */
static unsigned find_crossed(const struct code *code, unsigned vector, unsigned ret_places[3])
{
	unsigned length = vector < CODE_P_VECTORS ? CODE_P_LENGTH : CODE_Q_LENGTH - 2, n = 0;

	for (unsigned i = 0; i < length && n < 3; i++)
		if (is_bad(code, crossing(code, vector, code->tables->at[vector][i])))
			ret_places[n++] = i;
	return n;
}

static unsigned find_suspects(const struct code *code, unsigned vector, unsigned ret_places[3])
{
	unsigned length = code_length(vector), n = 0;

	for (unsigned i = 0; i < length && n < 3; i++)
		if (code->is_suspect[code->tables->at[vector][i]])
			ret_places[n++] = i;
	return n;
}

static bool mend_places(struct code *code, unsigned vector, const unsigned *places, unsigned n_places)
{
	if (n_places == 1) {
		unsigned at = code->tables->at[vector][places[0]];

		if (code_find_single(code, vector) != at)
			return false;
		code_change(code, at, code->syndromes[vector].sum);
		return true;
	}
	if (n_places != 2)
		return false;
	code_mend_pair(code, vector, places[0], places[1]);
	return true;
}

/* Pointers say where, two bytes a vector at most; a vector that has become good needs none any more. */
static bool step_pointed_out(struct code *code, unsigned vector)
{
	unsigned places[3], n_places = find_suspects(code, vector, places);
	bool is_mended = is_bad(code, vector) && mend_places(code, vector, places, n_places);

	if (n_places > 0 && !is_bad(code, vector)) {
		for (unsigned i = 0; i < code_length(vector); i++)
			code->is_suspect[code->tables->at[vector][i]] = false;
		return true;
	}
	return is_mended;
}

/* Mends the bytes of a vector that all bad vectors which cross it claim to be their only wrong ones, if they still do. */
static void accept_claims(struct code *code, unsigned vector, const uint16_t singles[CODE_VECTORS])
{
	unsigned begin = vector < CODE_P_VECTORS ? CODE_P_VECTORS : 0;
	unsigned end = vector < CODE_P_VECTORS ? CODE_VECTORS : CODE_P_VECTORS;

	for (unsigned other = begin; other < end; other++) {
		unsigned at = singles[other];

		if (at != CODE_NOWHERE && crossing(code, other, at) == vector && code_find_single(code, other) == at)
			code_change(code, at, code->syndromes[other].sum);
	}
}

/* What vectors say of the bytes of one that they cross, each by an error of one byte, is right if it is all that is wrong
 * there; in most cases it is one byte, of which P and Q say the same. */
static bool step_claimed(struct code *code)
{
	struct syndrome rest[CODE_VECTORS];
	uint16_t singles[CODE_VECTORS];
	bool is_claimed[CODE_VECTORS] = { false }, is_mended = false;

	memcpy(rest, code->syndromes, sizeof(rest));
	for (unsigned vector = 0; vector < CODE_VECTORS; vector++) {
		unsigned at = code_find_single(code, vector), other;
		uint8_t error = code->syndromes[vector].sum, weight;

		singles[vector] = (uint16_t)at;
		other = at == CODE_NOWHERE ? CODE_NOWHERE : crossing(code, vector, at);
		if (other == CODE_NOWHERE || !is_bad(code, other))
			continue;
		weight = other < CODE_P_VECTORS ? code->tables->p_weight[at] : code->tables->q_weight[at];
		rest[other].sum ^= error;
		rest[other].weighted ^= code_multiply(code->tables, error, weight);
		is_claimed[other] = true;
	}
	for (unsigned vector = 0; vector < CODE_VECTORS; vector++)
		if (is_claimed[vector] && syndrome_is_zero(rest[vector])) {
			accept_claims(code, vector, singles);
			is_mended = true;
		}
	return is_mended;
}

/* The bad vectors that cross this one leave one or two bytes; in Q, without any, only its own parity. */
static bool step_crossed(struct code *code, unsigned vector)
{
	unsigned places[3], n_places;

	if (!is_bad(code, vector))
		return false;
	n_places = find_crossed(code, vector, places);
	if (vector >= CODE_P_VECTORS && n_places == 2)
		return false;
	if (vector >= CODE_P_VECTORS && n_places == 0) {
		places[0] = CODE_Q_LENGTH - 2;
		places[1] = CODE_Q_LENGTH - 1;
		n_places = 2;
	}
	return mend_places(code, vector, places, n_places);
}

/* Two bytes of Q, if its own parity is right, which can be seen where P becomes good. */
static bool step_crossed_by_q(struct code *code, unsigned vector)
{
	unsigned places[3], at[2];
	uint8_t before[2];

	if (vector < CODE_P_VECTORS || !is_bad(code, vector) || find_crossed(code, vector, places) != 2)
		return false;
	for (unsigned i = 0; i < 2; i++) {
		at[i] = code->tables->at[vector][places[i]];
		before[i] = code->bytes[at[i]];
	}
	code_mend_pair(code, vector, places[0], places[1]);
	if (!is_bad(code, crossing(code, vector, at[0])) || !is_bad(code, crossing(code, vector, at[1])))
		return true;
	for (unsigned i = 0; i < 2; i++)
		code_change(code, at[i], before[i] ^ code->bytes[at[i]]);
	return false;
}

/* One byte would explain the vector, and the vector that crosses it there is bad as well; fitting if that then has one
 * wrong byte left which crosses a bad vector, too. */
static bool step_likely(struct code *code, unsigned vector, bool must_fit)
{
	unsigned at = code_find_single(code, vector), other, next, beyond;
	uint8_t error = code->syndromes[vector].sum;

	if (at == CODE_NOWHERE)
		return false;
	other = crossing(code, vector, at);
	if (other == CODE_NOWHERE || !is_bad(code, other))
		return other == CODE_NOWHERE && !must_fit;
	code_change(code, at, error);
	if (!must_fit)
		return true;
	next = code_find_single(code, other);
	beyond = next == CODE_NOWHERE ? CODE_NOWHERE : crossing(code, other, next);
	if (beyond != CODE_NOWHERE && is_bad(code, beyond))
		return true;
	code_change(code, at, error);
	return false;
}

static bool step_vector(struct code *code, unsigned vector, enum certainty certainty)
{
	switch (certainty) {
	case POINTED_OUT:
		return step_pointed_out(code, vector);
	case CROSSED:
		return step_crossed(code, vector);
	case CROSSED_BY_Q:
		return step_crossed_by_q(code, vector);
	case FITTING:
		return step_likely(code, vector, true);
	case LIKELY:
		return step_likely(code, vector, false);
	case CLAIMED:
	case N_CERTAINTIES:
		break;
	}
	return false;
}

/* Sure steps in all vectors; one only that is not, for it makes others surer. */
static bool step(struct code *code, enum certainty certainty, const struct attempt *attempt)
{
	unsigned begin = attempt->q_first ? CODE_P_VECTORS : 0;
	bool is_mended = false;

	if (certainty == POINTED_OUT && !attempt->with_pointers)
		return false;
	if (certainty == CLAIMED)
		return step_claimed(code);
	for (unsigned i = 0; i < CODE_VECTORS; i++) {
		if (!step_vector(code, (begin + i) % CODE_VECTORS, certainty))
			continue;
		is_mended = true;
		if (certainty >= FITTING)
			break;
	}
	return is_mended;
}

static void mend(struct code *code, const struct attempt *attempt)
{
	unsigned n_unsure = 0;

	for (unsigned n = 0; n < MAX_STEPS && !code_is_clean(code); n++) {
		unsigned certainty = POINTED_OUT;

		while (certainty < N_CERTAINTIES && !step(code, (enum certainty)certainty, attempt))
			certainty++;
		if (certainty == N_CERTAINTIES || (certainty == LIKELY && ++n_unsure > MAX_UNSURE_STEPS))
			break;
	}
}

/* All that the pointers say, with no doubt of them: by two bytes a vector as far as that goes, the rest at once. */
static void mend_pointed_out(struct code *code)
{
	static const struct attempt attempt = { .with_pointers = true };

	for (unsigned n = 0; n < MAX_STEPS && step(code, POINTED_OUT, &attempt); n++)
		continue;
	if (!code_is_clean(code))
		code_mend_suspects(code);
}

static bool is_pointed_out(const uint8_t *c2, unsigned at)
{
	return c2 != NULL && (c2[at / 8] >> (7 - at % 8) & 1);
}

/* Form 1's parity knows no header. */
static void load(struct code *code, const uint8_t *sector, enum sector_form form, const uint8_t *c2)
{
	memcpy(code->bytes, sector + SECTOR_HEADER_AT, CODE_BYTES);
	if (form == SECTOR_MODE_2_FORM_1)
		memset(code->bytes, 0, SECTOR_SUBHEADER_AT - SECTOR_HEADER_AT);
	for (unsigned i = 0; i < CODE_BYTES; i++)
		code->is_suspect[i] = is_pointed_out(c2, SECTOR_HEADER_AT + i);
	code_begin(code);
}

/* Parity of what the EDC has found right. */
static void make_parity(uint8_t *sector, enum sector_form form)
{
	uint8_t header[SECTOR_SUBHEADER_AT - SECTOR_HEADER_AT];

	memcpy(header, sector + SECTOR_HEADER_AT, sizeof(header));
	if (form == SECTOR_MODE_2_FORM_1)
		memset(sector + SECTOR_HEADER_AT, 0, sizeof(header));
	sector_add_parity(sector);
	memcpy(sector + SECTOR_HEADER_AT, header, sizeof(header));
}

/* The sector that the code's bytes are, if its EDC is right; parity that is not mended is made, for that is known. */
static bool store(const struct code *code, enum sector_form form, const uint8_t *from, uint8_t ret_sector[SECTOR_RAW])
{
	memcpy(ret_sector, sector_sync, SECTOR_SYNC);
	memcpy(ret_sector + SECTOR_HEADER_AT, code->bytes, CODE_BYTES);
	if (form == SECTOR_MODE_2_FORM_1) {
		memcpy(ret_sector + SECTOR_HEADER_AT, from + SECTOR_HEADER_AT, SECTOR_SUBHEADER_AT - SECTOR_HEADER_AT);
		if ((ret_sector[SECTOR_MODE_AT] & 0x1f) != 2)
			ret_sector[SECTOR_MODE_AT] = 2;
	}
	if (form == SECTOR_MODE_1 && (ret_sector[SECTOR_MODE_AT] & 0x1f) != 1)
		return false;
	if (!sector_edc_is_right(ret_sector, form))
		return false;
	if (!code_is_clean(code)) {
		if (form == SECTOR_MODE_1)
			memset(ret_sector + SECTOR_EDC_AT + 4, 0, SECTOR_P_AT - SECTOR_EDC_AT - 4);
		make_parity(ret_sector, form);
	}
	return true;
}

/* Behind a right EDC, what is wrong is only mended where the drive has pointed it out: a disc may be made like that. */
static void mend_parity(uint8_t *sector, enum sector_form form, const uint8_t *c2)
{
	uint8_t mended[SECTOR_RAW];

	memcpy(mended, sector, SECTOR_RAW);
	for (unsigned at = SECTOR_EDC_AT + 4; form == SECTOR_MODE_1 && at < SECTOR_P_AT; at++)
		if (is_pointed_out(c2, at))
			mended[at] = 0;
	make_parity(mended, form);
	for (unsigned at = 0; at < SECTOR_RAW; at++)
		if (mended[at] != sector[at] && !is_pointed_out(c2, at))
			return;
	memcpy(sector, mended, SECTOR_RAW);
}

static bool correct_as(uint8_t *sector, enum sector_form form, const uint8_t *c2, const struct code_tables *tables)
{
	static const struct attempt attempts[] = {
		{ .with_pointers = true, .only_pointers = true },
		{ .with_pointers = true },
		{ .with_pointers = false },
		{ .q_first = true },
		{ .burst_first = true },
	};
	struct code original, code;

	original.tables = tables;
	load(&original, sector, form, c2);
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
		uint8_t mended[SECTOR_RAW];

		if (attempts[i].with_pointers && c2 == NULL)
			continue;
		code = original;
		if (attempts[i].burst_first && !code_mend_burst(&code))
			continue;
		if (attempts[i].only_pointers)
			mend_pointed_out(&code);
		else
			mend(&code, &attempts[i]);
		if (store(&code, form, sector, mended)) {
			memcpy(sector, mended, SECTOR_RAW);
			return true;
		}
	}
	return false;
}

/* Sync is the same in all sectors, so a few bytes of it may be wrong. */
static bool has_sync(const uint8_t *sector)
{
	unsigned n_right = 0;

	for (unsigned i = 0; i < SECTOR_SYNC; i++)
		n_right += sector[i] == sector_sync[i];
	return n_right >= ENOUGH_OF_SYNC;
}

/* True for what may be such a sector: the mode may be one of the wrong bytes, and so may be half of the subheader. */
static bool may_be(const uint8_t *sector, enum sector_form form)
{
	const uint8_t *subheader = sector + SECTOR_SUBHEADER_AT;
	unsigned mode = sector[SECTOR_MODE_AT] & 0x1f;
	bool is_form_2 = subheader[2] & SECTOR_SUBMODE_FORM_2 && memcmp(subheader, subheader + 4, 4) == 0;

	if (form == SECTOR_MODE_1)
		return mode != 2;
	return !is_form_2 && (mode == 2 || (mode > 2 && (subheader[2] | subheader[6]) != 0));
}

static int count_changes(uint8_t *sector, const uint8_t *mended)
{
	int n_changes = 0;

	for (unsigned i = 0; i < SECTOR_RAW; i++)
		n_changes += sector[i] != mended[i];
	memcpy(sector, mended, SECTOR_RAW);
	return n_changes;
}

int sector_correct(uint8_t sector[SECTOR_RAW], const uint8_t *c2)
{
	static const enum sector_form forms[] = { SECTOR_MODE_1, SECTOR_MODE_2_FORM_1 };
	uint8_t mended[SECTOR_RAW];
	struct code_tables tables;
	enum sector_form found;

	if (!has_sync(sector))
		return -EINVAL;
	memcpy(mended, sector, SECTOR_RAW);
	memcpy(mended, sector_sync, SECTOR_SYNC);
	found = sector_find_form(mended);
	if ((found == SECTOR_MODE_1 || found == SECTOR_MODE_2_FORM_1) && sector_edc_is_right(mended, found)) {
		mend_parity(mended, found, c2);
		return count_changes(sector, mended);
	}
	code_make_tables(&tables);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (may_be(mended, forms[i]) && correct_as(mended, forms[i], c2, &tables))
			return count_changes(sector, mended);
	return found == SECTOR_MODE_1 || found == SECTOR_MODE_2_FORM_1 ? -EBADMSG : -EINVAL;
}
