#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The receipt of discern burn: what it tells of good and of failed burns, and that it proves a disc without the image.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/burn.sh
. "$source_folder/tests/support/burn.sh"
# shellcheck source=tests/support/burn_cd.sh
. "$source_folder/tests/support/burn_cd.sh"
requires jq xorriso
requires_built SNDFILE
receipt=small.iso.receipt.json

# tells WHAT FILTER EXPECTED: of the receipt
tells() {
	equal "$1" "$(jq -rc "$2" "${of:-$receipt}")" "$3"
}

blank disc dvd+r
burn disc --dry-run small.iso
absent "a dry run leaves no receipt" $receipt
burn disc small.iso
ends 0 "a disc is burned"
printed "where its receipt is, is told" "receipt  $receipt"
tells "it is a receipt" .discern_receipt 1
tells "of this image" '.image, .hashes.sha256' "small.iso
$(sha256sum small.iso | cut -d ' ' -f 1)"
tells "of the size" .image_bytes "$(stat -c %s small.iso)"
tells "of one burn" '.burns | length' 1
tells "with the words of the command" '.burns[0].command' '["discern","burn","small.iso"]'
tells "on this kind of disc" '.burns[0].disc | .profile, .state' "DVD+R
blank"
tells "in this drive" '.burns[0].drive | .vendor, .product' "DISCERN
VIRTUAL DRIVE"
tells "which was reloaded" '.burns[0].reloaded' true
tells "and found equal" '.burns[0] | .verdict, .verify.verdict, .verify.unreadable_sectors' "good
equal
0"
tells "with the sum of what was read" '.burns[0].verify.disc_sha256' "$(sha256sum small.iso | cut -d ' ' -f 1)"
tells "no spare areas are told of" '.burns[0] | has("spares")' false

# --- the disc without its image ---
mv small.iso kept.iso
run "$discern" vdrive run --drive sr0=disc -- "$discern" verify --manifest $receipt
equal "the receipt alone proves the disc" "$code" 0
blank other dvd+r
make_iso another.iso 2 ANOTHER
burn other --no-receipt another.iso
absent "--no-receipt leaves none" another.iso.receipt.json
run "$discern" vdrive run --drive sr0=other -- "$discern" verify --manifest $receipt
equal "and tells another one from it" "$code" 4
mv kept.iso small.iso

# --- what is not good ---
blank disc dvd+rw
faults='sr0: read lba=700-704 sense=3/11/05'
burn disc small.iso
faults=
ends 3 "sectors that cannot be read back"
tells "are in the receipt" '.burns[1] | .verdict, .verify.unreadable[0].lba, .verify.damaged_files[0].path' "unreadable
700
/noise.bin"
faults='sr0: write lba=500-520 sense=3/0C/00'
burn disc --overwrite small.iso
faults=
ends 1 "a write error"
tells "is in the receipt, with its sense" '.burns[2] | .verdict, .error.sense, .disc.holds != null' "failed
3/0C/00
true"
burn disc small.iso
ends 5 "a burn that is refused"
tells "leaves no entry" '.burns | length' 3

# --- media with spare areas ---
blank disc bd-re
echo 'defect severity=0.1' >disc.faults
burn disc --receipt=own.json small.iso
rm disc.faults
of=own.json
tells "of which the drive used some" '.burns[0].spares | .free_after < .all' true
printed "which is told" "blocks of the medium while writing"
of=

# --- places where a receipt cannot lie ---
cp small.iso taken.iso
echo "a shopping list" >taken.iso.receipt.json
blank disc dvd+rw
burn disc taken.iso
ends 0 "a burn goes on without the usual receipt"
complained "and says so" "no receipt"
equal "what lay there is untouched" "$(cat taken.iso.receipt.json)" "a shopping list"
burn disc --overwrite --receipt=taken.iso.receipt.json small.iso
ends 1 "a receipt that was asked for and cannot be is an error"
tells "before anything is burned" '.burns | length' 3
burn disc --overwrite --receipt=nowhere/r.json small.iso
ends 1 "and so is a folder that is not there"
burn disc --overwrite --json --receipt=r.json small.iso
equal "--json names it" "$(jq -r .receipt out)" r.json

# --- sessions, each with a receipt of its own ---
blank disc dvd+r
burn disc --multi small.iso --receipt=first.json
ends 0 "the first of several"
run with_drive disc "$discern" info
next=$(sed -n 's/.*mkisofs -C \([0-9,]*\) .*/\1/p' out)
mkdir tree
echo more >tree/more
"$discern" vdrive run --drive sr0=disc -- xorriso -as mkisofs -quiet -C "$next" -M /dev/sr0 -R -o second.iso tree \
	2>xorriso.log || cat xorriso.log
burn disc --append second.iso
ends 0 "and another one"
of=second.iso.receipt.json
tells "its receipt says which" '.session, .burns[0].plan.session' "2
2"
rm second.iso
run with_drive disc "$discern" verify --manifest second.iso.receipt.json
ends 0 "it is proven where it lies"
run with_drive disc "$discern" verify --manifest first.json
ends 0 "and so is the first"
run with_drive disc "$discern" verify --session=1 --manifest second.iso.receipt.json
ends 4 "which is another one"

