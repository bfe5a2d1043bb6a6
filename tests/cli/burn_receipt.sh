#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The receipt of discern burn: what it tells of good and of failed burns, and that it proves a disc without the image.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/burn.sh
. "$source_folder/tests/support/burn.sh"
requires jq
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
burn other --no-receipt large.iso
absent "--no-receipt leaves none" large.iso.receipt.json
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
