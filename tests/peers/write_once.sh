#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What is written once stays: other burners are refused a second writing, and sessions are appended.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
requires cdrskin xorriso
make_iso one.iso 2 ONE
make_iso two.iso 2 TWO
n_sectors=$(($(wc -c <one.iso) / 2048))

for media in cd-r dvd+r bd-r; do
	rm -f blank.disc
	"$discern" vdrive create --media "$media" --sectors 20000 blank.disc >/dev/null || exit 1
	ok "$media: written" with_drive blank.disc cdrskin dev=/dev/sr0 one.iso
	run with_drive blank.disc cdrskin dev=/dev/sr0 two.iso
	[ "$code" -ne 0 ]
	equal "$media: a second writing is refused" $? 0
	run with_drive blank.disc dd if=/dev/sr0 of=copy bs=2048 count="$n_sectors"
	same "$media: the first one is there still" copy one.iso
done

rm -f blank.disc
"$discern" vdrive create --media dvd+rw --sectors 20000 blank.disc >/dev/null || exit 1
ok "dvd+rw: written" with_drive blank.disc cdrskin dev=/dev/sr0 one.iso
ok "dvd+rw: written again" with_drive blank.disc cdrskin dev=/dev/sr0 two.iso
with_drive blank.disc dd if=/dev/sr0 of=copy bs=2048 count="$n_sectors" 2>/dev/null
same "dvd+rw: the second one is there" copy two.iso
# dd writes a DVD+RW in place, as the kernel lets it.
ok "dvd+rw: dd writes it too" with_drive blank.disc dd if=one.iso of=/dev/sr0 bs=2048 conv=notrunc,fsync
with_drive blank.disc dd if=/dev/sr0 of=copy bs=2048 count="$n_sectors" 2>/dev/null
same "dvd+rw: what dd wrote is there" copy one.iso

mkdir first second
echo first >first/first.txt
echo second >second/second.txt
for media in cd-r dvd+r bd-r dvd+rw; do
	rm -f blank.disc
	"$discern" vdrive create --media "$media" --sectors 60000 blank.disc >/dev/null || exit 1
	ok "$media: xorriso writes a session" with_drive blank.disc xorriso -outdev /dev/sr0 -map first / -commit
	ok "$media: xorriso appends one" with_drive blank.disc xorriso -dev /dev/sr0 -map second / -commit
	ok "$media: xorriso finds the files of both" with_drive blank.disc \
		xorriso -osirrox on -indev /dev/sr0 -extract / "tree.$media"
	same "$media: the first one's" "tree.$media/first.txt" first/first.txt
	same "$media: the second one's" "tree.$media/second.txt" second/second.txt
done

# An open disc has one session more than it holds data in.
rm -f blank.disc
"$discern" vdrive create --media cd-r --sectors 20000 blank.disc >/dev/null || exit 1
ok "cd-r: a first session" with_drive blank.disc cdrskin dev=/dev/sr0 -multi one.iso
exits 5 "is not burned over" with_drive blank.disc "$discern" burn two.iso
if grep -q "sessions" err; then
	failed "and is one session" "$(cat err)"
else
	passed "and is one session"
fi
ok "cd-r: a second session" with_drive blank.disc cdrskin dev=/dev/sr0 -multi two.iso
exits 5 "is not burned over either" with_drive blank.disc "$discern" burn two.iso
complained "and makes two" "in 2 sessions"
