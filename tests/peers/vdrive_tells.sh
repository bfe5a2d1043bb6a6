#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What other people's programs read out of a virtual drive, with each medium: pressed, blank, written.
# shellcheck disable=SC2031  # parts have a folder of their own
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/media.sh
. "$source_folder/tests/support/media.sh"
requires_vdrive
requires cdrskin sg_inq
make_iso disc.iso 1
sectors=$(($(wc -c <disc.iso) / 2048))

# A blank disc and a written one, in the folder of the test.
discs=$PWD
make_discs() {
	ok "a blank $1" "$discern" vdrive create --media="$1" "$discs/blank-$1"
	cp --sparse=always "$discs/blank-$1" "$discs/written-$1"
	ok "cdrskin writes $1" with_drive "$discs/written-$1" cdrskin dev=/dev/sr0 "$discs/disc.iso"
	echo "# done"
}
for media in cd-r dvd+r dvd+rw bd-r; do
	part "$media" make_discs "$media"
done
wait_for_parts

# told WHAT TEXT…: each of these is in the output of the command that ran last, and no complaint is
told() {
	what=$1
	shift
	for text in "$@"; do
		contains "$what: $text" "$work/out" "$text" || return 1
	done
	if grep -E ':-[[(]|SORRY|FAILURE|FATAL|WARNING|Malformed|too short|failed' "$work/out" "$work/err" >complaints; then
		failed "$what, without complaint" "$(head -n 3 complaints)"
		return 1
	fi
	passed "$what, without complaint"
}

# cdrskin MEDIUM TEXT…
cdrskin_tells() {
	medium=$1
	shift
	run with_drive "$medium" cdrskin dev=/dev/sr0 -minfo
	told "cdrskin on $medium" "$@"
}

cdrskin_tells disc.iso,kind=cd-rom "type:       CD-ROM" "disk status:              complete" \
	"Read capacity:                      $sectors"
cdrskin_tells disc.iso,kind=bd-rom "type:       BD-ROM" "Product Id:    DISCRN/VD1/1"
cdrskin_tells blank-cd-r "disk status:              empty" "Product Id:    97m12s00f/79m59s74f" \
	"Remaining writable size:            359849" "1T speed high: 48" "burn_drive_get_write_speed = 8467  (48.0x)"
cdrskin_tells blank-dvd+r "disk status:              empty" "Product Id:    DISCERN/VD1" "(16.0x)" \
	"Remaining writable size:            2295104"
cdrskin_tells blank-dvd+rw "type:       DVD+RW" "Disk Is erasable" "(8.0x)"
cdrskin_tells blank-bd-r "Product Id:    DISCRN/VD1/1" "(12.0x)" "Remaining writable size:            12219392"
cdrskin_tells written-cd-r "disk status:              complete" "    1     1 Data   0"
cdrskin_tells written-dvd+r "disk status:              complete" "    1     1 Data   0"

if command -v dvd+rw-mediainfo >/dev/null; then
	mediainfo_tells() {
		medium=$1
		shift
		run with_drive "$medium" dvd+rw-mediainfo /dev/sr0
		told "dvd+rw-mediainfo on $medium" "$@"
	}
	mediainfo_tells blank-dvd+r "1Bh, DVD+R" "DISCERN/VD1" "Disc status:           blank" "Free Blocks:           2295104*2KB"
	mediainfo_tells blank-dvd+rw "1Ah, DVD+RW" "26h(0):		2295104*2048=4700372992"
	mediainfo_tells blank-bd-r "41h, BD-R SRM" "DISCRN/VD1" "Write Speed #0:        12.0x4495"
	mediainfo_tells written-dvd+r "Disc status:           complete" "Track#1  :             14@0"
	mediainfo_tells written-dvd+rw "BG Format Status:      complete" "READ CAPACITY:          2295104*2048"
	mediainfo_tells written-bd-r "Disc status:           complete" "Track State:           partial incremental"
fi

for medium in "" disc.iso,kind=cd-rom disc.iso,kind=dvd-rom blank-cd-r blank-dvd+r written-bd-r; do
	name=${medium:-no medium}
	ok "sg_inq with $name" with_drive "$medium" sg_inq /dev/sr0
	told "sg_inq with $name" "Unit serial number: VD0001" "Product identification: VIRTUAL DRIVE"
	ok "sg_inq of designators with $name" with_drive "$medium" sg_inq -p 0x83 /dev/sr0
	ok "sg_modes with $name" with_drive "$medium" sg_modes -a /dev/sr0
	told "sg_modes with $name" ">> Write parameters" ">> MM capabilities"
	ok "sg_get_config with $name" with_drive "$medium" sg_get_config /dev/sr0
	# It wants a bitmap of BD-ROMs that can be written behind those of BD-RE and BD-R.
	grep -v 'additional length \[20\] too short' out >features && mv features out
	told "sg_get_config with $name" "Drive serial number: VD0001"
done
ok "sg_luns" with_drive "" sg_luns /dev/sr0
told "sg_luns" 0000000000000000
ok "sg_readcap" with_drive disc.iso,kind=cd-rom sg_readcap /dev/sr0
told "sg_readcap" "Number of logical blocks=$sectors"

if command -v cd-info >/dev/null; then
	run with_drive written-cd-r cd-info --no-cddb /dev/sr0
	told "cd-info" "CD-DATA (Mode 1)" "  1: 00:02:00  000000 data" "ISO 9660: $sectors blocks"
fi
if command -v growisofs >/dev/null; then
	run with_drive blank-dvd+r growisofs -use-the-force-luke=notray -Z /dev/sr0=disc.iso
	told "growisofs begins a DVD+R"
	run with_drive blank-dvd+r growisofs -use-the-force-luke=notray -M /dev/sr0 -quiet -R disc.iso
	told "growisofs adds a session"
	run with_drive blank-bd-r growisofs -use-the-force-luke=notray -Z /dev/sr0=disc.iso
	told "growisofs formats a BD-R and writes it"
	contains "it says so" err "pre-formatting blank BD-R for 24.8GB"
	run with_drive blank-dvd+r cdrskin dev=/dev/sr0 -toc
	told "both sessions" "Media summary: 2 sessions, 2 tracks, appendable DVD+R"
fi
