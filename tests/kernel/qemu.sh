#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The drives that QEMU has: ide-cd, on the kernel's ATA driver, and scsi-cd. Both only read.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
modprobe -a ata_piix virtio_scsi
for _ in $(seq 100); do
	[ "$(cat /sys/block/sr*/device/model 2>/dev/null | grep -c QEMU)" -ge 2 ] && break
	sleep 0.1
done

# of_bus PATTERN: the device whose path in sysfs matches
of_bus() {
	for block in /sys/block/sr*; do
		readlink -f "$block/device" | grep -qE "$1" && echo "/dev/$(basename "$block")"
	done | head -n 1
}

drive() {
	name=$1
	device=$2
	image=$3
	ok "$name is there" test -b "$device"
	ok "$name: drives" "$discern" drives
	printed "$name: is listed" "QEMU"
	ok "$name: info" "$discern" info "$device"
	printed "$name: its volume" "$4"
	ok "$name: rip" "$discern" rip -o "$name.iso" "$device"
	ok "$name: the image is the disc" cmp "$name.iso" "$image"
	ok "$name: verify" "$discern" verify "$image" "$device"
	ok "$name: mount" mount -o ro "$device" /media/disc
	exits 1 "$name: mounted it is busy" "$discern" rip -o busy.iso "$device"
	complained "$name: by the mount" "mounted on /media/disc"
	ok "$name: unmount" umount /media/disc
	ok "$name: eject" "$discern" eject "$device"
	ok "$name: info of an open drive" "$discern" info "$device"
	printed "$name: no disc" "no disc"
	ok "$name: load" "$discern" load "$device"
	ok "$name: verify again" "$discern" verify "$image" "$device"
	printf X | dd of="$name.iso" bs=1 seek=50000 conv=notrunc status=none
	exits 4 "$name: a difference is found" "$discern" verify "$name.iso" "$device"
}

drive ide-cd "$(of_bus /ata)" "$MEDIA/image.iso" KERNEL_TEST
drive scsi-cd "$(of_bus /virtio)" "$MEDIA/udf.iso" UDF_TEST
