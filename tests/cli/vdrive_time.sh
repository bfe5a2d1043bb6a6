#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The clocks of virtual drives. Nothing here is judged by how long it took on this machine but a time slept.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/burn.sh
. "$source_folder/tests/support/burn.sh"
requires_vdrive

# told KEY: what the clock file of the last run says
told() {
	sed -nE "s/^sr0 (.* )?$1=([0-9]+).*/\2/p" clock
}

# timed MEDIUM ARGUMENT…: discern with a drive on a virtual clock
timed() {
	medium=$1
	shift
	run "$discern" vdrive run --virtual-clock --clock-file clock --drive "sr0=$medium" -- "$discern" "$@"
}

# --- without faults ---
timed small.iso rip -o copy.iso
equal "a disc is read on a virtual clock" "$code" 0
same "rightly" copy.iso small.iso
seconds=$(told seconds)
[ "$seconds" -ge 4 ] && [ "$seconds" -le 15 ]
equal "which takes spinning up and a few seconds" $? 0
[ "$(told read_sectors)" -ge $(($(stat -c %s small.iso) / 2048)) ]
equal "all sectors are counted" $? 0
equal "it spun up once" "$(told spin_ups)" 1
rm copy.iso*
timed small.iso rip --speed 1 -o copy.iso
[ "$(told seconds)" -gt $((seconds + 10)) ]
equal "at 1x it takes longer" $? 0
rm copy.iso*

blank disc dvd+r 50400
timed disc burn --yes large.iso
equal "a disc is burned on a virtual clock" "$code" 0
seconds=$(told seconds)
[ "$seconds" -ge 15 ] && [ "$seconds" -le 90 ]
equal "which takes calibrating, writing, closing and reading" $? 0
equal "without underruns, as the program's time does not count" "$(told underruns)" 0
[ "$(told written_sectors)" -ge $(($(stat -c %s large.iso) / 2048)) ]
equal "all sectors are counted as written" $? 0

# --- a bad disc: hours in seconds, and twice the same ---
make_iso bad.iso 20
echo 'scratch count=200 seed=11' >bad.iso.faults
started=$(date +%s)
timed bad.iso rip --no-raw -o first.iso
first=$code
cp clock first.clock
rm -f disc
timed bad.iso rip --no-raw -o second.iso
ended=$(date +%s)
equal "a disc with 200 scratches is read as far as it goes" "$first" 3
equal "twice with the same end" "$code" "$first"
same "with the same data" first.iso second.iso
grep -v '^#' first.iso.map >first.map
grep -v '^#' second.iso.map >second.map
same "with the same map" first.map second.map
same "and in the same time by the drive's clock" first.clock clock
[ "$(told seconds)" -gt 3600 ]
equal "which is more than an hour" $? 0
[ $((ended - started)) -lt $(($(told seconds) / 10)) ]
equal "but was a tenth of it at most on ours" $? 0
# The map is true: what it calls good is good.
sed -nE 's/^(0x[0-9A-F]+)  (0x[0-9A-F]+)  \+$/\1 \2/p' first.iso.map >good
wrong=0
while read -r begin size; do
	cmp -s -i $((begin)) -n $((size)) first.iso bad.iso || wrong=$((wrong + 1))
done <good
equal "what the map calls good is good" "$wrong" 0
[ "$(wc -l <good)" -gt 50 ]
equal "it has many parts" $? 0
sed -i 's/seed=11/seed=12/' bad.iso.faults
timed bad.iso rip --no-raw -o third.iso
! cmp -s clock first.clock
equal "another seed is another disc" $? 0
rm -f bad.iso.faults ./*.iso.map first.iso second.iso third.iso

# --- delays of faults, and time limits ---
run "$discern" vdrive run --virtual-clock --clock-file clock --drive sr0=small.iso \
	--fault 'sr0: read skip=20 count=1 delay=20000' -- "$discern" rip -o copy.iso
equal "a slow command is waited for" "$code" 0
[ "$(told seconds)" -ge 23 ]
equal "on the drive's clock" $? 0
rm -f copy.iso*
run "$discern" vdrive run --virtual-clock --drive sr0=small.iso \
	--fault 'sr0: read delay=3600000' -- dd if=/dev/sr0 of=/dev/null bs=2048 count=1
equal "one that takes an hour is beyond the kernel's patience" "$code" 1

# --- what is told ---
run "$discern" vdrive run -v --virtual-clock --drive sr0=small.iso --drive sr1= -- dd if=/dev/sr0 of=/dev/null bs=64k
complained "with -v the time is told" "by the drive's clock"
complained "of each drive" "sr1: "
exits 2 "a file for no clock is wrong usage" "$discern" vdrive run --clock-file clock --drive sr0= -- true
exits 2 "two clocks are wrong usage" "$discern" vdrive run --real-time --virtual-clock --drive sr0= -- true
exits 1 "a file that cannot be made is an error" \
	"$discern" vdrive run --virtual-clock --clock-file none/clock --drive sr0= -- true

# --- real time ---
started=$(date +%s)
run "$discern" vdrive run --real-time --clock-file clock --drive sr0=small.iso -- dd if=/dev/sr0 of=copy bs=64k
ended=$(date +%s)
equal "a disc is read in real time" "$code" 0
same "rightly" copy small.iso
[ $((ended - started)) -ge 3 ]
equal "spinning up takes its time" $? 0
[ "$(told seconds)" -ge 3 ] && [ "$(told seconds)" -le $((ended - started + 1)) ]
equal "as the clock tells" $? 0
