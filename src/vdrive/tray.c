/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The mechanism: the drive itself, its tray and the medium that goes in and out. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "vdrive/drive.h"
#include "vdrive/drive_faults.h"
#include "vdrive/mmc/audio.h"
#include "vdrive/mmc/cd_recording.h"
#include "vdrive/mmc/defaults.h"
#include "vdrive/mmc/write_offset.h"
#include "vdrive/mmc/keys.h"
#include "vdrive/timing.h"
#include "vdrive/undo.h"

/* GET EVENT STATUS NOTIFICATION, media class (MMC-6 6.6.2.6). */
enum { EVENT_EJECT_REQUEST = 1, EVENT_NEW_MEDIUM = 2, EVENT_REMOVAL = 3 };

static const struct vdrive_sense medium_changed = { .key = 6, .asc = 0x28 };
static const struct vdrive_sense power_on = { .key = 6, .asc = 0x29 };

/** Copies text, or the default where text is NULL, into a field of INQUIRY; -EINVAL if it does not fit. */
static int set_identity(char *field, size_t size, const char *text, const char *usual, struct discern_error *err)
{
	const char *value = text != NULL ? text : usual;

	if (strlen(value) >= size)
		return discern_error_set(err, -EINVAL, "\"%s\" is longer than the %zu characters of this INQUIRY field",
					 value, size - 1);
	for (const char *c = value; *c != '\0'; c++)
		if (*c < 0x20 || *c > 0x7e)
			return discern_error_set(err, -EINVAL, "a drive's name is printable ASCII (SPC-4 4.4.1)");
	snprintf(field, size, "%s", value);
	return 0;
}

static int set_identities(struct vdrive *drive, const struct vdrive_options *options, struct discern_error *err)
{
	static const struct vdrive_options usual;
	const struct vdrive_options *o = options != NULL ? options : &usual;
	int ret;

	ret = set_identity(drive->vendor, sizeof(drive->vendor), o->vendor, "DISCERN", err);
	if (ret == 0)
		ret = set_identity(drive->product, sizeof(drive->product), o->product, "VIRTUAL DRIVE", err);
	if (ret == 0)
		ret = set_identity(drive->revision, sizeof(drive->revision), o->revision, "1.00", err);
	if (ret == 0)
		ret = set_identity(drive->serial, sizeof(drive->serial), o->serial, "VD0001", err);
	return ret;
}

static void set_speeds(struct vdrive *drive, const struct vdrive_options *options)
{
	if (options != NULL) {
		drive->cd_x = options->cd_x;
		drive->dvd_x = options->dvd_x;
		drive->bd_x = options->bd_x;
		drive->rotation = options->rotation;
	}
	vdrive_reset_speeds(drive);
}

static void set_cd_reading(struct vdrive *drive, const struct vdrive_options *options)
{
	drive->has_c2 = options == NULL || !options->lacks_c2;
	drive->has_cd_text = options == NULL || !options->lacks_cd_text;
	if (options == NULL)
		return;
	drive->ignores_fua = options->ignores_fua;
	drive->overread = options->overread;
	drive->read_offset_samples = options->read_offset_samples;
}

int vdrive_new(const struct vdrive_options *options, struct vdrive **ret_drive, struct discern_error *err)
{
	struct vdrive *drive = calloc(1, sizeof(*drive));
	int ret;

	*ret_drive = NULL;
	if (drive == NULL)
		return discern_error_set(err, -ENOMEM, "no memory for a virtual drive");
	ret = set_identities(drive, options, err);
	if (ret < 0)
		goto fail;
	drive->faults = faults_new();
	if (drive->faults == NULL) {
		ret = discern_error_set(err, -ENOMEM, "no memory for the faults of a virtual drive");
		goto fail;
	}
	ret = write_offset_set(drive, options != NULL ? options->write_offset_samples : 0);
	if (ret < 0) {
		discern_error_set(err, ret, "cannot write audio so many samples beside its place: %s", strerror(-ret));
		goto fail;
	}
	ret = -pthread_mutex_init(&drive->lock, NULL);
	if (ret < 0) {
		discern_error_set(err, ret, "cannot make the lock of a virtual drive: %s", strerror(-ret));
		goto fail;
	}
	set_cd_reading(drive, options);
	vdrive_reset_pages(drive);
	set_speeds(drive, options);
	drive->unit_attention = power_on;
	*ret_drive = drive;
	return 0;
fail:
	write_offset_free(drive);
	faults_free(drive->faults);
	free(drive);
	return ret;
}

