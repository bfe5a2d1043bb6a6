#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A desktop's view: udev itself runs, is told of each disc by the kernel, and knows of it what is right; the button and
# eject; and discs burned on /dev/sr0 beside it, read through the page cache and through SG_IO.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
: "${MEDIA:?from guest.sh}"
image=$MEDIA/image.iso
size=$(stat -c %s "$image")
n_sectors=$((size / 2048))
tar -xSf "$MEDIA/discs.tar"
mkdir -p /run/udev
/usr/lib/systemd/systemd-udevd >udevd.log 2>&1 &
udevd=$!
for _ in $(seq 100); do
	[ -S /run/udev/control ] && break
	sleep 0.1
done
ok "attach" "$discern" vdrive attach --name desktop --empty
device=$("$discern" vdrive list --json | jq -r '.drives[0].path')
ok "udev knows the drive" udevadm settle --timeout=60
# As 60-block.rules has it for a while when nothing else is there.
echo 250 >"/sys/block/${device#/dev/}/events_poll_msecs"

properties() {
	udevadm info --query=property "$device" >properties
}

# wait_for PROPERTY: until udev has it, or "no PROPERTY" until it has it no longer; for half a minute at most
wait_for() {
	for _ in $(seq 300); do
		properties
		case $1 in
		no\ *) grep -q "^${1#no }" properties || return 0 ;;
		*) grep -q "^$1" properties && return 0 ;;
		esac
		sleep 0.1
	done
	return 1
}

# Nobody says anything to udev: the kernel polls, and tells it.
insert() {
	"$discern" vdrive insert desktop "$@" || failed "insert $*"
	wait_for ID_CDROM_MEDIA=1 || failed "udev learns of $*" "$(cat properties)"
	udevadm settle --timeout=60
	properties
}

# The button of a drive that udev has locked is a wish, which udev fulfils.
button() {
	"$discern" vdrive eject desktop >/dev/null 2>&1
	wait_for "no ID_CDROM_MEDIA=1" || failed "udev lets the disc out" "$(cat properties)"
	udevadm settle --timeout=60
}

# knows WHAT PROPERTY…: (=1, if no value is named) and no other that says what kind or state of disc it is, or how many tracks and sessions it has
knows() {
	printf 'ID_CDROM_MEDIA_%s\n' "${@:2}" | sed '/=/!s/$/=1/' | sort >expected
	grep -E '^ID_CDROM_MEDIA_' properties | grep -v 'SESSION_LAST_OFFSET' | sort >known
	if diff expected known >difference; then
		passed "udev: $1"
	else
		failed "udev: $1" "$(tr '\n' ' ' <difference)"
	fi
}

blank=(STATE=blank SESSION_NEXT=1 SESSION_COUNT=1 TRACK_COUNT=1)
appendable=(STATE=appendable SESSION_NEXT=2 SESSION_COUNT=2 TRACK_COUNT=2 TRACK_COUNT_DATA=1)
complete=(STATE=complete SESSION_COUNT=1 TRACK_COUNT=1 TRACK_COUNT_DATA=1)

# disc NAME PROPERTY…
disc() {
	insert "$work/$1"
	knows "$1" "${@:2}"
	case $1 in
	*.blank) ;;
	*) contains "udev: $1 has a volume" properties "ID_FS_LABEL=KERNEL_TEST" ;;
	esac
	button
}

disc cd-r.blank CD_R "${blank[@]}"
disc cd-r.appendable CD_R "${appendable[@]}"
disc cd-r.complete CD_R "${complete[@]}"
disc cd-rw.blank CD_RW "${blank[@]}"
disc cd-rw.complete CD_RW "${complete[@]}"
disc dvd-r.blank DVD_R "${blank[@]}"
disc dvd-r.appendable DVD_R "${appendable[@]}"
disc dvd-r.complete DVD_R "${complete[@]}"
disc dvd-rw.blank DVD_RW_SEQ DVD_RW "${blank[@]}"
disc dvd-rw.complete DVD_RW_SEQ DVD_RW "${complete[@]}"
disc dvd-rw-overwrite.complete DVD_RW_RO DVD_RW "${complete[@]}"
disc dvd+r.blank DVD_PLUS_R "${blank[@]}"
disc dvd+r.appendable DVD_PLUS_R "${appendable[@]}"
disc dvd+r.complete DVD_PLUS_R "${complete[@]}"
disc dvd+rw.blank DVD_PLUS_RW "${blank[@]}"
disc dvd+rw.complete DVD_PLUS_RW "${complete[@]}"
disc dvd-ram.complete DVD_RAM STATE=other TRACK_COUNT_DATA=1
disc bd-r.blank BD_R_SRM BD_R "${blank[@]}"
disc bd-r.appendable BD_R_SRM BD_R "${appendable[@]}"
disc bd-r.complete BD_R_SRM BD_R "${complete[@]}"
disc bd-re.blank BD_RE "${blank[@]}"
disc bd-re.complete BD_RE "${complete[@]}"

# ---- pressed ----

insert "$image"
# Of a CD-ROM cdrom_id tells no state.
knows "a CD-ROM" CD SESSION_COUNT=1 TRACK_COUNT=1 TRACK_COUNT_DATA=1
ok "blkid" blkid "$device"
printed "knows the volume of the disc" 'LABEL="KERNEL_TEST"'
ok "a link by its label" test "$(readlink -f /dev/disk/by-label/KERNEL_TEST)" = "$device"
ok "mount by the label" mount -o ro LABEL=KERNEL_TEST /media/disc
exits 1 "a mounted disc is not ejected" eject -r "$device"
umount /media/disc
ok "eject" eject "$device"
ok "udev knows that it is out" wait_for "no ID_CDROM_MEDIA=1"
ok "eject -t puts the tray in again" eject -t "$device"
ok "udev knows that it is in" wait_for ID_CDROM_MEDIA=1
button

# ---- burned on /dev/sr0 ----

# read_back WHAT: the kernel's page cache, SG_IO by discern and by readom, all say the same
read_back() {
	dd if="$device" of=dd.copy bs=64k count="$size" iflag=count_bytes status=none
	same "$1: dd, through the page cache" dd.copy "$image"
	readom dev="$device" sectors="0-$n_sectors" f=readom.copy >readom.log 2>&1
	same "$1: readom, by SG_IO" readom.copy "$image"
	ok "$1: discern verify, by SG_IO" "$discern" verify "$image" "$device"
}

insert "$work/bd-r.blank"
ok "discern burns a BD-R" "$discern" burn --yes --quiet "$image" "$device"
ok "udev learns that it is no longer blank" wait_for ID_CDROM_MEDIA_STATE=complete
read_back "BD-R by discern"
button
insert "$work/dvd+r.blank"
ok "cdrskin burns a DVD+R" cdrskin dev="$device" "$image"
button
insert "$work/dvd+r.blank"
knows "a DVD+R by cdrskin" DVD_PLUS_R "${complete[@]}"
read_back "DVD+R by cdrskin"
button

# ---- a medium exchanged, seen by a program that polls ----

udevadm monitor --udev --property --subsystem-match=block >events 2>&1 &
monitor=$!
sleep 1
insert "$work/cd-r.complete"
button
kill "$monitor"
contains "udev's event of the disc" events ID_CDROM_MEDIA_CD_R=1
contains "is one of a medium changed" events DISK_MEDIA_CHANGE=1
contains "and the button is one" events DISK_EJECT_REQUEST=1
ok "detach" timeout 60 "$discern" vdrive detach desktop
kill "$udevd"
