#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What other people's programs print for each medium, blank, appendable and complete, line by line as they do for real
# discs of that kind; tells/MEDIUM.txt has the lines, in sections "== STATE PROGRAM". With TELLS set to a folder, what
# they print now is left there in the same form.
#
# They were compared with what people have shown of BD-R in HL-DT-ST WH16NS40 and LITE-ON iHBS112, BD-RE in Pioneer
# BDR-209, DVD+R in NEC ND-3500, TSSTcorp SH-224 and Slimtype, DVD+R DL in HL-DT-ST GSA-H10N and Pioneer DVR-111,
# DVD+RW in HL-DT-ST GP60N and NEC ND-3540, DVD-R in HL-DT-ST GSA-H31N and GSA-4040, DVD-RW in HL-DT-ST GH22LS40,
# DVD-RAM in TSSTcorp SH-S182M, CD-RW of 4x to 10x in HP 9300 and Matshita UJ-820. Nobody makes media "97m12s00f", and
# that a pressed disc has no write speed, of which dvd+rw-mediainfo complains, is left out.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/media.sh
. "$source_folder/tests/support/media.sh"
requires_vdrive
requires cdrskin xorriso wodim cdrdao cd-info dvd+rw-mediainfo sg_get_config xorrisofs
# 933 sectors, neither whole ECC blocks nor clusters.
mkdir tree
head -c 1500k /dev/zero >tree/zeros
xorrisofs -quiet -V TELLS -o image.iso tree 2>xorrisofs.log
truncate -s $((933 * 2048)) image.iso
image=$PWD/image.iso

# Runs each program, with its lines that are about the disc, and without what is another in every run.
cat >programs.sh <<'END'
dvd+rw-mediainfo /dev/sr0 2>&1 | tr -s '\t' ' ' | grep -v -e '^INQUIRY' -e '^:-( empty' >"$1.mediainfo"
cdrskin dev=/dev/sr0 -minfo 2>&1 | grep -E \
	'^(Product Id|Mounted|Disk [^i]|disk|session|first|number|last|BD Spare|Next|Remaining| +[0-9]+ +[0-9]|  (ATIP|Is|1T))' |
	sed 's/ *$//' >"$1.cdrskin"
sg_get_config -c -b /dev/sr0 2>&1 | sed -n -e '/^Current/p' -e '/^Features/,$p' >"$1.sg_get_config"
xorriso -outdev /dev/sr0 -toc 2>/dev/null | grep -E '^(Media|ISO)' | sed 's/ *$//' >"$1.xorriso"
case $2 in
cd*)
	wodim dev=/dev/sr0 -atip 2>/dev/null | sed -n '/^ATIP/,$p' | grep -v '^$' >"$1.wodim"
	cdrdao disk-info --device /dev/sr0 --driver generic-mmc 2>&1 | sed -n '/^CD-RW/,$p' | grep -v '^$' >"$1.cdrdao"
	cd-info --no-cddb --no-device-info /dev/sr0 2>&1 | sed -n '/^Disc mode/,$p' |
		grep -v -e '^$' -e '^Preparer' | sed 's/ *$//' >"$1.cd-info"
	;;
esac
END
programs=$PWD/programs.sh

# The program's lines of a state, as tells/MEDIUM.txt has them
expected() {
	# shellcheck disable=SC2094  # another file
	sed -n "/^== $1 $2\$/,/^==/p" "$source_folder/tests/peers/tells/$medium_name.txt" | grep -v '^=='
}

# compare STATE: all programs on drive_disc
compare() {
	state=$1
	rm -f "$state".*
	run "$discern" vdrive run --drive "sr0=$drive_disc" -- sh "$programs" "$state" "$medium_name"
	for file in "$state".*; do
		program=${file#"$state".}
		if [ -n "${TELLS:-}" ]; then
			{ echo "== $state $program" && cat "$file"; } >>"$TELLS/$medium_name.txt"
		fi
		expected "$state" "$program" >lines
		if diff -u lines "$file" >difference; then
			passed "$medium_name, $state: $program"
		else
			failed "$medium_name, $state: $program"
			sed 's/^/# /' difference
		fi
	done
}

# new MEDIUM: a blank of its common size
new() {
	medium_name=$1
	drive_disc=$PWD/disc
	rm -f disc
	"$discern" vdrive create --quiet --media "$1" disc >/dev/null || exit 1
}

in_drive() {
	ok "$medium_name: $1" "$discern" vdrive run --drive "sr0=$drive_disc" -- "$@"
}

written_once() {
	new "$1"
	compare blank
	case $1 in
	dvd-r-dl | bd-r-tl | bd-r-ql) ;;
	*)
		in_drive cdrskin dev=/dev/sr0 -multi -tao "$image"
		compare appendable
		new "$1"
		;;
	esac
	in_drive cdrskin dev=/dev/sr0 -sao "$image"
	compare complete
	if [ "$1" = bd-r ]; then
		new "$1"
		in_drive cdrskin dev=/dev/sr0 blank=format_defectmgt
		compare formatted
	fi
	echo "# done"
}

written_anywhere() {
	new "$1"
	compare blank
	in_drive cdrskin dev=/dev/sr0 blank=format_if_needed "$image"
	compare complete
	echo "# done"
}

pressed() {
	medium_name=$1
	drive_disc=$image,kind=$1
	compare complete
	echo "# done"
}

for medium in cd-r cd-rw dvd-r dvd-rw dvd-r-dl dvd+r dvd+r-dl bd-r bd-r-dl bd-r-tl bd-r-ql; do
	part $medium written_once $medium
done
for medium in dvd-rw-overwrite dvd+rw dvd-ram bd-re bd-re-dl bd-re-tl; do
	part $medium written_anywhere $medium
done
for medium in cd-rom dvd-rom dvd-rom-dl bd-rom; do
	part $medium pressed $medium
done
wait_for_parts
