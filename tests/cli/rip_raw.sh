#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Raw images of CDs: all that went into a disc comes out, byte for byte, sub-channels, pauses and sessions included,
# whatever the format; what is wrong with the disc is told; the images are discs again, for other programs as well.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/rip.sh
. "$source_folder/tests/support/rip.sh"
requires_vdrive
requires_built EXPAT SNDFILE
requires cdrdao cdrskin jq python3 xmllint xorrisofs

show=$build_folder/tests/support/cd_image_show
"$build_folder/tests/support/sound_make" all 1200 1 || exit 1
make_iso data.iso 1 MIXED
n_data=$(($(stat -c %s data.iso) / 2048))
# Mode 2: Form 1 with its checksums left to the drive, and Form 2.
python3 - <<'PY'
import random
noise = random.Random(1).randbytes
open("form1.bin", "wb").write(b"".join(bytes([0, 0, 8, 0] * 2) + noise(2048) + bytes(280) for _ in range(200)))
open("form2.bin", "wb").write(b"".join(bytes([1, 1, 0x62, 15] * 2) + noise(2324) + bytes(4) for _ in range(300)))
PY

cat >mixed.cue <<END
CATALOG 4012345678901
TITLE "A disc"
PERFORMER "The Band"
FILE "data.iso" BINARY
  TRACK 01 MODE1/2048
    TITLE "Data"
    PERFORMER "The Band"
    FLAGS DCP
    INDEX 01 00:00:00
FILE "all.raw" BINARY
  TRACK 02 AUDIO
    TITLE "Two"
    PERFORMER "Somebody"
    ISRC DEABC2412346
    PREGAP 00:02:00
    INDEX 01 00:00:00
    INDEX 02 00:03:33
  TRACK 03 AUDIO
    TITLE "Three"
    PERFORMER "The Band"
    FLAGS PRE
    INDEX 00 00:09:00
    INDEX 01 00:10:00
END
cat >extra.cue <<END
FILE "all.raw" BINARY
  TRACK 01 AUDIO
    INDEX 00 00:00:00
    INDEX 01 00:00:33
  TRACK 02 AUDIO
    FLAGS 4CH
    INDEX 00 00:08:00
    INDEX 01 00:10:00
REM SESSION 02
FILE "data.iso" BINARY
  TRACK 03 MODE1/2048
    INDEX 01 00:00:00
END
cat >video.cue <<END
FILE "form1.bin" BINARY
  TRACK 01 MODE2/2336
    INDEX 01 00:00:00
FILE "form2.bin" BINARY
  TRACK 02 MODE2/2336
    PREGAP 00:02:00
    INDEX 01 00:00:00
END

# sectors FILE: all that an image has, with sub-channels
sectors() {
	"$show" "$1" | sed -n 's/.* pregap \(-*[0-9]*\) start [0-9]* end \([0-9]*\).*/\1 \2/p' >borders
	while read -r from end; do
		[ "$from" -ge 0 ] || from=0
		"$show" "$1" "$from" $((end - from))
	done <borders
}

# rip DISC OPTION…: of a disc, with what $drive says of the drive and $fault, into the folder "image"
drive=
fault=
rip() {
	set -- "$@" --raw
	disc=$1
	shift
	mkdir -p image
	if [ -n "$fault" ]; then
		"$discern" vdrive run --drive "sr0=$disc$drive" --fault "sr0: $fault" -- "$discern" rip "$@"
	else
		"$discern" vdrive run --drive "sr0=$disc$drive" -- "$discern" rip "$@"
	fi
}

# comes_back WHAT DISC SHEET: the image is the disc
comes_back() {
	"$show" "$2" >expected.words
	"$show" "$3" >got.words
	same "$1: tracks, indexes, codes, sessions" got.words expected.words
	sectors "$2" >expected.raw
	sectors "$3" >got.raw
	same "$1: every byte" got.raw expected.raw
}

