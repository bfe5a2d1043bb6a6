#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Our drive as the kernel's /dev/srN: attach, mount, read, eject, insert, busy, several drives, killed servers, detach.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
: "${MEDIA:?from guest.sh}"
image=$MEDIA/image.iso
size=$(stat -c %s "$image")
configfs=/sys/kernel/config/target

# device NAME: the /dev/srN of an attached drive
device() {
	"$discern" vdrive list --json | jq -r ".drives[] | select(.name == \"$1\").path"
}

# properties DEVICE: what udev would know of it
properties() {
	/usr/lib/udev/cdrom_id "$1" >properties
}

# nothing_left WHAT
nothing_left() {
	equal "$1: nothing is left of it" "$(find "$configfs/loopback" "$configfs/core/user_1145" /run/discern/*.socket \
		/dev/sr[0-9]* -maxdepth 0 2>/dev/null)" ""
}

ok "no drive is attached" "$discern" vdrive list
printed_nothing=$(cat "$work/out")
equal "so none is listed" "$printed_nothing" ""
ok "attach" "$discern" vdrive attach --name one "$image"
printed "its device is told" "/dev/sr"
one=$(device one)
generic=/dev/$(basename "$(echo "/sys/block/${one#/dev/}/device/scsi_generic/"*)")
ok "it is a block device" test -b "$one"
ok "and one of sg" test -c "$generic"
ok "sg_inq knows it" sg_inq "$generic"
printed "as an optical drive" "cd/dvd"
ok "sg_get_config" sg_get_config "$one"
equal "the kernel knows the size" "$(blockdev --getsize64 "$one")" "$size"
ok "blkid" blkid -p "$one"
printed "sees the label" KERNEL_TEST
ok "read through the page cache" cmp -n "$size" "$one" "$image"
properties "$one"
contains "udev: a CD-ROM" properties ID_CDROM_MEDIA_CD=1
contains "udev: one track of data" properties ID_CDROM_MEDIA_TRACK_COUNT_DATA=1

# ---- mounted ----

ok "mount" mount -t iso9660 -o ro "$one" /media/disc
ok "the files are those of the tree" diff -r "$MEDIA/tree" /media/disc
exits 1 "a mounted disc is not ripped" "$discern" rip -o busy.iso "$one"
complained "who holds it is told" "mounted on /media/disc"
exits 1 "nor ejected by the button" "$discern" vdrive eject one
complained "what to do is told" "umount $one"
exits 1 "nor detached" "$discern" vdrive detach one
ok "unmount" umount /media/disc
ok "then the button opens the tray" "$discern" vdrive eject one
ok "info" "$discern" info "$one"
printed "there is no disc" "no disc"
ok "another disc" "$discern" vdrive insert one "$MEDIA/udf.iso"
ok "mount its UDF" mount -t udf -o ro "$one" /media/disc
ok "the files are those of the tree, by UDF" diff -r "$MEDIA/tree" /media/disc
umount /media/disc
equal "the kernel knows the new size" "$(blockdev --getsize64 "$one")" "$(stat -c %s "$MEDIA/udf.iso")"
exits 1 "one disc at a time" "$discern" vdrive insert one "$image"

# ---- events, as a desktop polls for them ----

# wait_for TEXT: until it stands in the events, or for 20 seconds
wait_for() {
	for _ in $(seq 200); do
		grep -q "$1" events && return 0
		sleep 0.1
	done
}

udevadm monitor --kernel --property --subsystem-match=block >events 2>&1 &
monitor=$!
wait_for "^KERNEL "
echo 500 >"/sys/block/${one#/dev/}/events_poll_msecs"
# A few polls, so that the kernel knows of the disc that is in it.
sleep 2
"$discern" vdrive eject one
"$discern" vdrive insert one "$image"
wait_for DISK_MEDIA_CHANGE=1
contains "a change of the disc is an event of the kernel" events DISK_MEDIA_CHANGE=1
# The kernel locks the tray of a drive that somebody has open.
exec 5<"$one"
exits 1 "the tray is locked while the device is open" "$discern" vdrive eject one
wait_for DISK_EJECT_REQUEST=1
exec 5<&-
contains "the button is an event" events DISK_EJECT_REQUEST=1
kill "$monitor"
echo 0 >"/sys/block/${one#/dev/}/events_poll_msecs"

# ---- discern on it ----

ok "drives" "$discern" drives
printed "it is there" "DISCERN VIRTUAL DRIVE"
ok "info" "$discern" info "$one"
printed "the volume" KERNEL_TEST
ok "rip" "$discern" rip -o rip.iso "$one"
same "the image is the disc" rip.iso "$image"
ok "verify" "$discern" verify rip.iso "$one"
ok "eject" "$discern" eject "$one"
ok "load" "$discern" load "$one"
ok "slow down" "$discern" vdrive attach --name slow --fault 'read delay=100 skip=20' "$image"
slow=$(device slow)
"$discern" rip -q -o killed.iso "$slow" >/dev/null 2>&1 &
ripper=$!
until [ "$(stat -c %s killed.iso.part 2>/dev/null || echo 0)" -gt 1000000 ]; do
	kill -0 "$ripper" || break
	sleep 0.1
done
kill -9 "$ripper"
wait "$ripper" 2>/dev/null
ok "a rip is killed" test -e killed.iso.map
ok "and another one" "$discern" vdrive attach --name good "$image"
ok "goes on in another drive" "$discern" rip -o killed.iso "$(device good)"
same "the image is the disc" killed.iso "$image"
ok "bad sectors" "$discern" vdrive attach --name scratched --fault 'read lba=1000-1003 sense=3/11/05' "$image"
ok "the page cache has what lies before them" cmp -n $((1000 * 2048)) "$(device scratched)" "$image"
ok "and behind them" cmp -i $((1004 * 2048)) "$(device scratched)" "$image"
exits 3 "rip it" "$discern" rip --retries 1 -o bad.iso "$(device scratched)"
printed "the four are counted" "4 sectors could not be read"

# ---- a time-out, as the kernel sees it ----

ok "a drive that hangs once" "$discern" vdrive attach --name hangs --fault 'read host=3 count=1' "$image"
hangs=$(device hangs)
run sg_raw -t 3 -r 2048 "$hangs" 28 00 00 00 00 10 00 00 01 00
equal "the command fails" "$([ "$code" -ne 0 ] && echo yes)" yes
ok "the next one does not" sg_raw -t 30 -r 2048 "$hangs" 28 00 00 00 00 10 00 00 01 00

# ---- several, killed, detached ----

ok "list" "$discern" vdrive list
for name in one slow good scratched hangs; do
	printed "$name is listed" "$name"
done
exits 1 "a name is taken" "$discern" vdrive attach --name one --empty
pid=$("$discern" vdrive list --json | jq -r '.drives[] | select(.name == "good").process')
dd if="$(device good)" of=/dev/null bs=2048 2>dd.log &
kill -9 "$pid"
sleep 0.3
ok "list a killed drive" "$discern" vdrive list
printed "it is called dead" "dead: its process was killed"
exits 1 "it takes no disc" "$discern" vdrive insert good "$image"
complained "what to do is told" "discern vdrive detach good"
ok "attach it again" timeout 30 "$discern" vdrive attach --name good "$image"
ok "it works" cmp -n "$size" "$(device good)" "$image"
pid=$("$discern" vdrive list --json | jq -r '.drives[] | select(.name == "slow").process')
kill -9 "$pid"
ok "detach a killed one" timeout 30 "$discern" vdrive detach slow
ok "detach one" "$discern" vdrive detach one
exits 1 "twice does not go" "$discern" vdrive detach one
mount -t iso9660 -o ro "$(device good)" /media/disc
exits 1 "detach all, one of them mounted" "$discern" vdrive detach all
ok "with force" "$discern" vdrive detach --force all
umount /media/disc
nothing_left "detach all"

# ---- as a service ----

"$discern" vdrive attach --foreground --name service --empty >service.log 2>&1 &
service=$!
for _ in $(seq 100); do
	grep -q /dev/sr service.log && break
	sleep 0.1
done
contains "in the foreground" service.log "/dev/sr"
kill -TERM "$service"
wait "$service"
equal "it ends well" $? 0
nothing_left "SIGTERM"
