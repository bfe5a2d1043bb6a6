#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Cue sheets, toc files and images of whole sectors burned as CDs: what lies on the disc is held against them past any
# drive, and discern verify tells what differs.
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
requires_built SNDFILE
requires jq
. "$source_folder/tests/support/burn_cd.sh"

new_disc cd-r
ok "a sheet is looked at" burn_in "" --dry-run disc.cue
laid_out "which writes nothing" "disc blank"
ok "it is burned and equal" burn_in "" --json disc.cue
cp out result.json
is_the_disc "audio"
for row in '.verdict good' '.verify.verdict equal' '.verify.equal_sectors 2700' '.verify.offset 0' '.plan.cd_text true' \
	'.image.tracks[1].isrc DEABC2412346' '.image.tracks[1].pregap_sectors 75' '.image.tracks[1].indexes 2' \
	'.image.tracks[2].pre_emphasis true' '.image.tracks[0].pregap_sectors 33' '.write.bytes 6703200'; do
	equal "JSON: $row" "$(jq -r "${row%% *}" result.json)" "${row#* }"
done
exits 5 "a disc that is full is not burned" burn_in "" disc.cue
complained "and it is said" "is not blank"

# verify by itself; and what differs.
verify_in() {
	options=$1
	shift
	"$discern" vdrive run --drive "sr0=a.disc$options" -- "$discern" verify "$@"
}
ok "verify finds where a drive reads" verify_in ,read-offset=-48,overread=both disc.cue
printed "and tells it" "lie -48 late"
ok "or is told" verify_in ,read-offset=-48,overread=both --offset=-48 disc.cue
exits 4 "what lies elsewhere is a difference then" verify_in "" --offset=6 disc.cue
exits 3 "samples out of reach are not proven" verify_in ,read-offset=30 disc.cue
sed -e 's/DEABC2412346/DEABC2412347/; s/Three/Four/; s/INDEX 02 00:15:00/INDEX 02 00:15:01/; s/DCP PRE/DCP/' \
	-e 's/4012345678901/4012345678902/; s/INDEX 00 00:12:00/INDEX 00 00:12:01/; s/00:22:00/00:22:05/' disc.cue >other.cue
exits 4 "another sheet differs" verify_in "" other.cue
for words in "the catalogue number is 4012345678901, not 4012345678902" "the ISRC of track 2 is DEABC2412346" \
	'title of track 3: "Three", not "Four"' "index 2 of track 2 is at LBA 1125, not 1126" \
	"track 3 has the control bits 3, not 2" "the pause before track 2 has 75 sectors, not 74" \
	"track 3 begins at LBA 1650, not 1655"; do
	printed "told: $words" "$words"
done
sed 's/all.wav/changed.raw/; s/WAVE/BINARY/' disc.cue >changed.cue
cp all.raw changed.raw
printf differs! | dd of=changed.raw bs=1 seek=$((1200 * 2352 + 7)) conv=notrunc status=none
exits 4 "one sample differs" verify_in "" changed.cue
printed "where is told" "LBA 1200"
exits 3 "sectors that cannot be read" "$discern" vdrive run --drive sr0=a.disc \
	--fault 'sr0: read lba=700-703 sense=3/11/05' -- "$discern" verify disc.cue
printed "are told as well" "LBA 700 to 703"

# The offset of a drive that writes late or early is taken out.
new_disc cd-r
ok "a drive that writes late" burn_in ,write-offset=700 --write-offset=700 disc.cue
sectors_are "leaves every sample where it belongs" 0 all.raw
new_disc cd-r
exits 0 "one that is not told of" burn_in ,write-offset=-667 --no-verify disc.cue
"$dump" a.disc sectors 0 2699 | head -c 6000000 >found
tail -c +$((667 * 4 + 1)) all.raw | head -c 6000000 >expected
same "puts all samples early" found expected
new_disc cd-r
exits 4 "one that writes early loses the end" burn_in ,write-offset=-30 --write-offset=-30 disc.cue
printed "which is said before" "the last 30 samples of sound are lost"
new_disc cd-r
ok "without CD-TEXT" burn_in "" --no-cd-text disc.cue
equal "there is none" "$("$dump" a.disc text | wc -c)" 0

