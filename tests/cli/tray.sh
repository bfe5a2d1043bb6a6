#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# discern eject and load, and which drive is taken when none is named.
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
requires jq

make_iso disc.iso 1 TRAY_TEST
cat >session.sh <<-'EOF'
	"$discern" eject --json >eject.json || exit 1
	"$discern" info --json sr0 >open.json || exit 2
	"$discern" load --json >load.json || exit 3
	"$discern" info --json sr0 >closed.json || exit 4
	"$discern" eject sr0 >eject.out || exit 5
	"$discern" eject /dev/sr0 || exit 6
	"$discern" load sr0 >load.out || exit 7
EOF
export discern
ok "eject and load, again and again" with_drive disc.iso sh session.sh
silent "without complaints"
equal "eject tells which tray is open" "$(jq -r '.drive + " " + .tray' eject.json)" "/dev/sr0 open"
equal "eject has nothing else to say" "$(cat eject.out)" ""
equal "load tells what is in it" "$(jq -r '.state + " " + .profile' load.json)" "complete CD-ROM"
contains "load tells it in words" load.out "CD-ROM, complete, in /dev/sr0"
if grep -q TRAY_TEST open.json; then
	failed "nothing is in an open tray"
else
	passed "nothing is in an open tray"
fi
contains "it is there again after load" closed.json TRAY_TEST

ok "load without a disc" with_drive "" "$discern" load --json
equal "says that there is none" "$(jq -c '[.state, .profile]' out)" '["no disc",null]'

two() {
	"$discern" vdrive run --drive "sr0=$1" --drive "sr1=$2" -- "$discern" eject --json
}
ok "of two drives the one with a disc is taken" two "" disc.iso
equal "which is sr1 here" "$(jq -r .drive out)" /dev/sr1
exits 1 "of two drives with discs none is taken" two disc.iso disc.iso
complained "but both are named" "/dev/sr0, /dev/sr1"

cat >holder.py <<-'EOF'
	import os, subprocess, sys
	fd = os.open("/dev/sr0", os.O_RDONLY | os.O_EXCL | os.O_NONBLOCK)
	sys.exit(subprocess.run(sys.argv[1:]).returncode)
EOF
requires python3
exits 1 "a drive in use keeps its tray closed" with_drive disc.iso python3 holder.py "$discern" eject sr0
complained "and who uses it is named" "python3"