struct vdrive *vdrive_free(struct vdrive *drive)
{
	if (drive == NULL)
		return NULL;
	cd_recording_forget(drive);
	write_offset_free(drive);
	disc_close(drive->disc);
	vdrive_forget_damage(drive);
	timing_free(drive->timing);
	undo_forget(&drive->undo);
	free(drive->last_read);
	faults_free(drive->faults);
	pthread_mutex_destroy(&drive->lock);
	free(drive->medium_path);
	free(drive->medium_kind);
	free(drive->taken_path);
	free(drive);
	return NULL;
}

static void forget_medium(struct vdrive *drive)
{
	free(drive->medium_path);
	free(drive->medium_kind);
	free(drive->taken_path);
	drive->medium_path = NULL;
	drive->medium_kind = NULL;
	drive->taken_path = NULL;
}

/* The disc that was taken out does not come back by a tray that goes out and in; another one in its place does. */
static void forget_taken_medium(struct vdrive *drive)
{
	char *path = drive->medium_path;
	struct stat status;

	if (path == NULL || stat(path, &status) < 0) {
		forget_medium(drive);
		return;
	}
	drive->medium_path = NULL;
	forget_medium(drive);
	drive->taken_path = path;
	drive->taken_device = status.st_dev;
	drive->taken_inode = status.st_ino;
}

static void find_next_medium(struct vdrive *drive)
{
	struct stat status;

	if (drive->taken_path == NULL || stat(drive->taken_path, &status) < 0 ||
	    (status.st_dev == drive->taken_device && status.st_ino == drive->taken_inode))
		return;
	drive->medium_path = drive->taken_path;
	drive->taken_path = NULL;
}

static void medium_arrived(struct vdrive *drive, struct disc *disc)
{
	drive->disc = disc;
	drive->unit_attention = medium_changed;
	drive->media_event = EVENT_NEW_MEDIUM;
	cd_recording_forget(drive);
	drive->n_unflushed = 0;
	vdrive_reset_speeds(drive);
	vdrive_reset_keys(drive);
	vdrive_forget_damage(drive);
	vdrive_forget_player(drive);
	timing_medium_changed(drive->timing);
}

void vdrive_eject(struct vdrive *drive)
{
	if (drive->disc != NULL)
		drive->media_event = EVENT_REMOVAL;
	undo_forget(&drive->undo);
	cd_recording_forget(drive);
	disc_close(drive->disc);
	drive->disc = NULL;
	drive->tray_open = true;
	vdrive_forget_damage(drive);
	vdrive_forget_player(drive);
	timing_medium_changed(drive->timing);
}

void vdrive_take_medium_out(struct vdrive *drive)
{
	vdrive_lose_buffer(drive);
	vdrive_eject(drive);
	forget_taken_medium(drive);
	faults_replace(drive->faults, FAULTS_OF_MEDIUM, NULL, 0, NULL);
	drive->tray_open = false;
}

int vdrive_load(struct vdrive *drive)
{
	struct disc *disc;

	if (!drive->tray_open)
		return 0;
	drive->tray_open = false;
	if (drive->medium_path == NULL)
		find_next_medium(drive);
	if (drive->medium_path == NULL)
		return 0;
	if (disc_open(drive->medium_path, drive->medium_kind, &disc, NULL) < 0) {
		forget_medium(drive);
		return -EIO;
	}
	if (vdrive_read_medium_faults(drive, drive->medium_path, NULL) < 0) {
		disc_close(disc);
		forget_medium(drive);
		return -EIO;
	}
	medium_arrived(drive, disc);
	return 0;
}

