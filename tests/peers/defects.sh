#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Discs on which units cannot be written: spare areas take them, as other people's programs write, read and count them.
# shellcheck source=tests/support/functions.sh disable=SC2154,SC2030,SC2031
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/media.sh
. "$source_folder/tests/support/media.sh"
requires_vdrive
requires cdrskin xorriso
make_iso image.iso 12
image=$work/image.iso
sectors=$(($(wc -c <image.iso) / 2048))
marks='defect severity=0.02'

# disc MEDIUM [MARKS…]: a new one, with marks in the file beside it
disc() {
	media=$1
	shift
	rm -f disc disc.faults
	"$discern" vdrive create --quiet --media "$media" --sectors 65536 disc >/dev/null || exit 1
	for mark in "$@"; do
		echo "$mark" >>disc.faults
	done
}

# holds PROGRAM HOW MEDIUM: the disc begins with the image that the program wrote so
holds() {
	rm -f copy
	ok "$1, $2, $3: read back" with_drive disc dd if=/dev/sr0 of=copy bs=2048 count="$sectors" status=none
	if same "$1, $2, $3: what was burned" copy "$image"; then
		cell "$1" "$2" "$3" yes
	else
		cell "$1" "$2" "$3" FAIL
	fi
}

# consumed WHAT: libburn counts spare sectors that are used
consumed() {
	run with_drive disc cdrskin dev=/dev/sr0 -minfo
	n=$(sed -n 's/^BD Spare Area consumed: *//p' "$work/out")
	if [ "${n:-0}" -gt 0 ]; then
		passed "$1: cdrskin counts $n spare sectors that are used"
	else
		failed "$1: cdrskin counts spare sectors that are used" "$(grep Spare "$work/out")"
	fi
}

xorriso_formats() {
	for format in as_needed fast full; do
		disc bd-re
		ok "xorriso formats a bd-re, $format" with_drive disc xorriso -outdev /dev/sr0 -format $format
		echo "$marks" >disc.faults
		ok "xorriso burns it" with_drive disc xorriso -as cdrecord stream_recording=off dev=/dev/sr0 "$image"
		holds xorriso "format $format" bd-re
		consumed "xorriso, format $format"
	done
	echo "# done"
}

streams() {
	disc bd-re
	ok "xorriso formats a bd-re" with_drive disc xorriso -outdev /dev/sr0 -format fast
	echo "$marks" >disc.faults
	ok "cdrskin streams onto a disc with defects" with_drive disc cdrskin dev=/dev/sr0 stream_recording=on "$image"
	exits 1 "and nobody can read it" with_drive disc dd if=/dev/sr0 of=/dev/null bs=2048 count="$sectors" status=none
	ok "cdrskin writes once more" with_drive disc cdrskin dev=/dev/sr0 stream_recording=off "$image"
	holds cdrskin "write, verified" bd-re
	run with_drive disc xorriso -indev /dev/sr0 -check_media what=disc max_lba="$((sectors - 1))" --
	printed "xorriso finds all of it good" "+ good"
	equal "and nothing bad" "$(grep -c -- '- unreadable' "$work/out")" 0
	echo "# done"
}

# In full, certification finds defects before anything is written.
certified() {
	disc bd-re "$marks"
	ok "xorriso formats a bd-re in full" with_drive disc xorriso -outdev /dev/sr0 -format full
	consumed "certified in full"
	ok "a stream then needs no verification" with_drive disc cdrskin dev=/dev/sr0 stream_recording=on "$image"
	holds cdrskin "stream, certified" bd-re
	echo "# done"
}

others() {
	disc bd-r
	ok "cdrskin formats a bd-r" with_drive disc cdrskin dev=/dev/sr0 blank=format_defectmgt
	echo "$marks" >disc.faults
	ok "cdrskin burns it" with_drive disc cdrskin dev=/dev/sr0 "$image"
	holds cdrskin "write, verified" bd-r
	consumed "a bd-r with spares"
	# Without spares what the drive cannot write ends the burn.
	disc bd-r "$marks"
	run with_drive disc cdrskin dev=/dev/sr0 "$image"
	complained "a bd-r without spares: cdrskin says so" "[3 0C 00]"
	disc dvd-ram "$marks"
	ok "cdrskin burns a dvd-ram" with_drive disc cdrskin dev=/dev/sr0 "$image"
	holds cdrskin "write, verified" dvd-ram
	# More defects than spare units.
	disc bd-re
	ok "formatted" with_drive disc xorriso -outdev /dev/sr0 -format fast
	echo 'defect lba=0-3000 severity=1' >disc.faults
	run with_drive disc cdrskin dev=/dev/sr0 "$image"
	complained "cdrskin fails when the spare areas are full, and tells why" "[3 0C 02]"
	run with_drive disc cdrskin dev=/dev/sr0 -minfo
	printed "no spare is left" "BD Spare Area available:  0"
	echo "# done"
}

# spare_area NAME: what dvd+rw-mediainfo prints of it
spare_area() {
	run with_drive disc dvd+rw-mediainfo /dev/sr0
	printed "dvd+rw-mediainfo: $1" "$1:"
	used=$(sed -n "s/^ $1: *//p" "$work/out")
	equal "which is not all free" "$(echo "$used" | grep -c '=100.0% free')" 0
}

dvd_rw_tools() {
	disc dvd-ram "$marks"
	ok "growisofs burns a dvd-ram" with_drive disc growisofs -use-the-force-luke=notray -Z /dev/sr0="$image"
	holds growisofs "write, verified" dvd-ram
	spare_area "Primary SA"
	disc bd-re
	ok "dvd+rw-format formats a bd-re" with_drive disc dvd+rw-format -ssa=default /dev/sr0
	echo "$marks" >disc.faults
	ok "growisofs burns it" with_drive disc growisofs -use-the-force-luke=notray -Z /dev/sr0="$image"
	holds growisofs "write, verified" bd-re
	spare_area "Spare Area"
	before=$used
	# It asks for a quick certification, which keeps those that are known.
	ok "dvd+rw-format formats it again" with_drive disc dvd+rw-format -force /dev/sr0
	spare_area "Spare Area"
	equal "as many are used" "$used" "$before"
	echo "# done"
}

part xorriso xorriso_formats
part streams streams
part certified certified
part others others
if command -v dvd+rw-format >/dev/null; then
	part dvd+rw-tools dvd_rw_tools
fi
end_parts
