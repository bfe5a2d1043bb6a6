#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Faults of the virtual drive and marks on its discs, as programs meet them.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/burn.sh
. "$source_folder/tests/support/burn.sh"
requires_vdrive
requires sg_raw
make_iso one.iso 8 ONE
make_iso other.iso 8 OTHER

# rip FAULT…: rips one.iso with these faults into copy.iso
rip() {
	rm -f copy.iso*
	for rule in "$@"; do
		set -- "$@" --fault "sr0: $rule"
		shift
	done
	run "$discern" vdrive run --drive sr0=one.iso "$@" -- "$discern" rip --reconnect 1 -o copy.iso
}

# --- reading ---
rip 'read lba=1000-1200 probability=50% seed=3 count=3 read-error'
equal "sectors that fail now and then are read in the end" "$code" 0
same "rightly" copy.iso one.iso
rip 'read lba=1000-1009 sense=1/17/01'
equal "recovered errors come with good data" "$code" 0
same "which is that of the disc" copy.iso one.iso
rip 'read skip=20 count=2 host=reset'
equal "a reset in the midst of reading is got over" "$code" 0
same "with good data" copy.iso one.iso
rip 'read skip=20 count=1 short=2048'
equal "a short transfer with good status is noticed" "$code" 0
same "and read again" copy.iso one.iso
cp other.iso 'other disc.iso'
rip 'read skip=40 count=1 exchange=other disc.iso'
equal "another disc in the midst of reading is noticed" "$code" 7
rip 'read skip=40 count=1 remove'
[ "$code" -ne 0 ]
equal "a disc that is taken out is not called read" $? 0
rip 'read skip=40 count=1 tray'
[ "$code" -ne 0 ]
equal "a tray that opens is noticed" $? 0
rip 'read skip=40 unplug'
[ "$code" -ne 0 ] && ! grep -q "^good" out
equal "a drive that is unplugged is noticed" $? 0
absent "nothing is called complete" copy.iso.sha256

# --- verifying what was read ---
for rule in 'read lba=1500 flip' 'read lba=2000-2003 stale'; do
	exits 4 "verify notices: $rule" "$discern" vdrive run --drive sr0=one.iso --fault "sr0: $rule" -- \
		"$discern" verify one.iso
done
for medium in dvd+rw dvd+r; do
	for rule in 'write lba=700 flip' 'write lba=704-719 count=1 stale'; do
		blank disc $medium
		run "$discern" vdrive run --drive sr0=disc --fault "sr0: $rule" -- "$discern" burn --yes one.iso
		equal "burn on $medium notices: $rule" "$code" 4
	done
done
run "$discern" vdrive run --drive sr0=one.iso --fault 'sr0: any capacity=100' -- "$discern" rip -o small.iso
printed_size=$(stat -c %s small.iso 2>/dev/null || echo 0)
[ "$code" -ne 0 ] || [ "$printed_size" -gt 204800 ]
equal "a drive that tells too few sectors makes no short copy that is called good" $? 0

# --- writing ---
# noticed MEDIUM RULE: a burn that libburn takes for done, and that is none
noticed() {
	blank disc "$1"
	run "$discern" vdrive run --drive sr0=disc --fault "sr0: $2" -- "$discern" burn --yes one.iso
	[ "$code" -eq 1 ] || [ "$code" -eq 4 ]
	equal "$1: it is noticed that a write was lost: $2" $? 0
}
noticed dvd+rw 'write skip=20 count=1 sense=0/00/00'
noticed dvd+rw 'write skip=20 count=1 host=time-out'
noticed dvd+rw 'write skip=20 count=1 host=5'
noticed dvd+rw 'write skip=20 count=1 host=11'
# fails MEDIUM RULE [CODE]: a burn with this fault is an error
fails() {
	blank disc "$1"
	run "$discern" vdrive run --drive sr0=disc --fault "sr0: $2" -- "$discern" burn --yes one.iso
	equal "$1: burning ends in an error: $2" "$code" "${3:-1}"
	! grep -qE '^(good|burned)' out
	equal "and is not called done" $? 0
}
fails dvd+r 'write skip=20 host=gone'
fails cd-r 'write skip=20 count=1 unplug'
fails bd-r 'write skip=20 count=1 remove' 5
fails dvd+r 'write skip=20 count=1 short=2048'
fails cd-r 'write skip=20 write-error'
fails dvd+rw 'write skip=60 count=1 exchange=one.iso'

