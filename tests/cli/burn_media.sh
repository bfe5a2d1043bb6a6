#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every kind of medium is burned and closed, left open and appended to, blanked, formatted; judged by dd, xorriso, cdrskin.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/media.sh
. "$source_folder/tests/support/media.sh"
requires_vdrive
requires cdrskin xorriso xorrisofs dvd+rw-mediainfo
make_iso one.iso 1 ONE
one=$PWD/one.iso
mkdir two
echo second >two/second.txt
two=$PWD/two
echo "a text" >text
text=$PWD/text
n_one=$(($(wc -c <one.iso) / 2048))

# One session of the drive: an open disc, what it says of itself, and a second session made for it.
cat >append.sh <<'END_OF_APPEND'
set -e
"$discern" burn --multi -q "$one" >first.out
"$discern" info >info.out
"$discern" info --json >info.json
cdrskin dev=/dev/sr0 -minfo >minfo.out 2>/dev/null
wodim dev=/dev/sr0 -msinfo >msinfo.cd 2>/dev/null || :
cdrskin dev=/dev/sr0 -msinfo >msinfo.dvd 2>/dev/null
ms=$(sed -n 's/.*mkisofs -C \([0-9,]*\) .*/\1/p' info.out)
echo "$ms" >msinfo
xorriso -as mkisofs -quiet -R -V TWO -C "$ms" -M /dev/sr0 -o two.iso "$two" 2>/dev/null
! "$discern" burn --append "$one" >wrong.out 2>wrong.err
"$discern" burn --append -q two.iso >second.out
dd if=/dev/sr0 of=one.copy bs=2048 count="$n_one" 2>/dev/null
dd if=/dev/sr0 of=two.copy bs=2048 skip="${ms#*,}" count=$(($(wc -c <two.iso) / 2048)) 2>/dev/null
"$discern" verify --session=1 "$one" >/dev/null
"$discern" verify --session=last two.iso >/dev/null
! "$discern" verify --session=last "$one" >/dev/null 2>&1
xorriso -osirrox on -indev /dev/sr0 -extract / tree 2>/dev/null
cdrskin dev=/dev/sr0 -minfo >closed.out 2>/dev/null
END_OF_APPEND
append_script=$PWD/append.sh
export discern one two n_one

