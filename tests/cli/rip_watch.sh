#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# discern rip --watch: several drives side by side, discs that come one after another, bad ones among them, drives that fail or vanish.
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/rip.sh
. "$source_folder/tests/support/rip.sh"
requires_vdrive
requires jq pgrep

exits 2 "not to standard output" "$discern" rip --watch -o -
exits 2 "no page for one disc" "$discern" rip --watch --report=x.html
exits 2 "--no-verify belongs to it" "$discern" rip --no-verify sr0
exits 1 "a file is no folder" "$discern" rip --watch -o "$0"

make_iso first.iso 2 ARCHIVE
make_iso second.iso 2 ARCHIVE
make_iso third.iso 3 THIRD
make_iso bad.iso 2 SCRATCHED
make_iso gone.iso 2 GONE
head -c $((2352 * 400)) /dev/urandom >all.bin
printf 'FILE "all.bin" BINARY\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n' >audio.cue
"$discern" vdrive create --media cd-r blank
cp first.iso medium0
cp second.iso medium1
cat >faults <<'EOF'
sr2: read lba=500-519 sense=3/11/05
sr3: read lba=700 unplug
EOF

cat >session.sh <<'EOF'
# await FILE TEXT…: until the file has all of them, at most half a minute, else the session is over
await() {
	file=$1
	shift
	for text; do
		for _ in $(seq 300); do
			grep -qF -- "$text" "$file" 2>/dev/null && continue 2
			sleep 0.1
		done
		echo "never in $file: $text" >>missing
		kill "$watch"
		exit 1
	done
}
# opened DRIVE: what is told of a disc comes before its tray opens
opened() {
	for _ in $(seq 300); do
		"$discern" info "$1" 2>/dev/null | grep -q 'the tray is open' && return
		sleep 0.1
	done
	echo "$1: its tray never opened" >>missing
}
# change DRIVE IMAGE: as a person does, when the tray is open
change() {
	opened "sr$1"
	cp "$2" new && mv new "medium$1" && load "sr$1"
}
# load DRIVE: another program may be looking at it just now
load() {
	for _ in $(seq 100); do
		"$discern" load "$1" >/dev/null 2>load.err && return
		sleep 0.1
	done
	cat load.err >>missing
}
# begun MAP: until some of the disc is read
begun() {
	for _ in $(seq 200); do
		grep -q '+$' "$1" 2>/dev/null && return
		sleep 0.05
	done
}
# worker DRIVE: the process id of its worker, a child of the watch that runs
worker() {
	for _ in $(seq 200); do
		pgrep -P "$watch" -f "rip .*/dev/$1\$" && return
		sleep 0.05
	done
}
"$discern" rip --watch --json --retries=0 --reconnect=0 -o images --progress=json >log 2>progress &
watch=$!
await log '"/dev/sr0"' '"/dev/sr1"' '"/dev/sr2"' '"/dev/sr3"' '"/dev/sr4"' '"/dev/sr5"'
mv log log.first

# The same disc again, then another one whose worker is killed, then that once more.
change 0 first.iso
await log.first '"already"'
echo 'sr1: read lba=300-6000 delay=300' >>faults
change 1 third.iso
begun images/THIRD.iso.map
kill -KILL "$(worker sr1)"
await log.first 'process was killed'
sed -i '/^sr1/d' faults
opened sr1
load sr1
await log.first '"resumed": true'

# A stop in the middle, and going on.
echo 'sr0: read lba=300-6000 delay=300' >>faults
mkdir second
kill -TERM "$watch"
wait "$watch"
echo "$?" >code.idle
"$discern" rip --watch -o second/ sr0 >log.second 2>progress.second &
watch=$!
change 0 bad.iso
begun second/SCRATCHED.iso.map
kill -INT "$watch"
wait "$watch"
echo "$?" >code.busy
sed -i '/^sr0/d' faults
"$discern" rip --watch --no-verify -o second sr0 >>log.second 2>>progress.second &
watch=$!
await log.second good

# A drive that is unplugged while nothing is in it, and comes back with a disc; others see it go and come.
opened sr0
mkdir away && touch away/sr0
mount --bind /dev/sr0 away/sr0 && umount -l /dev/sr0 && rm /dev/sr0 && await progress.second 'the drive is gone'
cp third.iso new && mv new medium0
touch /dev/sr0 && mount --bind away/sr0 /dev/sr0
await progress.second 'the drive is back'
load sr0
await log.second THIRD.iso
kill -TERM "$watch"
wait "$watch"
exit 0
EOF
export discern
ok "a session with six drives" "$discern" vdrive run --faults faults --drive sr0=medium0 --drive sr1=medium1 \
	--drive sr2=bad.iso --drive sr3=gone.iso --drive sr4=audio.cue --drive sr5=blank -- sh session.sh
[ ! -e missing ] || failed "all came in time" "$(cat missing)"

# told WHAT DRIVE FILTER EXPECTED: of the first line of a drive
told() {
	equal "$1" "$(jq -r "select(.drive == \"/dev/$2\") | $3" log.first | head -n 1)" "$4"
}
told "a good disc" sr0 '.verdict + " " + .verify.verdict' "good equal"
told "another one of that name" sr1 .verdict good
names=$(jq -r 'select(.verdict == "good") | .rip.image // empty' log.first | sort | tr '\n' ' ')
equal "has a number behind it" "$names" "ARCHIVE-2.iso ARCHIVE.iso THIRD.iso "
cat images/ARCHIVE.iso images/ARCHIVE-2.iso | sha256sum >got
if cmp -s images/ARCHIVE.iso first.iso; then cat first.iso second.iso; else cat second.iso first.iso; fi |
	sha256sum >expected
same "both images equal their discs" got expected
told "a bad disc" sr2 '.verdict + " " + (.rip.bad_sectors | tostring)' "bad 20"
claims_are_true "bad disc" images/SCRATCHED.iso images/SCRATCHED.iso.map bad.iso
told "a drive that vanished" sr3 '.verdict + " " + .rip.error.code' "failed ENODEV"
claims_are_true "lost drive" images/GONE.iso.part images/GONE.iso.map gone.iso
told "an audio disc" sr4 '.verdict + " " + (.audio.tracks | length | tostring)' "good 1"
told "a blank disc" sr5 '.verdict + " " + (.exit_code | tostring)' "no data 5"
equal "the disc that came again is not read twice" \
	"$(jq -r 'select(.verdict == "already") | .drive + " " + .rip.image' log.first)" "/dev/sr0 $(
		cmp -s images/ARCHIVE.iso first.iso && echo ARCHIVE.iso || echo ARCHIVE-2.iso)"
equal "a worker that was killed" "$(jq -r 'select(.words // "" | contains("killed")) | .drive + " " + .verdict' log.first)" \
	"/dev/sr1 failed"
same "its disc goes on from there" images/THIRD.iso third.iso
equal "each line of progress has its drive" "$(grep '^{' progress | jq -r 'select(.phase == "read") | .drive' | sort -u |
	tr '\n' ' ')" "/dev/sr0 /dev/sr1 /dev/sr2 /dev/sr3 /dev/sr4 "
equal "a signal while nothing is done" "$(cat code.idle)" 143
equal "and while a disc is read" "$(cat code.busy)" 130
same "the disc that was stopped was gone on with" second/SCRATCHED.iso bad.iso
absent "and left nothing" second/SCRATCHED.iso.part second/SCRATCHED.iso.map
same "a drive that came back is used" second/THIRD.iso third.iso
contains "a line for each disc" log.second "sr0    good       SCRATCHED.iso, "