# --- power loss ---
# After more than the buffer holds; what was in it is lost.
for kind in dvd+r bd-r; do
	fails $kind 'write lba=3200 count=1 power-loss'
	exits 5 "$kind: a damaged track is not burned over" \
		"$discern" vdrive run --drive sr0=disc -- "$discern" burn --yes one.iso
	run "$discern" vdrive run --drive sr0=disc -- "$discern" info /dev/sr0
	equal "$kind: what the disc is can be told" "$code" 0
	run with_drive disc sg_raw -r 36 /dev/sr0 52 01 00 00 00 01 00 00 24 00
	equal "$kind: its track is damaged" "$(awk '/^ 00 /{ print substr($7, 1, 1) }' err out)" 2
	# Sectors 1151 and 1152: 3200 less the 2048 of the buffer.
	tail -c +2357249 one.iso | head -c 2048 >last
	ok "$kind: what had left the buffer is on it" \
		with_drive disc sg_raw -r 2048 -o part /dev/sr0 28 00 00 00 04 7f 00 00 01 00
	same "$kind: as it was written" part last
	run with_drive disc sg_raw -r 2048 -o part /dev/sr0 28 00 00 00 04 80 00 00 01 00
	[ "$code" -ne 0 ]
	equal "$kind: and no more" $? 0
done

# --- the file of rules ---
: >rules
# shellcheck disable=SC2016  # for the inner shell
run "$discern" vdrive run --drive sr0=one.iso --faults rules -- sh -c '
	dd if=/dev/sr0 of=/dev/null bs=2048 count=1 2>/dev/null && echo first
	"$0" vdrive fault add rules sr0: read lba=0 read-error || exit
	dd if=/dev/sr0 of=/dev/null bs=2048 count=1 2>/dev/null || echo second
	"$0" vdrive fault add rules read lba=1 read-error
	dd if=/dev/sr0 of=/dev/null bs=2048 skip=1 count=1 2>/dev/null || echo third
	"$0" vdrive fault remove rules 1
	dd if=/dev/sr0 of=/dev/null bs=2048 count=1 2>/dev/null && echo fourth
	"$0" vdrive fault clear rules
	dd if=/dev/sr0 of=/dev/null bs=2048 count=2 2>/dev/null && echo fifth' "$discern"
equal "faults come and go while the drive runs" "$(tr '\n' ' ' <out)" "first second third fourth fifth "
printf '# mine\nread count=1 lba=0 read-error\n' >rules
# shellcheck disable=SC2016  # for the inner shell
run "$discern" vdrive run --drive sr0=one.iso --faults rules -- sh -c '
	dd if=/dev/sr0 of=/dev/null bs=2048 count=1 iflag=direct 2>/dev/null
	"$0" vdrive fault add rules sr0: test delay=1
	dd if=/dev/sr0 of=copy bs=2048 count=1 2>/dev/null && echo good' "$discern"
equal "a rule that was used up stays so when another is added" "$(cat out)" good
ok "the rules are listed" "$discern" vdrive fault list rules
printed "with their numbers" "sr0: test delay=1"
ok "comments stay" grep -q '^# mine$' rules
exits 2 "a wrong rule is not added" "$discern" vdrive fault add rules 'sr0: read sense=99'
complained "but explained" "KEY/ASC/ASCQ"
exits 1 "a rule that is not there is not removed" "$discern" vdrive fault remove rules 9
run "$discern" vdrive run --drive sr0=one.iso --faults rules -- sh -c '
	head -c 2048 /dev/sr0 >copy 2>/dev/null && exit 5
	echo nonsense >>rules; head -c 2048 /dev/sr0 >copy'
equal "a file that has become wrong ends no program" "$code" 0
complained "and is told" "line 4"
exits 1 "a file that is wrong at first is refused" "$discern" vdrive run --drive sr0=one.iso --faults rules -- true
exits 1 "so is one that is not there" "$discern" vdrive run --drive sr0=one.iso --faults none -- true

# --- marks on the disc, which only show to who does not mend its sectors ---
echo 'ring lba=2000-2009 dead=1' >one.iso.faults
run with_drive one.iso "$discern" rip --no-raw -o marked.iso
equal "a ring that nothing helps is in the map" "$code" 3
contains "with its place" marked.iso.map "0x003E8000  0x00005000  -"
cmp -s -n 4096000 one.iso marked.iso
equal "all before it is right" $? 0
rm marked.iso*
echo 'scratch lba=500-3500 severity=1 dead=0 seed=5' >one.iso.faults
run with_drive one.iso "$discern" rip --no-raw --retries 0 -o marked.iso
equal "a scratch costs sectors at full speed" "$code" 3
n_bad=$(grep -c -- '-$' marked.iso.map)
run with_drive one.iso "$discern" rip --no-raw -o marked.iso
equal "of which low speed and patience read all" "$code" 0
same "to the last bit" marked.iso one.iso
[ "$n_bad" -gt 10 ]
equal "there were many" $? 0
echo 'sr0: read read-error' >one.iso.faults
exits 1 "a wrong file beside a disc is an error" with_drive one.iso true
complained "and named" "one.iso.faults"
