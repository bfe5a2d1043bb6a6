/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which drives there are. What udev knows is taken from its database, so that no drive is touched: another program
 * may be burning on it. A node that udev does not know (no udev, a container, the virtual drive) is opened without
 * O_EXCL and asked with commands that disturb nothing, but only while nobody uses it.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#ifdef HAVE_UDEV
#include <libudev.h>
#endif

#include "base/error.h"
#include "disc/profile.h"
#include "drive/drive_private.h"
#include "drive/holder.h"
#include "drive/transport_sgio.h"

struct list {
	struct discern_drive_entry *entries;
	size_t n;
};

static struct discern_drive_entry *add_entry(struct list *list, const char *path)
{
	struct discern_drive_entry *entries = reallocarray(list->entries, list->n + 1, sizeof(*entries));
	struct discern_drive_entry *entry;

	if (entries == NULL)
		return NULL;
	list->entries = entries;
	entry = &entries[list->n++];
	memset(entry, 0, sizeof(*entry));
	snprintf(entry->path, sizeof(entry->path), "%s", path);
	entry->has_medium = -1;
	holder_find(path, entry->holder, sizeof(entry->holder));
	return entry;
}

static bool has_path(const struct list *list, const char *path)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->entries[i].path, path) == 0)
			return true;
	return false;
}

/* ---- udev ---- */

#ifdef HAVE_UDEV

/* systemd, 60-cdrom_id.rules and cdrom_id.c: the property that is set for the medium's profile. */
static const struct {
	const char *property;
	enum discern_profile profile;
} media[] = {
	{ "ID_CDROM_MEDIA_CD", DISCERN_PROFILE_CD_ROM },
	{ "ID_CDROM_MEDIA_CD_R", DISCERN_PROFILE_CD_R },
	{ "ID_CDROM_MEDIA_CD_RW", DISCERN_PROFILE_CD_RW },
	{ "ID_CDROM_MEDIA_DVD", DISCERN_PROFILE_DVD_ROM },
	{ "ID_CDROM_MEDIA_DVD_R", DISCERN_PROFILE_DVD_R },
	{ "ID_CDROM_MEDIA_DVD_RAM", DISCERN_PROFILE_DVD_RAM },
	{ "ID_CDROM_MEDIA_DVD_RW", DISCERN_PROFILE_DVD_RW },
	{ "ID_CDROM_MEDIA_DVD_RW_RO", DISCERN_PROFILE_DVD_RW_OVERWRITE },
	{ "ID_CDROM_MEDIA_DVD_RW_SEQ", DISCERN_PROFILE_DVD_RW },
	{ "ID_CDROM_MEDIA_DVD_R_DL", DISCERN_PROFILE_DVD_R_DL },
	{ "ID_CDROM_MEDIA_DVD_R_DL_SEQ", DISCERN_PROFILE_DVD_R_DL },
	{ "ID_CDROM_MEDIA_DVD_R_DL_JR", DISCERN_PROFILE_DVD_R_DL_JUMP },
	{ "ID_CDROM_MEDIA_DVD_PLUS_RW", DISCERN_PROFILE_DVD_PLUS_RW },
	{ "ID_CDROM_MEDIA_DVD_PLUS_R", DISCERN_PROFILE_DVD_PLUS_R },
	{ "ID_CDROM_MEDIA_DVD_PLUS_RW_DL", DISCERN_PROFILE_DVD_PLUS_RW_DL },
	{ "ID_CDROM_MEDIA_DVD_PLUS_R_DL", DISCERN_PROFILE_DVD_PLUS_R_DL },
	{ "ID_CDROM_MEDIA_BD", DISCERN_PROFILE_BD_ROM },
	{ "ID_CDROM_MEDIA_BD_R", DISCERN_PROFILE_BD_R },
	{ "ID_CDROM_MEDIA_BD_R_SRM", DISCERN_PROFILE_BD_R },
	{ "ID_CDROM_MEDIA_BD_R_RRM", DISCERN_PROFILE_BD_R_RRM },
	{ "ID_CDROM_MEDIA_BD_RE", DISCERN_PROFILE_BD_RE },
	{ "ID_CDROM_MEDIA_HDDVD", DISCERN_PROFILE_HD_DVD_ROM },
	{ "ID_CDROM_MEDIA_HDDVD_R", DISCERN_PROFILE_HD_DVD_R },
	{ "ID_CDROM_MEDIA_HDDVD_RW", DISCERN_PROFILE_HD_DVD_RAM },
};

