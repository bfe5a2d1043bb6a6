#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A rewritable drive that other people wrote: tcmu-runner's DVD-RAM (handler fbo), and ours beside it on the same TCMU.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
requires tcmu-runner dbus-daemon
: "${MEDIA:?from guest.sh}"
image=$MEDIA/image.iso
configfs=/sys/kernel/config/target
backstore=$configfs/core/user_0/ram
portal=$configfs/loopback/naa.3000000000000001/tpgt_1
mkdir -p /run/dbus
dbus-daemon --system --fork
modprobe -a target_core_user tcm_loop
mountpoint -q /sys/kernel/config || mount -t configfs none /sys/kernel/config
tcmu-runner >runner.log 2>&1 &
# The kernel says when it is listening.
for _ in $(seq 200); do
	dmesg | grep -q "tcmu daemon: command reply support 1" && break
	sleep 0.1
done

truncate -s 64M ram.img
mkdir -p "$backstore" "$portal"
echo -n "dev_size=67108864,hw_block_size=2048,dev_config=fbo/$work/ram.img" >"$backstore/control"
ok "tcmu-runner takes the image" sh -c "echo 1 >'$backstore/enable'"
echo naa.3000000000000001 >"$portal/nexus"
mkdir "$portal/lun/lun_0"
ln -s "$backstore" "$portal/lun/lun_0/ram"
for _ in $(seq 100); do
	for device in /dev/sr*; do
		grep -q VOPTA "/sys/block/${device#/dev/}/device/model" 2>/dev/null && break 2
	done
	sleep 0.1
done
ok "the drive is there" test -b "$device"
ok "ours beside it" "$discern" vdrive attach --name beside "$image"
ok "drives" "$discern" drives
printed "theirs" VOPTA
printed "ours" "VIRTUAL DRIVE"
ok "info" "$discern" info "$device"
printed "a DVD-RAM" "DVD-RAM, overwritable"
ok "burn" "$discern" burn --yes --quiet "$image" "$device"
printed "it was compared" "the disc equals"
exits 5 "what it holds is not overwritten unasked" "$discern" burn --yes --quiet "$image" "$device"
ok "but when asked" "$discern" burn --yes --quiet --overwrite "$image" "$device"
ok "rip" "$discern" rip -o rip.iso "$device"
ok "the image comes out" cmp -n "$(stat -c %s "$image")" rip.iso "$image"
ok "verify" "$discern" verify "$image" "$device"
ok "mount" mount -t iso9660 -o ro "$device" /media/disc
ok "the files are those of the tree" diff -r "$MEDIA/tree" /media/disc
umount /media/disc
ok "detach ours" "$discern" vdrive detach beside
ok "theirs stays" test -b "$device"
