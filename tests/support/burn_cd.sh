# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh disable=SC2154  # functions.sh sets discern, code and work
# For the tests that burn CDs with tracks, sourced after functions.sh: sound, a sheet, discs, burns, and what lies there.
dump=$build_folder/tests/support/disc_dump
sound=$build_folder/tests/support/sound_make

new_disc() {
	rm -f "${2:-a.disc}"
	"$discern" vdrive create --quiet --media "${1:-cd-r}" --sectors 30000 "${2:-a.disc}" >/dev/null || exit 1
}

# burn_in DRIVE-OPTIONS ARGUMENT…: discern burn with a.disc in the drive; the rules in $faults apply
faults=
burn_in() {
	options=$1
	shift
	if [ -n "$faults" ]; then
		timeout 120 "$discern" vdrive run --drive "sr0=a.disc$options" --fault "$faults" -- "$discern" burn "$@"
	else
		timeout 120 "$discern" vdrive run --drive "sr0=a.disc$options" -- "$discern" burn "$@"
	fi
}

# laid_out WHAT TEXT: a line of the layout of a.disc
laid_out() {
	"$dump" a.disc layout >layout.txt
	contains "$1" layout.txt "$2"
}

# sectors_are WHAT LBA FILE [DISC]: the sectors from there on are the file's
sectors_are() {
	"$dump" "${4:-a.disc}" sectors "$2" $(($2 + $(wc -c <"$3") / 2352)) >sectors.out
	same "$1" sectors.out "$3"
}

# The same disc of 2700 sectors in all tests: hidden sound, pauses, indexes, codes, texts, flags.
"$sound" all 2700 1 || exit 1
cat >disc.cue <<'SHEET'
CATALOG 4012345678901
TITLE "A disc"
PERFORMER "The Band"
FILE "all.wav" WAVE
  TRACK 01 AUDIO
    TITLE "One"
    ISRC DEABC2412345
    INDEX 00 00:00:00
    INDEX 01 00:00:33
  TRACK 02 AUDIO
    TITLE "Two: AC/DC?"
    PERFORMER "Somebody else"
    ISRC DEABC2412346
    INDEX 00 00:12:00
    INDEX 01 00:13:00
    INDEX 02 00:15:00
  TRACK 03 AUDIO
    TITLE "Three"
    FLAGS DCP PRE
    INDEX 01 00:22:00
SHEET

# is_the_disc WHAT: a.disc is what disc.cue says, past any drive
is_the_disc() {
	laid_out "$1: catalogue number" "disc complete mcn 4012345678901"
	laid_out "$1: hidden sound" "track 1 session 1 audio control 0 pregap -150 start 33 end 900 isrc DEABC2412345"
	laid_out "$1: pause, index, ISRC" \
		"track 2 session 1 audio control 0 pregap 900 start 975 end 1650 index2 1125 isrc DEABC2412346"
	laid_out "$1: flags" "track 3 session 1 audio control 3 pregap 1650 start 1650 end 2700"
	sectors_are "$1: all samples" 0 all.raw
	"$dump" a.disc text >packs
	contains "$1: CD-TEXT" packs "AC/DC?"
}