# Data, alone and with audio, in all modes and in two sessions.
make_iso data.iso 1
n=$(($(stat -c %s data.iso) / 2048))
"$sound" one 400 2
"$sound" two 500 3
cat >mixed.cue <<'SHEET'
FILE "data.iso" BINARY
  TRACK 01 MODE1/2048
    INDEX 01 00:00:00
    POSTGAP 00:02:00
FILE "one.wav" WAVE
  TRACK 02 AUDIO
    PREGAP 00:02:00
    INDEX 01 00:00:00
FILE "two.raw" BINARY
  TRACK 03 AUDIO
    INDEX 01 00:00:00
SHEET
new_disc cd-r
ok "data and audio" burn_in "" mixed.cue
laid_out "mixed: data" "track 1 session 1 mode1 control 4 pregap -150 start 0 end $((n + 150))"
laid_out "mixed: audio" "track 2 session 1 audio control 0 pregap $((n + 150)) start $((n + 300))"
sectors_are "mixed: the first song" $((n + 300)) one.raw
sectors_are "mixed: the second song" $((n + 700)) two.raw
run with_drive a.disc dd if=/dev/sr0 of=back bs=2048 count="$n" status=none
same "mixed: the data" back data.iso
"$dump" a.disc sectors 0 $((n + 150)) >whole.bin

cat >extra.cue <<'SHEET'
REM SESSION 01
FILE "one.wav" WAVE
  TRACK 01 AUDIO
    TITLE "A song"
    INDEX 01 00:00:00
REM LEAD-OUT 01:30:00
REM SESSION 02
REM LEAD-IN 01:00:00
REM PREGAP 00:02:00
FILE "data.iso" BINARY
  TRACK 02 MODE2/2048
    INDEX 01 00:00:00
SHEET
new_disc cd-r
ok "a CD-Extra" burn_in "" extra.cue
laid_out "CD-Extra: both sessions" "track 2 session 2 xa control 4 pregap 11650 start 11800"
laid_out "CD-Extra: of which the second is XA" "session 2 type 20"
run with_drive a.disc dd if=/dev/sr0 of=back bs=2048 skip=11800 count="$n" status=none
same "CD-Extra: the data" back data.iso

printf 'CD_ROM_XA\nTRACK MODE2_FORM1\nDATAFILE "data.iso"\nTRACK MODE2_FORM2\nZERO MODE2_FORM2 00:04:10\n' >xa.toc
new_disc cd-r
ok "Mode 2, both forms" burn_in "" xa.toc
laid_out "XA: the second track" "track 2 session 1 xa control 4 pregap $n start $n end $((n + 310))"
"$dump" a.disc sectors 0 $((n + 310)) >xa.bin
cp xa.bin sealed.bin
truncate -s -4 xa.bin
printf '\000\000\000\000' >>xa.bin
printf 'FILE "xa.bin" BINARY\nTRACK 01 MODE2/2352\nINDEX 01 00:00:00\n' >xa.cue
new_disc cd-r
ok "Form 2 without an EDC" burn_in "" xa.cue
printed "is told" "1 sector of Form 2 without a checksum"
"$dump" a.disc sectors 0 $((n + 310)) >found
same "the drive puts one there" found sealed.bin
new_disc cd-r
ok "a file of whole sectors" burn_in "" whole.bin
"$dump" a.disc sectors 0 $((n + 150)) >again.bin
same "is on the disc, EDC and ECC included" again.bin whole.bin

# Graphics beside sound: R to W.
head -c $((300 * 2352)) one.raw >song.bin
i=0
while [ $i -lt 300 ]; do
	tail -c +$((i * 2352 + 1)) song.bin | head -c 2352
	printf '\011\006\000\000%016d\000\000\000\000\011\006\000\000%016d\000\000\000\000%48d' $i $i 0 |
		tr '0-9 ' '\020-\031\000'
	i=$((i + 1))
