#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Other people's programs read an audio disc, burned and pressed, from good drives and from drives as they are.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
requires cd-info cd-paranoia icedax readom cdrdao awk xxd

# sound SEED SECTORS: 16 bit stereo that wanders as music does, so that no two places in it are alike
sound() {
	awk -v seed="$1" -v n="$(($2 * 588))" 'BEGIN {
		srand(seed)
		for (i = 0; i < 2 * n; i++) {
			value[i % 2] += int(rand() * 1801) - 900
			if (value[i % 2] > 30000 || value[i % 2] < -30000)
				value[i % 2] /= 2
			word = int(value[i % 2] < 0 ? value[i % 2] + 65536 : value[i % 2]) % 65536
			printf "%02x%02x", word % 256, word / 256
			if (i % 32 == 31) print ""
		}
		print ""
	}' | xxd -r -p
}

# part FILE FIRST COUNT: sectors of sound
part() {
	dd if="$1" bs=2352 skip="$2" count="$3" 2>/dev/null
}

sound 1 2700 >all.raw
part all.raw 975 675 >second.raw
cat >disc.cue <<END
CATALOG 4012345678901
TITLE "Test disc"
PERFORMER "The Band"
FILE "all.raw" BINARY
  TRACK 01 AUDIO
    TITLE "One"
    PERFORMER "A"
    ISRC DEABC2412345
    INDEX 01 00:00:00
  TRACK 02 AUDIO
    TITLE "Two"
    PERFORMER "B"
    ISRC DEABC2412346
    INDEX 00 00:12:00
    INDEX 01 00:13:00
    INDEX 02 00:14:00
  TRACK 03 AUDIO
    TITLE "Three"
    PERFORMER "C"
    ISRC DEABC2412347
    FLAGS PRE
    INDEX 01 00:22:00
END
cat >disc.toc <<END
CD_DA
CATALOG "4012345678901"
CD_TEXT {
  LANGUAGE_MAP { 0 : EN }
  LANGUAGE 0 { TITLE "Test disc" PERFORMER "The Band" }
}
TRACK AUDIO
ISRC "DEABC2412345"
CD_TEXT { LANGUAGE 0 { TITLE "One" PERFORMER "A" } }
FILE "all.raw" SWAP 0 00:12:00
TRACK AUDIO
ISRC "DEABC2412346"
CD_TEXT { LANGUAGE 0 { TITLE "Two" PERFORMER "B" } }
FILE "all.raw" SWAP 00:12:00 00:10:00
START 00:01:00
INDEX 00:01:00
TRACK AUDIO
PRE_EMPHASIS
ISRC "DEABC2412347"
CD_TEXT { LANGUAGE 0 { TITLE "Three" PERFORMER "C" } }
FILE "all.raw" SWAP 00:22:00
END
"$discern" vdrive create --quiet --media cd-r burned.disc >/dev/null || exit 1
ok "cdrdao burns it" "$discern" vdrive run --drive sr0=burned.disc -- \
	cdrdao write --device /dev/sr0 --driver generic-mmc:0x10 --force -n disc.toc

# in_drive MEDIUM[,OPTION…] PROGRAM…
in_drive() {
	drive=$1
	shift
	"$discern" vdrive run --drive "sr0=$drive" -- timeout 100 "$@"
}

# Words of a toc file that tell of the disc, not of the files.
told() {
	grep -oE '(CATALOG|ISRC|TITLE|PERFORMER) "[^"]*"|TRACK AUDIO|^(NO )?PRE_EMPHASIS|(START|INDEX) [0-9:]+' "$1"
}

