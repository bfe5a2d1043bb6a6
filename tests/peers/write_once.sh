#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What is written once stays: other burners are refused a second writing, and sessions are appended.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/media.sh
. "$source_folder/tests/support/media.sh"
requires_vdrive
requires cdrskin xorriso
make_iso one.iso 2 ONE
make_iso two.iso 2 TWO
one=$PWD/one.iso
two=$PWD/two.iso
n_sectors=$(($(wc -c <one.iso) / 2048))
mkdir first second
echo first >first/first.txt
echo second >second/second.txt
trees=$PWD

written_once() {
	media=$1
	blank_disc "$media" 20000
	ok "$media: written" with_drive blank.disc cdrskin dev=/dev/sr0 "$one"
	run with_drive blank.disc cdrskin dev=/dev/sr0 "$two"
	[ "$code" -ne 0 ]
	equal "$media: a second writing is refused" $? 0
	run with_drive blank.disc dd if=/dev/sr0 of=copy bs=2048 count="$n_sectors"
	same "$media: the first one is there still" copy "$one"
	echo "# done"
}

written_again() {
	blank_disc dvd+rw 20000
	ok "dvd+rw: written" with_drive blank.disc cdrskin dev=/dev/sr0 "$one"
	ok "dvd+rw: written again" with_drive blank.disc cdrskin dev=/dev/sr0 "$two"
	with_drive blank.disc dd if=/dev/sr0 of=copy bs=2048 count="$n_sectors" 2>/dev/null
	same "dvd+rw: the second one is there" copy "$two"
	# dd writes a DVD+RW in place, as the kernel lets it.
	ok "dvd+rw: dd writes it too" with_drive blank.disc dd if="$one" of=/dev/sr0 bs=2048 conv=notrunc,fsync
	with_drive blank.disc dd if=/dev/sr0 of=copy bs=2048 count="$n_sectors" 2>/dev/null
	same "dvd+rw: what dd wrote is there" copy "$one"
	echo "# done"
}

appended() {
	media=$1
	blank_disc "$media" 60000
	ok "$media: xorriso writes a session" with_drive blank.disc xorriso -outdev /dev/sr0 -map "$trees/first" / -commit
	ok "$media: xorriso appends one" with_drive blank.disc xorriso -dev /dev/sr0 -map "$trees/second" / -commit
	ok "$media: xorriso finds the files of both" with_drive blank.disc \
		xorriso -osirrox on -indev /dev/sr0 -extract / "tree.$media"
	same "$media: the first one's" "tree.$media/first.txt" "$trees/first/first.txt"
	same "$media: the second one's" "tree.$media/second.txt" "$trees/second/second.txt"
	chmod -R u+w "tree.$media"
	echo "# done"
}

# An open disc has one session more than it holds data in.
left_open() {
	blank_disc cd-r 20000
	ok "cd-r: a first session" with_drive blank.disc cdrskin dev=/dev/sr0 -multi "$one"
	exits 5 "is not burned over" with_drive blank.disc "$discern" burn "$two"
	if grep -q "sessions" err; then
		failed "and is one session" "$(cat err)"
	else
		passed "and is one session"
	fi
	ok "cd-r: a second session" with_drive blank.disc cdrskin dev=/dev/sr0 -multi "$two"
	exits 5 "is not burned over either" with_drive blank.disc "$discern" burn "$two"
	complained "and makes two" "in 2 sessions"
	echo "# done"
}

for media in cd-r dvd+r bd-r; do
	part "once-$media" written_once "$media"
done
part again written_again
for media in cd-r dvd+r bd-r dvd+rw; do
	part "append-$media" appended "$media"
done
part open left_open
wait_for_parts
