#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What libburn, or any program that trusts a drive, takes for success and is none: commands that were lost on the way,
# CHECK CONDITION without a sense key, media that are exchanged in the middle. burn, rip and verify notice each.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/burn.sh
. "$source_folder/tests/support/burn.sh"
requires_vdrive
requires sg_raw

# Two images of the same size with other content, and discs of them.
cp small.iso one.iso
cp small.iso other.iso
head -c 2M /dev/urandom | dd of=other.iso bs=2048 seek=200 conv=notrunc status=none
cp small.iso edition.iso
head -c 1M /dev/urandom | dd of=edition.iso bs=2048 seek=800 conv=notrunc status=none

# not_called_good WHAT: what the last command printed does not call anything good that is not
not_called_good() {
	if grep -qE '^(good|burned|verified)' out; then
		failed "$1: nothing is called good"
		show_output
	else
		passed "$1: nothing is called good"
	fi
}

# --- writing: a command that the drive never saw, or an end without a reason ---

# writes_lost MEDIA RULE: one write is not carried out, or only the drive knows whether
writes_lost() {
	blank disc "$1" 12288
	faults="sr0: write $2"
	burn disc --yes one.iso
	faults=
	case $code in
	1 | 4) passed "$1: burn notices: write $2" ;;
	*) failed "$1: burn notices: write $2" "exit code $code" && show_output ;;
	esac
	not_called_good "$1: write $2"
}

# All the host statuses that libburn counts as success: there is no sense, so the key is 0.
for status in 2 3 5 6 9 10 11; do
	writes_lost dvd+rw "skip=10 count=1 host=$status"
done
for media in dvd-ram bd-re dvd-rw-overwrite bd-r cd-rw; do
	writes_lost $media "skip=10 count=1 host=time-out"
done
for media in dvd+rw dvd-ram dvd+r cd-r; do
	writes_lost $media "skip=10 count=1 sense=0/00/00"
done
# A status that is none of the kind: RESERVATION CONFLICT.
writes_lost dvd+rw "skip=10 count=1 status=24"
writes_lost dvd+rw "skip=10 count=1 short=2048"

# --- a drive that says "recovered" and has written ---
blank disc dvd+rw 12288
faults='sr0: write skip=10 count=1 sense=1/0C/01'
burn disc --yes one.iso
faults=
ends 0 "a write that the drive has recovered is good"
reads_back "as it was written" disc one.iso

# --- writing: another disc in the middle ---
for media in dvd+rw bd-re dvd+r; do
	blank disc "$media" 12288
	blank second.disc "$media" 12288
	faults="sr0: write skip=20 count=1 exchange=second.disc"
	burn disc --yes one.iso
	faults=
	[ "$code" -ne 0 ]
	equal "$media: burn notices another blank disc in the midst of writing" $? 0
	not_called_good "$media: another disc while writing"
	blank disc "$media" 12288
	faults="sr0: read lba=900-1400 count=1 exchange=other.iso"
	burn disc --yes one.iso
	faults=
	[ "$code" -ne 0 ]
	equal "$media: burn notices another disc while it reads back" $? 0
	not_called_good "$media: another disc while reading back"
done
# A disc that may have been changed, though it was not.
blank disc dvd+rw 12288
faults='sr0: write skip=10 count=1 changed'
burn disc --yes one.iso
faults=
case $code in
0) reads_back "a unit attention while writing: what is called good is good" disc one.iso ;;
*) not_called_good "a unit attention while writing" ;;
esac

# --- the first write, and the only one that fails ---
for rule in 'write count=1 calibration-error' 'write skip=10 count=1 write-error' '0x35 count=1 sense=3/0C/00' \
	'0x35 count=1 host=time-out' '0x5b count=1 host=time-out' '0x5b count=1 sense=3/72/03'; do
	blank disc dvd+r 12288
	faults="sr0: $rule"
	burn disc --yes one.iso
	faults=
	ends 1 "burn fails: $rule"
	not_called_good "$rule"
done

# --- reading: commands that were lost on the way ---

# reads_well RULE: rip and verify get over it, with the right data
reads_well() {
	rm -f copy.iso*
	run "$discern" vdrive run --drive sr0=one.iso --fault "sr0: $1" -- "$discern" rip -o copy.iso
	equal "rip gets over: $1" "$code" 0
	same "with the right data: $1" copy.iso one.iso
	run "$discern" vdrive run --drive sr0=one.iso --fault "sr0: $1" -- "$discern" verify one.iso
	equal "verify gets over: $1" "$code" 0
}

for status in 2 3 5 6 9 10 11; do
	reads_well "read lba=500-600 count=1 host=$status"
done
reads_well 'read lba=500-600 count=1 sense=0/00/00'
reads_well 'read lba=500-600 count=1 status=24'
reads_well 'read lba=500-600 count=1 status=8'
reads_well 'read lba=500-600 count=1 short=0'
reads_well 'read lba=500-600 count=2 power-loss'

