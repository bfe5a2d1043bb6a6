/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "burn/signature.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "burn/keyring.h"

const char *discern_signature_state_name(enum discern_signature_state state)
{
	static const char *const names[] = {
		[DISCERN_SIGNATURE_NONE] = "none",
		[DISCERN_SIGNATURE_GOOD] = "good",
		[DISCERN_SIGNATURE_UNKNOWN_KEY] = "unknown key",
		[DISCERN_SIGNATURE_EXPIRED] = "expired",
		[DISCERN_SIGNATURE_REVOKED] = "revoked",
		[DISCERN_SIGNATURE_BAD] = "bad",
		[DISCERN_SIGNATURE_UNUSABLE] = "unusable",
	};

	return names[state];
}

#ifdef HAVE_GPGME

#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <unistd.h>

#include <gpgme.h>

#include "base/cleanup.h"

/* A context of GPGME with the keyring in it. */
struct session {
	gpgme_ctx_t context;
	struct keyring keyring;
};

static void session_close(struct session *session)
{
	if (session->context != NULL)
		gpgme_release(session->context);
	keyring_close(&session->keyring);
}

/* Keys in armor have to be taken into the home that gpg is given. */
static int import_keys(struct session *session, struct discern_error *err)
{
	gpgme_data_t keys = NULL;
	gpgme_error_t error = gpgme_data_new_from_file(&keys, session->keyring.path, 1);

	if (error == 0)
		error = gpgme_op_import(session->context, keys);
	gpgme_data_release(keys);
	if (error != 0)
		return discern_error_set(err, -EINVAL, "%s: no keys can be read from it: %s", session->keyring.path,
					 gpgme_strerror(error));
	return 0;
}

/* 0; 1 without gpg, of which *ret_reason tells; or a negative errno. */
static int session_open(const char *keyring, struct session *session, const char **ret_reason,
			struct discern_error *err)
{
	gpgme_error_t error;
	int ret;

	memset(session, 0, sizeof(*session));
	ret = keyring_open(keyring, &session->keyring, err);
	if (ret < 0)
		return ret;
	gpgme_check_version(NULL);
	error = gpgme_engine_check_version(GPGME_PROTOCOL_OpenPGP);
	if (error == 0)
		error = gpgme_new(&session->context);
	if (error == 0 && !session->keyring.is_own)
		error = gpgme_ctx_set_engine_info(session->context, GPGME_PROTOCOL_OpenPGP, NULL,
						  session->keyring.home);
	if (error != 0) {
		*ret_reason =
			gpgme_err_code(error) == GPG_ERR_INV_ENGINE ? "gpg is not installed" : gpgme_strerror(error);
		session_close(session);
		return 1;
	}
	ret = session->keyring.is_armored ? import_keys(session, err) : 0;
	if (ret < 0)
		session_close(session);
	return ret;
}

static enum discern_signature_state state_of(gpgme_signature_t one)
{
	switch ((int)gpgme_err_code(one->status)) {
	case GPG_ERR_NO_ERROR:
		return DISCERN_SIGNATURE_GOOD;
	case GPG_ERR_BAD_SIGNATURE:
		return DISCERN_SIGNATURE_BAD;
	case GPG_ERR_NO_PUBKEY:
		return DISCERN_SIGNATURE_UNKNOWN_KEY;
	case GPG_ERR_SIG_EXPIRED:
	case GPG_ERR_KEY_EXPIRED:
		return DISCERN_SIGNATURE_EXPIRED;
	case GPG_ERR_CERT_REVOKED:
		return DISCERN_SIGNATURE_REVOKED;
	default:
		return DISCERN_SIGNATURE_UNUSABLE;
	}
}

/* Of several signatures the one that decides: a bad one, then a good one, and so on. */
static unsigned rank(enum discern_signature_state state)
{
	static const enum discern_signature_state order[] = {
		DISCERN_SIGNATURE_BAD,     DISCERN_SIGNATURE_GOOD,        DISCERN_SIGNATURE_EXPIRED,
		DISCERN_SIGNATURE_REVOKED, DISCERN_SIGNATURE_UNKNOWN_KEY,
	};
	unsigned i = 0;

	while (i < sizeof(order) / sizeof(order[0]) && order[i] != state)
		i++;
	return i;
}

