/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "drive/libburn/adapter.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "drive/transport.h"

/* libburn.h: text and severity that burn_msgs_obtain() may fill. */
enum { MESSAGE_SIZE = 4096, SEVERITY_SIZE = 81 };

/* libburn's message codes (libdax_msgs.h). */
enum {
	MESSAGE_DRIVE_IN_USE = 0x00020003,
	MESSAGE_COMMAND_NOT_TRANSFERRED = 0x0002010c,
	MESSAGE_WRITE_ERROR = 0x0002011d,
	MESSAGE_LOST_DRIVE = 0x000201a6,
	MESSAGE_HOST_PROBLEM = 0x000201a7,
	MESSAGE_DRIVER_PROBLEM = 0x000201a8,
};

/* libburn keeps its drives, messages and lists for the whole process, so there can be one burner in it. */
static _Atomic(struct burner *) the_burner;

/* ---- the log of commands ---- */

static void log_flush_line(struct session_log *log)
{
	if (log->line_length == 0)
		return;
	log->line[log->line_length] = '\0';
	transport_recorder_note(log->recorder, log->line);
	log->line_length = 0;
}

static void log_add(struct session_log *log, const char *data, size_t size)
{
	pthread_mutex_lock(&log->lock);
	for (size_t i = 0; i < size; i++) {
		if (data[i] == '\n' || log->line_length + 1 == sizeof(log->line))
			log_flush_line(log);
		if (data[i] != '\n')
			log->line[log->line_length++] = data[i];
	}
	pthread_mutex_unlock(&log->lock);
}

static ssize_t log_write(void *cookie, const char *data, size_t size)
{
	struct session_log *log = cookie;

	if (pthread_equal(pthread_self(), log->owner) && !atomic_load(&log->owner_is_inside)) {
		fwrite(data, 1, size, log->real_stderr);
		fflush(log->real_stderr);
	} else {
		log_add(log, data, size);
	}
	return (ssize_t)size;
}

/* Only glibc lets stderr be another stream; elsewhere a recording is without libburn's log. */
#ifdef __GLIBC__
static void set_stderr(FILE *stream)
{
	stderr = stream;
}
#else
static void set_stderr(FILE *stream)
{
	(void)stream;
}
#endif

/* Without a recording, or where the stream cannot be made, there is no log and stderr stays what it is. */
static void log_start(struct session_log *log, struct transport_recorder *recorder)
{
	const cookie_io_functions_t functions = { .write = log_write };

	log->owner = pthread_self();
	if (recorder == NULL)
		return;
	log->recorder = recorder;
	log->real_stderr = stderr;
	log->stream = fopencookie(log, "w", functions);
	if (log->stream == NULL)
		return;
	pthread_mutex_init(&log->lock, NULL);
	/* Unbuffered, so that what a thread prints arrives while it is still known which thread it was. */
	setvbuf(log->stream, NULL, _IONBF, 0);
	set_stderr(log->stream);
	if (stderr == log->stream)
		burn_set_scsi_logging(2);
}

static void log_stop(struct session_log *log)
{
	if (log->stream == NULL)
		return;
	burn_set_scsi_logging(0);
	set_stderr(log->real_stderr);
	fclose(log->stream);
	log_flush_line(log);
	pthread_mutex_destroy(&log->lock);
}

void session_enter(struct burner *burner)
{
	atomic_store(&burner->log.owner_is_inside, true);
}

void session_leave(struct burner *burner)
{
	atomic_store(&burner->log.owner_is_inside, false);
}

/* ---- messages ---- */

static enum session_severity find_severity(const char *name)
{
	static const struct {
		const char *name;
		enum session_severity severity;
	} severities[] = {
		{ "ABORT", SESSION_ABORT },   { "FATAL", SESSION_FATAL }, { "FAILURE", SESSION_FAILURE },
		{ "MISHAP", SESSION_MISHAP }, { "SORRY", SESSION_SORRY }, { "WARNING", SESSION_WARNING },
		{ "HINT", SESSION_NOTE },     { "NOTE", SESSION_NOTE },   { "UPDATE", SESSION_NOTE },
	};

	for (size_t i = 0; i < sizeof(severities) / sizeof(severities[0]); i++)
		if (strcmp(name, severities[i].name) == 0)
			return severities[i].severity;
	return SESSION_DEBUG;
}

