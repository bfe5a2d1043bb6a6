#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every medium that can be written: discern burns it, rips it and verifies it, and tells what it is.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
make_iso image.iso 2 MEDIA
size=$(wc -c <image.iso)

# made MEDIUM: a new one, in disc
made() {
	rm -f disc ripped.iso*
	ok "$1: a new one" "$discern" vdrive create --media "$1" --sectors 70016 disc
}

# rips WHAT: discern and the image are of one opinion about the disc
rips() {
	ok "$1: ripped" with_drive disc "$discern" rip -o ripped.iso
	same "$1: what was ripped is what was burned" ripped.iso image.iso
	ok "$1: verified" with_drive disc "$discern" verify image.iso
	rm -f ripped.iso*
}

for kind in cd-r cd-rw dvd-r dvd-r-dl dvd-rw dvd+r dvd+r-dl bd-r bd-r-dl bd-r-tl bd-r-ql; do
	made $kind
	ok "$kind: info on a blank one" with_drive disc "$discern" info
	printed "$kind: it is blank" blank
	ok "$kind: burned" with_drive disc "$discern" burn image.iso
	printed "$kind: the disc equals the image" "the disc equals image.iso"
	rips "$kind"
	exits 5 "$kind: not burned again" with_drive disc "$discern" burn --overwrite image.iso
	case $kind in
	cd-rw | dvd-rw)
		exits 5 "$kind: not burned over without a word" with_drive disc "$discern" burn image.iso
		complained "$kind: it is said to be closed" "is closed"
		complained "$kind: and can be blanked" "blank it first"
		;;
	*) complained "$kind: it is said to be closed" "is closed" ;;
	esac
done

for kind in dvd+rw dvd-rw-overwrite dvd-ram bd-re bd-re-dl bd-re-tl; do
	made $kind
	ok "$kind: burned" with_drive disc "$discern" burn image.iso
	rips "$kind"
	exits 5 "$kind: not burned over what it holds" with_drive disc "$discern" burn image.iso
	ok "$kind: burned over it with --overwrite" with_drive disc "$discern" burn --overwrite image.iso
	rips "$kind, again"
done

# How a program that is no burner writes to them: as to any file.
for kind in dvd-ram bd-re; do
	made $kind
	[ $kind = dvd-ram ] || ok "$kind: formatted" with_drive disc "$discern" burn image.iso
	ok "$kind: dd writes it" with_drive disc dd if=image.iso of=/dev/sr0 bs=2048 conv=notrunc,fsync
	ok "$kind: dd reads it" with_drive disc dd if=/dev/sr0 of=copy bs=2048 count=$((size / 2048))
	same "$kind: the same" copy image.iso
done

# Of two layers, by its kind though the image is small.
ok "dvd-rom-dl: info" with_drive image.iso,kind=dvd-rom-dl "$discern" info
printed "dvd-rom-dl: a DVD-ROM" DVD-ROM
if command -v dvd+rw-mediainfo >/dev/null; then
	run with_drive image.iso,kind=dvd-rom-dl dvd+rw-mediainfo /dev/sr0
	printed "dvd-rom-dl: dvd+rw-mediainfo finds a DVD-ROM" "10h, DVD-ROM"
fi
