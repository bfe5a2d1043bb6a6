#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Audio discs into files: every sample is the source's, whatever the drive's offset, pauses, jitter and scratches; what
# is not sure is told. Other people's programs decode the files and read the discs as well.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/rip.sh
. "$source_folder/tests/support/rip.sh"
requires_vdrive
requires_built SNDFILE
requires flac metaflac cdrdao cd-paranoia jq python3

"$build_folder/tests/support/sound_make" all 2700 1 || exit 1

# sheet PAUSE1 PAUSE2 INDEX2: a disc of three tracks with these pauses before the first two, in sectors
sheet() {
	msf() {
		printf '%02d:%02d:%02d' $(($1 / 4500)) $(($1 / 75 % 60)) $(($1 % 75))
	}
	echo 'CATALOG 4012345678901'
	echo 'TITLE "A disc"'
	echo 'PERFORMER "The Band"'
	echo 'FILE "all.raw" BINARY'
	echo '  TRACK 01 AUDIO'
	echo '    TITLE "One"'
	echo '    ISRC DEABC2412345'
	[ "$1" -eq 0 ] || echo '    INDEX 00 00:00:00'
	echo "    INDEX 01 $(msf "$1")"
	echo '  TRACK 02 AUDIO'
	echo '    TITLE "Two: AC/DC?"'
	echo '    PERFORMER "Somebody else"'
	echo '    ISRC DEABC2412346'
	[ "$2" -eq 0 ] || echo "    INDEX 00 $(msf $((975 - $2)))"
	echo "    INDEX 01 $(msf 975)"
	[ "$3" -eq 0 ] || echo "    INDEX 02 $(msf $((975 + $3)))"
	echo '  TRACK 03 AUDIO'
	echo '    TITLE "Three"'
	echo '    FLAGS DCP PRE'
	echo "    INDEX 01 $(msf 1650)"
}

# rip_in DRIVE-OPTIONS OPTION…: of disc.cue into the folder "rip"; faults from the file "faults" if it is there
rip_in() {
	drive=$1
	shift
	rm -rf rip
	set -- rip --audio -o rip "$@"
	if [ -e faults ]; then
		"$discern" vdrive run --drive "sr0=${disc:-disc.cue}$drive" --faults faults -- "$discern" "$@"
	else
		"$discern" vdrive run --drive "sr0=${disc:-disc.cue}$drive" -- "$discern" "$@"
	fi
}

# samples FILE…: what another decoder makes of them
samples() {
	flac --silent --decode --stdout --force-raw-format --endian=little --sign=signed "$@"
}