for kind in mixed extra video; do
	mkdir $kind
	exits 0 "$kind: bin" rip $kind.cue -o $kind/x.cue --subchannel
	comes_back "$kind: bin" $kind.cue $kind/x.cue
	exits 0 "$kind: ccd" rip $kind.cue -o $kind/y.ccd
	comes_back "$kind: ccd" $kind.cue $kind/y.ccd
	same "$kind: one image" $kind/x.bin $kind/y.img
	same "$kind: one set of sub-channels" $kind/x.sub $kind/y.sub
	exits 0 "$kind: a file for each track" rip $kind.cue -o $kind/z --format=bin-per-track --json
	cp "$work/out" $kind/result.json
	documented "$kind" $kind/z.json
	comes_back "$kind: a file for each track" $kind.cue $kind/z.cue
	cat $kind/"z (Track"*.bin >tracks.bin
	same "$kind: that are one image" tracks.bin $kind/x.bin
	exits 0 "$kind: toc" rip $kind.cue -o $kind/t.toc
	ok "$kind: cdrdao reads the toc file" cdrdao show-toc $kind/t.toc
	[ $kind = extra ] || comes_back "$kind: toc" $kind.cue $kind/t.toc
	absent "$kind: no job is left" $kind/*.part $kind/*.map
done
ok "the other session's toc file" cdrdao show-toc "extra/t (Session 2).toc"
contains "in the same bin" "extra/t (Session 2).toc" "DATAFILE \"t.bin\" #$((1200 * 2352)) "
contains "which is told" extra/t.json "knows of one session"
cat >expected.cue <<END
REM SESSION 01
FILE "z (Track 1).bin" BINARY
  TRACK 01 AUDIO
    INDEX 00 00:00:00
    INDEX 01 00:00:33
FILE "z (Track 2).bin" BINARY
  TRACK 02 AUDIO
    FLAGS 4CH
    INDEX 00 00:00:00
    INDEX 01 00:02:00
REM LEAD-OUT 01:30:00
REM SESSION 02
REM LEAD-IN 01:00:00
REM PREGAP 00:02:00
FILE "z (Track 3).bin" BINARY
  TRACK 03 MODE1/2352
    INDEX 01 00:00:00
END
grep -v COMMENT extra/z.cue >got.cue
same "sessions as redump.org has them" got.cue expected.cue
ok "the data of such an image, as other programs read them" with_drive mixed/x.cue dd if=/dev/sr0 of=got.iso bs=2048 \
	count="$n_data" status=none
same "are those that went in" got.iso data.iso

# The manifest stands for the files, and they for the disc.
mkdir moved && cp mixed/z.* mixed/z\ * moved
exits 0 "the disc by the manifest" with_drive mixed.cue "$discern" verify --manifest moved/z.json
printed "whose files are unchanged" "moved/z.json: 3 files, unchanged"
exits 4 "another disc" with_drive extra.cue "$discern" verify --manifest moved/z.json
printf differs! | dd of="moved/z (Track 2).bin" bs=1 seek=5000 conv=notrunc status=none
exits 4 "a file that was changed" with_drive mixed.cue "$discern" verify --manifest moved/z.json
complained "is named" "z (Track 2).bin was changed"
rm "moved/z (Track 2).bin"
exits 1 "one that is missing" with_drive mixed.cue "$discern" verify --manifest moved/z.json
exits 1 "what a toc file does not tell" with_drive extra.cue "$discern" verify --manifest extra/t.json
complained "is not called good" "which know of one"

# What other programs burn from it is the disc again. Of cue sheets, cdrdao knows no indexes behind the first, and has
# to be told that samples have the lowest byte first.
grep -v 'INDEX 02' mixed/x.cue >mixed/burn.cue
for sheet in t.toc burn.cue; do
	rm -f burned.disc again*
	"$discern" vdrive create --quiet --media cd-r burned.disc >/dev/null || exit 1
	burn() {
		[ "$sheet" = t.toc ] || set -- --swap
		(cd mixed && with_drive ../burned.disc cdrdao write --device /dev/sr0 --driver generic-mmc:0x10 --force -n "$@" "$sheet")
	}
	ok "cdrdao burns $sheet" burn
	exits 0 "it is ripped" rip burned.disc -o again
	same "every byte of the burned disc" again.bin mixed/x.bin
done

# Sums: CRC-32, MD5, SHA-1 and SHA-256 of each track, which is a file here.
cat >sums.py <<'PY'
import hashlib, json, zlib
result = json.load(open("mixed/result.json"))
game = ""
for track, file in zip(result["tracks"], result["files"]):
    data = open(file["path"], "rb").read()
    sums = {"crc32": "%08x" % zlib.crc32(data), "bytes": len(data), "md5": hashlib.md5(data).hexdigest(),
            "sha1": hashlib.sha1(data).hexdigest(), "sha256": hashlib.sha256(data).hexdigest()}
    print(all(track[k] == v and file[k] == v for k, v in sums.items()))
    game += '<rom name="Name (Track %d).bin" size="%d" crc="%s" md5="%s" sha1="%s"/>\n' % (
        track["number"], len(data), sums["crc32"].upper(), sums["md5"], sums["sha1"])
head = """<?xml version="1.0"?>
<!DOCTYPE datafile PUBLIC "-//Logiqx//DTD ROM Management Datafile//EN" "http://www.logiqx.com/Dats/datafile.dtd">
<datafile><header><name>Discs</name></header>
<game name="Other"><rom name="Other.bin" size="2352" crc="00000000" md5="0" sha1="0"/></game>
"""
sheet = '<rom name="Name.cue" size="200" crc="01234567"/>\n'
good = '<game name="Name &amp; more">' + sheet + game + "</game></datafile>\n"
open("good.dat", "w").write(head + good)
open("part.dat", "w").write(head + good.replace('md5="', 'md5="f', 1).replace('f"', '"', 1))
open("other.dat", "w").write(head + "</datafile>")
open("trap.xml", "w").write('<!DOCTYPE datafile [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]><datafile>&b;</datafile>')
PY
python3 sums.py >sums.txt
equal "sums of tracks and files" "$(sort -u sums.txt)" True
sed 's/\(Track 2.*md5="\)......../\100000000/' good.dat >part.dat
exits 0 "a dat that knows the disc" rip mixed.cue -o good --dat=good.dat --json
equal "tells its name" "$(jq -c '[.dat_verdict, .dat_game, [.tracks[].dat_file]]' "$work/out")" \
	'["match","Name & more",["Name (Track 1).bin","Name (Track 2).bin","Name (Track 3).bin"]]'
exits 4 "one in which a track differs" rip mixed.cue -o part --dat=part.dat
printed "tells which" "track 2 differs"
exits 4 "one that does not know it" rip mixed.cue -o other --dat=other.dat
printed "says so" "no entry has any of these tracks"
exits 1 "a file that is a trap" rip mixed.cue -o bomb --dat=trap.xml
complained "is refused" "entities"
exits 1 "a file that is none" rip mixed.cue -o bomb --dat=mixed.cue
absent "before anything is made" bomb.*

# Drives with an offset, jitter, silent errors, and marks on the disc: sound is moved and read until it is sure, data
# are where they are, and mended.
good=mixed/x.bin
for row in "48:" "1194:" "0:read lba=1000-1500 jitter=300" "6:scratch radius=24-40 seed=3" \
	"0:ring lba=100-103 dead=1" "0:read lba=900 probability=0.6 seed=3 flip=3"; do
	rm -rf image
	drive=,overread=both,read-offset=${row%%:*} fault=${row#*:}
	exits 0 "offset ${row%%:*}${fault:+, $fault}" rip mixed.cue -o image/x --offset="${row%%:*}" --subchannel
	same "offset ${row%%:*}${fault:+, $fault}: every byte" image/x.bin $good
	same "offset ${row%%:*}${fault:+, $fault}: every sub-channel" image/x.sub mixed/x.sub
done
drive=
fault=
# Behind data, a drive that reads early does not reach the first samples; what they are nobody can tell.
rm -rf image
drive=,overread=both,read-offset=-24
exits 3 "sound out of the drive's reach" rip mixed.cue -o image/x --offset=-24 --json
equal "is told" "$(jq -c .ranges "$work/out")" "[{\"what\":\"out_of_reach\",\"lba\":$n_data,\"sectors\":1}]"
complained "and why" "the drive does not reach so far with this offset"
drive=

# A pressed disc with wrong checksums, wrong Q, and a sector that comes as it lies on the disc.
cp mixed/y.ccd pressed.ccd
python3 - <<'PY'
import struct
image, sub = bytearray(open("mixed/y.img", "rb").read()), bytearray(open("mixed/y.sub", "rb").read())
for sector in 50, 51, 60:
    for i in range(100, 900):
        image[sector * 2352 + i] ^= 0x5a
for sector in 70, 71, 1000:
    sub[sector * 96 + 16] ^= 1
sub[300 * 96:301 * 96] = sub[302 * 96:303 * 96]
bits = 1
for i in range(12, 2352):
    for bit in range(8):
        image[80 * 2352 + i] ^= (bits & 1) << bit
        bits = bits >> 1 | ((bits ^ bits >> 1) & 1) << 14
open("pressed.img", "wb").write(image)
open("pressed.sub", "wb").write(sub)
PY
rm -rf image
exits 3 "wrong checksums" rip pressed.ccd -o image/x.ccd --json
equal "are told" "$(jq -c '[.wrong_sectors, .unreadable_sectors, [.ranges[] | [.lba, .sectors]]]' "$work/out")" \
	'[3,0,[[50,2],[60,1]]]'
equal "as is a wrong Q" "$(jq -c '[.wrong_q_sectors, .displaced_q_sectors, [.wrong_q_ranges[] | [.lba, .sectors]]]' "$work/out")" \
	'[3,1,[[70,2],[1000,1]]]'
same "nothing of Q is repaired" image/x.sub pressed.sub
cmp -l image/x.img pressed.img | sed 's/^ *//; s/ .*//' | awk '{ print int(($1 - 1) / 2352) }' | sort -u >differ.txt
equal "what came scrambled is put right, all else as it is" "$(cat differ.txt)" 80
cmp -l image/x.img $good | awk '{ print int(($1 - 1) / 2352) }' | sort -u | tr '\n' ' ' >differ.txt
equal "and the scrambled one is that of the disc" "$(cat differ.txt)" "50 51 60 "

