#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every reading has a reason: of each command that read sectors, by the recording of the job, -vv tells one line, and -v
# counts it in a line with its reason.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/rip.sh
. "$source_folder/tests/support/rip.sh"
requires_vdrive

# reasons WHAT CODE MEDIUM FAULTS OPTION…: a rip of it, of which no reading is without a reason; the lines stay in "err"
reasons() {
	what=$1 expected=$2 medium=$3
	printf '%s\n' "$4" | tr ';' '\n' | sed 's/^ */sr0: /' >faults
	shift 4
	exits "$expected" "$what: the rip" "$discern" vdrive run --virtual-clock --drive "sr0=$medium" --faults faults \
		-- "$discern" rip -vv --record record "$@"
	# Answers that a unit attention came before are asked for again at once.
	n_commands=$(grep -c '^cmd .*op=READ\((1[02])\|_1[02]\|[ _]CD\) ' record)
	n_lines=$(grep -c '^discern: rip: .*read LBA ' err)
	[ "$n_commands" -gt 10 ] && [ "$n_lines" -eq "$n_commands" ]
	equal "$what: each of $n_commands reads is told (there are $n_lines lines)" $? 0
	equal "$what: with a reason" "$(grep -c 'for no reason told' err)" 0
	n_summed=$(sed -nE 's/^discern: rip: .*: ([0-9]+) reads? of [0-9].* sectors?(, .*)?, LBA .*/\1/p' err | awk '{ n += $1 } END { print n + 0 }')
	equal "$what: and counted" "$n_summed" "$n_commands"
	rm -rf got* faults record.*
}

head -c 16M /dev/zero | openssl enc -aes-128-ctr -K 00 -iv 00 >disc.img 2>/dev/null

reasons "DVD" 3 disc.img,kind=dvd-rom 'ring lba=4000-4319 severity=1 dead=0.3 seed=1; read lba=700 sense=1/18/05' --retries 1 -o got.iso
for words in 'never read so far: ' 'in small steps as something near failed' 'before the sector that failed' \
	'failed before, at full speed' 'each sector by itself' 'is it still the same disc' 'where the last sector is' \
	'a second time, past'; do
	complained "DVD: $words" "$words"
done
reasons "cache" 0 disc.img,kind=dvd-rom,fua=no 'read lba=9000 sense=1/18/05' --paranoid -o got.iso
reasons "stream" 3 disc.img,kind=dvd-rom 'ring lba=4000-4031 severity=1 dead=1 seed=1' -o -
complained "stream: in order" "next in order"
head -c 4M disc.img >small.img
reasons "CD" 0 small.img,kind=cd-rom 'ring lba=400-407 dead=0.5 severity=1 seed=3' -o got.iso
complained "CD: without correction" "without its correction, to be mended here"

"$build_folder/tests/support/sound_make" all 1500 1 || exit 1
mixed_sheet small.img >mixed.cue
reasons "raw" 3 mixed.cue 'ring lba=400-407 dead=0.5 severity=1 seed=3; read lba=2500 sense=3/11/05' \
	--raw --subchannel --retries 4 -o got
complained "raw: sub-channels" "sub-channels of a sector that the drive gives up"
if grep -q '#define HAVE_SNDFILE 1' "$build_folder/config.h"; then
	reasons "audio" 3 mixed.cue 'ring lba=3000-3001 dead=1; read lba=2300-3600 jitter=300' --audio -o got
	complained "audio: second" "a second time, past the drive's cache, to be compared"
	complained "audio: rounds" "readings differ, or the drive was not sure: round 1"
fi
