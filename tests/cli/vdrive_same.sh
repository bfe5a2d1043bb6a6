#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A bad disc is the same disc each time: the same sectors, the same data and the same time by the drive's clock, for
# discern and for another program. And the clock can be read while it runs.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
make_iso disc.iso 40
echo 'scratch count=200 seed=29' >disc.iso.faults

# runs NAME COMMAND…: with the disc on a virtual clock; keeps the image's sum, the map and the clock
runs() {
	name=$1
	shift
	rm -f copy.iso*
	run "$discern" vdrive run --virtual-clock --clock-file clock --drive sr0=disc.iso -- "$@"
	{
		echo "exit code $code"
		cat clock
		sha256sum <copy.iso
		grep -v '^#' copy.iso.map
	} >"$name"
}

# thrice NAME COMMAND…
thrice() {
	program=$1
	shift
	for n in 1 2 3; do
		runs "$program.$n" "$@"
	done
	same "$program: the second time is like the first" "$program.1" "$program.2"
	same "$program: and so is the third" "$program.1" "$program.3"
	grep -q -- '-$' "$program.1"
	equal "$program: some sectors are bad" $? 0
	[ "$(sed -nE 's/^sr0 seconds=([0-9]+).*/\1/p' "$program.1")" -gt 1000 ]
	equal "$program: it has taken long, by the drive's clock" $? 0
}
thrice rip "$discern" rip -q --no-raw --retries 1 -o copy.iso
# One that does not go by the time that reading takes on our clock, as ddrescue does; its errors serve for a map.
thrice dd sh -c "dd if=/dev/sr0 of=copy.iso bs=2048 conv=noerror,sync 2>errors
	sed -n 's/.*Input.output error$/-/p' errors >copy.iso.map"
mv rip.1 first
echo 'scratch count=200 seed=30' >disc.iso.faults
runs rip.1 "$discern" rip -q --no-raw --retries 1 -o copy.iso
! cmp -s first rip.1
equal "with another seed it is another disc" $? 0
rm disc.iso.faults

# The program waits until the file says what it has done, which is written now and then.
# shellcheck disable=SC2016  # for the inner shell
run timeout 60 "$discern" vdrive run --virtual-clock --clock-file clock --drive sr0=disc.iso --drive sr1= -- sh -c '
	cat clock >before
	dd if=/dev/sr0 of=/dev/null bs=2048 count=64 2>/dev/null
	until grep -q "^sr0 .*read_sectors=64" clock; do sleep 0.05; done
	cat clock >after'
equal "the clock can be read while it runs" "$code" 0
contains "from the beginning" before "sr0 seconds=0.000000 "
equal "a line a drive" "$(grep seconds= after | cut -d ' ' -f 1 | tr '\n' ' ')" "sr0 sr1 "
absent "nothing is left beside it" clock.tmp