# Unreadable: told, marked, filled, and read by the same command in another drive.
rm -rf image
fault="read lba=100-102 read-error"
echo mine >page.html
exits 1 "a page of somebody else's" rip mixed.cue -o image/x --report=page.html
complained "is told before anything is read" "is no report of discern's making"
absent "and nothing is" image/x.bin
exits 2 "no page without a manifest" rip mixed.cue -o image/x --report=image/x.html --no-manifest
exits 3 "unreadable sectors" rip mixed.cue -o image/x --json --dat=good.dat --report=image/x.html
cp "$work/out" result.json
equal "the page is told" "$(jq -r .report result.json)" image/x.html
equal "are told" "$(jq -c '[.bad_sectors, .unreadable_sectors, [.tracks[].bad_sectors], .ranges, .dat_verdict]' "$work/out")" \
	'[3,3,[3,0,0],[{"what":"unreadable","lba":100,"sectors":3}],null]'
ok "it is well-formed" xmllint --noout image/x.html
contains "what is missing comes first" image/x.html '<p class="verdict bad">3 of '"$(jq .sectors result.json)"' sectors could not be read'
contains "with its place on the disc" image/x.html ": missing, 3 sectors</title>"
contains "and in the table" image/x.html '<td class="n">100</td><td class="n">102</td><td class="n">3</td>'
contains "each track has a row" image/x.html '<td class="n">3</td><td class="n">1</td><td>audio</td>'
contains "and bad in the map" image/x.map "0x000396C0  0x00001B90  -"
equal "their places hold their address" "$(xxd -p -s $((100 * 2352)) -l 24 image/x.bin)" \
	00ffffffffffffffffffff00000325015555555555555555
