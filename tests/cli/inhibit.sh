#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The computer neither sleeps nor is shut down during a burn: the lock that logind is asked for, on a bus of this
# test's own with a stand-in for logind that other people wrote.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/burn.sh
. "$source_folder/tests/support/burn.sh"
python=/usr/bin/python3
requires dbus-daemon dbus-send "$python"
requires_built LIBSYSTEMD
"$python" -c 'import dbusmock' 2>/dev/null || requires "python3-dbusmock"

cat >bus.conf <<END
<busconfig><type>custom</type><listen>unix:path=$work/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
END
dbus-daemon --config-file=bus.conf --nofork --nopidfile 2>bus.log &
bus_pid=$!
DBUS_SYSTEM_BUS_ADDRESS=unix:path=$work/bus
export DBUS_SYSTEM_BUS_ADDRESS
logind_pid=
ends_with_programs() {
	kill $bus_pid $logind_pid 2>/dev/null
	at_end
}
trap ends_with_programs EXIT

wait_for() {
	for _ in $(seq 100); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.1
	done
	failed "wait for: $*"
}
wait_for test -S bus

blank disc dvd+rw
# shellcheck disable=SC2016  # expanded there
run timeout 120 "$discern" vdrive run --drive sr0=disc -- \
	sh -c 'exec 7</dev/sr0; "$0" burn -v small.iso; exit $?' "$discern"
ends 0 "without logind on the bus a disc is burned"
complained "another program that has the drive open is named" "in use by others as well, which may disturb: sh (process"
complained "-v tells that nothing is held back" "sleep and shutdown are not held back"

"$python" -m dbusmock --system --template logind >logind.log 2>&1 &
logind_pid=$!
locks() {
	dbus-send --system --print-reply --dest=org.freedesktop.login1 /org/freedesktop/login1 \
		org.freedesktop.login1.Manager.ListInhibitors
}
wait_for locks

: >err
"$discern" vdrive run --drive "sr0=disc" --fault 'sr0: write skip=30 count=1 delay=3000' -- \
	"$discern" burn --overwrite --progress json small.iso >out 2>err &
burn_pid=$!
wait_for grep -qE '"phase": "write", "done_bytes": [1-9]' err
locks >held
contains "while a disc is burned, sleep and shutdown are held back" held 'string "sleep:shutdown"'
contains "by discern" held 'string "discern"'
contains "with a reason" held 'string "burning a disc"'
contains "which is no mere delay" held 'string "block"'
code=0
wait $burn_pid || code=$?
ends 0 "the disc is burned"
no_locks() {
	locks >held && ! grep -q discern held
}
wait_for no_locks
ok "afterwards nothing is held back" no_locks