told disc.toc | grep -v PRE_EMPH | sort >expected.words
for disc in burned.disc disc.cue; do
	rm -f read*.* clone* icedax.* track.raw
	ok "$disc: cd-info" in_drive $disc cd-info --no-cddb /dev/sr0
	for text in "Disc mode is listed as: CD-DA" "2: 00:15:00  000975 audio" "3: 00:24:00  001650 audio  false  no    2        yes" \
		"170: 00:38:00  002700 leadout" "Media Catalog Number (MCN): 4012345678901" "TRACK  1 ISRC: DEABC2412345" \
		"TRACK  3 ISRC: DEABC2412347" "PERFORMER: The Band" "TITLE: Three"; do
		printed "$disc: cd-info: $text" "$text"
	done
	ok "$disc: cdrdao read-toc" in_drive $disc cdrdao read-toc --device /dev/sr0 --driver generic-mmc read.toc
	told read.toc | grep -v PRE_EMPH | sort >words
	same "$disc: cdrdao found tracks, pause, index, codes and texts" words expected.words
	equal "$disc: pre-emphasis of the third track" "$(told read.toc | grep PRE_EMPH | tr '\n' ,)" \
		"NO PRE_EMPHASIS,NO PRE_EMPHASIS,PRE_EMPHASIS,"
	ok "$disc: cdrdao read-cd" in_drive $disc cdrdao read-cd --device /dev/sr0 --driver generic-mmc --datafile read.bin read2.toc
	dd if=read.bin of=read.swapped conv=swab 2>/dev/null
	same "$disc: cdrdao read the samples" read.swapped all.raw
	ok "$disc: cd-paranoia" in_drive $disc cd-paranoia -d /dev/sr0 -q -r 1-3 track.raw
	same "$disc: cd-paranoia read the samples" track.raw all.raw
	ok "$disc: icedax" in_drive $disc icedax -D /dev/sr0 -q -t 2 -O raw -E little icedax
	same "$disc: icedax read the samples" icedax.raw second.raw
	ok "$disc: readom -clone" in_drive $disc readom dev=/dev/sr0 -clone f=clone
	# Sectors of 2352 bytes, each with 96 of its sub-channels behind it.
	part all.raw 1000 1 >sector
	dd if=clone of=got bs=2448 skip=1000 count=1 2>/dev/null
	ok "$disc: readom read the samples" cmp -n 2352 sector got
	equal "$disc: readom read all sectors" "$(wc -c <clone)" $((2700 * 2448))
done

# A drive that reads late or early: paranoia puts it right, if it is told.
for offset in 48 -48 667; do
	run in_drive burned.disc,read-offset=$offset cd-paranoia -d /dev/sr0 -q -r 2 late.raw
	part all.raw 975 674 >expected.raw
	exits 1 "read-offset=$offset: the samples are elsewhere" cmp -n $((674 * 2352)) late.raw expected.raw
	ok "cd-paranoia -O $offset" in_drive burned.disc,read-offset=$offset cd-paranoia -O $offset -d /dev/sr0 -q -r 2 track.raw
	ok "finds them all" cmp -n $((674 * 2352)) track.raw expected.raw
done

# A drive that cannot find the very sample: what cd-paranoia is for.
jitter() {
	"$discern" vdrive run --drive sr0=burned.disc,read-offset=48 --fault 'sr0: read lba=1030-1640 jitter=300' -- \
		timeout 100 cd-paranoia -O 48 -d /dev/sr0 -q -r "$@"
}
ok "jitter: cd-paranoia" jitter 2 track.raw
same "jitter: it puts the parts together" track.raw second.raw
run jitter -Z 2 track.raw
exits 1 "jitter: without its verification they do not fit" cmp -s track.raw second.raw

# Scratches: reading sound does not fail, but is wrong, and cdrdao and readom tell nothing of it.
scratched() {
	"$discern" vdrive run --drive sr0=burned.disc --fault 'sr0: ring lba=1200-1203 dead=1' -- "$@"
}
ok "scratches: icedax reads on" scratched icedax -D /dev/sr0 -q -t 2 -O raw -E little scratched
n_wrong=$(cmp -l scratched.raw second.raw 2>/dev/null | wc -l)
ok "scratches: some bytes are wrong ($n_wrong)" test "$n_wrong" -ge 30 -a "$n_wrong" -le 4000
first=$(cmp -l scratched.raw second.raw | awk 'NR == 1 { print $1 }')
last=$(cmp -l scratched.raw second.raw | awk 'END { print $1 }')
ok "scratches: only where they are" test "$((first / 2352))" -ge 225 -a "$((last / 2352))" -le 229
