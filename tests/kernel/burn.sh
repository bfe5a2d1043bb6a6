#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# discern burns a medium of each family in a /dev/srN of the kernel, appends to it, blanks and formats; the kernel mounts it.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
: "${MEDIA:?from guest.sh}"
image=$MEDIA/image.iso
n_sectors=$(($(stat -c %s "$image") / 2048))
mkdir two
echo second >two/second.txt

ok "attach" "$discern" vdrive attach --name burner --empty
burner=$("$discern" vdrive list --json | jq -r '.drives[] | select(.name == "burner").path')

# insert KIND: a blank one
insert() {
	rm -f "$1.disc"
	"$discern" vdrive create --quiet --media "$1" --sectors 50400 "$1.disc"
	"$discern" vdrive eject burner >eject.log 2>&1
	ok "$1: insert" "$discern" vdrive insert burner "$1.disc"
}

# mounts WHAT: the kernel mounts the disc, and finds the tree
mounts() {
	ok "$1: read through the page cache" cmp -n $((n_sectors * 2048)) "$burner" "$image"
	ok "$1: mount" mount -t iso9660 -o ro "$burner" /media/disc
	ok "$1: the files are those of the tree" diff -r "$MEDIA/tree" /media/disc
	umount /media/disc
}

for kind in cd-rw dvd-rw bd-re; do
	insert $kind
	ok "$kind: burn" "$discern" burn --quiet "$image" "$burner"
	printed "$kind: it was compared" "the disc equals"
	mounts $kind
	ok "$kind: blank" "$discern" blank --yes "$burner"
	printed "$kind: it is erased" "the disc is erased"
done
ok "bd-re: format without spare areas" "$discern" format --yes --defect-management=off "$burner"
printed "bd-re: all of it is for data" "50400 sectors"

for kind in cd-r dvd+r bd-r; do
	insert $kind
	ok "$kind: burn, and leave it open" "$discern" burn --quiet --multi "$image" "$burner"
	run "$discern" info "$burner"
	ms=$(sed -n 's/.*mkisofs -C \([0-9,]*\) .*/\1/p' out)
	xorriso -as mkisofs -quiet -R -V TWO -C "$ms" -M "$burner" -o two.iso two 2>xorriso.log
	ok "$kind: append" "$discern" burn --quiet --append two.iso "$burner"
	printed "$kind: it was compared" "the session equals"
	ok "$kind: the first session is as it was" "$discern" verify --session=1 "$image" "$burner"
	ok "$kind: mount the last session" mount -t iso9660 -o "ro,sbsector=${ms#*,}" "$burner" /media/disc
	ok "$kind: it has the second file" cmp /media/disc/second.txt two/second.txt
	ok "$kind: and those of the first" diff -r "$MEDIA/tree/a folder" "/media/disc/a folder"
	umount /media/disc
done
# Tracks and two sessions, with commands of our own.
cat >extra.cue <<SHEET
CATALOG 4012345678901
FILE "$MEDIA/sound.raw" BINARY
 TRACK 01 AUDIO
  ISRC DEABC2412345
  INDEX 01 00:00:00
 TRACK 02 AUDIO
  FLAGS PRE
  INDEX 00 00:04:00
  INDEX 01 00:05:00
REM SESSION 02
FILE "$image" BINARY
 TRACK 03 MODE1/2048
  INDEX 01 00:00:00
SHEET
insert cd-r
ok "tracks: burn" "$discern" burn --quiet extra.cue "$burner"
printed "tracks: they were compared" "the disc equals"
ok "tracks: the receipt proves them" "$discern" verify --manifest extra.cue.receipt.json "$burner"
printed "tracks: and what tells of them" "and all that tells of them"
ok "tracks: cd-paranoia reads the sound" cd-paranoia -q -Z -r -d "$burner" 1-2 sound.copy
same "tracks: which is the same" sound.copy "$MEDIA/sound.raw"
ok "detach" "$discern" vdrive detach burner
