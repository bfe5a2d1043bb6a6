#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Other people's readers on every medium, pressed and written: the bytes, the file system, the sizes.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/media.sh
. "$source_folder/tests/support/media.sh"
requires_vdrive
requires dd readom sg_dd sg_readcap ddrescue xorriso iso-info isoinfo cd-info cd-read blkid cdrskin
make_iso image.iso 1
image=$PWD/image.iso
n_sectors=$(($(wc -c <image.iso) / 2048))
# As cd-read 2.1.0 takes its own reading of user data for a failure, its sectors of 2352 bytes, in which it asks for the
# header of 4 bytes, the data, and what follows them.
cat >readers.sh <<'END'
dd if=/dev/sr0 of=dd.copy bs=2048 count="$1"
readom dev=/dev/sr0 sectors=0-"$1" f=readom.copy
sg_dd if=/dev/sr0 of=sg_dd.copy bs=2048 blk_sgio=1 bpt=16 count="$1"
ddrescue -q -b 2048 -s $((2048 * $1)) /dev/sr0 ddrescue.copy
xorriso -osirrox on -indev /dev/sr0 -extract / xorriso.tree
isoinfo -R -i /dev/sr0 -x "/read me.txt" >isoinfo.copy
iso-info /dev/sr0 | grep -c DISCERN_TEST >iso-info.copy
blkid -p -o value -s LABEL /dev/sr0 >blkid.copy
sg_readcap /dev/sr0 | sed -n 's/.*blocks=//p' >sg_readcap.copy
cd-info --no-cddb --no-device-info /dev/sr0 >cd-info.copy 2>&1
cd-read --mode=any --start=16 --number=1 --no-hexdump --output-file=cd-read.sector -C /dev/sr0
END
readers=$PWD/readers.sh
mkdir tree
xorriso -osirrox on -indev image.iso -extract / tree >xorriso.log 2>&1
chmod -R u+w tree
tree=$PWD/tree
echo DISCERN_TEST >label
label=$PWD/label
dd if=image.iso of=sector bs=2048 skip=16 count=1 status=none
sector=$PWD/sector
echo 1 >one
one=$PWD/one

# read_all DISC SECTORS: all of them, on a disc that READ CAPACITY gives so many sectors
read_all() {
	rm -rf ./*.copy ./*.tree
	run "$discern" vdrive run --drive "sr0=$1" -- sh "$readers" "$n_sectors"
	for program in dd readom sg_dd ddrescue; do
		reads $program "$kind" "$program, $kind" $program.copy "$image"
	done
	reads isoinfo "$kind" "isoinfo, $kind" isoinfo.copy "$tree/read me.txt"
	reads iso-info "$kind" "iso-info, $kind" iso-info.copy "$one"
	reads blkid "$kind" "blkid, $kind" blkid.copy "$label"
	echo "$2" >sectors
	reads sg_readcap "$kind" "sg_readcap, $kind" sg_readcap.copy sectors
	if diff -r xorriso.tree "$tree" >difference; then
		passed "xorriso, $kind"
		cell xorriso read "$kind" yes
	else
		failed "xorriso, $kind" "$(head -n 3 difference)"
		cell xorriso read "$kind" FAIL
	fi
	chmod -R u+w xorriso.tree
	case $kind in
	cd*)
		dd if=cd-read.sector bs=4 skip=1 count=512 of=cd-read.copy status=none
		reads cd-read "$kind" "cd-read, $kind" cd-read.copy "$sector"
		contains "cd-info, $kind" cd-info.copy "ISO 9660: $n_sectors blocks, label \`DISCERN_TEST"
		cell cd-info read "$kind" yes
		;;
	dvd*)
		contains "cd-info, $kind" cd-info.copy "No further information currently given for DVDs"
		cell cd-info read "$kind" "no: it knows CDs only, and takes a BD for one"
		;;
	bd*)
		contains "cd-info, $kind" cd-info.copy "ISO 9660: $n_sectors blocks, label \`DISCERN_TEST"
		cell cd-info read "$kind" yes
		;;
	esac
}

pressed() {
	for kind in "$@"; do
		read_all "$image,kind=$kind" "$n_sectors"
	done
	echo "# done"
}

# Whole ECC blocks of a medium; of random writable ones all that is formatted.
whole_sectors() {
	case $kind in
	cd*) echo "$n_sectors" ;;
	dvd-rw-overwrite | dvd+rw | dvd-ram | bd-re*) echo "$1" ;;
	dvd*) echo $(((n_sectors + 15) / 16 * 16)) ;;
	bd*) echo $(((n_sectors + 31) / 32 * 32)) ;;
	esac
}

written() {
	for kind in "$@"; do
		blank_disc "$kind"
		format=
		[ "$kind" = dvd-rw ] || format=blank=format_if_needed
		# shellcheck disable=SC2086  # a word, or none
		run with_drive blank.disc timeout 60 cdrskin dev=/dev/sr0 $format "$image"
		capacity=$("$discern" vdrive run --drive sr0=blank.disc -- blockdev --getsize64 /dev/sr0)
		read_all blank.disc "$(whole_sectors $((capacity / 2048)))"
	done
	echo "# done"
}

part pressed pressed cd-rom dvd-rom dvd-rom-dl bd-rom
part cd written cd-r cd-rw
part dvd-minus written dvd-r dvd-rw dvd-r-dl dvd-rw-overwrite
part dvd-plus written dvd+r dvd+r-dl dvd+rw dvd-ram
part bd-r written bd-r bd-r-dl bd-r-tl bd-r-ql
part bd-re written bd-re bd-re-dl bd-re-tl
end_parts
