#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Discs with copy protection, as other people's programs see them: recognised, read where they may be, and no further.
# shellcheck source=tests/support/functions.sh disable=SC2154
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
requires sg_raw sg_get_config
make_iso image.iso 4
sectors=$(($(wc -c <image.iso) / 2048))
css=image.iso,kind=dvd-rom,protection=css:1000-1099,region=2

# raw WHAT MEDIUM SIZE CDB TEXT: what sg_raw prints for this command
raw() {
	what=$1
	medium=$2
	size=$3
	text=$5
	# shellcheck disable=SC2086  # a block is many words
	run with_drive "$medium" sg_raw -r "$size" /dev/sr0 $4
	cat "$work/err" >>"$work/out"
	printed "$what" "$text"
}

raw "CSS: copyright information tells of it, and of region 2" "$css" 8 "ad 00 00 00 00 00 00 01 00 08 00 00" \
	"00 06 00 00 01 fd 00 00"
raw "CSS: the drive has no region" "$css" 8 "a4 00 00 00 00 00 00 00 00 08 08 00" "00 06 00 00 25 ff 01 00"
raw "CSS: a grant for an authentication" "$css" 8 "a4 00 00 00 00 00 00 00 00 08 00 00" "00 06 00 00 00 00 00 00"
raw "CSS: protected sectors are not given" "$css" 2048 "28 00 00 00 04 4b 00 00 01 00" \
	"Read of scrambled sector without authentication"
raw "CSS: others are" "$css" 16 "28 00 00 00 00 10 00 00 01 00" "43 44 30 30 31"
raw "AACS: no volume identifier without authentication" image.iso,kind=bd-rom,protection=aacs 36 \
	"ad 01 00 00 00 00 00 80 00 24 00 00" "Invalid field in cdb"
for kind in css cprm aacs; do
	case $kind in
	css)
		medium=$css
		feature="DVD CSS"
		;;
	cprm)
		ok "a blank dvd-ram" "$discern" vdrive create --quiet --media dvd-ram disc
		medium=disc,protection=cprm
		feature="DVD CPRM"
		;;
	aacs)
		medium=image.iso,kind=bd-rom,protection=aacs
		feature="AACS"
		;;
	esac
	ok "$kind: sg_get_config" with_drive "$medium" sg_get_config --brief --current /dev/sr0
	printed "$kind: sg_get_config names its feature" "$feature"
done

# dd stops at the first protected sector, ddrescue finds all others.
run with_drive "$css" dd if=/dev/sr0 of=copy bs=2048 status=none
equal "CSS: dd cannot read all" "$code" 1
if command -v ddrescue >/dev/null; then
	run with_drive "$css" ddrescue -q -b 2048 /dev/sr0 rescued map
	lost=0
	while read -r position size status; do
		case $position$status in
		0x*-) lost=$((lost + size / 2048)) ;;
		esac
	done <map
	equal "CSS: ddrescue misses the 100 sectors" "$lost" 100
fi
if command -v cdrskin >/dev/null; then
	run with_drive "$css" cdrskin dev=/dev/sr0 -minfo
	printed "CSS: cdrskin tells the disc's size" "$sectors"
fi
if command -v dvd+rw-mediainfo >/dev/null; then
	run with_drive "$css" dvd+rw-mediainfo /dev/sr0
	printed "CSS: dvd+rw-mediainfo knows the disc" "DVD-ROM"
fi
if command -v xorriso >/dev/null; then
	run with_drive image.iso,kind=bd-rom,protection=aacs xorriso -indev /dev/sr0 -check_media what=disc --
	equal "AACS: all sectors can be read" "$(grep -c -- '- unreadable' "$work/out")" 0
fi
exits 1 "a wrong kind is refused" with_drive image.iso,protection=rot13 true
complained "with what is possible" "css, cprm or aacs"
