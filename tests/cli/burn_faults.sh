#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# discern burn on the virtual drive: drives that fail, images that change, and Ctrl-C.
. "${srcdir:-.}/tests/support/functions.sh"
. "$source_folder/tests/support/burn.sh"
make_large

# --- faults of the drive ---
# fails MEDIA WHAT RULE…: a burn with this fault is an error, and never called good
fails() {
	blank disc "$1"
	faults=$3
	burn disc small.iso
	faults=
	ends 1 "$1: $2 is an error"
	if grep -qE '^(good|close|burned)' out; then
		failed "$1: $2 is not called done"
		show_output
	else
		passed "$1: $2 is not called done"
	fi
}
fails dvd+r "a write error" 'sr0: write lba=500-520 sense=3/0C/00'
complained "the sense is told" "[3 0C 00]"
complained "it is said that the disc is spoiled" "spoiled"
fails cd-r "a write error" 'sr0: write lba=500-520 sense=3/0C/00'
fails bd-r "a write that failed once" 'sr0: write skip=20 count=1 sense=3/0C/00'
fails dvd+rw "a write error" 'sr0: write lba=500-520 sense=3/0C/00'
complained "it is said that the disc can be used again" "--overwrite"
fails dvd+r "a write that was lost in transport" 'sr0: write skip=20 count=1 host=3'
fails dvd+rw "a write that was lost in transport" 'sr0: write skip=20 count=1 host=3'
fails dvd+rw "a write that the host wanted to repeat" 'sr0: write skip=20 count=1 host=11'
fails cd-r "a refused cue sheet" 'sr0: 0x5d sense=5/26/00'
complained "it is said that the disc is still blank" "still blank"
fails cd-r "a buffer that is not emptied" 'sr0: 0x35 sense=3/0C/00'
fails bd-r "a disc that cannot be closed" 'sr0: 0x5b sense=3/72/03'
fails dvd+r "a power calibration that failed" 'sr0: write count=1 sense=3/73/03'
fails cd-r "a loss of power" 'sr0: write lba=500 count=1 power-loss'
complained "a disc that was begun is not called good for another burn" "has begun with it: better use another one"
fails dvd+r "a track that cannot be reserved" 'sr0: 0x53 sense=5/24/00'

for media in dvd+r bd-r; do
	blank disc "$media"
	faults='sr0: 0x53 sense=5/20/00'
	burn disc small.iso
	faults=
	ends 0 "$media: a drive that lacks RESERVE TRACK writes the track at once"
	reads_back "$media: its disc is the image" disc small.iso
done

blank disc dvd+r
faults='sr0: read lba=700-704 sense=3/11/05'
burn disc small.iso
faults=
ends 3 "sectors that cannot be read back are told"
printed "which ones is told" "LBA 700"
printed "and which file they lie in" "1 of 2 files differs or cannot be read"

blank disc dvd+r
faults='sr0: write skip=10 count=40 sense=2/04/08'
burn disc small.iso
faults=
ends 0 "a drive that is busy for a while is waited for"

# --- the image changes while it is burned ---
# changes WHAT IMAGE COMMAND…: the command is run in the midst of the burn, held up by a slow write
changes() {
	what=$1
	image=$2
	shift 2
	blank disc dvd+r
	# What an earlier burn told must not be taken for what this one tells.
	: >err
	"$discern" vdrive run --drive "sr0=disc" --fault 'sr0: write skip=30 count=1 delay=3000' -- \
		"$discern" burn --progress json "$image" >out 2>err &
	# From the moment on that sectors have been written.
	for _ in $(seq 100); do
		grep -qE '"phase": "write", "done_bytes": [1-9]' err && break
		sleep 0.1
	done
	grep -qE '"phase": "write", "done_bytes": [1-9]' err || failed "$what: the burn did not begin"
	"$@"
	code=0
	wait $! || code=$?
	ends 1 "$what is an error"
	if grep -qE '^(good|burned)' out; then
		failed "$what is not called done"
	else
		passed "$what is not called done"
	fi
}
cp large.iso victim.iso
changes "an image cut in half" victim.iso truncate -s 40M victim.iso
complained "it is said what is left of it" "has only 41943040 bytes"
complained "it is said that the disc is spoiled" "spoiled"
cp small.iso victim.iso
changes "an image cut behind the reader" victim.iso truncate -s 1M victim.iso
cp small.iso victim.iso
changes "an image written to behind the reader" victim.iso \
	dd if=/dev/zero of=victim.iso bs=2048 seek=1000 count=1 conv=notrunc status=none
cp large.iso victim.iso
changes "an image written to before it was read" victim.iso \
	dd if=/dev/zero of=victim.iso bs=2048 seek=40000 count=1 conv=notrunc status=none
complained "it is said that it changed" "changed"
cp small.iso victim.iso
changes "an image that was replaced" victim.iso mv large.iso victim.iso
mv victim.iso large.iso

# --- Ctrl-C ---
blank disc dvd+rw
: >err
# An interactive shell's background jobs take SIGINT; this one's ignore it, so SIGTERM stands for it.
# shellcheck disable=SC2016  # expanded by the inner shell
"$discern" vdrive run --drive "sr0=disc" --fault 'sr0: write skip=30 delay=100' -- \
	sh -c '"$0" burn --progress json large.iso & echo $! >pid; wait $!' "$discern" >out 2>err &
for _ in $(seq 100); do
	grep -qE '"phase": "write", "done_bytes": [1-9]' err && break
	sleep 0.1
done
kill -TERM "$(cat pid)"
code=0
wait $! || code=$?
ends 143 "a signal stops the burn"
complained "that it was stopped is told" "stopped"
burn disc --overwrite small.iso
ends 0 "a rewritable disc is good for another burn"

# A signal while the drive closes the disc: the disc is finished, but not compared.
blank disc bd-r
# shellcheck disable=SC2016  # expanded by the inner shell
"$discern" vdrive run --drive "sr0=disc" --fault 'sr0: 0x5b delay=2000' -- \
	sh -c '"$0" burn --json --progress json small.iso & echo $! >pid; wait $!' "$discern" >out 2>err &
for _ in $(seq 100); do
	grep -qF '"phase": "close"' err && break
	sleep 0.1
done
kill -TERM "$(cat pid)"
code=0
wait $! || code=$?
ends 143 "a signal while closing is obeyed afterwards"
printed "the disc is not called verified" '"verdict": "not verified"'
ok "the disc was closed, with all of the image on it" \
	"$discern" vdrive run --drive sr0=disc -- "$discern" verify small.iso
