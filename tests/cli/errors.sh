#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What can be wrong before a job begins: each time one line that names the thing, a hint, the right exit code, and
# nothing left behind that looks like a good image.
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
requires xorrisofs dd

make_iso small.iso 1
make_iso big.iso 3
"$discern" vdrive create --media dvd+r blank.disc >/dev/null || exit 1
mkdir target

# rejected WHAT CODE WORDS DRIVE COMMAND…: with this drive sr0 the command fails so, in one line and a hint
rejected() {
	what=$1
	expected_code=$2
	words=$3
	drive=$4
	shift 4
	exits "$expected_code" "$what: exit code $expected_code" "$discern" vdrive run --drive "sr0=$drive" -- "$@"
	grep -v '^discern: [a-z]*: warning: ' "$work/err" >"$work/lines" || true
	equal "$what: one line" "$(grep -c '^discern: ' "$work/lines")" 1
	grep '^discern: ' "$work/lines" >"$work/first" || true
	if grep -qiE -- "$words" "$work/first"; then
		passed "$what: says so"
	else
		failed "$what: says so" "expected words: $words"
		show_output
	fi
	contains "$what: has a remedy" "$work/lines" "  hint: "
	equal "$what: leaves nothing behind" "$(ls target)" ""
}

rejected "no disc" 5 "no disc|no medium" "" "$discern" rip -o target/x.iso sr0
rejected "tray open" 5 "no disc" ",tray=open" "$discern" rip -o target/x.iso sr0
rejected "no disc to burn on" 5 "no disc|no medium" "" "$discern" burn --yes small.iso sr0
rejected "no disc to verify" 5 "no disc|no medium" "" "$discern" verify small.iso sr0
rejected "blank disc" 5 "blank" blank.disc "$discern" rip -o target/x.iso sr0
rejected "blank disc to verify" 5 "blank" blank.disc "$discern" verify small.iso sr0
rejected "no such drive" 1 "sr7: no such drive" small.iso "$discern" rip -o target/x.iso sr7
rejected "no drive but a file" 1 "small.iso.*drive" small.iso "$discern" rip -o target/x.iso "$work/small.iso"
rejected "no permission" 1 "/dev/sr0.*permission" small.iso,mode=600,uid=0 \
	setpriv --reuid 65534 --clear-groups "$discern" rip -o target/x.iso sr0
rejected "unwritable folder" 1 "no-such-folder" small.iso "$discern" rip -o no-such-folder/x.iso sr0
rejected "pressed disc to burn on" 5 "" small.iso "$discern" burn --yes small.iso sr0
rejected "no such image" 1 "none.iso" blank.disc "$discern" burn --yes none.iso sr0
: >empty.iso
rejected "empty image" 1 "empty" blank.disc "$discern" burn --yes empty.iso sr0
head -c 100000 /dev/urandom >noise.bin
rejected "not an image" 1 "noise.bin" blank.disc "$discern" burn --yes noise.bin sr0
head -c 600000 small.iso >cut.iso
rejected "cut image" 1 "cut.iso" blank.disc "$discern" burn --yes cut.iso sr0
rejected "existing file" 1 "small.iso" small.iso "$discern" rip -o small.iso sr0

"$discern" vdrive create --media cd-r --sectors 1000 small.disc >/dev/null || exit 1
rejected "image too large" 5 "big.iso|larger|room|fit" small.disc "$discern" burn --yes big.iso sr0

# A program that holds the drive as others do, by O_EXCL, named in the message.
cat >holder.py <<-'EOF'
	import os, subprocess, sys
	fd = os.open("/dev/sr0", os.O_RDONLY | os.O_EXCL | os.O_NONBLOCK)
	sys.exit(subprocess.run(sys.argv[1:]).returncode)
EOF
if command -v python3 >/dev/null; then
	rejected "busy drive" 1 "/dev/sr0.*python3" small.iso python3 holder.py "$discern" rip -o target/x.iso sr0
fi

# File systems that are full or read-only: needs the right to mount, which root has, also in a namespace.
cat >full.sh <<-'EOF'
	mount -t tmpfs -o "$1" tmpfs target 2>/dev/null || exit 77
	shift
	code=0
	"$@" || code=$?
	ls target >left
	umount target
	exit $code
EOF
if "$discern" vdrive run --drive sr0= -- sh full.sh size=64k true 2>/dev/null; then
	rejected "full disk" 1 "no space|missing" big.iso sh full.sh size=1m "$discern" rip -o target/x.iso sr0
	equal "full disk: no image" "$(grep -x x.iso left)" ""
	rejected "read-only folder" 1 "read-only" big.iso sh full.sh ro "$discern" rip -o target/x.iso sr0
fi

mkfifo pipe
rejected "a pipe that nobody writes to" 1 "nothing came through the pipe" blank.disc \
	"$discern" burn --pipe-timeout=1 pipe sr0
rejected "a pipe to verify" 1 "not a regular file" small.iso "$discern" verify pipe sr0
rejected "a name that is too long" 1 "too long" small.iso \
	"$discern" rip -o "target/$(printf '%0250d' 0).iso" sr0