void session_clean_text(const char *text, char *ret, size_t size)
{
	size_t length = 0;

	for (; *text != '\0' && length + 1 < size; text++) {
		bool is_blank = isspace((unsigned char)*text) || iscntrl((unsigned char)*text);

		if (is_blank && (length == 0 || ret[length - 1] == ' '))
			continue;
		ret[length++] = is_blank ? ' ' : *text;
	}
	while (length > 0 && ret[length - 1] == ' ')
		length--;
	ret[length] = '\0';
}

/* libburn quotes sense as "[3 0C 00]" or "[3 11 5]". */
static struct discern_sense find_sense(const char *text)
{
	struct discern_sense sense = { 0, 0, 0 };
	const char *bracket;

	for (bracket = strchr(text, '['); bracket != NULL; bracket = strchr(bracket + 1, '[')) {
		unsigned key, asc, ascq;
		char end;

		if (sscanf(bracket, "[%1x %2x %2x%c", &key, &asc, &ascq, &end) == 4 && end == ']') {
			sense.key = (uint8_t)key;
			sense.asc = (uint8_t)asc;
			sense.ascq = (uint8_t)ascq;
			break;
		}
	}
	return sense;
}

static bool is_lost_command(int message_code)
{
	return message_code == MESSAGE_COMMAND_NOT_TRANSFERRED || message_code == MESSAGE_WRITE_ERROR ||
	       message_code == MESSAGE_LOST_DRIVE || message_code == MESSAGE_HOST_PROBLEM ||
	       message_code == MESSAGE_DRIVER_PROBLEM;
}

static void judge_message(struct session_verdict *verdict, enum session_severity severity, int code, int os_errno,
			  const char *text)
{
	struct discern_sense sense = find_sense(text);

	/* libburn tells of a lost command that it will repeat as a mere note, and then does not repeat it. */
	if (is_lost_command(code) && severity >= SESSION_NOTE)
		verdict->lost_command = true;
	if (severity >= SESSION_WARNING)
		verdict->n_problems++;
	/* The sense often stands in another message than the one that says what it led to. */
	if (verdict->sense.key == 0 && severity >= SESSION_WARNING)
		verdict->sense = sense;
	if (severity <= verdict->worst)
		return;
	verdict->worst = severity;
	verdict->message_code = code;
	verdict->os_errno = os_errno;
	if (sense.key != 0)
		verdict->sense = sense;
	session_clean_text(text, verdict->text, sizeof(verdict->text));
}

void session_drain(struct burner *burner, struct session_verdict *verdict)
{
	char text[MESSAGE_SIZE], severity[SEVERITY_SIZE];
	char minimum[] = "ALL";
	int code, os_errno;

	/* Asking for a minimum severity would throw the others away. */
	while (burn_msgs_obtain(minimum, &code, text, &os_errno, severity) == 1) {
		char line[MESSAGE_SIZE + SEVERITY_SIZE + 32];

		judge_message(verdict, find_severity(severity), code, os_errno, text);
		if (burner->log.recorder == NULL)
			continue;
		snprintf(line, sizeof(line), "libburn %s %08x: %s", severity, (unsigned)code, text);
		transport_recorder_note(burner->log.recorder, line);
	}
}

int session_fail(struct burner *burner, const struct session_verdict *verdict, int code, const char *what,
		 struct discern_error *err)
{
	/* MEDIUM NOT PRESENT (SPC-4 annex D). */
	enum { NOT_READY = 0x02, ASC_MEDIUM_NOT_PRESENT = 0x3a };
	const char *words = verdict->worst >= SESSION_WARNING ? verdict->text : "libburn gives no reason";

	if (code == -EIO && verdict->sense.key == NOT_READY && verdict->sense.asc == ASC_MEDIUM_NOT_PRESENT)
		code = -ENOMEDIUM;
	discern_error_set(err, code, "%s: %s: %s", burner->path, what, words);
	if (err != NULL)
		err->sense = verdict->sense;
	return code;
}

/* ---- grab and release ---- */