ok "all else is right" cmp -i $((103 * 2352)) image/x.bin $good
fault="read lba=200-300 read-error"
exits 0 "the same command tries them again" rip mixed.cue -o image/x --json
equal "and only them" "$(jq -c '[.resumed, .bad_sectors]' "$work/out")" '[true,0]'
same "then all is there" image/x.bin $good
absent "and no map is left" image/x.map
exits 1 "a finished image" rip mixed.cue -o image/x
complained "is never overwritten" "exists already"

# Pauses are found though the middle of the track before is damaged.
rm -rf image
fault="read lba=330-450 read-error"
exits 3 "damage in the middle of a track" rip mixed.cue -o image/x --retries=0
grep INDEX mixed/x.cue >expected.cue
grep INDEX image/x.cue >got.cue
same "does not hide where the next one's pause begins" got.cue expected.cue

# Going on with a job.
rm -rf image
fault="read lba=300 delay=1500"
exits 8 "a limit of time" rip mixed.cue -o image/x --max-time=1
ok "leaves the job" test -s image/x.bin.part -a -s image/x.map
fault="read lba=0-250 read-error"
exits 7 "which is not another disc's" rip video.cue -o image/x
exits 7 "nor another offset's" rip mixed.cue -o image/x --offset=6
exits 7 "nor another format's" rip mixed.cue -o image/x.ccd
fault="read lba=20-200 read-error"
exits 0 "and is gone on with" rip mixed.cue -o image/x
same "to the end" image/x.bin $good
fault=
touch z.json
exits 1 "a file in the manifest's place" rip mixed.cue -o z
complained "is told before anything is read" "z.json exists already"
absent "and nothing is made" z.bin.part z.cue

