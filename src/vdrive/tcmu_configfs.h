/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's side of a drive of ours: a backstore of target_core_user, whose commands come to us, as the one
 * logical unit of a tcm_loop target, which is a SCSI host of this very machine. Made and unmade in configfs.
 */
#ifndef VDRIVE_TCMU_CONFIGFS_H
#define VDRIVE_TCMU_CONFIGFS_H

#include <stdbool.h>
#include <stddef.h>

#include <discern/error.h>

/** Room for the name of a drive: letters, digits, '-', '_' and '.', not at its beginning. */
#define TCMU_NAME_SIZE 32

/** Room for names of devices: "uio0", "sr0", "2:0:1:0". */
#define TCMU_DEVICE_SIZE 32

/** -EINVAL with words. */
int tcmu_check_name(const char *name, struct discern_error *err);

/** Loads the kernel's modules and mounts configfs, where that was not done. -ENOSYS with a remedy. */
int tcmu_prepare_kernel(struct discern_error *err);

/** Whether the kernel could have drives of ours. -ENOSYS with a remedy. */
int tcmu_check_kernel(struct discern_error *err);

/** Whether the kernel has anything of this name. */
bool tcmu_exists(const char *name);

/** The next name in the kernel after *index, which begins with 0; false after the last one. */
bool tcmu_next_name(size_t *index, char ret_name[TCMU_NAME_SIZE]);

/** Makes the backstore; then its UIO device is there, and has to be served before the target is made. */
int tcmu_make_backstore(const char *name, char ret_uio[TCMU_DEVICE_SIZE], struct discern_error *err);

/** Makes target and logical unit, for which the kernel at once sends commands; its SCSI address. */
int tcmu_make_target(const char *name, char ret_address[TCMU_DEVICE_SIZE], struct discern_error *err);

/** The UIO device of a backstore; -ENODEV. */
int tcmu_find_uio(const char *name, char ret_uio[TCMU_DEVICE_SIZE]);

/** The first line of a file of sysfs or configfs, which tell no size; -ENODEV. */
int tcmu_read_word(const char *path, char *ret_word, size_t size);

/** The names of block and sg device at a SCSI address, once both are in /dev; -ENODEV after a while. */
int tcmu_find_devices(const char *address, char ret_block[TCMU_DEVICE_SIZE], char ret_generic[TCMU_DEVICE_SIZE],
		      struct discern_error *err);

/** Empties the ring of a backstore that is not to be made out any more; its commands fail. */
void tcmu_reset_ring(const char *name);

enum tcmu_transport { TCMU_OFFLINE, TCMU_ONLINE };

/** Offline no command reaches the drive: each ends with a host status, "transport disrupted". -ENOENT if the kernel
 *  cannot do that. */
int tcmu_set_transport(const char *name, enum tcmu_transport transport);

/** Takes the target away, as unplugging does; the UIO device must be served meanwhile. What is not there is fine. */
int tcmu_remove_target(const char *name, struct discern_error *err);

/** Takes the backstore away, and what then is empty. What is not there is fine. */
int tcmu_remove_backstore(const char *name, struct discern_error *err);

#endif