static int insert_locked(struct vdrive *drive, const char *path, const char *kind, struct discern_error *err)
{
	char *path_copy, *kind_copy;
	struct disc *disc;
	int ret;

	if (drive->disc != NULL)
		return discern_error_set(err, -EBUSY, "a medium is in the drive: eject it first");
	ret = disc_open(path, kind, &disc, err);
	if (ret < 0)
		return ret;
	ret = vdrive_read_medium_faults(drive, path, err);
	if (ret < 0) {
		disc_close(disc);
		return ret;
	}
	path_copy = strdup(path);
	kind_copy = kind != NULL ? strdup(kind) : NULL;
	if (path_copy == NULL || (kind != NULL && kind_copy == NULL)) {
		free(path_copy);
		free(kind_copy);
		disc_close(disc);
		return discern_error_set(err, -ENOMEM, "no memory to insert %s", path);
	}
	forget_medium(drive);
	drive->medium_path = path_copy;
	drive->medium_kind = kind_copy;
	drive->tray_open = false;
	medium_arrived(drive, disc);
	return 0;
}

int vdrive_put_medium_in(struct vdrive *drive, const char *path)
{
	return insert_locked(drive, path, NULL, NULL);
}

int vdrive_insert(struct vdrive *drive, const char *path, const char *kind, struct discern_error *err)
{
	int ret;

	pthread_mutex_lock(&drive->lock);
	ret = insert_locked(drive, path, kind, err);
	pthread_mutex_unlock(&drive->lock);
	return ret;
}

int vdrive_press_eject(struct vdrive *drive, struct discern_error *err)
{
	int ret = 0;

	pthread_mutex_lock(&drive->lock);
	if (drive->removal_prevented) {
		drive->media_event = EVENT_EJECT_REQUEST;
		ret = discern_error_set(err, -EBUSY, "a program has locked the drive's tray");
	} else {
		vdrive_eject(drive);
	}
	pthread_mutex_unlock(&drive->lock);
	return ret;
}

void vdrive_open_tray(struct vdrive *drive)
{
	pthread_mutex_lock(&drive->lock);
	vdrive_eject(drive);
	forget_medium(drive);
	faults_replace(drive->faults, FAULTS_OF_MEDIUM, NULL, 0, NULL);
	pthread_mutex_unlock(&drive->lock);
}

int vdrive_add_fault(struct vdrive *drive, const char *rule, struct discern_error *err)
{
	int ret;

	pthread_mutex_lock(&drive->lock);
	ret = faults_add(drive->faults, rule, err);
	pthread_mutex_unlock(&drive->lock);
	return ret;
}

static int replace_faults(struct vdrive *drive, enum fault_source source, char *const *rules, size_t n_rules,
			  struct discern_error *err)
{
	int ret;

	pthread_mutex_lock(&drive->lock);
	ret = faults_replace(drive->faults, source, rules, n_rules, err);
	pthread_mutex_unlock(&drive->lock);
	return ret;
}

int vdrive_replace_faults(struct vdrive *drive, char *const *rules, size_t n_rules, struct discern_error *err)
{
	return replace_faults(drive, FAULTS_FROM_FILE, rules, n_rules, err);
}

int vdrive_replace_given_faults(struct vdrive *drive, char *const *rules, size_t n_rules, struct discern_error *err)
{
	return replace_faults(drive, FAULTS_GIVEN, rules, n_rules, err);
}

uint32_t vdrive_readable_sectors(struct vdrive *drive)
{
	uint32_t n_sectors;

	pthread_mutex_lock(&drive->lock);
	n_sectors = drive->disc != NULL ? disc_recorded_end(drive->disc) : 0;
	pthread_mutex_unlock(&drive->lock);
	return n_sectors;
}
