#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The commands for attached drives: wrong usage, and kernels that have no TCMU. What they do is in tests/kernel.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
make_iso disc.iso 1

exits 2 "attach nothing" "$discern" vdrive attach
complained "an empty drive is told" "--empty"
exits 2 "attach two" "$discern" vdrive attach disc.iso disc.iso
exits 2 "a medium, and none" "$discern" vdrive attach --empty disc.iso
exits 2 "a kind of nothing" "$discern" vdrive attach --empty --kind cd-rom
for name in '' ../x a/b .hidden 'a b' a123456789012345678901234567890123; do
	exits 2 "the name \"$name\"" "$discern" vdrive attach --name "$name" --empty
done
exits 2 "a clock's file without a clock" "$discern" vdrive attach --clock-file clock disc.iso
complained "which clocks there are is told" "--virtual-clock"
exits 2 "two clocks" "$discern" vdrive attach --real-time --virtual-clock disc.iso
exits 2 "an owner, which udev gives" "$discern" vdrive attach disc.iso,uid=0
exits 2 "two kinds" "$discern" vdrive attach --kind cd-rom disc.iso,kind=dvd-rom
exits 2 "a serial number for a disc" "$discern" vdrive insert vd0 disc.iso,serial=1
exits 1 "a file of faults that is not there" "$discern" vdrive attach --faults missing.faults disc.iso
complained "it is named" "missing.faults"
exits 1 "a medium that is not there" "$discern" vdrive attach missing.iso
complained "it is named" "missing.iso"
exits 2 "insert without a name" "$discern" vdrive insert disc.iso
exits 2 "eject nothing" "$discern" vdrive eject
exits 2 "detach nothing" "$discern" vdrive detach
exits 2 "list one" "$discern" vdrive list vd0
exits 1 "a name that is none" "$discern" vdrive eject ../../etc
for verb in attach list insert eject detach; do
	ok "help for $verb" "$discern" vdrive $verb --help
	printed "its usage" "Usage: discern vdrive $verb"
done

# one_line WHAT: an error is one line, and one with the remedy
one_line() {
	equal "$1: one line, and the remedy" "$(wc -l <err) $(grep -c '^  hint: ' err)" "2 1"
}

if [ -e /sys/module/target_core_user ] || modprobe -n -q target_core_user 2>/dev/null; then
	echo "# this kernel has TCMU"
	exit
fi
exits 1 "attach" "$discern" vdrive attach disc.iso
complained "the kernel lacks TCMU" "TCMU"
one_line attach
exits 1 "attach in the foreground" "$discern" vdrive attach --foreground --empty
one_line "attach in the foreground"
exits 1 "list" "$discern" vdrive list
one_line list
exits 1 "insert" "$discern" vdrive insert vd0 disc.iso
one_line insert
exits 1 "eject" "$discern" vdrive eject vd0
one_line eject
exits 1 "detach" "$discern" vdrive detach vd0
one_line detach
exits 1 "detach all" "$discern" vdrive detach all
one_line "detach all"
