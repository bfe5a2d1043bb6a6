#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Copies: of each disc that is put in and holds something it is asked whether it may be lost; where nobody can be asked, nothing is.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/burn.sh
. "$source_folder/tests/support/burn.sh"
# shellcheck source=tests/support/burn_cd.sh
. "$source_folder/tests/support/burn_cd.sh"
requires script
requires_built SNDFILE
make_iso other.iso 1 OTHER
export discern
blank one dvd+rw
run "$discern" vdrive run --drive sr0=one -- "$discern" burn --no-receipt small.iso
"$sound" noise 600 2
cat >sheet.cue <<'SHEET'
FILE "noise.wav" WAVE
  TRACK 01 AUDIO
    INDEX 01 00:00:00
SHEET

# types ANSWER…: each when one more question stands there
types() {
	n=0
	for answer; do
		n=$((n + 1))
		until [ -e over ] || [ "$(grep -c 'y/N' out)" -ge $n ]; do sleep 0.05; done
		case $answer in
		ctrl-c) printf '\003' ;;
		changed-y)
			printf 'X' | dd of=queued.iso bs=2048 seek=100 conv=notrunc status=none
			echo y
			;;
		*) printf '%s\n' "$answer" ;;
		esac
	done
	until [ -e over ]; do sleep 0.05; done
}
cat >person.sh <<'EOF'
# DISCS WHERE-ASKED COMMAND…: puts these in, one after the other, whenever one is asked for
discs=$1 where=$2
shift 2
{
	n=0
	for disc in $discs; do
		n=$((n + 1))
		until [ "$(grep -c 'put the next' "$where")" -ge $n ]; do sleep 0.05; done
		ln -sf "$disc" medium
		"$discern" load sr0
	done
} >/dev/null 2>&1 &
"$@"
code=$?
kill $! 2>/dev/null
exit $code
EOF
# several ANSWERS DISCS ARGUMENT…: several discs one after the other, with the first of those in the drive
several() {
	answers=$1 first=${2%% *} discs=${2#* }
	shift 2
	ln -sf "$first" medium
	rm -f over
	: >out
	# shellcheck disable=SC2086  # several answers
	types $answers | {
		timeout 120 script -qec "'$discern' vdrive run --drive sr0=medium -- sh person.sh '$discs' out '$discern' burn \
--no-receipt --no-verify $* sr0" /dev/null >out 2>err
		echo $? >over
	}
	code=$(cat over)
}
for disc in two three; do
	cp --sparse=always one $disc
done
several "y n y" "one two three" --copies=2 other.iso
ends 0 "two copies, with discs that hold something"
equal "each disc was asked for" "$(grep -c 'y/N' out)" 3
reads_back "a yes at the begin" one other.iso
reads_back "a no later" two small.iso
reads_back "a yes later" three other.iso
# Ctrl-C while a question is open, the first one and a later one
several ctrl-c "one two" --copies=2 small.iso
ends 130 "Ctrl-C at the first question"
printed "says what was not burned" "2 discs were not burned"
reads_back "the disc is as it was" one other.iso
several "y ctrl-c" "one two" --copies=2 other.iso
ends 130 "Ctrl-C at a later question"
printed "says what was burned" "not verified"
printed "what was not" "1 disc was not burned"
printed "and what became of the disc" "nothing was written: the disc is as it was"
equal "and asks no more" "$(grep -c 'y/N' out)" 2
reads_back "which is so" two small.iso
ln -sf three medium
rm -f over
types ctrl-c | {
	timeout 120 script -qec "'$discern' vdrive run --drive sr0=medium --drive sr1=two -- \
'$discern' burn --no-receipt small.iso sr0 sr1" /dev/null >out 2>err
	echo $? >over
}
code=$(cat over)
ends 130 "Ctrl-C at the first of two drives' questions"
equal "the other one is not put" "$(grep -c 'y/N' out)" 1
# An image is checked once, before the question, however long the answer takes: what is burned has to be that.
cp small.iso queued.iso
echo queued.iso >queue
several changed-y "one two" --queue=queue
ends 1 "an image that is written to while the question is open"
printed "is told from the one that was checked" "queued.iso: was written to after it was checked"
blank empty cd-rw 30000
cp --sparse=always empty rw
run "$discern" vdrive run --drive sr0=rw -- "$discern" burn --no-receipt small.iso
cp --sparse=always rw held
several "y y" "rw held" --copies=2 sheet.cue
ends 0 "two CDs of sound, on CD-RW that hold something"
equal "both were asked for" "$(grep -c 'blank the CD-RW in .*y/N' out)" 2
for disc in rw held; do
	"$dump" $disc sectors 0 600 >back
	same "all samples are on $disc" back noise.raw
done
# Where nobody can be asked: --overwrite does not blank.
ln -sf held medium
# shellcheck disable=SC2016  # expanded there
exits 0 "nobody is there: what holds something is ejected" "$discern" vdrive run --drive sr0=medium -- sh -c \
	'exec sh person.sh empty messages "$discern" burn --copies=1 --overwrite --no-receipt --no-verify small.iso sr0 2>messages'
contains "and told" messages "give --yes to agree where nobody can be asked"
"$dump" held sectors 0 600 >back
same "the disc is as it was" back noise.raw
