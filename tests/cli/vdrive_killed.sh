#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# As hardware the drive outlives its client: one that is killed while it writes leaves the disc as a power loss would.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
requires cdrskin
head -c 20971520 /dev/urandom >one.iso
"$discern" vdrive create --media dvd+r --sectors 40000 blank.disc >/dev/null || exit 1

cat >kill.sh <<'END'
cdrskin dev=/dev/sr0 -tao fs=0 -v "$1" >cdrskin.log 2>&1 & burner=$!
until grep -q 'of *20 MB written' cdrskin.log; do kill -0 "$burner" || exit 9; sleep 0.05; done
kill -9 "$burner"
wait "$burner"
# The drive is there, free, and answers.
dd if=/dev/sr0 of=/dev/null bs=2048 count=1 iflag=nonblock 2>dd.log
cdrskin dev=/dev/sr0 -minfo >minfo.log 2>&1
END
ok "a burner is killed and the drive still answers" "$discern" vdrive run --drive sr0=blank.disc \
	--fault 'sr0: write delay=10' -- sh kill.sh one.iso
contains "it knows of a disc that is not finished" minfo.log appendable
run with_drive blank.disc cdrskin dev=/dev/sr0 -minfo
equal "so does the disc in another drive" "$(grep -c 'Mounted media type: *DVD+R' out)" 1
# The brackets keep pgrep from finding the shell that runs it.
cat >kill_discern.sh <<'END'
"$1" vdrive run --drive sr0=one.iso -- sleep 31.4159 & pid=$!
until pgrep -f 'slee[p] 31.4159' >/dev/null; do kill -0 "$pid" || exit 9; sleep 0.05; done
kill -9 "$pid"
wait "$pid"
for i in 1 2 3 4 5 6 7 8 9 10; do
	pgrep -f 'slee[p] 31.4159' >/dev/null || exit 0
	sleep 0.2
done
exit 1
END
ok "discern itself killed leaves no process behind" sh kill_discern.sh "$discern"
