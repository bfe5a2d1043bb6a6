#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Audio CDs from files of sound; and the whole way: a disc from FLAC and cue sheet, burned, ripped, burned again from
# what was ripped: all samples, pauses, texts and codes are equal.
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
requires_built SNDFILE
requires flac metaflac jq
. "$source_folder/tests/support/burn_cd.sh"
"$sound" one 400 2
"$sound" two 500 3
head -c $((500 * 2352 - 1000)) two.raw >short.raw

# rip_in FOLDER DRIVE-OPTIONS OPTION…: discern rip --audio of a.disc
rip_in() {
	folder=$1 options=$2
	shift 2
	rm -rf "$folder"
	run "$discern" vdrive run --drive "sr0=a.disc$options" -- "$discern" rip --audio -o "$folder" "$@"
}

flac --silent -f -o all.flac all.wav
sed 's/all.wav/all.flac/' disc.cue >flac.cue
new_disc cd-r
ok "FLAC and cue sheet in a drive with an offset" burn_in ,write-offset=30 --write-offset=30 flac.cue
is_the_disc "FLAC and cue sheet"
rip_in rip ,read-offset=-12,overread=both --offset=-12
equal "it is ripped" "$code" 0
cp a.disc first.disc
new_disc cd-r
ok "what was ripped is burned" burn_in "" rip/*.cue
is_the_disc "what was ripped"
for part in layout text; do
	"$dump" first.disc $part >first.out
	"$dump" a.disc $part >again.out
	same "the same disc again: $part" again.out first.out
done
ok "it equals the first sheet" with_drive a.disc "$discern" verify flac.cue

# A list of files, with what their tags say.
flac --silent -f -o one.flac -T "TITLE=Erstes Lied" -T "ARTIST=Die Band" -T "ALBUM=Platte" -T ISRC=DEABC2412345 \
	-T BARCODE=4012345678901 one.wav
flac --silent -f -o two.flac -T "TITLE=Zweites" -T "ARTIST=Gast" -T PRE_EMPHASIS=1 \
	--force-raw-format --endian=little --sign=signed --channels=2 --bps=16 --sample-rate=44100 short.raw
new_disc cd-r
ok "a list of files" burn_in "" --audio --gap=2 one.flac two.flac one.wav sr0
laid_out "list: the first" "track 1 session 1 audio control 0 pregap -150 start 0 end 400 isrc DEABC2412345"
laid_out "list: the second, behind a pause" "track 2 session 1 audio control 1 pregap 400 start 550 end 1050"
laid_out "list: the third" "track 3 session 1 audio control 0 pregap 1050 start 1200 end 1600"
laid_out "list: the catalogue number" "mcn 4012345678901"
sectors_are "list: sound of the first" 0 one.raw
{ cat short.raw && head -c 1000 /dev/zero; } >filled.raw
sectors_are "list: sound of the second, filled up" 550 filled.raw
sectors_are "list: sound of the third" 1200 one.raw
rip_in ripped "" --json
equal "rip finds the titles" "$(jq -r '[.tracks[].title] | join(",")' out)" "Erstes Lied,Zweites,"
equal "and that of the disc" "$(jq -r '.title' out)" Platte
equal "and the guest" "$(jq -r '.tracks[1].performer' out)" Gast
new_disc cd-r
ok "no gaps" burn_in "" --audio one.wav two.wav
laid_out "no gaps: adjoining" "track 2 session 1 audio control 0 pregap 400 start 400 end 900"
new_disc cd-r
ok "a gap in sectors" burn_in "" --audio --gap 37f one.wav two.wav
laid_out "37 sectors" "pregap 400 start 437"
# Files ripped each as a track are a disc, too.
new_disc cd-r
ok "ripped files" burn_in "" --audio rip/0[1-3]*.flac
tail -c +$((33 * 2352 + 1)) all.raw >numbered.raw
sectors_are "ripped files: all samples" 0 numbered.raw

# --- refused, with the remedy ---
# refuses CODE WHAT TEXT ARGUMENT…
refuses() {
	expected_code=$1 what=$2 text=$3
	shift 3
	new_disc cd-r
	exits "$expected_code" "$what" burn_in "" "$@"
	complained "$what: it is said" "$text"
	laid_out "$what: nothing was written" "disc blank"
}
{ head -c 22 one.wav && printf '\001\000' && tail -c +25 one.wav; } >mono.wav
refuses 1 "mono" "44100 Hz and 1 channel; a CD has 44100 Hz and 2" --audio mono.wav
complained "mono: the remedy" "sox"
{ head -c 24 one.wav && printf '\200\273\000\000' && tail -c +29 one.wav; } >fast.wav
refuses 1 "48 kHz" "48000 Hz" --audio fast.wav
refuses 1 "no sound" "no sound that can be read" --audio disc.cue
refuses 1 "a file that is not there" "gone.wav: cannot open" --audio gone.wav
refuses 2 "no file at all" "which files" --audio sr0
refuses 2 "a gap that is none" "--gap=x" --audio --gap=x one.wav
refuses 2 "an offset that is none" "--write-offset=9999" --write-offset=9999 disc.cue

# The source changes while it is burned: an error, whatever the drive says. Of a long disc, as the ring holds 15000 sectors.
head -c $((16500 * 2352)) /dev/zero >changing.raw
printf 'FILE "changing.raw" BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n' >changing.cue
# changes WHAT COMMAND…: done to the file while the ring fills and the drive makes the burn wait
changes() {
	what=$1
	shift
	new_disc cd-r
	rm -f err
	faults='sr0: write skip=1 count=40 sense=2/04/08'
	burn_in "" --progress=plain changing.cue >out 2>err &
	job=$!
	faults=
	while ! grep -qs '^write' err && kill -0 $job; do sleep 0.02; done
	"$@"
	wait $job
	equal "$what" $? 1
	complained "$what: it is said" "changing.raw was written to after it was checked"
}
changes "a file that grows other content" \
	dd if=all.raw of=changing.raw bs=2352 seek=16000 count=100 conv=notrunc status=none
changes "a file that shrinks" truncate -s 1000000 changing.raw
