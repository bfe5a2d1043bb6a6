/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The bytes of an image, once from their begin to their end, wherever they come from: what the check reads, and what is
 * read again while it is burned.
 */
#ifndef BURN_INPUT_H
#define BURN_INPUT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <discern/burn.h>
#include <discern/error.h>

struct discern_burn_input;

struct input_ops {
	/** The next size bytes; fewer only at the end. Or a negative errno. */
	ssize_t (*read)(struct discern_burn_input *input, uint8_t *buffer, size_t size, struct discern_error *err);
	/** Goes on n_bytes further ahead; NULL where they have to be read for that. */
	void (*skip)(struct discern_burn_input *input, uint64_t n_bytes);
	/** After the last byte of the image was read: is that the end, and is all that came right? NULL where the check has
	 *  answered that. */
	int (*finish)(struct discern_burn_input *input, struct discern_error *err);
	/** Is the source still what it was when it was checked? -ESTALE. NULL where that cannot be asked. */
	int (*compare)(struct discern_burn_input *input, struct discern_error *err);
	void (*close)(struct discern_burn_input *input);
};

/** First member of every kind. */
struct discern_burn_input {
	const struct input_ops *ops;
	/** Set from another thread: a read that waits ends with -ECANCELED. */
	atomic_bool is_cancelled;
	/** Belongs to the check, which closes it. */
	bool is_kept;
};

/** Opens what was checked, to be read from its begin; -ESTALE if it is not as it was. */
int input_open(const struct discern_burn_check *check, struct discern_burn_input **ret_input,
	       struct discern_error *err);

static inline ssize_t input_read(struct discern_burn_input *input, uint8_t *buffer, size_t size,
				 struct discern_error *err)
{
	return input->ops->read(input, buffer, size, err);
}

/** Leaves out the next n_bytes, which the image has. */
int input_skip(struct discern_burn_input *input, uint64_t n_bytes, struct discern_error *err);

static inline int input_finish(struct discern_burn_input *input, struct discern_error *err)
{
	return input->ops->finish != NULL ? input->ops->finish(input, err) : 0;
}

static inline int input_compare(struct discern_burn_input *input, struct discern_error *err)
{
	return input->ops->compare != NULL ? input->ops->compare(input, err) : 0;
}

static inline void input_cancel(struct discern_burn_input *input)
{
	atomic_store(&input->is_cancelled, true);
}

/** Unless the check keeps it. Accepts NULL, returns NULL. */
struct discern_burn_input *input_close(struct discern_burn_input *input);

/* ---- each kind ---- */

int input_file_open(const struct discern_burn_check *check, struct discern_burn_input **ret_input,
		    struct discern_error *err);
int input_packed_open(const struct discern_burn_check *check, struct discern_burn_input **ret_input,
		      struct discern_error *err);

/** With a size of 0 in the check it is found, which input_folder_describe() tells; with another, it has to be that. */
int input_folder_open(const struct discern_burn_check *check, struct discern_burn_input **ret_input,
		      struct discern_error *err);
void input_folder_describe(const struct discern_burn_input *input, uint64_t *ret_size_bytes, uint32_t *ret_n_files);

/** The file that check names: opens it, and looks whether it still is the one that was checked. */
int input_file_descriptor(const struct discern_burn_check *check, struct discern_error *err);
int input_file_compare(const struct discern_burn_check *check, int fd, struct discern_error *err);

/** A pipe, of which the begin was read already. */
struct input_pipe_options {
	const struct discern_burn_check *check;
	/** Stays open when the input is closed, if it is standard input. */
	int fd;
	unsigned timeout_seconds;
	/** What its bytes are to have, as in struct discern_burn_options; NULL for nothing. */
	const char *checksum;
	/** May stop the reading of the begin. */
	const struct discern_observer *observer;
};

/** Reads the begin, at most INPUT_HEAD_SIZE bytes. */
enum { INPUT_HEAD_SIZE = 4 << 20 };
int input_pipe_open(const struct input_pipe_options *options, struct discern_burn_input **ret_input,
		    struct discern_error *err);
/** That begin; it stays the input's. */
uint8_t *input_pipe_head(const struct discern_burn_input *input, size_t *ret_size, bool *ret_is_all);

#endif
