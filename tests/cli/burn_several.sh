#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# discern burn in several drives at once, with copies that need more discs than drives, and from a queue: what fails in one drive
# concerns no other.
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
requires_built SNDFILE
requires jq pgrep
make_iso image.iso 1 SEVERAL
make_iso other.iso 1 "OTHER ONE"
mv other.iso "other one.iso"
export discern

# blanks MEDIA…: disc0, disc1 …
blanks() {
	i=0
	rm -f disc?
	for media; do
		"$discern" vdrive create --media "$media" "disc$i" >/dev/null || exit 1
		i=$((i + 1))
	done
}
# reads_back DISC IMAGE: as a program of others sees it
reads_back() {
	# shellcheck disable=SC2016  # expanded by the inner shell
	ok "$1 holds $2" "$discern" vdrive run --drive "sr0=$1" -- sh -c \
		'head -c "$(stat -c %s "$1")" /dev/sr0 | cmp - "$1"' sh "$2"
}

exits 2 "a drive twice" "$discern" burn image.iso sr0 sr0
exits 2 "a queue needs drives" "$discern" burn --queue list
exits 2 "no copies" "$discern" burn --copies=0 image.iso sr0
exits 2 "one receipt for several" "$discern" burn --receipt=x image.iso sr0 sr1
exits 1 "no image of another process" "$discern" burn --window-fd=0 image.iso sr0

# ---- one image, six drives ----

blanks dvd+r bd-r dvd-r cd-r dvd+rw dvd+r
exits 3 "six drives, of which four fail" "$discern" vdrive run --drive sr0=disc0 --drive sr1=disc1 --drive sr2=disc2 \
	--drive sr3=disc3 --drive sr4= --drive sr5=disc5 --fault 'sr1: write skip=20 count=1 write-error' \
	--fault 'sr2: write skip=20 unplug' --fault 'sr5: read lba=500-504 sense=3/11/05' -- \
	"$discern" burn --yes --json --progress=json image.iso sr0 sr1 sr2 sr3 sr4 sr5
told() {
	equal "$1" "$(jq -r ".discs[] | select(.drive == \"/dev/$2\") | [.verdict, .exit_code, .verify] | join(\" \")" out)" \
		"$3"
}
told "a good one" sr0 "good 0 equal"
told "a write error" sr1 "failed 1 "
told "a drive that was unplugged" sr2 "failed 1 "
told "a CD beside DVDs" sr3 "good 0 equal"
told "a drive without a disc" sr4 "no usable disc 5 "
told "a disc that does not read back" sr5 "unreadable 3 unreadable"
equal "the image was read once" "$(jq .read_bytes out)" "$(stat -c %s image.iso)"
equal "nobody fell behind" "$(jq '[.discs[].behind_bytes] | add' out)" 0
equal "SHA-256 of what is on them" "$(jq -r '.discs[0].disc_sha256' out)" "$(sha256sum <image.iso | cut -d ' ' -f 1)"
contains "which drive failed is told" err "discern: burn: sr1: burning failed"
equal "progress names the drives that write" "$(grep '^{.*"write"' err | jq -r .drive | sort -u | tr '\n' ' ')" \
	"/dev/sr0 /dev/sr1 /dev/sr2 /dev/sr3 /dev/sr5 "
equal "each disc that was begun is in the receipt" "$(grep -c '"command"' image.iso.receipt.json)" 5
reads_back disc0 image.iso
reads_back disc3 image.iso

blanks dvd+r dvd+r
exits 5 "without --yes nothing begins unless all drives can" "$discern" vdrive run --drive sr0=disc0 --drive sr1= -- \
	"$discern" burn image.iso sr0 sr1
complained "which is asked" "go on with 1 of 2"
ok "a dry run for two" "$discern" vdrive run --drive sr0=disc0 --drive sr1=disc1 -- \
	"$discern" burn --dry-run image.iso sr0 sr1
printed "tells each disc" "sr1      DVD+R, blank, 4.70 GB"
ok "a table of results" "$discern" vdrive run --drive sr0=disc0 --drive sr1=disc1 -- "$discern" burn image.iso sr0 sr1
printed "with a line for each" "equal       good"

# An image that is exchanged meanwhile is an error in every drive; and so is a worker that dies.
cat >change.sh <<'EOF'
"$discern" burn --json --progress=json victim.iso sr0 sr1 >told 2>progress &
burn=$!
for _ in $(seq 200); do
	[ "$(grep -c '"write", "done_bytes": [1-9]' progress)" -ge 2 ] && break
	sleep 0.05
done
eval "$1"
wait "$burn"
EOF
blanks dvd+r dvd+r
cp image.iso victim.iso
slowly() {
	"$discern" vdrive run --drive sr0=disc0 --drive sr1=disc1 --fault 'sr0: write delay=50' \
		--fault 'sr1: write delay=50' -- sh change.sh "$1"
}
exits 1 "an image that changes" slowly "touch victim.iso"
equal "is burned well in no drive" "$(jq -r '[.discs[].verdict] | join(" ")' told)" "failed failed"
blanks dvd+r dvd+r
# shellcheck disable=SC2016  # expanded there
exits 1 "a worker that is killed" slowly 'kill -KILL "$(pgrep -P "$burn" -f /dev/sr1)"'
equal "is told, and the other one is good" "$(jq -r '[.discs[] | .verdict + (.words // "")] | join(" ")' told)" \
	"good failedits process was killed (Killed)"