/* udev writes other characters than printable ASCII and blanks as "\x20" in …_ENC, and drops them elsewhere. */
static void decode(const char *encoded, char *ret, size_t size)
{
	size_t length = 0;

	while (*encoded != '\0' && length + 1 < size) {
		unsigned value;

		if (sscanf(encoded, "\\x%2x", &value) == 1 && strlen(encoded) >= 4) {
			ret[length++] = (char)(value >= ' ' && value <= '~' ? value : '?');
			encoded += 4;
		} else {
			ret[length++] = *encoded++;
		}
	}
	while (length > 0 && ret[length - 1] == ' ')
		length--;
	ret[length] = '\0';
}

static void copy_property(struct udev_device *device, const char *encoded_name, const char *plain_name, char *ret,
			  size_t size)
{
	const char *value = encoded_name == NULL ? NULL : udev_device_get_property_value(device, encoded_name);

	if (value != NULL) {
		decode(value, ret, size);
		return;
	}
	value = udev_device_get_property_value(device, plain_name);
	snprintf(ret, size, "%.*s", (int)size - 1, value != NULL ? value : "");
}

static void copy_bus(struct udev_device *device, struct discern_drive_entry *entry)
{
	const char *bus = udev_device_get_property_value(device, "ID_BUS");
	size_t length = 0;

	for (; bus != NULL && *bus != '\0' && length + 1 < sizeof(entry->bus); bus++)
		entry->bus[length++] = (char)(*bus >= 'a' && *bus <= 'z' ? *bus - 'a' + 'A' : *bus);
	entry->bus[length] = '\0';
}

/* Several links may lead to it; the first by name is always the same one. */
static void copy_stable_path(struct udev_device *device, struct discern_drive_entry *entry)
{
	static const char folder[] = "/dev/disk/by-id/";
	const char *link = udev_device_get_property_value(device, "DEVLINKS");

	for (; link != NULL && *link != '\0'; link += strspn(link, " ")) {
		size_t length = strcspn(link, " ");
		char name[sizeof(entry->stable_path)];

		if (strncmp(link, folder, sizeof(folder) - 1) == 0 && length < sizeof(name)) {
			memcpy(name, link, length);
			name[length] = '\0';
			if (entry->stable_path[0] == '\0' || strcmp(name, entry->stable_path) < 0)
				memcpy(entry->stable_path, name, length + 1);
		}
		link += length;
	}
}

static void copy_medium(struct udev_device *device, struct discern_drive_entry *entry)
{
	entry->has_medium = udev_device_get_property_value(device, "ID_CDROM_MEDIA") != NULL;
	/* A more special profile comes later in the table and may be set beside a general one. */
	for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++)
		if (udev_device_get_property_value(device, media[i].property) != NULL)
			entry->profile = media[i].profile;
}

static int add_device(struct list *list, struct udev_device *device)
{
	const char *path = udev_device_get_devnode(device);
	struct discern_drive_entry *entry;

	if (path == NULL || udev_device_get_property_value(device, "ID_CDROM") == NULL)
		return 0;
	entry = add_entry(list, path);
	if (entry == NULL)
		return -ENOMEM;
	copy_property(device, "ID_VENDOR_ENC", "ID_VENDOR", entry->id.vendor, sizeof(entry->id.vendor));
	copy_property(device, "ID_MODEL_ENC", "ID_MODEL", entry->id.product, sizeof(entry->id.product));
	copy_property(device, NULL, "ID_REVISION", entry->id.revision, sizeof(entry->id.revision));
	copy_property(device, NULL, "ID_SERIAL_SHORT", entry->id.serial, sizeof(entry->id.serial));
	copy_bus(device, entry);
	copy_stable_path(device, entry);
	copy_medium(device, entry);
	return 0;
}

