#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Drives in trouble while they read, with several seeds: no false data, the reason told, the job resumable. They hang,
# reset, answer short, lie about the size, drop out and come back, or are gone.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/rip.sh
. "$source_folder/tests/support/rip.sh"
requires_vdrive

noise() {
	head -c $(($2 * 2048)) /dev/zero | openssl enc -aes-128-ctr -K "$1" -iv 00 2>/dev/null
}
noise 01 8000 >disc.img
noise 02 8000 >other.img
kind=dvd-rom

# in_trouble RULE [OPTION…]: one rip of disc.img in a drive with these faults, which are divided by semicolons
in_trouble() {
	printf 'sr0: %s\n' "$1" | sed 's/; */\nsr0: /g' >faults
	shift
	run "$discern" vdrive run --drive "sr0=disc.img,kind=$kind,serial=ONE" --faults faults ${second:+--drive "$second"} -- \
		"$discern" rip -v --reconnect 1 --cool-down 0 -o out.iso "$@" sr0
}

# What is there says nothing that is not so, and in a drive that works it comes to its end.
truth_and_end() {
	if [ "$code" -ne 0 ]; then
		file=out.iso
		[ -e "$file" ] || file=out.iso.part
		claims_are_true "$1" "$file" out.iso.map disc.img
		exits 0 "$1: gone on with" "$discern" vdrive run --drive "sr0=disc.img,kind=$kind" -- "$discern" rip -o out.iso
	fi
	same "$1: the image is the disc" out.iso disc.img
	rm -f out.iso out.iso.*
}

# --- trouble that passes: read to the end at once ---
for kind in cd-rom dvd-rom bd-rom; do
	for seed in 1 2 3; do
		rules=
		for what in host=time-out host=reset host=error short=2048 short=0 sense=6/29/00 sense=2/04/01 sense=b/00/00 \
			sense=4/3e/02 status=8 host=gone; do
			rules="$rules; read skip=12 probability=0.05 seed=$seed$((seed + ${#rules})) count=2 $what"
		done
		in_trouble "${rules#; }"
		equal "$kind, trouble with seed $seed: it is got over" "$code" 0
		truth_and_end "$kind, trouble with seed $seed"
	done
done

# --- always in one place: no endless loop, and no good sector beside it is lost ---
for kind in cd-rom bd-rom; do
	in_trouble "read lba=2100-2103 host=time-out; read lba=3000 host=reset; read lba=4000 short=1024; read lba=6000-6002 sense=b/47/00" \
		--retries 0
	equal "$kind, trouble in one place: the rest is read" "$code" 3
	contains "$kind, trouble in one place: and that is told" out "9 sectors could not be read"
	truth_and_end "$kind, trouble in one place"
done
kind=dvd-rom

# --- for good: never called good, and the reason told ---
while read -r what words; do
	in_trouble "read skip=20 $what" --retries 0
	equal "$what: not called good" "$([ "$code" -ne 0 ] && [ ! -e out.iso ] && echo yes)" yes
	contains "$what: the reason" err "$words"
	truth_and_end "$what"
done <<'END'
unplug was not back within 1 s
host=gone lost the connection to the drive
remove medium not present
tray medium not present
host=time-out did not answer in time
host=reset the drive reads nothing any more
short=512 only 512 of
sense=2/04/03 the drive reads nothing any more
sense=4/3e/02 the drive reads nothing any more
END

# --- a drive that loses its way until its disc was stopped for a while ---
in_trouble 'read skip=20 count=9 sense=4/3e/02' --cool-down 1
equal "a drive that reads nothing any more gets a rest" "$code" 0
complained "which is told" "it rests for 0:01"
complained "and what it did" "after its rest the drive reads it again"
truth_and_end "a rest"
exits 2 "no rest for ever" "$discern" rip --cool-down long

# --- dropped out, and back under another name ---
second=sr1=disc.img,kind=$kind,serial=ONE
in_trouble 'read skip=20 unplug'
equal "a drive that comes back as another sr is found" "$code" 0
complained "and that is told" "the drive is back as /dev/sr1, with the same disc in it"
truth_and_end "back as another"
second=sr1=disc.img,kind=$kind,serial=TWO
in_trouble 'read skip=20 unplug'
equal "another drive is not taken for it" "$code" 1
truth_and_end "another drive"
second=sr1=other.img,kind=$kind,serial=ONE
in_trouble 'read skip=20 unplug'
equal "nor another disc for the same" "$code" 7
complained "it is told" "there is another disc in the drive since it is back"
truth_and_end "another disc"
second=
in_trouble 'read skip=20 unplug' --reconnect 0
equal "without waiting" "$code" 1
equal "nothing is waited for" "$(grep -c waiting err)" 0
truth_and_end "without waiting"
# A neighbour of the same make with a copy of the disc, and no serial number.
rm -f out.iso*
cp disc.img neighbour.img
run "$discern" vdrive run --drive sr0=disc.img,serial= --drive sr1=neighbour.img,serial= --fault 'sr0: read skip=20 unplug' -- \
	"$discern" rip --reconnect 1 -o out.iso sr0
equal "a neighbour of the same make is not taken for a drive that is gone" "$code" 1
complained "it is said that the drive is gone" "the drive is gone"
absent "there is no image of it" out.iso
rm -f out.iso* neighbour.img
exits 2 "no time" "$discern" rip --reconnect never

# --- a size that is not so ---
for kind in cd-rom dvd-rom bd-rom; do
	for n in 1 4000 7999 8001 12000 4000000000; do
		in_trouble "capacity capacity=$n"
		equal "$kind that says $n: all of it is read, and nothing is lost" "$code" 0
		truth_and_end "$kind that says $n"
	done
done
