#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# discern copy: discs of all kinds by way of a file, and with one drive for both; what cannot be read costs no blank disc.
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
requires_built SNDFILE
requires jq
. "$source_folder/tests/support/burn_cd.sh"
mkdir tmp
TMPDIR=$work/tmp
export TMPDIR discern

# copy SOURCE ARGUMENT…: from SOURCE in sr0 to a.disc in sr1; the rules in $faults apply
copy() {
	disc=$1
	shift
	if [ -n "$faults" ]; then
		timeout 120 "$discern" vdrive run --drive "sr0=$disc" --drive sr1=a.disc --fault "$faults" -- \
			"$discern" copy "$@" sr0 sr1
	else
		timeout 120 "$discern" vdrive run --drive "sr0=$disc" --drive sr1=a.disc -- "$discern" copy "$@" sr0 sr1
	fi
}

nothing_left() {
	equal "$1" "$(ls tmp)" ""
}

# A CD, burned by us from its sheet, in a drive with an offset.
new_disc cd-r first.disc
ok "a first disc" with_drive first.disc "$discern" burn --no-verify disc.cue
new_disc cd-r
ok "a CD with everything" copy first.disc,read-offset=6,overread=both --offset=6 --json
equal "is good, in one object of JSON" "$(jq -r '.source + " " + .verdict' out)" "/dev/sr0 good"
is_the_disc "copied"
"$dump" first.disc text >first.text
"$dump" a.disc text >copied.text
same "CD-TEXT, pack by pack" copied.text first.text
nothing_left "the temporary image is gone"
ok "it equals the first sheet" with_drive a.disc "$discern" verify disc.cue

# Sessions, data and audio; a file that is kept.
make_iso data.iso 1
n=$(($(stat -c %s data.iso) / 2048))
"$sound" one 400 2
cat >extra.cue <<'SHEET'
REM SESSION 01
FILE "one.wav" WAVE
  TRACK 01 AUDIO
    INDEX 01 00:00:00
REM LEAD-OUT 01:30:00
REM SESSION 02
REM LEAD-IN 01:00:00
REM PREGAP 00:02:00
FILE "data.iso" BINARY
  TRACK 02 MODE2/2048
    INDEX 01 00:00:00
SHEET
new_disc cd-r
ok "a CD-Extra" copy extra.cue --via kept.ccd
printed "by way of a file" "into kept.ccd"
laid_out "CD-Extra: both sessions" "track 2 session 2 xa control 4 pregap 11650 start 11800 end $((11800 + n))"
sectors_are "CD-Extra: the sound" 0 one.raw
ok "the file is kept" with_drive a.disc "$discern" verify kept.ccd

# Burned track at once, it ends in sectors that no drive reads, which are no data.
if command -v cdrskin >/dev/null; then
	new_disc cd-r tao.disc
	ok "cdrskin writes a track" with_drive tao.disc cdrskin dev=/dev/sr0 -tao data.iso
	new_disc cd-r
	ok "its disc is copied" copy tao.disc
	with_drive a.disc dd if=/dev/sr0 of=back bs=2048 count="$n" status=none
	same "with the data" back data.iso
fi

# A DVD.
new_disc dvd+r
ok "a DVD" copy data.iso,kind=dvd-rom --json
equal "DVD: good" "$(jq -r .verdict out)" good
with_drive a.disc dd if=/dev/sr0 of=back bs=2048 count="$n" status=none
same "DVD: the data" back data.iso
nothing_left "nothing is left of it"

# One drive: the tray opens, somebody changes the disc.
new_disc cd-r
cat >one.sh <<'SCRIPT'
"$discern" copy sr0 >copy.out 2>copy.err &
job=$!
while ! grep -qs "put a blank one in" copy.err && kill -0 $job; do sleep 0.05; done
while ! "$discern" load sr0 >load.out 2>&1; do sleep 0.1; done
wait $job
SCRIPT
ok "one drive for both" timeout 120 "$discern" vdrive run --drive sr0=disc.cue \
	--fault "sr0: 0x1b skip=1 count=1 exchange=$work/a.disc" -- sh one.sh
contains "its verdict" copy.out "good     the disc equals the one that was in /dev/sr0"
is_the_disc "one drive"

# --- what does not go well ---
new_disc dvd+r
faults='sr0: read lba=300-303 sense=3/11/05'
exits 3 "what cannot be read is not burned" copy data.iso,kind=dvd-rom --retries=1
complained "it is said" "no blank disc was used"
run with_drive a.disc "$discern" info
printed "the disc is blank" "blank"
exits 3 "but with --force" copy data.iso,kind=dvd-rom --retries=1 --force
printed "it is, and holds what could be read" "no more than what could be read"
equal "which is not called good" "$(grep -c '^good' out)" 0
new_disc cd-r
faults='sr0: 0xbe lba=700-703 sense=3/11/05'
exits 3 "sound that cannot be read" copy disc.cue --retries=1
laid_out "leaves the disc blank" "disc blank"
faults='sr1: write lba=500-520 sense=3/0C/00'
exits 1 "a burn that fails" copy disc.cue
complained "keeps the image" "the image is kept"
ok "from which the next is burned" sh -c "rm a.disc && $discern vdrive create --quiet --media cd-r --sectors 30000 a.disc &&
	$discern vdrive run --drive sr0=a.disc -- $discern burn tmp/*/disc.ccd"
faults=
rm -r tmp/*
new_disc cd-r empty.disc
new_disc cd-r
exits 5 "a source that is blank" copy empty.disc
exits 5 "no disc at all" copy ""
exits 2 "no drive" with_drive disc.cue "$discern" copy
exits 2 "an option of the burn that is wrong is told before" copy disc.cue --speed=fast
nothing_left "nothing is left of any of it"