# ten discs: PAUSE1 PAUSE2 INDEX2 OFFSET FAULT
while read -r pause1 pause2 index2 offset fault; do
	what="pauses $pause1 and $pause2, index $index2, offset $offset${fault:+, $fault}"
	sheet "$pause1" "$pause2" "$index2" >disc.cue
	rm -f faults
	[ -z "$fault" ] || echo "$fault" >faults
	exits 0 "$what" rip_in ",read-offset=$offset,overread=both" --offset="$offset"
	samples rip/*.flac >got.raw
	same "$what: every sample" got.raw all.raw
	# The sheet that was written, read by the virtual drive, and the one that the disc was made of tell the same.
	grep -E '^ *(CATALOG|TITLE|PERFORMER|TRACK|ISRC|FLAGS)' rip/*.cue | grep -v 'PERFORMER "The Band"' >got.words
	grep -E '^ *(CATALOG|TITLE|PERFORMER|TRACK|ISRC|FLAGS)' disc.cue | grep -v 'PERFORMER "The Band"' >expected.words
	same "$what: words of the cue sheet" got.words expected.words
done <<END_OF_DISCS
0 0 0 0
0 75 0 48
150 75 75 -667
33 1 2 6
183 300 600 102
0 150 10 -24 read lba=1030-1640 jitter=300
32 20 0 667 read lba=100-2699 jitter=500
200 75 75 1194 read lba=40-2699 jitter=1000
0 0 300 -1164 ring lba=1200-1203 dead=1
75 75 75 30 scratch radius=24-40
END_OF_DISCS

# Silence says nothing of where a drive is that jitters: it is read over with one command.
{ head -c $((900 * 2352)) all.raw && head -c $((225 * 2352)) /dev/zero && tail -c $(((2700 - 1125) * 2352)) all.raw; } >silent.raw
sheet 0 0 0 | sed 's/all.raw/silent.raw/' >disc.cue
echo 'read lba=100-2699 jitter=300' >faults
exits 0 "jitter in silence" rip_in ""
samples rip/*.flac >got.raw
same "jitter in silence: every sample" got.raw silent.raw
rm -f faults
sheet 183 75 75 >disc.cue

# What is written about a disc, as JSON and in tags.
run rip_in ,read-offset=6,overread=both --offset=6 --json
cp "$work/out" result.json
for row in '.mcn 4012345678901' '.title A disc' '.tracks[0].number 0' '.tracks[0].sectors 183' '.tracks[2].pregap_sectors 75' \
	'.tracks[3].pre_emphasis true' '.tracks[2].isrc DEABC2412346' '.doubtful_sectors 0' '.c2 true' '.offset 6'; do
	equal "JSON: $row" "$(jq -r "${row%% *}" result.json)" "${row#* }"
done
tags() {
	metaflac --export-tags-to=- "$1"
}
tags "rip/02 - Two_ AC_DC_.flac" >tags.txt
for tag in "TITLE=Two: AC/DC?" "ARTIST=Somebody else" "ALBUM=A disc" "ALBUMARTIST=The Band" TRACKNUMBER=2 TRACKTOTAL=3 \
	ISRC=DEABC2412346 BARCODE=4012345678901 "MUSICBRAINZ_DISCID=$(jq -r .musicbrainz_id result.json)"; do
	contains "tag $tag" tags.txt "$tag"
done
contains "pre-emphasis is a tag, too" "rip/03 - Three.flac" PRE_EMPHASIS=1
ok "the FLAC files are sound" flac --silent --test rip/*.flac
absent "nothing is left of the job" rip/rip.part
equal "the manifest is told" "$(jq -r .manifest result.json)" rip/rip.json
documented "audio" rip/rip.json
jq -r '.files[] | "\(.sha256)  \(.path)"' rip/rip.json >sums
equal "it has the files and the sheet" "$(wc -l <sums)" 5
ok "with their sums" sh -c 'cd rip && sha256sum -c ../sums'
equal "and says what the result says" "$(jq -cS 'del(.discern_audio_manifest,.version,.start,.command,.drive_id,.files)' rip/rip.json)" \
	"$(jq -cS 'del(.manifest)' result.json)"
ok "a page is made of it" "$discern" report rip/rip.json
contains "with the disc's name" rip/rip.html "<h1>A disc</h1>"
contains "the titles, as text" rip/rip.html "<td>Two: AC/DC?</td>"
contains "and what was found" rip/rip.html '<p class="verdict complete">Every sector was read.</p>'

# Sums, by their definitions.
cat >sums.py <<'PY'
import json, struct, sys, zlib
raw = open("all.raw", "rb").read()
result = json.load(open("result.json"))
tracks = [t for t in result["tracks"] if t["number"] > 0]
for track in result["tracks"]:
    data = raw[track["lba"] * 2352:(track["lba"] + track["sectors"]) * 2352]
    n = len(data) // 4
    v1 = v2 = 0
    for i, sample in enumerate(struct.unpack("<%dI" % n, data), 1):
        if track is tracks[0] and i < 5 * 588 or track is tracks[-1] and i > n - 5 * 588:
            continue
        v1 += i * sample
        v2 += (i * sample & 0xffffffff) + (i * sample >> 32)
    print(track["crc32"] == "%08x" % zlib.crc32(data))
    if track["number"] > 0:
        print(track["accuraterip_v1"] == "%08x" % (v1 & 0xffffffff), track["accuraterip_v2"] == "%08x" % (v2 & 0xffffffff))
begin, end = tracks[0]["lba"], 2700
n = (end - begin) * 588
data = raw[begin * 2352 + 5880 * 4:end * 2352 - (5880 + n % 5880) * 4]
print(result["ctdb"] == "%08x" % zlib.crc32(data))
# AccurateRip's file for this disc: version 2 of the first two tracks, and something else of the third.
words = result["accuraterip_file"][:-4].split("-")
entry = struct.pack("<BIII", 3, *(int(w, 16) for w in words[2:]))
for track in tracks:
    sum = 0x12345678 if track["number"] == 3 else int(track["accuraterip_v%d" % track["number"]], 16)
    entry += struct.pack("<BII", 17, sum, 0)
open("dBAR.bin", "wb").write(entry)
PY
python3 sums.py >sums.txt
equal "CRC-32, AccurateRip and CTDB are right" "$(sort -u sums.txt | tr '\n' ' ')" "True True True "
ok "AccurateRip's file is read" rip_in ,read-offset=6,overread=both --offset=6 --json --accuraterip=dBAR.bin
equal "it knows this disc" "$(jq -c '[.accuraterip_known, (.tracks[1:][] | .confidence_v1, .confidence_v2)]' "$work/out")" \
	"[true,17,0,0,17,0,0]"
exits 1 "another file is refused" rip_in "" --accuraterip=all.raw
complained "and why" "no file of AccurateRip's database"

# WAV, and one file.
exits 0 "WAV" rip_in "" --format=wav
python3 -c 'import glob, sys, wave
for name in sorted(glob.glob("rip/*.wav")):
    w = wave.open(name); sys.stdout.buffer.write(w.readframes(w.getnframes()))' >got.raw
same "WAV: every sample" got.raw all.raw
cp rip/*.cue wav.cue
exits 0 "one file" rip_in "" --format=cue
same "one file: every sample" "rip/The Band - A disc.bin" all.raw
grep -vE '^REM|FILE' rip/*.cue >got.words
grep -vE '^REM|FILE' disc.cue >expected.words
same "one file: the sheet is that of the disc" got.words expected.words
mv rip pressed
disc="pressed/The Band - A disc.cue"
ok "a disc of what was written" rip_in "" --format=wav
same "has the same sheet" rip/*.cue wav.cue
unset disc

# Drives that lose a part of the sound with their offset, and say so.
exits 3 "without overread there is an end" rip_in ,read-offset=667 --offset=667
complained "of which it tells" "silence in 2 sectors"
samples rip/*.flac >got.raw
equal "only there is silence" "$(cmp got.raw all.raw 2>/dev/null | wc -c | sed 's/^[1-9].*/differs/')" differs
ok "all before is right" cmp -n $((2698 * 2352)) got.raw all.raw

