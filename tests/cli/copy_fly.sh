#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# discern copy --on-the-fly: what another program reads from the copy is the source; and every way in which it fails ends
# with its reason, an exit code and the state of the disc, and is never called good.
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
requires jq
. "$source_folder/tests/support/burn_cd.sh"
mkdir tmp
TMPDIR=$work/tmp
export TMPDIR discern

# fly SOURCE ARGUMENT…: from SOURCE in sr0 to a.disc in sr1; the rules in $faults apply
fly() {
	disc=$1
	shift
	timeout 120 "$discern" vdrive run --drive "sr0=$disc" --drive sr1=a.disc ${faults:+--fault "$faults"} -- \
		"$discern" copy --on-the-fly "$@" sr0 sr1
}

# is_verdict WHAT VERDICT: the last command's, and nothing else is told as one
is_verdict() {
	equal "$1: its verdict" "$(grep -E '^(good|bad|burned|trial) ' out)" "$2"
}

# reads_back MEDIA: dd reads the source from the copy
reads_back() {
	with_drive a.disc dd if=/dev/sr0 of=back bs=2048 count="$n" status=none
	same "$1: dd reads the source" back data.iso
}

make_iso data.iso 6
n=$(($(stat -c %s data.iso) / 2048))

# ---- what goes well ----

for row in dvd+r:dvd-rom bd-r:bd-rom cd-r:cd-rom; do
	media=${row%:*}
	new_disc "$media"
	ok "$media" fly "data.iso,kind=${row#*:}" --json
	equal "$media: good" "$(jq -r '"\(.verdict) \(.unreadable_sectors) \(.source_bytes) \(.image.path)"' out)" \
		"good 0 $((n * 2048)) /dev/sr0"
	equal "$media: its sum" "$(jq -r .source_sha256 out)" "$(sha256sum data.iso | cut -d' ' -f1)"
	reads_back "$media"
done
equal "no file was made" "$(ls tmp)" ""

# ---- what cannot be read ----

new_disc dvd+r
faults='sr0: read lba=1700-1703 sense=3/11/05'
exits 3 "a place that cannot be read" fly data.iso,kind=dvd-rom --retries=1 --json
equal "JSON has verdict and places" "$(jq -c '[.verdict, .unreadable_sectors, .unreadable_ranges]' out)" \
	'["incomplete",4,[{"lba":1700,"n_sectors":4}]]'
complained "it is told" "4 sectors could not be read, and are zeros on the copy"
complained "and which" "LBA 1700 to 1703"
cp data.iso expected
dd if=/dev/zero of=expected bs=2048 seek=1700 count=4 conv=notrunc status=none
with_drive a.disc dd if=/dev/sr0 of=back bs=2048 count="$n" status=none
same "all else is there, and zeros in its place" back expected

# dies WHAT CODE RULE WORDS STATE [SOURCE]: the source does so in the midst of it
dies() {
	rm -f a.disc
	"$discern" vdrive create --quiet --media dvd+r --sectors 60000 a.disc >/dev/null
	faults=$3
	exits "$2" "$1" fly "${6:-large.iso},kind=dvd-rom" --pipe-timeout=1
	is_verdict "$1" ""
	complained "$1: the source is named with the reason" "/dev/sr0: $4"
	complained "$1: the state of the disc is told" "$5"
	equal "$1: no word of the pipe's own name" "$(grep -c /dev/fd err)" 0
}
# More than a burn takes in before it begins.
cp data.iso large.iso
# So far on that what is read ahead, and what the burn holds, cannot reach it before the disc is written to.
truncate -s 110M large.iso
dies "a source unplugged while it burns" 1 'sr0: read lba=55000-55100 unplug' "" "the disc is spoiled"
dies "a disc taken out of the source" 5 'sr0: read lba=55000-55100 count=1 remove' "medium not present" "the disc is spoiled"
dies "a source that stalls" 1 'sr0: read lba=55000-55100 count=1 delay=3000' "nothing came through the pipe for 1 second" \
	"the disc is spoiled"
dies "a source that stalls at once" 1 'sr0: read lba=1000-1100 count=1 delay=3000' \
	"nothing came through the pipe for 1 second" "nothing was written to the disc in sr1" data.iso

# ---- the target ----

new_disc dvd+r
faults='sr1: write lba=500-520 sense=3/0C/00'
exits 1 "a target that fails" fly data.iso,kind=dvd-rom
is_verdict "a target that fails" ""
complained "its sense is told" "[3 0C 00]"
complained "and that it is spoiled" "spoiled"
faults=
rm a.disc
"$discern" vdrive create --quiet --media dvd+r --sectors 1000 a.disc >/dev/null
exits 5 "a target that is too small" fly data.iso,kind=dvd-rom
run with_drive a.disc "$discern" info
printed "is left blank" "blank"

# Ctrl-C, of which SIGTERM is the like: then both drives do the next copy.
new_disc dvd+r spoiled.disc
new_disc dvd+r
cat >stop.sh <<'SCRIPT'
"$discern" copy --on-the-fly --progress json sr0 sr1 >stop.out 2>stop.err &
job=$!
while ! grep -qE '"phase": "write", "done_bytes": [1-9]' stop.err && kill -0 $job; do sleep 0.05; done
kill -TERM $job
code=0
wait $job || code=$?
echo "$code" >stop.code
"$discern" copy --on-the-fly sr0 sr2
SCRIPT
ok "after a signal the next" timeout 120 "$discern" vdrive run --drive sr0=data.iso,kind=dvd-rom --drive sr1=spoiled.disc \
	--drive sr2=a.disc --fault "sr1: write skip=10 delay=100" -- sh stop.sh
reads_back "after a signal"
equal "the signal stops it" "$(cat stop.code)" 143
contains "which is told" stop.err "stopped while burning"
contains "with the state of the disc" stop.err "the disc is spoiled"
equal "and nothing is called good" "$(grep -cE '^(good|bad|burned)' stop.out)" 0

# ---- refused before anything is written ----

new_disc cd-r
exits 5 "a CD with sound" fly disc.cue
complained "is refused for its reason" "a CD with audio is not copied on the fly"
complained "with the remedy" "leave --on-the-fly out"
cat >two.cue <<'SHEET'
FILE "data.iso" BINARY
  TRACK 01 MODE1/2048
    INDEX 01 00:00:00
  TRACK 02 MODE1/2048
    PREGAP 00:02:00
    INDEX 01 00:10:00
SHEET
exits 5 "a CD with two tracks" fly two.cue
complained "too" "a CD with several tracks is not copied on the fly"
laid_out "and leaves the disc blank" "disc blank"
new_disc cd-r empty.disc
exits 5 "a blank source" fly empty.disc
exits 5 "no source" fly ""
exits 2 "one drive for both" with_drive data.iso "$discern" copy --on-the-fly sr0
exits 2 "a file as well" with_drive data.iso "$discern" copy --on-the-fly --via=x.iso sr0 sr1
exits 2 "what has no meaning on the fly" fly data.iso --force
exits 2 "a time for no pipe" with_drive data.iso "$discern" copy --pipe-timeout=5 sr0 sr1
exits 2 "a wrong time" fly data.iso --pipe-timeout=0
equal "nothing is left of any of it" "$(ls tmp)" ""
