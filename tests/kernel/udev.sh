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
# device NAME: the /dev/srN of an attached drive
device() {
	"$discern" vdrive list --json | jq -r ".drives[] | select(.name == \"$1\").path"
}

# properties DEVICE: what udev knows of it
properties() {
	udevadm info --query=property "$1" >properties
}

# knows WHAT PROPERTY…: (=1, if no value is named) and no other that says what kind or state of disc it is, or how many
# tracks and sessions it has
knows() {
	printf 'ID_CDROM_MEDIA_%s\n' "${@:2}" | sed '/=/!s/$/=1/' | sort >expected
	grep -E '^ID_CDROM_MEDIA_' properties | grep -v SESSION_LAST_OFFSET | sort >known
	if diff expected known >difference; then
		passed "udev: $1"
	else
		failed "udev: $1" "$(tr '\n' ' ' <difference)"
	fi
}

# ---- discs that were in when the drives appeared ----

blank=(STATE=blank SESSION_NEXT=1 SESSION_COUNT=1 TRACK_COUNT=1)
appendable=(STATE=appendable SESSION_NEXT=2 SESSION_COUNT=2 TRACK_COUNT=2 TRACK_COUNT_DATA=1)
complete=(STATE=complete SESSION_COUNT=1 TRACK_COUNT=1 TRACK_COUNT_DATA=1)

# The name of the drive for a disc
drive_of() {
	local name=${1//+/-plus-}
	echo "${name//./-}"
}

# disc NAME PROPERTY…: attaches it, for all of them to be looked at together
names=()
disc() {
	names+=("$1")
	"$discern" vdrive attach --name "$(drive_of "$1")" "$work/$1" >/dev/null || failed "attach $1"
	printf '%s\n' "${@:2}" >"$1.properties"
}

disc cd-r.blank CD_R "${blank[@]}"
disc cd-r.appendable CD_R "${appendable[@]}"
disc cd-r.complete CD_R "${complete[@]}"
disc cd-rw.blank CD_RW "${blank[@]}"
disc dvd-r.blank DVD_R "${blank[@]}"
disc dvd-rw.complete DVD_RW_SEQ DVD_RW "${complete[@]}"
disc dvd-rw-overwrite.complete DVD_RW_RO DVD_RW "${complete[@]}"
disc dvd+r.appendable DVD_PLUS_R "${appendable[@]}"
disc dvd+rw.blank DVD_PLUS_RW "${blank[@]}"
disc dvd+rw.complete DVD_PLUS_RW "${complete[@]}"
disc dvd-ram.complete DVD_RAM STATE=other SESSION_COUNT=1 TRACK_COUNT=1 TRACK_COUNT_DATA=1
disc bd-r.blank BD_R_SRM BD_R "${blank[@]}"
disc bd-r.complete BD_R_SRM BD_R "${complete[@]}"
disc bd-re.complete BD_RE "${complete[@]}"
# Of a CD-ROM cdrom_id tells no state.
head -c $((2352 * 900)) /dev/urandom >audio.bin
printf 'FILE "audio.bin" BINARY\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n' >audio.cue
printf '  TRACK 02 AUDIO\n    INDEX 01 00:06:00\n' >>audio.cue
disc audio.cue CD SESSION_COUNT=1 TRACK_COUNT=2 TRACK_COUNT_AUDIO=2
cp "$image" mixed.iso
printf 'FILE "mixed.iso" BINARY\n  TRACK 01 MODE1/2048\n    INDEX 01 00:00:00\n' >mixed.cue
printf 'FILE "audio.bin" BINARY\n  TRACK 02 AUDIO\n    INDEX 00 00:00:00\n    INDEX 01 00:02:00\n' >>mixed.cue
disc mixed.cue CD SESSION_COUNT=1 TRACK_COUNT=2 TRACK_COUNT_DATA=1 TRACK_COUNT_AUDIO=1
ok "udev looks at them" udevadm settle --timeout=120
"$discern" vdrive list --json | jq -r '.drives[] | .name + " " + .path' >drives
for name in "${names[@]}"; do
	properties "$(sed -n "s/^$(drive_of "$name") //p" drives)"
	mapfile -t known <"$name.properties"
	knows "$name" "${known[@]}"
	case $name in
	*.blank | audio.cue) ;;
	*) contains "udev: $name has a volume" properties "ID_FS_LABEL=KERNEL_TEST" ;;
	esac
done
ok "detach them" timeout 120 "$discern" vdrive detach all

# ---- discs that come and go ----

ok "attach an empty one" "$discern" vdrive attach --name desktop --empty
device=$(device desktop)
udevadm settle --timeout=60
echo 500 >"/sys/block/${device#/dev/}/events_poll_msecs"
known_of_it=/run/udev/data/b$(cat "/sys/block/${device#/dev/}/dev")

# wait_for PROPERTY or wait_for no PROPERTY: until udev knows it, or no longer does; for half a minute at most. The file
# is looked at, as programs take long here.
wait_for() {
	for _ in $(seq 150); do
		case $1 in
		no) [[ $(<"$known_of_it") == *"E:$2"* ]] || return 0 ;;
		*) [[ $(<"$known_of_it") != *"E:$1"* ]] || return 0 ;;
		esac
		sleep 0.2
	done
	return 1
}

# Nobody says anything to udev: the kernel polls, and tells it.
insert() {
	run "$discern" vdrive insert desktop "$@"
	[ "$code" -eq 0 ] || failed "insert $*" "$(cat err)"
	wait_for ID_CDROM_MEDIA=1 || failed "udev learns of $*" "$(cat "$known_of_it")"
	properties "$device"
}

# The button of a drive that udev has locked is a wish, which udev fulfils. Not while another program has the drive for
# itself, so it is pressed again.
button() {
	for _ in $(seq 10); do
		"$discern" vdrive eject desktop >/dev/null 2>&1
		for _ in $(seq 10); do
			[ "$("$discern" vdrive list --json | jq '.drives[0].tray_open')" != true ] || break 2
			sleep 0.5
		done
	done
	wait_for no ID_CDROM_MEDIA=1 || failed "udev lets the disc out" "$(cat "$known_of_it")"
}

udevadm monitor --udev --property --subsystem-match=block >events 2>&1 &
monitor=$!
insert "$image"
knows "a CD-ROM" CD SESSION_COUNT=1 TRACK_COUNT=1 TRACK_COUNT_DATA=1
ok "blkid" blkid "$device"
printed "knows the volume of the disc" 'LABEL="KERNEL_TEST"'
ok "a link by its label" test "$(readlink -f /dev/disk/by-label/KERNEL_TEST)" = "$device"
ok "mount by the label" mount -o ro LABEL=KERNEL_TEST /media/disc
ok "eject, which unmounts it first" eject "$device"
equal "nothing is mounted any more" "$(findmnt -n /media/disc)" ""
ok "udev knows that it is out" wait_for no ID_CDROM_MEDIA=1
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

kill "$monitor"
contains "udev's event of the disc" events ID_CDROM_MEDIA_CD=1
contains "is one of a medium changed" events DISK_MEDIA_CHANGE=1
contains "and the button is one" events DISK_EJECT_REQUEST=1
ok "detach" timeout 60 "$discern" vdrive detach desktop
kill "$udevd"