# Damage that stays: told, with its place, and nothing else is touched.
echo 'read lba=800-801 read-error' >faults
exits 3 "unreadable sectors" rip_in "" --json
equal "are told" "$(jq -c '[.unreadable_sectors, .ranges]' "$work/out")" '[2,[{"what":"unreadable","lba":800,"sectors":2}]]'
samples rip/*.flac >got.raw
ok "before them all is right" cmp -n $((800 * 2352)) got.raw all.raw
ok "and behind them" cmp -i $((802 * 2352)) got.raw all.raw
echo 'ring lba=1200-1203 dead=1' >faults
exits 3 "scratches that no drive tells of" rip_in ,c2=no --json --progress=json
equal "no more is told to be read than there is" \
	"$(grep '^{' "$work/err" | jq -s 'all(.[]; .done_bytes <= .total_bytes) and any(.[]; .percent == 100)')" true
equal "are found by reading twice" "$(jq -c '[.doubtful_sectors > 0, ([.ranges[].lba] | min >= 1200 and max <= 1203)]' "$work/out")" \
	'[true,true]'
echo 'read lba=500 probability=0.6 seed=3 flip=3' >faults
exits 0 "silent errors now and then" rip_in "" --json
equal "are read until it is sure" "$(jq -c '.recovered_sectors' "$work/out")" 1
samples rip/*.flac >got.raw
same "silent errors: every sample" got.raw all.raw
for fault in 'read skip=210 count=1 host=reset' 'read skip=230 count=1 short=20000' 'read skip=220 count=2 host=time-out'; do
	echo "$fault" >faults
	exits 0 "$fault" rip_in ""
	samples rip/*.flac >got.raw
	same "$fault: every sample" got.raw all.raw
done
rm -f faults

# The second opinion.
"$discern" vdrive run --drive sr0=disc.cue,read-offset=48,overread=both -- \
	timeout 100 cd-paranoia -O 48 -d /dev/sr0 -q -r 2 paranoia.raw
rip_in ,read-offset=48,overread=both --offset=48 >/dev/null
samples "rip/02 - Two_ AC_DC_.flac" >got.raw
same "cd-paranoia reads the same" got.raw paranoia.raw

# A disc that cdrdao has burned.
cat >burn.toc <<END
CD_DA
CATALOG "4012345678901"
CD_TEXT {
  LANGUAGE_MAP { 0 : EN }
  LANGUAGE 0 { TITLE "A disc" PERFORMER "The Band" }
}
TRACK AUDIO
ISRC "DEABC2412345"
CD_TEXT { LANGUAGE 0 { TITLE "One" PERFORMER "A" } }
FILE "all.raw" SWAP 0 00:12:00
TRACK AUDIO
COPY
ISRC "DEABC2412346"
CD_TEXT { LANGUAGE 0 { TITLE "Two" PERFORMER "B" } }
FILE "all.raw" SWAP 00:12:00 00:10:00
START 00:01:00
INDEX 00:01:00
TRACK AUDIO
PRE_EMPHASIS
CD_TEXT { LANGUAGE 0 { TITLE "Three" PERFORMER "C" } }
FILE "all.raw" SWAP 00:22:00
END
"$discern" vdrive create --quiet --media cd-r burned.disc >/dev/null || exit 1
ok "cdrdao burns it" with_drive burned.disc cdrdao write --device /dev/sr0 --driver generic-mmc:0x10 --force -n burn.toc
disc=burned.disc
exits 0 "burned disc" rip_in ""
samples rip/*.flac >got.raw
same "burned disc: every sample" got.raw all.raw
cat >expected.cue <<END
CATALOG 4012345678901
TITLE "A disc"
PERFORMER "The Band"
FILE "01 - One.flac" WAVE
  TRACK 01 AUDIO
    TITLE "One"
    PERFORMER "A"
    ISRC DEABC2412345
    INDEX 01 00:00:00
  TRACK 02 AUDIO
    TITLE "Two"
    PERFORMER "B"
    ISRC DEABC2412346
    FLAGS DCP
    INDEX 00 00:12:00
FILE "02 - Two.flac" WAVE
    INDEX 01 00:00:00
    INDEX 02 00:01:00
FILE "03 - Three.flac" WAVE
  TRACK 03 AUDIO
    TITLE "Three"
    PERFORMER "C"
    FLAGS PRE
    INDEX 01 00:00:00
END
grep -v ^REM rip/*.cue >got.cue
same "burned disc: the cue sheet" got.cue expected.cue
unset disc

# Data on the disc are left out, with a note; a disc with nothing else is refused.
make_iso data.iso 1
mixed_sheet data.iso >mixed.cue
cat >>mixed.cue <<END
  TRACK 03 AUDIO
    INDEX 01 00:20:00
END
cat >extra.cue <<END
FILE "all.raw" BINARY
  TRACK 01 AUDIO
    INDEX 01 00:00:00
  TRACK 02 AUDIO
    INDEX 01 00:20:00
REM SESSION 02
FILE "data.iso" BINARY
  TRACK 03 MODE1/2048
    INDEX 01 00:00:00
END
for kind in mixed extra; do
	disc=$kind.cue
	exits 0 "$kind disc" rip_in "" --json
	equal "$kind disc: its tracks" "$(jq -c '[.tracks[].number]' "$work/out")" \
		"$([ $kind = mixed ] && echo '[2,3]' || echo '[1,2]')"
	contains "$kind disc: the note" "$work/out" "1 data track is left out"
	samples rip/*.flac >got.raw
	same "$kind disc: every sample" got.raw all.raw
done
disc=data.iso
exits 5 "a disc without sound" rip_in ""
complained "is refused with a hint" "leave --audio out"
unset disc
exits 5 "without --audio, an audio disc is refused" with_drive disc.cue "$discern" rip -o x.iso
complained "with a hint" "--audio"

# What is in the manifest's way is told before the disc is read, and stays as it is.
mkdir way "The Band - A disc"
echo '{"my":"notes"}' | tee way/rip.json >"The Band - A disc/rip.json"
exits 1 "another rip.json" with_drive disc.cue "$discern" rip --audio -o way
complained "is in the way" "way/rip.json exists already"
equal "before anything is read" "$(ls -A way)" rip.json
exits 0 "without -o" with_drive disc.cue "$discern" rip --audio
printed "another folder is taken" "The Band - A disc-2"
equal "nothing is changed" "$(cat way/rip.json "The Band - A disc/rip.json" | sort -u)" '{"my":"notes"}'
equal "and nothing put beside it" "$(ls -A "The Band - A disc")" rip.json

# Going on with a job: tracks that are complete are not read again, and no file is overwritten.
"$build_folder/tests/support/sound_make" long 9000 2 || exit 1
sed 's/all.raw/long.raw/' disc.cue >long.cue
disc=long.cue
echo 'read lba=8000-8900 unplug' >faults
exits 1 "the drive is pulled out" rip_in ""
ok "complete tracks have their files" test -e "rip/01 - One.flac" -a -e "rip/02 - Two_ AC_DC_.flac"
absent "the others do not" "rip/03 - Three.flac" "rip/The Band - A disc.cue"
rm faults
go_on() {
	"$discern" vdrive run --drive sr0=long.cue --fault 'sr0: read lba=400-800 read-error' -- \
		"$discern" rip --audio -o rip --json "$@"
}
exits 7 "another offset is another job" go_on --offset=5
exits 0 "the same command goes on" go_on
equal "with what is missing" "$(jq -c '[.tracks[].resumed]' "$work/out")" "[true,true,true,false]"
samples rip/*.flac >got.raw
same "and all is there" got.raw long.raw
exits 1 "and does not begin again" go_on
complained "as the sheet is there" "exists already"
echo 'read lba=8000-8900 unplug' >faults
exits 1 "one file: the drive is pulled out" rip_in "" --format=cue
rm faults
exits 0 "one file: the same command goes on" go_on --format=cue
equal "one file: with what is missing" "$(jq -c '[.tracks[].resumed]' "$work/out")" "[true,true,true,false]"
same "one file: and all is there" "rip/The Band - A disc.bin" long.raw

echo 'read lba=300 delay=1200' >faults
exits 8 "a limit of time" rip_in "" --max-time=1
rm faults
exits 0 "and on" with_drive long.cue "$discern" rip --audio -o rip

exits 2 "an option of --audio alone" "$discern" rip --offset=5
exits 2 "a format that is none" "$discern" rip --audio --format=mp3
exits 2 "an offset that is none" "$discern" rip --audio --offset=x