# --- trials and copies ---
new_disc cd-r
burn a.disc --simulate small.iso
ends 0 "a trial"
equal "of which there is no receipt" "$(jq '.burns | length' $receipt)" 3
blank copied dvd+rw
run "$discern" vdrive run --drive sr0=disc --drive sr1=copied -- "$discern" copy --on-the-fly --receipt=fly.json sr0 sr1
ends 0 "a copy on the fly"
run with_drive copied "$discern" verify --manifest fly.json
ends 0 "which its receipt proves"

# --- CDs with tracks ---
dd if=small.iso of=data.iso bs=2048 count=500 2>dd.log
"$sound" one 400 2
"$sound" two 500 3
cat >mixed.cue <<'SHEET'
FILE "data.iso" BINARY
  TRACK 01 MODE1/2048
    INDEX 01 00:00:00
FILE "one.wav" WAVE
  TRACK 02 AUDIO
    PREGAP 00:02:00
    INDEX 01 00:00:00
FILE "two.wav" WAVE
  TRACK 03 AUDIO
    INDEX 00 00:00:00
    INDEX 01 00:01:00
    POSTGAP 00:01:00
SHEET
ok "a CD with tracks" burn_in ",write-offset=6" mixed.cue
of=mixed.cue.receipt.json
tells "has a receipt" '.image, (.tracks | length), .burns[0].verdict, .burns[0].verify.offset' "mixed.cue
3
good
6"
tells "without a sum of one piece" 'has("hashes"), has("image_bytes")' "false
false"
rm one.wav two.wav data.iso
run "$discern" vdrive run --drive sr0=a.disc,read-offset=100 -- "$discern" verify --manifest mixed.cue.receipt.json
ends 0 "without its files another drive proves it"
printed "and says by what" "by the SHA-256 of each track"
printed "and where its samples lie" "lie 106 late"
run "$discern" vdrive run --drive sr0=a.disc --fault 'sr0: read lba=900 sense=3/11/05' \
	-- "$discern" verify --manifest mixed.cue.receipt.json
ends 3 "what cannot be read"
"$sound" one 400 4
"$sound" two 500 3
cp small.iso data.iso
truncate -s $((500 * 2048)) data.iso
new_disc cd-r other.disc
run with_drive other.disc "$discern" burn --no-receipt mixed.cue
run with_drive other.disc "$discern" verify --manifest mixed.cue.receipt.json
ends 4 "another CD is told from it"
printed "and which track" "track 2: its SHA-256 is another one"
sed 's/"lba": 0,/"lba": -7000000000,/' mixed.cue.receipt.json >damaged.json
run with_drive other.disc "$discern" verify --manifest damaged.json
ends 1 "numbers that make no sense"

# --- what lead-in and sub-channel say of a CD, proven without its files ---
new_disc cd-r
ok "a disc with indexes, codes, texts and pre-emphasis" burn_in "" disc.cue
sed -e 's/^CATALOG.*/CATALOG 9999999999994/' -e 's/DEABC2412346/DEABC2499999/' -e 's/00:15:00/00:15:01/' \
	-e 's/"Two: AC\/DC?"/"Two"/' -e 's/DCP PRE/DCP/' -e 's/00:12:00/00:12:10/' disc.cue >tampered.cue
new_disc cd-r other.disc
run with_drive other.disc "$discern" burn --no-receipt tampered.cue
rm all.wav
of=disc.cue.receipt.json
tells "the receipt has the codes" '.mcn, .tracks[1].isrc, (.tracks[1].indexes | tojson), .tracks[2].control' \
	"4012345678901
DEABC2412346
[1125]
3"
run with_drive a.disc "$discern" verify --manifest disc.cue.receipt.json
ends 0 "its receipt proves it"
printed "and says of what" "by the SHA-256 of each track, and all that tells of them"
run with_drive other.disc "$discern" verify --manifest disc.cue.receipt.json
ends 4 "the same sound on another disc"
printed "is told from it by the catalogue number" "the catalogue number is 9999999999994, not 4012345678901"
printed "by an ISRC" "the ISRC of track 2 is DEABC2499999, not DEABC2412346"
printed "by an index" "index 2 of track 2 is at LBA 1126, not 1125"
printed "by a pause" "the pause before track 2 has 65 sectors, not 75"
printed "by pre-emphasis" "track 3 has the control bits 2, not 3"
printed "by CD-TEXT" 'CD-TEXT, title of track 2: "Two", not "Two: AC/DC?"'
run with_drive other.disc "$discern" verify --no-cd-text --json --manifest disc.cue.receipt.json
equal "of which nothing is wanted" \
	"$(jq -r '.manifest, (.differences | length, (map(select(test("CD-TEXT"))) | length))' out | tr '\n' ' ')" \
	"disc.cue.receipt.json 5 0 "
jq 'del(.lead_outs, .mcn, .cd_text)' disc.cue.receipt.json >first.json
run with_drive other.disc "$discern" verify --manifest first.json
printed "the receipt of an earlier version proves less, and says so" "codes and CD-TEXT are not in it, and not compared"
jq '.tracks[1].indexes = [99]' disc.cue.receipt.json >damaged.json
run with_drive other.disc "$discern" verify --manifest damaged.json
ends 1 "an index outside of its track"
