#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# discern burn on the virtual drive: what it refuses, and what it burns.
. "${srcdir:-.}/tests/support/functions.sh"
. "$source_folder/tests/support/burn.sh"
make_large

# --- every kind of medium ---
for media in cd-r dvd+r dvd+rw bd-r; do
	blank disc $media
	before=$(print_sum disc)
	burn disc --dry-run small.iso
	ends 0 "$media: a dry run is good"
	printed "$media: a dry run says so" "nothing was written"
	equal "$media: a dry run leaves the disc as it was" "$(print_sum disc)" "$before"
	burn disc small.iso
	ends 0 "$media: burns and verifies"
	printed "$media: the verdict is good" "the disc equals small.iso"
	reads_back "$media: dd reads back what was burned" disc small.iso
	before=$(print_sum disc)
	burn disc large.iso
	ends 5 "$media: refuses a disc that holds data"
	complained "$media: names what is on it" '"SMALL"'
	equal "$media: leaves that disc as it was" "$(print_sum disc)" "$before"
done

blank disc dvd+rw
burn disc large.iso
ends 0 "dvd+rw: burns an image larger than the buffer"
burn disc --dry-run --overwrite small.iso
printed "dvd+rw: says what is lost" 'loses what it holds: the ISO 9660 volume "LARGE"'
burn disc --overwrite small.iso
ends 0 "dvd+rw: --overwrite burns over a volume"
reads_back "dvd+rw: dd reads back the new image" disc small.iso
blank disc bd-r
burn disc small.iso
burn disc --overwrite small.iso
ends 5 "bd-r: --overwrite helps nothing on a disc that is written once"

blank disc bd-r
burn disc --no-verify small.iso
ends 0 "--no-verify burns"
printed "--no-verify does not call it good" "not verified"
reads_back "--no-verify burned all of it" disc small.iso

# --- sizes ---
printf 'not much' >tiny
blank disc cd-r
burn disc --any-file tiny
ends 0 "a file of eight bytes is burned to a CD, which has a least length"
reads_back "the eight bytes are there" disc tiny
head -c 1000001 /dev/urandom >odd
for media in dvd+r dvd+rw bd-r cd-r; do
	blank disc $media
	burn disc --any-file odd
	ends 0 "$media: a file that ends within a sector is burned"
	reads_back "$media: all of its bytes are there" disc odd
done
blank disc cd-r 1000
before=$(print_sum disc)
burn disc small.iso
ends 5 "an image that does not fit is refused"
complained "it says how much room there is" "has room for"
equal "the disc is left as it was" "$(print_sum disc)" "$before"

# --- the image is looked at first; there is no need for a disc ---
exits 1 "an image that is not there" "$discern" burn missing.iso
exits 1 "a folder" "$discern" burn .
: >empty
exits 1 "an empty file" "$discern" burn --any-file empty
exits 1 "a file that is no image" "$discern" burn odd
complained "tells of --any-file" "--any-file"
head -c 1M small.iso >cut.iso
exits 1 "a broken download" "$discern" burn cut.iso
complained "says that it is not complete" "not complete"
exits 1 "a checksum that differs" "$discern" burn --checksum 900150983cd24fb0d6963f7d28e17f72 small.iso
complained "tells both checksums" "900150983cd24fb0d6963f7d28e17f72"
truncate -s 200M long
exits 5 "no long check is made in vain" "$discern" vdrive run --drive sr0= -- "$discern" burn long sr0
complained "it says what is missing" "no disc in the drive"
exits 2 "a checksum that is none" "$discern" burn --sha256 1234 small.iso
exits 2 "a speed that is none" "$discern" burn --speed fast small.iso
exits 2 "a buffer that is too small" "$discern" burn --buffer 4 small.iso
exits 2 "no image" "$discern" burn
exits 1 "further operands are drives" "$discern" burn a b c
exits 2 "a mode that is none" "$discern" burn --mode=fast small.iso
exits 2 "a session is added or everything overwritten" "$discern" burn --append --overwrite small.iso
sha256sum small.iso large.iso >SHA256SUMS
blank disc dvd+r
burn disc --dry-run small.iso
ends 0 "a checksum from a list is compared"
printed "and where it is from is told" "SHA-256 good (SHA256SUMS)"
cp small.iso small.kept
printf differs! | dd of=small.iso bs=1 seek=1000000 conv=notrunc status=none
before=$(print_sum disc)
burn disc small.iso
ends 1 "an image that differs from the list is not burned"
complained "the list is named" "SHA256SUMS"
equal "the disc stays blank" "$(print_sum disc)" "$before"
mv small.kept small.iso
rm SHA256SUMS
burn "" small.iso
ends 5 "without a disc there is nothing to burn to"
burn small.iso small.iso
ends 5 "a pressed disc is refused"

# --- JSON ---
blank disc bd-r
burn disc --json small.iso
ends 0 "--json burns"
printed "the JSON has the verdict" '"verdict": "good"'
printed "the JSON has the digest of the image" "\"sha256\": \"$(sha256sum <small.iso | cut -c1-64)\""
printed "the JSON has the digest of the disc" "\"disc_sha256\": \"$(sha256sum <small.iso | cut -c1-64)\""
printed "the JSON has the plan" '"mode": "SAO"'
silent "nothing else is printed"
burn disc --json small.iso
ends 5 "--json and a closed disc"
printed "the JSON of a failure says so" '"verdict": "failed"'