static int add_enumerated(struct list *list, struct udev *udev, struct udev_enumerate *enumerate)
{
	struct udev_list_entry *item;
	int ret = 0;

	if (udev_enumerate_add_match_subsystem(enumerate, "block") < 0 ||
	    udev_enumerate_add_match_sysname(enumerate, "sr[0-9]*") < 0 || udev_enumerate_scan_devices(enumerate) < 0)
		return 0;
	udev_list_entry_foreach(item, udev_enumerate_get_list_entry(enumerate)) {
		struct udev_device *device = udev_device_new_from_syspath(udev, udev_list_entry_get_name(item));

		if (device == NULL)
			continue;
		if (ret == 0)
			ret = add_device(list, device);
		udev_device_unref(device);
	}
	return ret;
}

/* A system whose udev does not answer is one without udev. */
static int add_known_drives(struct list *list)
{
	struct udev *udev = udev_new();
	struct udev_enumerate *enumerate = udev == NULL ? NULL : udev_enumerate_new(udev);
	int ret = 0;

	if (enumerate != NULL)
		ret = add_enumerated(list, udev, enumerate);
	udev_enumerate_unref(enumerate);
	udev_unref(udev);
	return ret;
}

#else

static int add_known_drives(struct list *list)
{
	(void)list;
	return 0;
}

#endif

/* ---- nodes that udev does not know ---- */

/* INQUIRY and GET CONFIGURATION: neither moves anything, nor takes a unit attention from its owner. */
static bool ask(struct transport *transport, struct discern_drive_entry *entry)
{
	enum { STANDARD_SIZE = 36, HEADER_SIZE = 8 };
	uint8_t data[STANDARD_SIZE], device_type;
	struct scsi_command command;
	uint16_t profile;
	size_t length;

	mmc_inquiry(&command, data, STANDARD_SIZE);
	if (transport_run(transport, &command, &length, NULL) < 0 ||
	    !mmc_parse_inquiry(data, length, &device_type, &entry->id) || device_type != MMC_DEVICE_TYPE_CD_DVD)
		return false;
	mmc_get_configuration(&command, data, HEADER_SIZE);
	if (transport_run(transport, &command, &length, NULL) == 0 &&
	    mmc_parse_current_profile(data, length, &profile)) {
		entry->has_medium = profile != 0;
		entry->profile = profile_find(profile)->number;
	}
	return true;
}

static bool ask_drive(struct discern_drive_entry *entry)
{
	struct transport *transport = NULL;
	bool is_drive;
	int fd;

	fd = open(entry->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		/* There, but not for this user: worth a line all the same. */
		return errno == EACCES || errno == EPERM || errno == EBUSY;
	if (transport_sgio_attach(fd, &transport) < 0)
		return false;
	is_drive = ask(transport, entry);
	transport_close(transport);
	return is_drive;
}

static int add_unknown_drives(struct list *list)
{
	enum { MAX_NODES = 32 };

	for (unsigned i = 0; i < MAX_NODES; i++) {
		struct discern_drive_entry *entry;
		struct stat status;
		char path[32];

		snprintf(path, sizeof(path), "/dev/sr%u", i);
		if (has_path(list, path) || stat(path, &status) < 0)
			continue;
		entry = add_entry(list, path);
		if (entry == NULL)
			return -ENOMEM;
		if (entry->holder[0] == '\0' && !ask_drive(entry))
			list->n--;
	}
	return 0;
}

/* ---- all ---- */

static unsigned long drive_number(const struct discern_drive_entry *entry)
{
	size_t digits = strcspn(entry->path, "0123456789");

	return strtoul(entry->path + digits, NULL, 10);
}

static int compare_entries(const void *a, const void *b)
{
	unsigned long left = drive_number(a), right = drive_number(b);

	return (left > right) - (left < right);
}

int discern_drive_list(struct discern_drive_entry **ret_entries, size_t *ret_n, struct discern_error *err)
{
	struct list list = { 0 };
	int ret;

	ret = add_known_drives(&list);
	if (ret == 0)
		ret = add_unknown_drives(&list);
	if (ret < 0) {
		free(list.entries);
		return discern_error_set(err, ret, "out of memory");
	}
	if (list.n > 1)
		qsort(list.entries, list.n, sizeof(list.entries[0]), compare_entries);
	*ret_entries = list.entries;
	*ret_n = list.n;
	return 0;
}
