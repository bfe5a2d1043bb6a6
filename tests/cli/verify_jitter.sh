#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# An audio CD is compared with its image in a drive that begins elsewhere each time: equal where it is equal, and different
# where samples are missing, doubled, or other ones.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
requires python3

# Two tracks; a second of silence in the middle, and a little at both ends.
"$build_folder/tests/support/sound_make" all 1200 1 || exit 1
python3 - <<'PY'
sound = bytearray(open("all.raw", "rb").read())
sector, sample = 2352, 4
for first, end in ((0, 3), (560, 635), (1195, 1200)):
    sound[first * sector:end * sector] = bytes((end - first) * sector)
open("all.raw", "wb").write(sound)
# At sector 300 and a bit, and behind the silence; the length stays.
cut = 300 * sector + 100 * sample
open("missing.raw", "wb").write(sound[:cut] + sound[cut + 30 * sample:] + bytes(30 * sample))
open("doubled.raw", "wb").write((sound[:cut] + sound[cut - 30 * sample:])[:len(sound)])
cut = 600 * sector
open("behind.raw", "wb").write(sound[:cut] + sound[cut + 30 * sample:] + bytes(30 * sample))
sound[700 * sector + 8] ^= 1
open("other.raw", "wb").write(sound)
PY
for name in all missing doubled behind other; do
	printf 'FILE "%s.raw" BINARY\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n  TRACK 02 AUDIO\n    INDEX 01 00:06:00\n' $name >$name.cue
done

# compare DISC RULE OPTION…: a disc with all.cue
compare() {
	medium=$1 rule=$2
	shift 2
	"$discern" vdrive run --drive "sr0=$medium" --fault "sr0: $rule" -- "$discern" verify --json "$@" all.cue sr0
}

for jitter in 20 600 1100; do
	exits 0 "jitter of $jitter samples: equal" compare all.cue "read lba=0-1199 jitter=$jitter"
	printed "jitter of $jitter samples: which is told" '"jitter": true'
	printed "jitter of $jitter samples: every sector" '"equal_sectors": 1200'
done
exits 0 "with an offset of the drive" compare all.cue,read-offset=48,overread=both "read lba=0-1199 jitter=300" --offset=48
exits 0 "in a part of the disc only" compare all.cue "read lba=700-900 jitter=500"
exits 0 "without jitter nothing is told of it" compare all.cue "read lba=5000 jitter=1"
printed "without jitter nothing is told of it" '"jitter": false'
for disc in missing doubled behind other; do
	exits 4 "$disc: different" compare "$disc.cue" "read lba=0-1199 jitter=300"
	exits 4 "$disc: different without jitter" compare "$disc.cue" "read lba=5000 jitter=1"
done
exits 4 "other: where" compare other.cue "read lba=0-1199 jitter=300"
printed "other: where" '"different_sectors": 1'
printed "other: where" '"lba": 700'
