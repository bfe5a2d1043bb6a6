#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Cue sheets, toc files, CloneCD images and raw files as pressed CDs in a virtual drive, as other programs see them.
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
requires_built SNDFILE
requires cdrdao cd-info cd-paranoia icedax

# noise FILE SECTORS: so many sectors of sound
noise() {
	head -c "$(($2 * 2352))" /dev/urandom >"$1"
}

# cd-paranoia guesses a drive's byte order from the sound, which noise gives it none for: -c.

# sectors FILE FIRST COUNT: those of a file of sound
sectors() {
	tail -c "+$(($2 * 2352 + 1))" "$1" | head -c "$(($3 * 2352))"
}

# tracks MEDIUM: number, LSN and kind of each track, as cd-info sees them
tracks() {
	with_drive "$1" cd-info --no-cddb --no-analyze --no-device-info /dev/sr0 2>&1 |
		awk '/^ *[0-9]+: [0-9:]+ +[0-9]+ / { print $1 $3 + 0 $4 }' | tr '\n' ' '
}

make_iso data.iso 1
n_data=$(($(stat -c %s data.iso) / 2048))
noise one.bin 400
noise two.bin 500

cat >audio.cue <<END
CATALOG 1234567890123
TITLE "Sound"
FILE "one.bin" BINARY
  TRACK 01 AUDIO
    TITLE "First"
    FLAGS DCP
    ISRC DEABC1234567
    INDEX 01 00:00:00
FILE "two.bin" BINARY
  TRACK 02 AUDIO
    TITLE "Second"
    FLAGS PRE
    INDEX 00 00:00:00
    INDEX 01 00:02:00
END
equal "an audio CD has its tracks" "$(tracks audio.cue)" "1:0audio 2:550audio 170:900leadout "
run with_drive audio.cue cd-info --no-cddb --no-analyze /dev/sr0
printed "its catalogue number" "(MCN): 1234567890123"
printed "and an ISRC" "TRACK  1 ISRC: DEABC1234567"
run with_drive audio.cue cd-paranoia -c -r -q -d /dev/sr0 1 one.raw
{ cat one.bin && sectors two.bin 0 150; } >expected
same "cd-paranoia reads a track and the pause behind it" expected one.raw
run with_drive audio.cue icedax -D /dev/sr0 -t 2 -O cdr -E little two
sectors two.bin 150 350 >expected
same "icedax reads the other" expected two.cdr
ok "cdrdao reads its table of contents" with_drive audio.cue cdrdao read-toc --device /dev/sr0 read.toc
contains "with CD-TEXT" read.toc 'TITLE "Second"'
equal "and pre-emphasis" "$(grep -c '^PRE_EMPHASIS' read.toc)" 1
contains "and the pause" read.toc 'START 00:02:00'

cat >mixed.cue <<END
FILE "data.iso" BINARY
  TRACK 01 MODE1/2048
    INDEX 01 00:00:00
    POSTGAP 00:02:00
FILE "one.bin" BINARY
  TRACK 02 AUDIO
    PREGAP 00:02:00
    INDEX 01 00:00:00
END
equal "a mixed disc has both" "$(tracks mixed.cue)" \
	"1:0data 2:$((n_data + 300))audio 170:$((n_data + 700))leadout "
run with_drive mixed.cue dd if=/dev/sr0 of=read.iso bs=2048 count="$n_data" status=none
same "dd reads the data" data.iso read.iso
run with_drive mixed.cue cd-paranoia -c -r -q -d /dev/sr0 2 one.raw
same "cd-paranoia reads the sound" one.bin one.raw
exits 1 "sound is no data" with_drive mixed.cue dd if=/dev/sr0 of=none bs=2048 skip=$((n_data + 300)) count=1

cat >extra.cue <<END
REM SESSION 01
FILE "one.bin" BINARY
  TRACK 01 AUDIO
    INDEX 01 00:00:00
REM LEAD-OUT 01:30:00
REM SESSION 02
REM LEAD-IN 01:00:00
REM PREGAP 00:02:00
FILE "data.iso" BINARY
  TRACK 02 MODE2/2048
    INDEX 01 00:00:00
END
equal "a CD-Extra has two sessions" "$(tracks extra.cue)" "1:0audio 2:11800data 170:$((11800 + n_data))leadout "
run with_drive extra.cue cd-info --no-cddb --no-analyze /dev/sr0
printed "of which the last one begins with the data" "Last CD Session LSN: 11800"
run with_drive extra.cue dd if=/dev/sr0 of=read.iso bs=2048 skip=11800 count="$n_data" status=none
same "which are there" data.iso read.iso
exits 1 "between the sessions is nothing" with_drive extra.cue dd if=/dev/sr0 of=none bs=2048 skip=5000 count=1

# Another program reads a disc into raw files, which make the same disc again.
ok "cdrdao reads the mixed disc" with_drive mixed.cue \
	cdrdao read-cd --read-raw --device /dev/sr0 --datafile copy.bin copy.toc
