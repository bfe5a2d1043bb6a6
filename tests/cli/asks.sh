#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Before anything is lost, whoever sits at a terminal is asked, told what the disc holds, and taken at the word; where nobody
# can be asked, nothing is lost.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/burn.sh
. "$source_folder/tests/support/burn.sh"
# shellcheck source=tests/support/burn_cd.sh
. "$source_folder/tests/support/burn_cd.sh"
requires script
requires_built SNDFILE
make_iso other.iso 1 OTHER

# at_terminal ANSWER DRIVES ARGUMENT…: discern at a terminal, where somebody types the answer; "" to type nothing
# --foreground: or timeout puts it behind, where it may not ask, unless the shell that script starts execs.
at_terminal() {
	answer=$1 drives=$2
	shift 2
	# shellcheck disable=SC2086  # several options
	run_answered "$answer" timeout --foreground 120 "$discern" vdrive run $drives -- "$discern" "$@"
}

# What it prints goes to "out", as a terminal has but one.
run_answered() {
	answer=$1
	shift
	code=0
	# The terminal is there as long as somebody is: script ends with its input otherwise.
	{ [ -z "$answer" ] || printf '%s\n' "$answer"; } |
		script -qec "$*" /dev/null >"$work/out" 2>"$work/err" || code=$?
}

holds() {
	printed "$1" "which holds the ISO 9660 volume \"$2\""
}

# --- written over ---
blank disc dvd+rw
at_terminal "" "--drive sr0=disc" burn --no-receipt small.iso
ends 0 "a blank disc is burned without a question"
for answer in "" what; do
	at_terminal "$answer" "--drive sr0=disc" burn --no-receipt other.iso
	ends 5 "\"$answer\" is no yes"
done
holds "what would be lost was named" SMALL
printed "and that nothing was" "the disc is as it was"
reads_back "the disc is as it was" disc small.iso
burn disc --no-receipt other.iso
ends 5 "where nobody can be asked it is refused"
complained "with what to do" "add --overwrite"
at_terminal y "--drive sr0=disc" burn --json --no-receipt other.iso
ends 5 "a program is not asked"
at_terminal "" "--drive sr0=disc" burn --yes --no-receipt other.iso
ends 5 "--yes alone does not say that a disc may be overwritten"
at_terminal y "--drive sr0=disc" burn --no-receipt other.iso
ends 0 "after a yes it is burned"
printed "times were told" "; about 10 s to write, 10 s to close, 10 s to read back"
reads_back "as the disc shows" disc other.iso

# --- blanked and formatted ---
at_terminal n "--drive sr0=disc" blank
ends 5 "blanking: no"
holds "blanking names what is there" OTHER
reads_back "the disc is as it was" disc other.iso
new_disc cd-rw
cat >sheet.cue <<'SHEET'
FILE "noise.wav" WAVE
  TRACK 01 AUDIO
    INDEX 01 00:00:00
SHEET
"$sound" noise 600 2
at_terminal "" "--drive sr0=a.disc" burn small.iso --no-receipt
ends 0 "a CD-RW is burned"
at_terminal n "--drive sr0=a.disc" burn sheet.cue
ends 5 "tracks onto a CD-RW that holds something: no"
holds "it was named" SMALL
exits 5 "nor where nobody can be asked" burn_in "" --overwrite sheet.cue
complained "which is told" "give --yes"
at_terminal y "--drive sr0=a.disc" burn sheet.cue
ends 0 "yes: it is blanked, and burned"
at_terminal n "--drive sr0=a.disc" burn small.iso --no-receipt
printed "a CD of sound is called one" "which holds 1 track of audio"

# --- copies: before an hour goes into reading ---
blank target bd-re
at_terminal "" "--drive sr1=target" burn --no-receipt small.iso
at_terminal n "--drive sr0=target" format --defect-management=off
ends 5 "formatting: no"
holds "formatting names what is there" SMALL
at_terminal n "--drive sr0=disc --drive sr1=target" copy sr0 sr1
ends 5 "a copy onto a disc with data: no"
holds "it was named" SMALL
run "$discern" vdrive run --drive sr0=disc --drive sr1=target -- "$discern" copy sr0 sr1
ends 5 "nobody can be asked"
complained "which ends it before the reading" "/dev/sr1: the BD-RE is not blank"
at_terminal y "--drive sr0=disc --drive sr1=target" copy sr0 sr1
ends 0 "yes: it is copied, and asked but once"
equal "one question" "$(grep -c 'y/N' out)" 1
reads_back "as the disc shows" target other.iso

# --- several drives: each is asked for ---
blank one dvd+rw
run "$discern" vdrive run --drive sr0=one -- "$discern" burn --no-receipt small.iso
at_terminal n "--drive sr0=one --drive sr1=target" burn --no-receipt small.iso sr0 sr1
ends 5 "no for one of two, and nothing more is typed"
holds "it was named" SMALL
reads_back "the other is as it was" target other.iso
