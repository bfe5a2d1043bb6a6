#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The features that are current with each medium, as sg_get_config reads them, held against MMC-6 clause 5.3.
# shellcheck source=tests/support/functions.sh disable=SC2154
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
requires sg_get_config xorriso cdrskin cdrwtool
make_iso image.iso 1

# current WHAT MEDIUM FEATURES…: these features, and those that are always current
current() {
	what=$1
	medium=$2
	shift 2
	run with_drive "$medium" sg_get_config --current /dev/sr0
	# Playing audio, 0103h, is a matter of the drive.
	sed -n 's/^ *version=.*current=1 \[0x\([0-9a-f]*\)\]$/\1/p' "$work/out" | grep -vx 103 | sort >got
	printf '%s\n' 0 1 2 3 100 105 108 10c "$@" | sort >expected
	equal "$what" "$(tr '\n' ' ' <got)" "$(tr '\n' ' ' <expected)"
}

# disc MEDIUM [COMMAND…]: a new one in the file disc, after the command
disc() {
	rm -f disc
	"$discern" vdrive create --quiet --media "$1" --sectors 65536 disc >/dev/null || exit 1
	shift
	[ $# -eq 0 ] || ok "$*" with_drive disc "$@"
}

burn="cdrskin dev=/dev/sr0"

current "no medium" ""
current "cd-rom" image.iso,kind=cd-rom 10 1d 1e 107
current "dvd-rom" image.iso,kind=dvd-rom 10 1f 107
current "dvd-rom with css" image.iso,kind=dvd-rom,protection=css 10 1f 106 107
current "bd-rom" image.iso,kind=bd-rom 10 40 107
current "bd-rom with aacs" image.iso,kind=bd-rom,protection=aacs 10 40 107 10d
disc cd-r
current "cd-r, blank" disc 10 1d 1e 21 2d 2e 107
disc cd-rw
current "cd-rw, blank" disc 10 1d 1e 21 23 2d 2e 37 107
disc cd-rw cdrwtool -d /dev/sr0 -q
current "cd-rw in packets: restricted overwrite" disc 10 1d 1e 23 26 37 107
disc dvd-r
current "dvd-r, blank" disc 10 1f 21 2f 107
# shellcheck disable=SC2086  # it is a command
disc dvd-r $burn -multi image.iso
current "dvd-r, appendable" disc 10 1f 21 2f 107
# shellcheck disable=SC2086
disc dvd-r $burn image.iso
current "dvd-r, complete" disc 10 1f 107
disc dvd-r-dl
current "dvd-r-dl, blank" disc 10 1f 21 2f 107
disc dvd-rw
current "dvd-rw, blank" disc 10 1f 21 23 2f 107
# shellcheck disable=SC2086
disc dvd-rw $burn blank=deformat_sequential_quickest
current "dvd-rw, minimally blanked: no incremental writing" disc 10 1f 23 2f 107
disc dvd-rw-overwrite
current "dvd-rw, restricted overwrite" disc 10 1f 23 26 2c 107
disc dvd-ram
current "dvd-ram" disc 10 1f 20 23 24 107
current "dvd-ram with cprm" disc,protection=cprm 10 1f 20 23 24 107 109 10b
disc dvd+rw
current "dvd+rw" disc 10 1f 23 2a 107
disc dvd+r
current "dvd+r, blank" disc 10 1f 2b 107
disc dvd+r-dl
current "dvd+r-dl, blank" disc 10 1f 3b 107
disc bd-r
current "bd-r, blank" disc 10 21 23 40 41 107
# shellcheck disable=SC2086
disc bd-r $burn blank=format_defectmgt
current "bd-r with spare areas" disc 10 21 24 40 41 107
# shellcheck disable=SC2086
disc bd-r $burn image.iso
current "bd-r, complete" disc 10 40 107
disc bd-re
current "bd-re, not formatted" disc 10 20 23 40 41 107
disc bd-re xorriso -outdev /dev/sr0 -format fast
current "bd-re with spare areas" disc 10 20 23 24 40 41 107
disc bd-re xorriso -outdev /dev/sr0 -format without_spare
current "bd-re without spare areas" disc 10 20 23 40 41 107