static int grab_drive(struct burner *burner, struct discern_error *err)
{
	char all[] = "ALL", none[] = "NEVER", prefix[] = "";
	struct session_verdict verdict = { 0 };
	int ret;

	/* Everything into the queue, nothing onto stderr. */
	burn_msgs_set_severities(all, none, prefix);
	/* O_EXCL, O_NONBLOCK, and no abort() of the process when the drive is busy. No signal handling of
	 * libburn's is set up: it installs none by itself, and signals stay the program's. */
	burn_preset_device_open(1, 0, 0);
	/* load 0: our own commands have loaded the tray and waited; libburn would wait up to 300 s. */
	ret = burn_drive_scan_and_grab(&burner->infos, burner->path, 0);
	session_drain(burner, &verdict);
	if (ret == 1) {
		burner->drive = burner->infos[0].drive;
		return 0;
	}
	if (verdict.os_errno == EBUSY || verdict.message_code == MESSAGE_DRIVE_IN_USE)
		ret = -EBUSY;
	else
		ret = -EIO;
	return session_fail(burner, &verdict, ret, "libburn cannot take the drive", err);
}

int burner_grab(const char *path, struct transport_recorder *recorder, struct burner **ret_burner,
		struct discern_error *err)
{
	struct burner *burner = calloc(1, sizeof(*burner)), *none = NULL;
	int ret;

	if (burner != NULL)
		burner->path = strdup(path);
	if (burner == NULL || burner->path == NULL) {
		ret = discern_error_set(err, -ENOMEM, "%s: no memory for the drive", path);
		goto fail;
	}
	if (!atomic_compare_exchange_strong(&the_burner, &none, burner)) {
		ret = discern_error_set(err, -EBUSY, "%s: another drive is being used for burning by this program",
					path);
		goto fail;
	}
	if (burn_initialize() == 0) {
		atomic_store(&the_burner, NULL);
		ret = discern_error_set(err, -ENOMEM, "%s: libburn cannot start", path);
		goto fail;
	}
	log_start(&burner->log, recorder);
	session_enter(burner);
	ret = grab_drive(burner, err);
	session_leave(burner);
	if (ret < 0) {
		burner_release(burner);
		return ret;
	}
	*ret_burner = burner;
	return 0;
fail:
	if (burner != NULL)
		free(burner->path);
	free(burner);
	return ret;
}

/* The device must not be closed under a thread of libburn's that still talks to it. */
static void wait_until_idle(struct burner *burner)
{
	enum { POLL_US = 100000 };

	if (burn_drive_get_status(burner->drive, NULL) == BURN_DRIVE_IDLE)
		return;
	burn_drive_cancel(burner->drive);
	while (burn_drive_get_status(burner->drive, NULL) != BURN_DRIVE_IDLE)
		usleep(POLL_US);
}

/* A drive that is freed without burn_drive_release() takes its table of contents along unfreed, up to libburn 1.5.4
 * at least; so does one that was lost, which libburn calls released by then, so that its release ends at once. Its
 * reference is given back here, beside the one that asking for it makes. After a proper release there is none. What
 * later versions do is not known; there, some hundred bytes may stay. */
static void free_contents(struct burner *burner)
{
	struct burn_disc *disc = NULL;
	int major, minor, micro;

	burn_version(&major, &minor, &micro);
	if (major > 1 || minor > 5 || (minor == 5 && micro > 4))
		return;
	disc = burn_drive_get_disc(burner->drive);
	if (disc == NULL)
		return;
	burn_disc_free(disc);
	burn_disc_free(disc);
}

struct burner *burner_release(struct burner *burner)
{
	struct session_verdict verdict = { 0 };

	if (burner == NULL)
		return NULL;
	/* Nothing of it is given back, and nobody gets another burner in this process. */
	if (burner->is_stuck)
		return NULL;
	session_enter(burner);
	if (burner->drive != NULL) {
		wait_until_idle(burner);
		/* burn_drive_release() would stop the disc's rotation, which costs seconds at the next command;
		 * freeing the drive unlocks the tray and closes the device all the same. */
		if (burner->is_unfinished)
			burn_drive_release(burner->drive, 0);
		free_contents(burner);
	}
	if (burner->infos != NULL)
		burn_drive_info_free(burner->infos);
	session_drain(burner, &verdict);
	/* Also empties libburn's list of drives, which would else grow with each grab. */
	burn_finish();
	session_leave(burner);
	log_stop(&burner->log);
	free(burner->path);
	free(burner);
	atomic_store(&the_burner, NULL);
	return NULL;
}