append() {
	for kind in "$@"; do
		blank_disc "$kind"
		ok "$kind: two sessions" with_drive blank.disc sh "$append_script"
		contains "$kind: it is open between them" minfo.out "incomplete/appendable"
		contains "$kind: discern says where the next begins" info.json '"msinfo"'
		case $kind in
		cd*) same "$kind: as wodim does" msinfo msinfo.cd ;;
		*) same "$kind: as cdrskin does" msinfo msinfo.dvd ;;
		esac
		contains "$kind: an image for another place is refused" wrong.err "was not made for LBA"
		contains "$kind: the session is proven" second.out "the session equals two.iso"
		same "$kind: dd reads the first one" one.copy "$one"
		same "$kind: dd reads the second one" two.copy two.iso
		same "$kind: xorriso finds a file of the second" tree/second.txt "$two/second.txt"
		same "$kind: xorriso finds a file of the first" "tree/read me.txt" "$text"
		contains "$kind: it is closed in the end" closed.out "complete"
		chmod -R u+w tree
		rm -r tree ./*.copy
	done
	echo "# done"
}

# tells WHAT TEXT COMMAND…: with blank.disc in the drive the command is good and says so
tells() {
	what="$kind: $1"
	text=$2
	shift 2
	ok "$what" with_drive blank.disc "$@" && printed "$what: says so" "$text"
}

# says WHAT TEXT COMMAND…: it ends with 5 and says why
says() {
	what="$kind: $1"
	text=$2
	shift 2
	exits 5 "$what" with_drive blank.disc "$@" && complained "$what: says why" "$text"
}

# is_empty WHAT: what other people's programs say of the disc is that
is_empty() {
	run with_drive blank.disc cdrskin dev=/dev/sr0 -minfo
	printed "$1" "disk status:              empty"
}

blank_sequential() {
	for kind in cd-rw dvd-rw; do
		blank_disc $kind
		tells "nothing is blanked twice" "blank already" "$discern" blank
		ok "$kind: burned" with_drive blank.disc "$discern" burn -q "$one"
		says "not blanked without an answer" '"ONE"' "$discern" blank
		tells "a dry run" "nothing was written" "$discern" blank --dry-run
		tells "blanked" "the disc is erased" "$discern" blank --yes
		is_empty "$kind: cdrskin finds it blank"
		ok "$kind: burned again" with_drive blank.disc "$discern" burn -q "$one"
		holds "$kind, blanked" "$one"
		says "burned over with a question" '"ONE"' "$discern" burn --overwrite "$one"
		tells "blanked by the burn" "blanked first" "$discern" burn --overwrite --yes "$one"
		tells "blanked thoroughly" "all of the disc is erased" "$discern" blank --full --yes
		is_empty "$kind: cdrskin finds it blank again"
		ok "$kind: burned for trial" with_drive blank.disc "$discern" burn --simulate "$one"
		is_empty "$kind: which wrote nothing"
	done
	tells "left open once it is as new" "stays open" "$discern" burn --multi "$one"
	tells "formatted" "DVD-RW restricted overwrite, overwritable" "$discern" format --yes
	ok "$kind: burned when formatted" with_drive blank.disc "$discern" burn -q "$one"
	holds "$kind, formatted" "$one"
	tells "blanked back" "DVD-RW, blank" "$discern" blank --yes
	says "blanked quickly it takes no session more" "no TAO" "$discern" burn --mode=incremental "$one"
	blank_disc "$kind" 2048
	tells "a very small one formatted" "DVD-RW restricted overwrite" "$discern" format
	echo "# done"
}

blank_random() {
	for kind in dvd+rw dvd-ram bd-re; do
		blank_disc $kind
		tells "formatted" "the disc is formatted" "$discern" format
		ok "$kind: burned" with_drive blank.disc "$discern" burn -q "$one"
		says "not erased without an answer" '"ONE"' "$discern" blank
		tells "erased at its ends" "has no blanking" "$discern" blank --yes
		run with_drive blank.disc dd if=/dev/sr0 of=begin.copy bs=2048 count=512
		ok "$kind: dd reads zeros" cmp -n $((512 * 2048)) begin.copy /dev/zero
		ok "$kind: burned when erased, without --overwrite" with_drive blank.disc "$discern" burn -q "$one"
		holds "$kind, erased" "$one"
		rm -f ./*.copy
	done
	kind=dvd+rw
	blank_disc $kind 4096
	ok "$kind: burned" with_drive blank.disc "$discern" burn -q "$one"
	ok "$kind: erased all over" with_drive blank.disc "$discern" blank --full --yes
	run with_drive blank.disc dd if=/dev/sr0 of=all.copy bs=2048 count=4096
	ok "$kind: dd reads nothing but zeros" cmp -n $((4096 * 2048)) all.copy /dev/zero
	tells "is formatted once" "formatted once" "$discern" format --yes
	echo "# done"
}

format_spares() {
	kind=bd-re
	blank_disc $kind
	tells "an image that fits" "with spare areas" "$discern" burn "$one"
	tells "without spares" "the disc is formatted" "$discern" format --yes --defect-management=off
	tells "which burn can do as well" "with spare areas, as asked for" \
		"$discern" burn --defect-management=on "$one"
	holds "$kind, with spares" "$one"
	tells "spares of a size" "141 MB for data" "$discern" format --yes --defect-management=2M
	says "too many spares" "of spare areas" "$discern" format --yes --defect-management=20M
	kind=bd-r
	blank_disc $kind
	tells "nothing to do" "it is as wanted" "$discern" format --defect-management=off
	tells "formatted" "BD-R, blank" "$discern" format
	says "formatted once" "for good" "$discern" format
	tells "streamed" "stream recording" "$discern" burn --stream-recording=on --record bd.record "$one"
	contains "$kind: streamed with WRITE(12)" bd.record "# WRITE(12)"
	holds "$kind, with spares" "$one"
	says "written, it is not formatted" "before it is first written" "$discern" format
	says "nor blanked" "only once" "$discern" blank
	echo "# done"
}

refuse() {
	kind=dvd+r
	blank_disc $kind
	says "no trial" "would be written for real" "$discern" burn --simulate "$one"
	says "no disc at once" "knows no disc at once" "$discern" burn --mode=dao "$one"
	says "no format" "only once" "$discern" format
	is_empty "$kind: nothing was written"
	tells "a speed that the drive lacks" "is not offered, so it is 6x" "$discern" burn --dry-run --speed=7 "$one"
	kind=dvd-r-dl
	blank_disc $kind
	says "one session" "holds one session" "$discern" burn --multi "$one"
	tells "where its layers change" "in the first, which ends at LBA 35008" "$discern" burn --dry-run "$one"
	kind=dvd+r-dl
	blank_disc $kind 1024
	half=$(((n_one + 15) / 16))
	half=$((16 * ((half + 1) / 2)))
	tells "layers of the same size" "made to change at LBA $half" "$discern" burn "$one"
	holds "$kind, on both layers" "$one"
	run with_drive blank.disc dvd+rw-mediainfo /dev/sr0
	printed "$kind: dvd+rw-mediainfo finds it set" "$half*2KB, can no longer be set"
	blank_disc $kind 1024
	tells "left open" "the drive changes at LBA 512, as more is to come" "$discern" burn --dry-run --multi "$one"
	run "$discern" vdrive run --drive sr0=blank.disc --fault 'sr0: 0xbf sense=5/20/00' -- "$discern" burn "$one"
	complained "$kind: a drive that cannot set it" "they change where the drive has it"
	printed "$kind: writes it nevertheless" "every sector equals the image"
	kind=dvd+rw
	blank_disc $kind
	says "no sessions" "has no sessions" "$discern" burn --append "$one"
	says "no modes" "has no write modes" "$discern" burn --mode=sao "$one"
	kind=cd-r
	blank_disc $kind
	says "no packets" "would take packets" "$discern" burn --mode=incremental "$one"
	tells "track at once" "mode TAO: as asked for" "$discern" burn --mode=tao "$one"
	holds "$kind, track at once" "$one"
	echo "# done"
}

# burn_counted SECTORS: onto a DVD of so many; n_commands is how many commands the drive got
burn_counted() {
	blank_disc "$kind" "$1"
	run "$discern" vdrive run --virtual-clock --clock-file clock --drive sr0=blank.disc -- \
		"$discern" burn -q --no-verify --any-file odd.bin
	n_commands=$(sed 's/.* commands=\([0-9]*\) .*/\1/' clock)
}

# 64 KiB a WRITE; where the disc has no room for a whole one at the end, 32.
chunks() {
	kind=dvd-r
	n_units=65
	head -c $((n_units * 16 * 2048)) /dev/urandom >odd.bin
	burn_counted $(((n_units + 1) * 16))
	holds "a DVD in chunks of 64 KiB" odd.bin
	n_roomy=$n_commands
	burn_counted $((n_units * 16))
	holds "a DVD without room for the last chunk of 64 KiB" odd.bin
	ok "$n_roomy commands with room, and $n_commands without" test $((n_commands - n_roomy)) -ge $((n_units / 2))
	echo "# done"
}

part cd append cd-r cd-rw
part dvd append dvd-r dvd-rw
part dvd-plus append dvd+r dvd+r-dl
part bd append bd-r bd-r-dl
part blank-sequential blank_sequential
part blank-random blank_random
part spares format_spares
part refuse refuse
part chunks chunks
wait_for_parts