contains "with whole sectors" copy.toc MODE1_RAW
equal "a toc file makes the same disc" "$(tracks copy.toc)" "$(tracks mixed.cue)"
run with_drive copy.toc dd if=/dev/sr0 of=read.iso bs=2048 count="$n_data" status=none
same "with the same data" data.iso read.iso
run with_drive copy.toc cd-paranoia -c -r -q -d /dev/sr0 2 one.raw
same "and the same sound" one.bin one.raw

# Sub-channels as packs before interleaving, without and then with their parity, and as they lie on the disc.
i=0
while [ $i -lt 300 ]; do
	head -c 2352 /dev/urandom
	for pack in 1 2 3 4; do
		printf '\011\006\000\000%016d\000\000\000\000' $((i * pack)) | tr '0-9' '\020-\031'
	done
	i=$((i + 1))
done >packs.bin
printf 'CD_DA\nTRACK AUDIO RW\nDATAFILE "packs.bin"\n' >packs.toc
ok "cdrdao reads packs" with_drive packs.toc \
	cdrdao read-cd --read-subchan rw --device /dev/sr0 --datafile rw.bin rw.toc
ok "and all of R to W" with_drive packs.toc \
	cdrdao read-cd --read-subchan rw_raw --device /dev/sr0 --datafile rw_raw.bin rw_raw.toc
contains "as packs" rw.toc "AUDIO RW"
ok "and what it read as packs" with_drive rw.toc \
	cdrdao read-cd --read-subchan rw_raw --device /dev/sr0 --datafile again.bin again.toc
same "packs lie on the disc as they did" rw_raw.bin again.bin
ok "and what it read as it lies there" with_drive rw_raw.toc \
	cdrdao read-cd --read-subchan rw --device /dev/sr0 --datafile more.bin more.toc
# The packs of the last two sectors end behind the track.
head -c $((298 * 2448)) rw.bin >expected
head -c $((298 * 2448)) more.bin >found
same "which has the same packs" expected found

printf 'FILE "data.iso" BINARY\nTRACK 01 MODE1/2048\nINDEX 01 00:00:00\n' >data.cue
ok "cdrdao reads a disc of data" with_drive data.cue \
	cdrdao read-cd --read-raw --device /dev/sr0 --datafile raw.bin raw.toc
equal "into whole sectors" "$(stat -c %s raw.bin)" "$((n_data * 2352))"
equal "these alone are a disc" "$(tracks raw.bin)" "1:0data 170:${n_data}leadout "
run with_drive raw.bin dd if=/dev/sr0 of=read.iso bs=2048 status=none
same "with the same data" data.iso read.iso
truncate -s -1 raw.bin
exits 1 "whole sectors must be whole" with_drive raw.bin true
complained "and it is said" "no whole number of sectors of 2352 bytes"
truncate -s +1 raw.bin

cp raw.bin clone.img
cat >clone.ccd <<END
[CloneCD]
Version=3
[Disc]
TocEntries=4
Sessions=1
DataTracksScrambled=0
CDTextLength=0
[Session 1]
PreGapMode=1
PreGapSubC=0
[Entry 0]
Session=1
Point=0xa0
ADR=0x01
Control=0x04
PMin=1
PSec=0
PFrame=0
PLBA=4350
[Entry 1]
Session=1
Point=0xa1
ADR=0x01
Control=0x04
PMin=1
PLBA=4350
[Entry 2]
Session=1
Point=0xa2
ADR=0x01
Control=0x04
PLBA=$n_data
[Entry 3]
Session=1
Point=0x01
ADR=0x01
Control=0x04
PLBA=0
[TRACK 1]
MODE=1
INDEX 1=0
END
equal "a CloneCD image is a disc" "$(tracks clone.ccd)" "1:0data 170:${n_data}leadout "
run with_drive clone.ccd dd if=/dev/sr0 of=read.iso bs=2048 status=none
same "with the same data" data.iso read.iso

ok "one image is in two drives" "$discern" vdrive run --drive sr0=audio.cue --drive sr1=audio.cue -- true
ok "it is a cd-rom" with_drive audio.cue,kind=cd-rom true
exits 1 "and nothing else" with_drive audio.cue,kind=dvd-rom true
complained "as is said" "the image of a cd-rom"
truncate -s 100000 two.bin
exits 1 "a file that is cut short is refused" with_drive audio.cue true
complained "with what was wanted" "two.bin is too short: line 13 wants 352800 bytes, and it has 100000"
rm two.bin
exits 1 "a file that is not there as well" with_drive audio.cue true
complained "with its name" "audio.cue: two.bin: no such file"
sed 's/TRACK 02/TRACK 03/' mixed.cue >wrong.cue
exits 1 "and a wrong text" with_drive wrong.cue true
complained "with the line" "wrong.cue: line 6: tracks"
