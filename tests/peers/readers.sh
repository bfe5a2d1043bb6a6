#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Other people's readers on pressed virtual discs, good ones and bad ones.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
requires readom xorriso iso-info cd-info cd-read ddrescue sg_dd sg_inq sg_start sg_turs sg_readcap sg_get_config dvd+rw-mediainfo cdrskin
make_iso image.iso 3
size=$(wc -c <image.iso)
n_sectors=$((size / 2048))

for kind in cd-rom dvd-rom bd-rom; do
	in_drive() { "$discern" vdrive run --drive "sr0=image.iso,kind=$kind" -- "$@"; }
	rm -f copy
	ok "$kind: readom" in_drive readom dev=/dev/sr0 f=copy
	same "$kind: readom read the image" copy image.iso
	ok "$kind: sg_dd" in_drive sg_dd if=/dev/sr0 of=copy bs=2048 blk_sgio=1 bpt=16
	same "$kind: sg_dd read the image" copy image.iso
	ok "$kind: iso-info" in_drive iso-info /dev/sr0
	printed "$kind: iso-info found the label" DISCERN_TEST
	ok "$kind: sg_readcap" in_drive sg_readcap /dev/sr0
	printed "$kind: sg_readcap found the size" "Number of logical blocks=$n_sectors"
	ok "$kind: sg_get_config" in_drive sg_get_config /dev/sr0
	printed "$kind: sg_get_config found the profile" "Current profile: $(echo "$kind" | tr '[:lower:]' '[:upper:]')"
	ok "$kind: xorriso" in_drive xorriso -osirrox on -indev /dev/sr0 -extract "/read me.txt" "text.$kind"
	contains "$kind: xorriso got the file" "text.$kind" "a text"
	ok "$kind: blkid" in_drive blkid -p -o value -s LABEL /dev/sr0
	printed "$kind: blkid found the label" DISCERN_TEST
done

ok "sg_inq" with_drive image.iso sg_inq /dev/sr0
printed "tells of the drive" "VIRTUAL DRIVE"
ok "cd-info" with_drive image.iso cd-info --no-cddb /dev/sr0
printed "finds a data track" "CD-DATA (Mode 1)"
printed "and the file system" "ISO 9660"
ok "cd-info finds the drive itself" with_drive image.iso cd-info --no-cddb
# As cd-read 2.1.0 takes its own reading of user data for a failure: its sectors of 2352 bytes, where it asks for
# the header of 4 bytes, the data, and what follows them.
ok "cd-read" with_drive image.iso cd-read --mode=any --start=16 --number=2 --no-hexdump --output-file=sectors -C /dev/sr0
{
	dd if=sectors bs=4 skip=1 count=512
	dd if=sectors bs=4 skip=$(((2352 + 4) / 4)) count=512
} >user_data 2>/dev/null
dd if=image.iso of=expected bs=2048 skip=16 count=2 2>/dev/null
same "reads sectors with these data in them" user_data expected
run "$discern" vdrive run --drive sr0=image.iso --drive sr5= -- cdrskin --devices
printed "cdrskin finds the drives" "dev='/dev/sr0'"
printed "both" "dev='/dev/sr5'"
run "$discern" vdrive run --drive sr0=image.iso,kind=dvd-rom -- dvd+rw-mediainfo /dev/sr0
printed "dvd+rw-mediainfo knows the medium" "DVD-ROM"

# Another disc put on the tray: the drive finds it, and says so once.
head -c 409600 image.iso >medium
head -c 819200 image.iso >next
run with_drive medium sh -c '
	wc -c </dev/sr0
	sg_start --eject /dev/sr0 && mv next medium && sg_start --load /dev/sr0 || exit 1
	sg_turs /dev/sr0; wc -c </dev/sr0'
equal "the disc is changed while the program runs" "$(tr '\n' ' ' <out)" "409600 819200 "

# Twenty sectors that cannot be read, and the same disc polished.
ok "ddrescue reads what can be read" "$discern" vdrive run --drive sr0=image.iso \
	--fault 'sr0: read lba=200-219 sense=3/11/05' -- ddrescue -b 2048 -q /dev/sr0 rescued map
equal "and its map tells exactly the bad ones" "$(ddrescuelog -l- -b 2048 map | tr '\n' ' ')" "$(seq -s ' ' 200 219) "
cmp -l image.iso rescued >differences
equal "all else is right" "$(awk '$1 <= 200 * 2048 || $1 > 220 * 2048' differences | wc -l)" 0
ok "ddrescue goes on with the polished disc" with_drive image.iso ddrescue -b 2048 -r 1 -q /dev/sr0 rescued map
same "and has it all" rescued image.iso
