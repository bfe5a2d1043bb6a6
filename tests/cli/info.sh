#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# discern info on images that other programs made, held against what other programs read in them, and on drives.
. "${srcdir:-.}/tests/support/functions.sh"
requires xorrisofs

make_iso plain.iso 1 "A_LABEL"

# json WHAT FILE KEY VALUE: a member of the JSON on that image
json() {
	run "$discern" info --json "$2"
	contains "$1" "$work/out" "\"$3\": $4"
}

ok "an image is told" "$discern" info plain.iso
printed "its file systems and label" 'volume   ISO 9660 + Joliet + Rock Ridge "A_LABEL"'
printed "that it boots nothing" "boots    nothing"
silent "without a word on stderr"
json "JSON: size" plain.iso bytes "$(stat -c %s plain.iso),"
json "JSON: sectors" plain.iso iso9660_sectors "$(($(stat -c %s plain.iso) / 2048)),"
json "JSON: not truncated" plain.iso truncated false

head -c 400000 plain.iso >cut.iso
ok "a cut image is told" "$discern" info cut.iso
printed "and that its end is missing" "damaged  the end is missing"
json "JSON: truncated" cut.iso truncated true

head -c 100000 /dev/urandom >noise.bin
ok "noise is told" "$discern" info noise.bin
printed "to be no volume" "volume   none that is known here"
json "JSON: no volume" noise.bin volume null
: >empty.bin
ok "an empty file is told" "$discern" info empty.bin
exits 1 "a missing file is an error" "$discern" info none.iso
complained "that names it" "none.iso: cannot open"
exits 1 "a folder is an error" "$discern" info .
exits 2 "two operands are too many" "$discern" info plain.iso cut.iso

# same_as_blkid WHAT FILE: label and UDF revision as libblkid reads them
same_as_blkid() {
	label=$(blkid -p -o value -s LABEL "$2")
	json "$1: label as by blkid" "$2" label "\"$label\","
	if [ "$(blkid -p -o value -s TYPE "$2")" = udf ]; then
		json "$1: UDF revision as by blkid" "$2" udf_revision "\"$(blkid -p -o value -s VERSION "$2")\","
	fi
}

if command -v blkid >/dev/null; then
	same_as_blkid "xorriso" plain.iso
	if command -v genisoimage >/dev/null; then
		mkdir tree
		echo text >tree/file
		genisoimage -quiet -udf -J -R -V "Grüße, UDF" -o bridge.iso tree 2>/dev/null
		same_as_blkid "genisoimage -udf" bridge.iso
		json "genisoimage -udf: UDF" bridge.iso udf true
		json "genisoimage -udf: the last anchor is in it" bridge.iso udf_sectors "$(($(stat -c %s bridge.iso) / 2048)),"
		genisoimage -quiet -J -joliet-long -V "A label of thirty-two characters" -o long.iso tree 2>/dev/null
		same_as_blkid "genisoimage -J" long.iso
	fi
	PATH=$PATH:/usr/sbin:/sbin
	for revision in 1.02 1.50 2.01; do
		command -v mkudffs >/dev/null || break
		truncate -s 8M "udf-$revision.img"
		mkudffs --utf8 --media-type=dvdram --udfrev=$revision -b 2048 -l "Ж $revision" "udf-$revision.img" >/dev/null
		same_as_blkid "mkudffs $revision" "udf-$revision.img"
		json "mkudffs $revision: sectors" "udf-$revision.img" udf_sectors 4096,
	done
fi

# Sizes as isoinfo reads them, of images by two programs.
if command -v isoinfo >/dev/null; then
	for image in plain.iso bridge.iso; do
		[ -e $image ] || continue
		json "$image: size as by isoinfo" $image iso9660_sectors \
			"$(isoinfo -d -i $image | sed -n 's/^Volume size is: //p'),"
	done
fi

grub=/usr/lib/grub-rescue/grub-rescue-cdrom.iso
if [ -r "$grub" ]; then
	ok "a boot disc is told" "$discern" info "$grub"
	printed "with what it boots" "boots    with BIOS, also from a stick"
fi

# BIOS and UEFI in one catalogue.
mkdir -p boot
head -c 4096 /dev/urandom >boot/bios.img
head -c 4096 /dev/urandom >boot/efi.img
xorrisofs -quiet -o both.iso -b bios.img -no-emul-boot -boot-load-size 4 -eltorito-alt-boot -e efi.img -no-emul-boot \
	boot 2>/dev/null
ok "an image with two boot images is told" "$discern" info both.iso
printed "to boot with both" "boots    with BIOS and UEFI"
xorrisofs -quiet -o efi.iso -e efi.img -no-emul-boot boot 2>/dev/null
json "UEFI alone: no BIOS" efi.iso boots_bios false
json "UEFI alone: UEFI" efi.iso boots_uefi true

exits 1 "a drive that is not there" "$discern" info sr77
complained "is told to be none" "sr77"

requires_vdrive
with_info() {
	run with_drive "$1" "$discern" info ${2:+"$2"} ${3:+"$3"}
	equal "info on $1 $2: exit code" "$code" 0
}
with_info plain.iso sr0
printed "a drive is named" "drive    /dev/sr0, DISCERN VIRTUAL DRIVE"
printed "and what it takes" "BD-R"
printed "a pressed disc" "disc     CD-ROM, complete"
printed "and its volume" 'volume   ISO 9660 + Joliet + Rock Ridge "A_LABEL"'
with_info plain.iso /dev/sr0
printed "a drive's file below /dev is a drive" "drive    /dev/sr0"
with_info plain.iso --json
contains "JSON: medium" "$work/out" '"profile": "CD-ROM"'
contains "JSON: volume" "$work/out" '"label": "A_LABEL"'
with_info "" sr0
printed "an empty drive" "disc     no disc"
for media in cd-r dvd+r dvd+rw bd-r; do
	"$discern" vdrive create --media $media $media.disc >/dev/null
	with_info $media.disc sr0
	printed "a blank one" "blank"
	printed "with its capacity" "capacity "
	printed "and its speeds" "MB/s)"
done