# reads_badly RULE: what cannot be had is told, and the rest is right
reads_badly() {
	rm -f copy.iso*
	run "$discern" vdrive run --drive sr0=one.iso --fault "sr0: $1" -- "$discern" rip --retries 1 -o copy.iso
	equal "rip tells of: $1" "$code" 3
	printed "how many sectors: $1" "4 sectors could not be read"
	cmp -s -n $((500 * 2048)) copy.iso one.iso && cmp -s -i $((504 * 2048)) copy.iso one.iso
	equal "and has the others: $1" $? 0
	run "$discern" vdrive run --drive sr0=one.iso --fault "sr0: $1" -- "$discern" verify one.iso
	equal "verify tells of: $1" "$code" 3
}
reads_badly 'read lba=500-503 sense=0/00/00'
reads_badly 'read lba=500-503 host=error'
reads_badly 'read lba=500-503 short=0'

# --- reading: a disc that is taken out does not have all its sectors tried ---
rm -f copy.iso*
run "$discern" vdrive run --virtual-clock --clock-file clock --drive sr0=one.iso --fault 'sr0: read skip=8 count=1 remove' \
	-- "$discern" rip -o copy.iso
[ "$code" -ne 0 ]
equal "rip notices a disc that is taken out" $? 0
[ "$(sed -nE 's/^sr0 .*commands=([0-9]+).*/\1/p' clock)" -lt 200 ]
equal "and does not ask for each sector" $? 0

# --- reading: another disc of the same size in the middle ---

for moment in 150 700 1300; do
	rm -f copy.iso*
	run "$discern" vdrive run --drive sr0=one.iso --fault "sr0: read lba=$moment count=1 exchange=other.iso" -- \
		"$discern" rip -o copy.iso
	equal "rip notices another disc of the same size at sector $moment" "$code" 7
	absent "nothing is called complete" copy.iso
	# What it had is of the first disc, and it goes on with that.
	run with_drive one.iso "$discern" rip -o copy.iso
	equal "and goes on with the first one" "$code" 0
	same "of which it then has all" copy.iso one.iso
	run "$discern" vdrive run --drive sr0=one.iso --fault "sr0: read lba=$moment count=1 exchange=other.iso" -- \
		"$discern" verify one.iso
	[ "$code" -ne 0 ]
	equal "verify notices another disc of the same size at sector $moment" $? 0
	not_called_good "another disc while verifying"
done
# Going on with the other disc in the drive is refused, or the image would be half of each.
rm -f copy.iso*
run "$discern" vdrive run --drive sr0=one.iso --fault "sr0: read lba=700 count=1 exchange=other.iso" -- \
	"$discern" rip -o copy.iso
run with_drive other.iso "$discern" rip -o copy.iso
[ "$code" -ne 0 ] || cmp -s copy.iso other.iso || cmp -s copy.iso one.iso
equal "an image is never half of one disc and half of another" $? 0

# --- the same, but another program has heard of the change ---
# In a drive whose tray the ripper has locked nobody could do this, but with a pin through the hole at its front.

# unheard COMMAND…: while it runs, the disc is exchanged for $other and the word of it given to another program: SEEK(10), which
# waits for one of the slow reads to end
unheard() {
	rm -f copy.iso* heard
	# shellcheck disable=SC2016  # for the inner shell
	run timeout 60 "$discern" vdrive run --drive sr0=one.iso --fault 'sr0: read lba=300-799 delay=400' \
		--fault "sr0: 0x2b count=1 exchange=$other" --fault 'sr0: read lba=1500 count=1 host=reset' --clock-file clock --real-time -- sh -c '
		"$@" & program=$!
		until grep -q "read_sectors=[3-9][0-9][0-9]" clock; do sleep 0.05; done
		sg_raw /dev/sr0 2b 00 00 00 00 00 00 00 00 00 >heard 2>&1
		wait $program' sh "$@"
	contains "another program has heard of it" heard "Unit Attention"
}
other=other.iso
unheard "$discern" rip -o copy.iso
equal "rip notices a change that another program heard of" "$code" 7
absent "nothing is called complete" copy.iso
complained "after a reset, too" "another disc in the drive since it was reset"
other=edition.iso
unheard "$discern" rip -o copy.iso
equal "rip notices an edition with the same begin and end, in the same way" "$code" 7
complained "it is said" "the disc was changed while it was read"
run with_drive one.iso "$discern" rip -o copy.iso
equal "it begins anew" "$code" 0
same "and has all of it" copy.iso one.iso
other=other.iso
unheard "$discern" verify one.iso
[ "$code" -ne 0 ]
equal "verify notices a change that another program heard of" $? 0
not_called_good "a change that another program heard of"