static const char *trust_word(gpgme_validity_t validity)
{
	switch ((int)validity) {
	case GPGME_VALIDITY_NEVER:
		return "never";
	case GPGME_VALIDITY_MARGINAL:
		return "marginal";
	case GPGME_VALIDITY_FULL:
		return "full";
	case GPGME_VALIDITY_ULTIMATE:
		return "ultimate";
	default:
		return "unknown";
	}
}

static void take_key(struct session *session, gpgme_signature_t one, struct discern_signature *signature)
{
	gpgme_key_t key = NULL;

	snprintf(signature->fingerprint, sizeof(signature->fingerprint), "%s", one->fpr != NULL ? one->fpr : "");
	if (one->fpr == NULL || gpgme_get_key(session->context, one->fpr, &key, 0) != 0)
		return;
	if (key->subkeys != NULL && key->subkeys->fpr != NULL)
		snprintf(signature->fingerprint, sizeof(signature->fingerprint), "%s", key->subkeys->fpr);
	if (key->uids != NULL && key->uids->uid != NULL)
		snprintf(signature->signer, sizeof(signature->signer), "%s", key->uids->uid);
	gpgme_key_unref(key);
}

static void take_result(struct session *session, gpgme_signature_t one, struct discern_signature *signature)
{
	signature->state = state_of(one);
	if (signature->state == DISCERN_SIGNATURE_UNUSABLE)
		snprintf(signature->reason, sizeof(signature->reason), "%s", gpgme_strerror(one->status));
	else if (signature->state == DISCERN_SIGNATURE_EXPIRED)
		snprintf(signature->reason, sizeof(signature->reason), "%s has expired",
			 gpgme_err_code(one->status) == GPG_ERR_KEY_EXPIRED ? "the key" : "the signature");
	take_key(session, one, signature);
	if (signature->state == DISCERN_SIGNATURE_UNKNOWN_KEY)
		return;
	snprintf(signature->trust, sizeof(signature->trust), "%s",
		 session->keyring.is_own ? trust_word(one->validity) : "named");
	snprintf(signature->keyring, sizeof(signature->keyring), "%.255s", session->keyring.path);
}

static void take_results(struct session *session, gpgme_error_t error, struct discern_signature *signature)
{
	gpgme_verify_result_t result = gpgme_op_verify_result(session->context);
	gpgme_signature_t best = NULL;

	for (gpgme_signature_t one = result != NULL ? result->signatures : NULL; one != NULL; one = one->next)
		if (best == NULL || rank(state_of(one)) < rank(state_of(best)))
			best = one;
	if (best != NULL) {
		take_result(session, best, signature);
		return;
	}
	signature->state = DISCERN_SIGNATURE_UNUSABLE;
	snprintf(signature->reason, sizeof(signature->reason), "%s",
		 error == 0 || gpgme_err_code(error) == GPG_ERR_NO_DATA ? "there is no signature in it"
									: gpgme_strerror(error));
}

/* Which keyring of the system has the key that the user's own has not. */
static void find_key(struct discern_signature *signature)
{
	struct keyring_list list;
	const char *reason;

	if (keyring_list_system(&list) < 0)
		return;
	for (size_t i = 0; i < list.n && signature->keyring[0] == '\0'; i++) {
		struct session session;
		gpgme_key_t key = NULL;

		if (session_open(list.paths[i], &session, &reason, NULL) != 0)
			continue;
		if (gpgme_get_key(session.context, signature->fingerprint, &key, 0) == 0) {
			snprintf(signature->keyring, sizeof(signature->keyring), "%s", list.paths[i]);
			gpgme_key_unref(key);
		}
		session_close(&session);
	}
	keyring_list_clear(&list);
}

/* What gpg says was signed, as text. */
static char *take_text(gpgme_data_t data)
{
	size_t size = 0;
	char *bytes = gpgme_data_release_and_get_mem(data, &size);
	char *text = bytes != NULL ? malloc(size + 1) : NULL;

	if (text != NULL) {
		memcpy(text, bytes, size);
		text[size] = '\0';
	}
	gpgme_free(bytes);
	return text;
}

