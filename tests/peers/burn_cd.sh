#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# CDs with tracks: what discern burns other people's programs read as it was meant, and what they burn of the same sheet is
# the same disc, which discern verify finds equal.
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
requires_built SNDFILE
requires cdrdao cd-info cd-paranoia icedax cdrskin
. "$source_folder/tests/support/burn_cd.sh"

new_disc cd-r
ok "discern burns a CD" burn_in "" --no-verify disc.cue
cp a.disc ours.disc
ok "cdrdao reads it" with_drive ours.disc cdrdao read-cd --device /dev/sr0 --datafile read.bin read.toc
# cdrdao writes samples with the highest byte first.
dd if=read.bin of=swapped.bin conv=swab status=none
same "cdrdao: every sample" swapped.bin all.raw
for line in 'CATALOG "4012345678901"' 'ISRC "DEABC2412345"' 'ISRC "DEABC2412346"' 'TITLE "Two: AC/DC?"' \
	'PERFORMER "Somebody else"' 'TITLE "A disc"' 'START 00:00:33' 'INDEX 00:02:00'; do
	contains "cdrdao: $line" read.toc "$line"
done
equal "cdrdao: one track with pre-emphasis" "$(grep -c '^PRE_EMPHASIS' read.toc)" 1
equal "cdrdao: which may be copied" "$(grep -c '^COPY' read.toc)" 1
run with_drive ours.disc cd-info --no-cddb --no-analyze /dev/sr0
printed "cd-info: the catalogue number" "(MCN): 4012345678901"
printed "cd-info: an ISRC" "TRACK  2 ISRC: DEABC2412346"
with_drive ours.disc cdrskin dev=/dev/sr0 cdtext_to_v07t=- -minfo >found.v07t 2>/dev/null
contains "cdrskin: CD-TEXT" found.v07t "Two: AC/DC?"
ok "cd-paranoia reads a track" with_drive ours.disc cd-paranoia -d /dev/sr0 -q -r 2 two.out
tail -c +$((975 * 2352 + 1)) all.raw | head -c $((675 * 2352)) >two.raw
same "cd-paranoia: its samples" two.out two.raw
ok "icedax reads another" with_drive ours.disc icedax -q -D /dev/sr0 -t 3 -O raw -E little three
tail -c +$((1650 * 2352 + 1)) all.raw >three.expected
same "icedax: its samples" three.raw three.expected

# The same disc in cdrdao's words.
cat >disc.toc <<'SHEET'
CD_DA
CATALOG "4012345678901"
CD_TEXT { LANGUAGE_MAP { 0 : EN } LANGUAGE 0 { TITLE "A disc" PERFORMER "The Band" } }
TRACK AUDIO
ISRC "DEABC2412345"
CD_TEXT { LANGUAGE 0 { TITLE "One" PERFORMER "" } }
FILE "all.wav" 0 00:12:00
START 00:00:33
TRACK AUDIO
ISRC "DEABC2412346"
CD_TEXT { LANGUAGE 0 { TITLE "Two: AC/DC?" PERFORMER "Somebody else" } }
FILE "all.wav" 00:12:00 00:10:00
START 00:01:00
INDEX 00:02:00
TRACK AUDIO
COPY
PRE_EMPHASIS
CD_TEXT { LANGUAGE 0 { TITLE "Three" PERFORMER "" } }
FILE "all.wav" 00:22:00
SHEET
new_disc cd-r
ok "cdrdao burns it" with_drive a.disc timeout 100 cdrdao write --device /dev/sr0 --driver generic-mmc:0x10 -n disc.toc
is_the_disc "cdrdao's disc"
"$dump" a.disc layout >theirs.txt
"$dump" ours.disc layout >ours.txt
same "both discs are laid out alike" theirs.txt ours.txt
"$dump" a.disc sub 0 2700 >theirs.sub
"$dump" ours.disc sub 0 2700 >ours.sub
same "and have the same sub-channels" theirs.sub ours.sub
ok "discern finds it equal" with_drive a.disc "$discern" verify disc.cue
new_disc cd-r
ok "discern burns that toc file, too" burn_in "" disc.toc
is_the_disc "from the toc file"

# What libburn makes of a cue sheet.
sed -e '/INDEX 00 00:00:00/d; s/INDEX 01 00:00:33/INDEX 01 00:00:00/; s/all.wav/all.raw/; s/WAVE/BINARY/' disc.cue >plain.cue
new_disc cd-r
ok "cdrskin burns a cue sheet" with_drive a.disc cdrskin dev=/dev/sr0 -sao cuefile=plain.cue
"$dump" a.disc layout >theirs.txt
cp a.disc theirs.disc
new_disc cd-r
ok "and discern" burn_in "" plain.cue
"$dump" a.disc layout >ours.txt
same "alike" ours.txt theirs.txt
exits 4 "which tells that the other has no CD-TEXT" with_drive theirs.disc "$discern" verify plain.cue
printed "in words" "the disc has no CD-TEXT"
ok "and nothing else" with_drive theirs.disc "$discern" verify --no-cd-text plain.cue

# A copy reads as its source does.
new_disc cd-r
ok "discern copies" "$discern" vdrive run --drive sr0=ours.disc --drive sr1=a.disc -- "$discern" copy sr0 sr1
ok "cdrdao reads the copy" with_drive a.disc cdrdao read-toc --device /dev/sr0 copy.toc
ok "cdrdao reads the source" with_drive ours.disc cdrdao read-toc --device /dev/sr0 source.toc
same "the same" copy.toc source.toc