rm -rf image
fault="0xbe sense=5/24/00"
exits 1 "a drive that gives no whole sectors" rip mixed.cue -o image/x
complained "is told at once" "does not give whole sectors"
absent "and nothing is left" image/*
fault=

# Track by track, on a disc that is written: the ends that no drive reads are no loss.
"$discern" vdrive create --quiet --media cd-r tao.disc >/dev/null || exit 1
with_drive tao.disc cdrskin dev=/dev/sr0 -tao -multi data.iso >/dev/null 2>&1
with_drive tao.disc cdrskin dev=/dev/sr0 -tao -audio all.wav all.wav >/dev/null 2>&1
exits 0 "a disc written track by track" rip tao.disc -o tao --format=bin-per-track --subchannel --json
equal "its ends" "$(jq -c '[.sessions, .run_out_sectors, [.tracks[].sectors]]' "$work/out")" "[2,6,[$((n_data + 2)),1200,1354]]"
same "its sound" "tao (Track 2).bin" all.raw
ok "and what comes behind a pause" cmp -n $((1200 * 2352)) -i $((152 * 2352)):0 "tao (Track 3).bin" all.raw

# A plain rip tells where the rest is.
exits 0 "a plain rip of a mixed disc" with_drive mixed.cue "$discern" rip -o plain.iso
complained "tells of --raw" "--raw reads all of it"
with_drive video.cue "$discern" rip --retries=0 -o plain2.iso >/dev/null 2>video.err
contains "as does one of a Video CD" video.err "--raw reads them"
exits 0 "without a name" rip mixed.cue
ok "it is that of the disc" test -s "The Band - A disc.cue"
exits 5 "a DVD" with_drive data.iso,kind=dvd-rom "$discern" rip --raw
complained "is refused" "raw images are of CDs"
"$discern" vdrive create --quiet --media cd-r blank.disc >/dev/null || exit 1
exits 5 "a blank disc" with_drive blank.disc "$discern" rip --raw
exits 2 "--dat is of --raw" "$discern" rip --dat=good.dat
exits 2 "a format that is none" "$discern" rip --raw --format=flac
exits 2 "one of both" "$discern" rip --raw --audio
exits 2 "no rest" "$discern" rip --raw --cool-down=1m