# ---- five copies in two drives, of which one disc is spoiled and one is not blank ----

# person DISC…: puts these in whenever one is asked for, until $burn has ended
cat >person.sh <<'EOF'
person() {
	asked=0
	while kill -0 "$burn" 2>/dev/null; do
		if [ "$#" -gt 0 ] && [ "$(grep -c 'put the next blank disc in' messages)" -gt "$asked" ]; then
			asked=$((asked + 1))
			drive=$(grep 'put the next blank disc in' messages | sed -n "${asked}s/.*burn: sr\([0-9]\):.*/\1/p")
			ln -sf "$1" "medium$drive"
			"$discern" load "sr$drive" >/dev/null
			shift
		fi
		sleep 0.1
	done
	wait "$burn"
}
EOF
cat >copies.sh <<'EOF'
. ./person.sh
: >messages
"$discern" burn --copies=3 --json --no-verify image.iso sr0 sr1 >told 2>messages &
burn=$!
person disc2 image.iso disc3 disc4
EOF
blanks dvd+r dvd+r dvd+r dvd+r dvd+r
echo 'sr0: write lba=100-200 count=1 write-error' >faults
ln -s disc0 medium0
ln -s disc1 medium1
exits 1 "three copies in two drives, and one that is spoiled" "$discern" vdrive run --faults faults --drive sr0=medium0 \
	--drive sr1=medium1 -- sh copies.sh
equal "three are good" "$(jq -r '[.discs[].verdict] | sort | join(", ")' told)" \
	"failed, not verified, not verified, not verified"
contains "a disc that cannot be burned is told, and another one asked for" messages "is a pressed disc"
n_equal=0
for disc in disc?; do
	"$discern" vdrive run --drive "sr0=$disc" -- "$discern" verify image.iso >/dev/null 2>&1 && n_equal=$((n_equal + 1))
done
equal "as the discs themselves say" "$n_equal" 3

# ---- CDs with tracks ----

"$build_folder/tests/support/sound_make" one 400 1
"$build_folder/tests/support/sound_make" two 500 2
cat >disc.cue <<'EOF'
FILE "one.wav" WAVE
  TRACK 01 AUDIO
    INDEX 01 00:00:00
FILE "two.wav" WAVE
  TRACK 02 AUDIO
    INDEX 01 00:00:00
EOF
blanks cd-r cd-r dvd+r cd-rw
exits 1 "a CD with tracks in four drives, of which two fail" "$discern" vdrive run --drive sr0=disc0 \
	--drive sr1=disc1 --drive sr2=disc2 --drive sr3=disc3 \
	--fault 'sr3: write skip=9 count=1 write-error' -- "$discern" burn --yes --json disc.cue sr0 sr1 sr2 sr3
equal "the tracks are told once" "$(jq '.image.tracks | length' out)" 2
told "a good one" sr0 "good 0 equal"
told "another" sr1 "good 0 equal"
told "no CD" sr2 "no usable disc 5 "
told "a write error" sr3 "failed 1 "
ok "the disc is the sheet" "$discern" vdrive run --drive sr0=disc1 -- "$discern" verify disc.cue
blanks cd-r cd-r
ok "files of sound, too" "$discern" vdrive run --drive sr0=disc0 --drive sr1=disc1 -- \
	"$discern" burn --yes --audio --gap=2 one.wav two.wav sr0 sr1
contains "the table has all discs" out "sr1      CD-R"
run with_drive disc1 "$discern" info --json sr0
equal "with the pause that was asked for" "$(jq '.medium.tracks[1].start_lba' out)" 550
exits 2 "several sessions are not for it" "$discern" burn --multi disc.cue sr0 sr1

# ---- a queue ----

cat >list <<'EOF'
# two discs, and lines that cannot be done
image.iso
missing.iso
image.iso "other one.iso"
"no end
"other one.iso" --no-verify
EOF
cat >queue.sh <<'EOF'
. ./person.sh
: >messages
"$discern" burn --queue=list --json sr0 >told 2>messages &
burn=$!
person disc1
EOF
blanks dvd+r dvd+r
ln -sf disc0 medium0
exits 1 "a queue" "$discern" vdrive run --drive sr0=medium0 -- sh queue.sh
equal "each line has an outcome" "$(jq -r '[.discs[] | .task + ": " + .verdict] | join(", ")' told)" \
	'image.iso: good, missing.iso: failed, image.iso "other one.iso": failed, "no end: failed, "other one.iso" --no-verify: not verified'
reads_back disc0 image.iso
# No disc is taken out for a line that cannot be done.
reads_back disc1 "other one.iso"
equal "what is done is marked" "$(sed 's/^# [0-9].*+0000 //' list)" '# two discs, and lines that cannot be done
sr0 good
#done image.iso
sr0 failed: missing.iso: cannot open: No such file or directory
missing.iso
sr0 failed: a line names one image and no drive, and this one has 2 operands
image.iso "other one.iso"
sr0 failed: a quote has no end
"no end
sr0 not verified
#done "other one.iso" --no-verify'
cp image.iso missing.iso
sed -i '/no end/d; /image.iso "other/d' list
blanks dvd+r
exits 0 "the same command goes on with what is left" "$discern" vdrive run --drive sr0=disc0 -- \
	"$discern" burn --queue=list sr0
contains "and that is marked too" list "#done missing.iso"
exits 0 "nothing is left to be done" "$discern" vdrive run --drive sr0=disc0 -- "$discern" burn --queue=list sr0