done >packs.bin
printf 'CD_DA\nTRACK AUDIO RW_RAW\nDATAFILE "packs.bin"\n' >graphics.toc
new_disc cd-r
ok "sub-channels R to W" burn_in "" --json graphics.toc
equal "are sent" "$(jq .plan.subchannel out)" true
"$dump" a.disc sub 100 101 | od -An -v -tu1 -w1 | awk '{ print $1 % 64 }' >found
tail -c +$((100 * 2448 + 2353)) packs.bin | head -c 96 | od -An -v -tu1 -w1 | awk '{ print $1 % 64 }' >expected
same "and lie there" found expected

# --- what is no disc ---
# refuses CODE WHAT SHEET-FILE TEXT: with the words
refuses() {
	new_disc cd-r
	exits "$1" "$2" burn_in "" "$3"
	complained "$2: it is said" "$4"
	laid_out "$2: nothing was written" "disc blank"
}
sed 's/00:22:00/00:33:00/' disc.cue >short.cue
refuses 1 "a track that is too short" short.cue "track 3 is shorter than four seconds"
sed 's/all.wav/gone.wav/' disc.cue >gone.cue
refuses 1 "a file that is not there" gone.cue "gone.wav: no such file"
sed 's/INDEX 02 00:15:00/INDEX 05 00:15:00/' disc.cue >wrong.cue
refuses 1 "a sheet that is wrong" wrong.cue "wrong.cue: line 16"
printf 'FILE "all.raw" BINARY\nTRACK 01 MODE1/2352\nINDEX 01 00:00:00\n' >noise.cue
refuses 1 "sound that is said to be data" noise.cue "sector 0 of track 1 is not one of the kind"
printf differs! | dd of=whole.bin bs=1 seek=$((50 * 2352 + 1000)) conv=notrunc status=none
refuses 1 "a data sector that is not sound" whole.bin "1 data sector is not sound"
new_disc cd-r
ok "which can be burned all the same" burn_in "" --any-file whole.bin
rm -f a.disc
"$discern" vdrive create --quiet --media cd-r --sectors 2600 a.disc >/dev/null
exits 5 "what does not fit" burn_in "" disc.cue
complained "is told in time" "it takes 0:36 minutes (2700 sectors), the disc has 0:34 (2600)"
new_disc dvd+r
exits 5 "another kind of disc" burn_in "" disc.cue
complained "is told" "need a CD-R or CD-RW"
new_disc cd-r
exits 2 "a checksum has no place" burn_in "" --sha256="$(printf '%064d' 0)" disc.cue

new_disc cd-r
ok "a sheet is burned for trial" burn_in "" --simulate disc.cue
printed "which is said" "nothing was written, and the disc is blank"
laid_out "and writes nothing" "disc blank"
equal "nor is it called good" "$(grep -cE '^(good|burned|verify)' out)" 0

echo disc.cue >list
ok "a sheet in a queue" timeout 120 "$discern" vdrive run --drive sr0=a.disc -- "$discern" burn --queue=list --json sr0
equal "is verified" "$(jq -r '.discs[0] | .verdict + " " + .verify' out)" "good equal"
is_the_disc "from a queue"
contains "and marked as done" list "#done disc.cue"

# --- what fails ---
# fails CODE WHAT RULE TEXT: never called good
fails() {
	new_disc cd-r
	faults=$3
	exits "$1" "$2" burn_in "" disc.cue
	faults=
	complained "$2: it is said" "$4"
	if grep -qE '^(good|close|burned)' out; then
		failed "$2: not called done"
	else
		passed "$2: not called done"
	fi
}
fails 1 "a write error" 'sr0: write lba=500-520 sense=3/0C/00' "cannot write at sector"
complained "and that the disc is spoiled" "the disc is spoiled"
fails 1 "a write lost in transport" 'sr0: write skip=20 count=1 host=3' "the disc is spoiled"
fails 5 "a cue sheet that is refused" 'sr0: 0x5d sense=5/26/00' "nothing was written; try another drive"
laid_out "a cue sheet that is refused: nothing was written" "disc blank"
fails 1 "a buffer that is not emptied" 'sr0: 0x35 sense=3/0C/00' "closing the session failed"
fails 5 "a disc taken out" 'sr0: write skip=30 count=1 sense=2/3A/00' "medium not present"
new_disc cd-r
faults='sr0: write skip=10 count=20 sense=2/04/08'
ok "a drive with a full buffer is waited for" burn_in "" disc.cue
faults=
