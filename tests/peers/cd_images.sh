#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# cdrdao and libcdio read the same descriptions of CDs as we do: they must find the same tracks.
. "${srcdir:-.}/tests/support/functions.sh"
requires cdrdao toc2cue cd-info
show=$build_folder/tests/support/cd_image_show

# noise FILE BYTES
noise() {
	head -c "$2" /dev/urandom >"$1"
}

# ours FILE, of_cdrdao FILE: number, begin, index 1, end and further indexes of each track
ours() {
	"$show" "$1" | awk '/^track/ {
		line = $2 " " ($9 < 0 ? 0 : $9) " " $11 " " $13
		for (i = 14; i < NF && $i == "index"; i += 3)
			line = line " " $(i + 2)
		print line
	}'
}

of_cdrdao() {
	cdrdao show-toc "$1" 2>/dev/null | tr '()' '  ' | awk '
		function flush() { if (number) print number " " start - pregap " " start " " end indexes }
		/^TRACK/ { flush(); number = $2; pregap = 0; indexes = "" }
		/PREGAP/ && !/PRE-/ { pregap = $3 }
		/START/ { start = $3 }
		/INDEX/ { indexes = indexes " " $4 }
		/END/ { end = $3 }
		END { flush() }'
}

# of_libcdio OPTION FILE: number, LSN and kind, of the lead-out the LSN; ours_by_lsn FILE: the same
of_libcdio() {
	cd-info "$1=$2" --no-cddb --no-analyze --no-device-info 2>/dev/null |
		awk '/^ *[0-9]+: [0-9:]+ +[0-9]+ / { print $1 + 0, $3 + 0, $4 == "XA" ? "data" : $4 }'
}

ours_by_lsn() {
	"$show" "$1" | awk '/^track/ { print $2, $11, $5 == "audio" ? "audio" : "data" }
		/^session/ { print 170, $6, "leadout" }'
}

# agree WHAT OURS THEIRS: neither is empty
agree() {
	[ -n "$2" ] || failed "$1: nothing to compare"
	equal "$1" "$2" "$3"
}

noise sound.bin $((1500 * 2352))
noise data.iso $((2048 * 400))
noise form1.bin $((2048 * 330))
noise form2.bin $((2324 * 310))
noise mix.bin $((2336 * 400))
noise raw.bin $((2352 * 350))

# No further indexes but in the first track: cdrdao 1.2.4 takes their times in a cue sheet for times in the track.
cat >sound.cue <<END
CATALOG 1234567890123
FILE "sound.bin" BINARY
  TRACK 01 AUDIO
    FLAGS DCP
    INDEX 01 00:00:00
    INDEX 02 00:04:00
  TRACK 02 AUDIO
    INDEX 00 00:06:00
    INDEX 01 00:08:00
  TRACK 03 AUDIO
    INDEX 01 00:14:00
END
agree "a cue sheet as cdrdao reads it" "$(ours sound.cue)" "$(of_cdrdao sound.cue)"
agree "a cue sheet as libcdio reads it" "$(ours_by_lsn sound.cue)" "$(of_libcdio --cue-file sound.cue)"
sed 's/INDEX 01 00:00:00/INDEX 00 00:00:00\n    INDEX 01 00:00:33/; /INDEX 02 00:04:00/d' sound.cue >hidden.cue
agree "sound before the first track, cdrdao" "$(ours hidden.cue)" "$(of_cdrdao hidden.cue)"
cp sound.bin hidden.bin
agree "and libcdio" "$(ours_by_lsn hidden.cue)" "$(of_libcdio --cue-file hidden.cue)"

cat >raw.cue <<END
FILE "raw.bin" BINARY
  TRACK 01 MODE2/2352
    INDEX 01 00:00:00
END
agree "raw data, cdrdao" "$(ours raw.cue)" "$(of_cdrdao raw.cue)"
agree "raw data, libcdio" "$(ours_by_lsn raw.cue)" "$(of_libcdio --cue-file raw.cue)"

cat >pregap.cue <<END
FILE "sound.bin" BINARY
  TRACK 01 AUDIO
    PREGAP 00:02:00
    INDEX 01 00:00:00
  TRACK 02 AUDIO
    PREGAP 00:02:00
    INDEX 01 00:10:00
    POSTGAP 00:02:00
END
agree "pregap and postgap" "$(ours pregap.cue)" "$(of_cdrdao pregap.cue)"

cat >many.toc <<END
CD_ROM_XA
CATALOG "1234567890123"
TRACK MODE1
DATAFILE "data.iso"
ZERO 00:02:00

TRACK AUDIO
NO COPY
PRE_EMPHASIS
ISRC "DEABC1234567"
SILENCE 00:02:00
START
FILE "sound.bin" 0 00:08:00
INDEX 00:02:00
INDEX 00:03:10

TRACK AUDIO
PREGAP 00:01:00
AUDIOFILE "sound.bin" SWAP 100 00:05:00
SILENCE 1000
FILE "sound.bin" #400 50 100000

TRACK MODE2_FORM1
ZERO 00:02:00
START
DATAFILE "form1.bin"
TRACK MODE2_FORM2
DATAFILE "form2.bin"
TRACK MODE2_FORM_MIX
DATAFILE "mix.bin" 00:05:00
TRACK MODE2_RAW
DATAFILE "raw.bin" #2352 00:04:20
END
agree "a toc file as cdrdao reads it" "$(ours many.toc)" "$(of_cdrdao many.toc)"

cat >plain.toc <<END
CD_DA

TRACK AUDIO
FILE "sound.bin" 0 00:10:00

TRACK AUDIO
FILE "sound.bin" 00:10:00 00:10:00
START 00:02:00
END
agree "a plain one as well" "$(ours plain.toc)" "$(of_cdrdao plain.toc)"

cat >convert.toc <<END
CD_ROM_XA
TRACK MODE2_RAW
DATAFILE "sound.bin" 00:05:00
TRACK AUDIO
COPY
FILE "sound.bin" #882000 0 00:15:00
START 00:02:00
END
ok "toc2cue makes a cue sheet" toc2cue convert.toc convert.cue
agree "which is the same disc" "$(ours convert.toc)" "$(ours convert.cue)"
agree "and the same one to cdrdao" "$(ours convert.cue)" "$(of_cdrdao convert.cue)"

# The samples themselves: cdrdao prints those that it would write.
cat >data.toc <<END
CD_DA
TRACK AUDIO
SILENCE 1000
FILE "sound.bin" 10 100
SILENCE 20
FILE "sound.bin" SWAP 0 00:05:00
END
cdrdao show-data data.toc 2>/dev/null | awk -F'[: ]+' '/^ +[0-9]+:/ { print $(NF - 1), $NF }' | head -n 2940 >theirs
"$show" data.toc 0 5 >whole
for i in 0 1 2 3 4; do
	tail -c +$((i * 2448 + 1)) whole | head -c 2352
done | od -An -v -w4 -t d2 | awk '{ print $1, $2 }' >own
same "the samples are cdrdao's" own theirs
