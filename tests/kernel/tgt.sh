#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A burner that other people wrote: tgtd's DVD+R, over iSCSI. It lacks RESERVE TRACK, which discern's first choice needs,
# and turns into a DVD-ROM when it is closed.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
requires tgtd tgtimg tgtadm iscsid iscsiadm
: "${MEDIA:?from guest.sh}"
image=$MEDIA/image.iso
modprobe -a crc32c_generic iscsi_tcp
mkdir -p /run/lock/iscsi
echo InitiatorName=iqn.2026-11.test:initiator >/etc/iscsi/initiatorname.iscsi
tgtd -f >tgtd.log 2>&1 &
for _ in $(seq 50); do
	tgtadm --lld iscsi --mode target --op show >/dev/null 2>&1 && break
	sleep 0.1
done

# target MODE OPTION…
target() {
	tgtadm --lld iscsi --op "$2" --mode "$1" "${@:3}"
}
tgtimg --op=new --device-type=cd --type=dvd+r --file="$work/blank.img" >/dev/null
target target new --tid 1 -T iqn.2026-11.test:dvd
target logicalunit new --tid 1 --lun 1 --device-type cd -b "$work/blank.img"
target target bind --tid 1 -I ALL
iscsid -f >iscsid.log 2>&1 &
sleep 1
iscsiadm -m discovery -t sendtargets -p 127.0.0.1 >iscsiadm.log 2>&1

# Waits for the drive after a login: sets $device
find_device() {
	for _ in $(seq 100); do
		for device in /dev/sr*; do
			grep -q VIRTUAL-CDROM "/sys/block/${device#/dev/}/device/model" 2>/dev/null && return 0
		done
		sleep 0.1
	done
}

ok "log in" iscsiadm -m node -l
find_device
ok "the drive is there" test -b "$device"
ok "info" "$discern" info "$device"
printed "a blank DVD+R" "DVD+R"
ok "burn" "$discern" burn --yes --quiet "$image" "$device"
printed "it was compared" "the disc equals"
ok "info of the burned disc" "$discern" info "$device"
printed "the volume" KERNEL_TEST
ok "rip" "$discern" rip -o rip.iso "$device"
ok "the image comes out" cmp -n "$(stat -c %s "$image")" rip.iso "$image"
ok "verify" "$discern" verify "$image" "$device"
# tgtd tells nobody that the disc is another one now: the kernel looks when the drive is plugged in anew.
ok "log out" iscsiadm -m node -u
ok "log in again" iscsiadm -m node -l
find_device
ok "mount" mount -t iso9660 -o ro "$device" /media/disc
ok "the files are those of the tree" diff -r "$MEDIA/tree" /media/disc
umount /media/disc
iscsiadm -m node -u >/dev/null 2>&1
