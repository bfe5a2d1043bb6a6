#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Burning on our drive through the kernel: by discern and by others, read by the kernel and by others.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
: "${MEDIA:?from guest.sh}"
image=$MEDIA/image.iso
size=$(stat -c %s "$image")
ok "attach" "$discern" vdrive attach --name burner --empty
device=$("$discern" vdrive list --json | jq -r '.drives[0].path')

# blank MEDIA: a blank of this kind in the drive
blank() {
	"$discern" vdrive eject burner
	rm -f blank.disc
	"$discern" vdrive create --media "$1" --sectors 50400 blank.disc >/dev/null
	"$discern" vdrive insert burner blank.disc || failed "insert a blank $1"
}

# state WHAT WORD: what udev says of the disc
state() {
	/usr/lib/udev/cdrom_id "$device" >properties
	contains "$1: udev says $2" properties "ID_CDROM_MEDIA_STATE=$2"
}

# The kernel learns of what others than discern have burned when the disc comes in anew.
reload() {
	"$discern" vdrive eject burner
	"$discern" vdrive insert burner blank.disc || failed "put the disc in again"
}

# same_disc WHAT: the kernel reads what was burned, through the page cache and mounted
same_disc() {
	ok "$1: read through the page cache" cmp -n "$size" "$device" "$image"
	ok "$1: mounted" mount -t iso9660 -o ro "$device" /media/disc
	ok "$1: the files are those of the tree" diff -r "$MEDIA/tree" /media/disc
	umount /media/disc
}

for media in cd-r dvd+r dvd+rw bd-r; do
	blank "$media"
	[ "$media" = dvd+rw ] || state "$media" blank
	ok "$media: discern burn" "$discern" burn --yes --quiet "$image" "$device"
	[ "$media" = dvd+rw ] || state "$media" complete
	same_disc "$media by discern"
	ok "$media: discern rip" "$discern" rip -q -o "$media.iso" "$device"
	ok "$media: the image comes out" cmp -n "$size" "$media.iso" "$image"
	rm -f "$media.iso"
done
ok "readom reads the last one" readom dev="$device" sectors=0-$((size / 2048)) f=readom.iso
same "and it is the image" readom.iso "$image"
blank dvd+r
ok "cdrskin" cdrskin dev="$device" "$image"
reload
same_disc "DVD+R by cdrskin"
ok "discern verify" "$discern" verify "$image" "$device"
blank cd-r
ok "cdrskin, track at once" cdrskin dev="$device" -tao "$image"
reload
# The two sectors after such a track are unreadable, and take some before them away from the kernel's read-ahead.
ok "CD-R by cdrskin: mounted" mount -t iso9660 -o ro "$device" /media/disc
ok "CD-R by cdrskin: the files are those of the tree" diff -r "$MEDIA/tree" /media/disc
umount /media/disc
ok "readom reads it" readom dev="$device" sectors=0-$((size / 2048)) f=readom.iso
same "and it is the image" readom.iso "$image"
blank cd-rw
ok "cdrwtool formats in packets" cdrwtool -d "$device" -t 10 -q
ok "cdrwtool overwrites them" cdrwtool -d "$device" -t 10 -f "$image"
reload
same_disc "CD-RW by cdrwtool"
blank bd-r
ok "xorriso" xorriso -as cdrecord dev="$device" "$image"
reload
same_disc "BD-R by xorriso"
ok "xorriso reads it" xorriso -indev "$device" -pvd_info
blank cd-r
ok "wodim" wodim dev="$device" -sao gracetime=2 "$image"
reload
same_disc "CD-R by wodim"
blank dvd+rw
ok "growisofs" growisofs -Z "$device=$image"
reload
same_disc "DVD+RW by growisofs"
# The kernel writes where the drive has the feature Random Writable, whether it is current or not (cdrom.c).
if sg_get_config "$device" | grep -qi "random writable"; then
	ok "the kernel writes on a DVD+RW" dd if="$image" of="$device" bs=32768 seek=10 count=1 conv=notrunc oflag=direct
	ok "what it wrote is there" cmp -n 32768 -i 327680:0 "$device" "$image"
fi
ok "detach" "$discern" vdrive detach burner
