#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# discern vdrive run: what the program finds, how it ends, wrong usage.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
requires sg_raw
head -c 1001472 /dev/urandom >one.iso
head -c 409600 /dev/urandom >two.iso

run with_drive one.iso stat -c %F:%t:%T:%a:%s /dev/sr0
equal "a drive looks like a block device with major number 11" "$(cat out)" "block special file:b:0:660:0"
run with_drive one.iso readlink /dev/cdrom
equal "/dev/cdrom is the drive" "$(cat out)" sr0
run with_drive one.iso stat -c %F /dev/null one.iso
equal "other files look as they are" "$(cat out)" "character special file
regular file"
DISCERN_PRELOAD='' run with_drive one.iso stat -c %F:%s /dev/sr0
equal "without the preload module it is a file of the medium's size" "$(cat out)" "regular file:1001472"
ok "the program can read the medium" with_drive one.iso cp /dev/sr0 copy.iso
same "what it reads is the image" one.iso copy.iso

run "$discern" vdrive run --drive sr0=one.iso --drive sr3=two.iso,kind=dvd-rom --drive sr7= -- \
	sh -c 'cat /dev/sr0 | cksum; cat /dev/sr3 | cksum; ls /dev | grep -c "^sr"; cat /dev/sr7'
equal "several drives at once" "$(sed -n '1,3p' out)" "$(cksum <one.iso)
$(cksum <two.iso)
3"
complained "an empty drive says so" "No medium found"
run "$discern" vdrive run --drive sr0=,tray=open -- cat /dev/sr0
complained "so does one with an open tray" "No medium found"

exits 7 "the program's exit code is passed on" with_drive one.iso sh -c 'exit 7'
# shellcheck disable=SC2016  # for the inner shell
exits 137 "a signal that ended it too" with_drive one.iso sh -c 'kill -9 $$'
exits 127 "a program that is not there" with_drive one.iso /nonexistent/program
complained "is told of" "/nonexistent/program: cannot be executed: No such file or directory"
exits 126 "a program that cannot be executed" with_drive one.iso "$work/one.iso"
# shellcheck disable=SC2016
run with_drive one.iso sh -c 'printf %s "$LD_PRELOAD"'
contains "LD_PRELOAD names the module" out discern-preload.so
LD_PRELOAD=libm.so.6 run with_drive one.iso printenv LD_PRELOAD
contains "an earlier LD_PRELOAD stays" out "discern-preload.so:libm.so.6"
run with_drive one.iso sh -c 'ls /dev' && [ ! -e /dev/.discern-vdrive ]
equal "what the program sees of /dev is only its own" "$(grep -c discern out)" 0
printf 'abc' >input
code=0
with_drive one.iso cat <input >out || code=$?
equal "standard input reaches the program" "$code$(cat out)" 0abc
# shellcheck disable=SC2016
(with_drive one.iso sh -c 'kill -TERM "$PPID"; sleep 20' >/dev/null 2>&1)
equal "a signal to discern is passed on to the program" $? 143

exits 1 "no such medium" "$discern" vdrive run --drive sr0=missing.iso -- true
complained "is named" "sr0: "
exits 2 "no drive is wrong usage" "$discern" vdrive run -- true
exits 2 "no program is wrong usage" "$discern" vdrive run --drive sr0=
exits 2 "a drive that cannot be" "$discern" vdrive run --drive sr99=one.iso -- true
exits 2 "one drive twice" "$discern" vdrive run --drive sr0=one.iso --drive sr0=two.iso -- true
exits 1 "a fault of a drive that is not there" "$discern" vdrive run --drive sr0=one.iso --fault 'sr1: read sense=3/11/05' -- true
exits 1 "a fault that cannot be" "$discern" vdrive run --drive sr0=one.iso --fault 'sr0: red sense=3/11/05' -- true
exits 2 "no such sub-command" "$discern" vdrive fly
exits 0 "help" "$discern" vdrive --help
printed "names the sub-commands" "vdrive create"
exits 0 "help of run" "$discern" vdrive run --help
printed "names its options" "--fault"
DISCERN_PRELOAD=/nonexistent.so exits 1 "a preload module that is not there" with_drive one.iso true
complained "is named too" DISCERN_PRELOAD

# ---- one slow drive, with many programs that wait for it, and another one ----

head -c 1M /dev/urandom >quick.iso
# shellcheck disable=SC2016  # for the inner shell
run "$discern" vdrive run --drive sr0=quick.iso --drive sr1=quick.iso --fault 'sr0: read delay=3000' -- sh -c '
	for i in $(seq 30); do
		sg_raw -r 2048 /dev/sr0 28 00 00 00 00 00 00 00 01 00 >slow.$i 2>&1 &
		last=$!
	done
	sleep 1
	dd if=/dev/sr1 of=copy.quick bs=64k 2>dd.err && kill -0 "$last" && echo first
	kill $(jobs -p)'
equal "thirty that wait for a slow drive do not hold up the other one" "$(cat out)" first
same "which is read" copy.quick quick.iso