/* Bytes, or an open file; NULL without memory. */
static gpgme_data_t make_data(const struct signed_data *data, int fd)
{
	gpgme_data_t made = NULL;

	if (data->bytes != NULL)
		(void)gpgme_data_new_from_mem(&made, data->bytes, data->size, 0);
	else
		(void)gpgme_data_new_from_fd(&made, fd);
	return made;
}

static int no_memory(struct discern_error *err)
{
	return discern_error_set(err, -ENOMEM, "out of memory");
}

static int judge_unusable(struct discern_signature *signature, const char *reason)
{
	signature->state = DISCERN_SIGNATURE_UNUSABLE;
	snprintf(signature->reason, sizeof(signature->reason), "%s", reason);
	return 0;
}

int signature_judge(const char *keyring, const struct signature_bytes *signature, const struct signed_data *data,
		    struct discern_signature *ret_signature, struct discern_error *err)
{
	const struct signed_data bytes = { signature->bytes, signature->size, NULL };
	AUTO_CLOSE int fd = data->bytes == NULL ? open(data->path, O_RDONLY | O_CLOEXEC) : -1;
	gpgme_data_t signature_data, signed_data;
	struct session session;
	const char *reason = "";
	int ret;

	memset(ret_signature, 0, sizeof(*ret_signature));
	if (data->bytes == NULL && fd < 0)
		return discern_error_set(err, -errno, "%s: cannot open: %s", data->path, strerror(errno));
	ret = session_open(keyring, &session, &reason, err);
	if (ret != 0)
		return ret < 0 ? ret : judge_unusable(ret_signature, reason);
	signature_data = make_data(&bytes, -1);
	signed_data = make_data(data, fd);
	if (signature_data != NULL && signed_data != NULL)
		take_results(&session, gpgme_op_verify(session.context, signature_data, signed_data, NULL),
			     ret_signature);
	else
		ret = no_memory(err);
	gpgme_data_release(signature_data);
	gpgme_data_release(signed_data);
	session_close(&session);
	if (ret_signature->state == DISCERN_SIGNATURE_UNKNOWN_KEY && keyring == NULL)
		find_key(ret_signature);
	return ret;
}

int signature_judge_clear(const char *keyring, const struct signature_bytes *message, char **ret_text,
			  struct discern_signature *ret_signature, struct discern_error *err)
{
	const struct signed_data bytes = { message->bytes, message->size, NULL };
	gpgme_data_t message_data, text = NULL;
	struct session session;
	const char *reason = "";
	int ret;

	*ret_text = NULL;
	memset(ret_signature, 0, sizeof(*ret_signature));
	ret = session_open(keyring, &session, &reason, err);
	if (ret != 0)
		return ret < 0 ? ret : judge_unusable(ret_signature, reason);
	message_data = make_data(&bytes, -1);
	if (message_data != NULL && gpgme_data_new(&text) == 0) {
		take_results(&session, gpgme_op_verify(session.context, message_data, NULL, text), ret_signature);
		*ret_text = take_text(text);
	} else {
		ret = no_memory(err);
	}
	gpgme_data_release(message_data);
	session_close(&session);
	if (ret_signature->state == DISCERN_SIGNATURE_UNKNOWN_KEY && keyring == NULL)
		find_key(ret_signature);
	return ret;
}

#else

static int not_built(struct discern_signature *ret_signature)
{
	memset(ret_signature, 0, sizeof(*ret_signature));
	ret_signature->state = DISCERN_SIGNATURE_UNUSABLE;
	snprintf(ret_signature->reason, sizeof(ret_signature->reason), "this discern was built without GPGME");
	return 0;
}

int signature_judge(const char *keyring, const struct signature_bytes *signature, const struct signed_data *data,
		    struct discern_signature *ret_signature, struct discern_error *err)
{
	(void)keyring;
	(void)signature;
	(void)data;
	(void)err;
	return not_built(ret_signature);
}

int signature_judge_clear(const char *keyring, const struct signature_bytes *message, char **ret_text,
			  struct discern_signature *ret_signature, struct discern_error *err)
{
	(void)keyring;
	(void)message;
	(void)err;
	*ret_text = NULL;
	return not_built(ret_signature);
}

#endif
