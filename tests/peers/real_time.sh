#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Drives that take as long as real ones: other people's burners wait for them, tell their speed, and lose nothing.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/media.sh
. "$source_folder/tests/support/media.sh"
requires_vdrive
requires cdrskin growisofs wodim readom
make_iso image.iso 16
image=$PWD/image.iso

# slowly PROGRAM MEDIUM SPEED COMMAND…: burns at a drive's pace, and reads back without
slowly() {
	program=$1
	kind=$2
	blank_disc "$kind" 60000
	what="$program at $3x, $kind"
	shift 3
	begun=$(date +%s%N)
	ok "$what: burns" "$discern" vdrive run --real-time --drive sr0=blank.disc -- timeout 120 "$@"
	took_ms=$((($(date +%s%N) - begun) / 1000000))
	cat out err | tr '\r' '\n' >said
	# Of locked memory wodim complains where a user has none.
	if grep -E 'SORRY|FAILURE|FATAL|:-[[(?]|[Tt]imeout|underrun|Cannot' said | grep -v MEMLOCK >complaints; then
		failed "$what: without complaint" "$(head -n 3 complaints)"
	else
		passed "$what: without complaint"
	fi
	burning=$what
	holds "$what" "$image"
	what=$burning
}

# No faster than the disc turns. A busy machine may take longer.
takes_at_least() {
	if [ "$took_ms" -ge "$1" ]; then
		passed "$what: took no less than $1 ms"
	else
		failed "$what: took no less than $1 ms" "$took_ms ms"
	fi
}

# 16 MiB at 16x of DVD, by CAV 7x at the inner edge, and at 2x of BD: 1.7 and 1.8 seconds.
with_cdrskin() {
	slowly cdrskin dvd+r 16 cdrskin dev=/dev/sr0 -v speed=16 "$image"
	takes_at_least 1700
	contains "$what: the speed is told" said "Starting to write CD/DVD at speed 16 in real SAO mode"
	contains "$what: it is waited for, with a full buffer" said "fifo 100%"
	slowly cdrskin bd-r 2 cdrskin dev=/dev/sr0 -v speed=2 "$image"
	takes_at_least 1800
	contains "$what: the speed is told" said "Starting to write CD/DVD at speed 2"
	echo "# done"
}

with_growisofs() {
	slowly growisofs dvd+r 16 growisofs -use-the-force-luke=notray -speed=16 -Z /dev/sr0="$image"
	takes_at_least 1700
	contains "$what: the speed is told" said '"Current Write Speed" is 16.4x1352KBps'
	slowly growisofs bd-r 2 growisofs -use-the-force-luke=notray -speed=2 -Z /dev/sr0="$image"
	takes_at_least 1800
	contains "$what: the speed is told" said '"Current Write Speed" is 2.0x4390KBps'
	echo "# done"
}

with_wodim() {
	slowly wodim cd-r 48 wodim dev=/dev/sr0 -v -sao speed=48 gracetime=2 "$image"
	takes_at_least 1700
	contains "$what: the speed is told" said "at speed  48"
	echo "# done"
}

part cdrskin with_cdrskin
part growisofs with_growisofs
part wodim with_wodim
wait_for_parts
