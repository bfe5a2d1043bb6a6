#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Other people's burners write CDs that are more than one data track: audio, mixed, several sessions, XA, packets, raw,
# with CD-TEXT, ISRC, catalogue numbers, pauses and indexes, in earnest and in tests. What then lies on the disc is held
# against what they were given, byte for byte, and against what their readers find there.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
requires_built SNDFILE
requires cdrskin xorriso wodim cdrdao cd-paranoia icedax perl python3
dump=$build_folder/tests/support/disc_dump
# Tracks of 700, 600 and 800 sectors, and a data track of some hundreds.
"$build_folder/tests/support/sound_make" t1 700 1 || exit 1
"$build_folder/tests/support/sound_make" t2 600 2 || exit 1
"$build_folder/tests/support/sound_make" t3 800 3 || exit 1
make_iso image.iso 1
n_data=$(($(wc -c <image.iso) / 2048))

new_disc() {
	rm -f a.disc
	"$discern" vdrive create --quiet --media "${1:-cd-r}" --sectors 30000 a.disc >/dev/null || exit 1
}

# writes WHAT COMMAND…: with the disc that is there; the layout is in the file "layout.txt" afterwards
writes() {
	what=$1
	shift
	ok "$what: written" with_drive a.disc timeout 100 "$@"
	"$dump" a.disc layout >layout.txt
}

# laid_out TEXT: a line of the layout
laid_out() {
	contains "$what: $1" layout.txt "$1"
}

# audio_at LBA FILE: the sectors from there on are the file's
audio_at() {
	"$dump" a.disc sectors "$1" $(($1 + $(wc -c <"$2") / 2352)) >sectors.out
	same "$what: sound at $1 is $2" sectors.out "$2"
}

# user_data LBA N AT BYTES: of N sectors so many bytes from AT on
user_data() {
	"$dump" a.disc sectors "$1" $(($1 + $2)) | perl -e '$/ = \2352; while (<STDIN>) { print substr($_, $ARGV[0], $ARGV[1]) }' "$3" "$4" |
		sha256sum
}

# data_at LBA: the image's user data of Mode 1
data_at() {
	equal "$what: data at $1" "$(user_data "$1" "$n_data" "${2:-16}" 2048)" \
		"$(sha256sum <image.iso)"
}

burner_sao() {
	new_disc
	writes "cdrskin, audio at once" cdrskin dev=/dev/sr0 -sao -audio t1.wav t2.wav t3.wav
	audio_at 0 t1.raw
	audio_at 700 t2.raw
	audio_at 1300 t3.raw
	laid_out "disc complete"
	laid_out "track 3 session 1 audio control 0 pregap 1300 start 1300 end 2100"
	new_disc
	writes "wodim, audio at once" wodim dev=/dev/sr0 gracetime=2 -v -dao -pad -audio t1.wav t2.wav t3.wav
	audio_at 0 t1.raw
	audio_at 700 t2.raw
	audio_at 1300 t3.raw
	# wodim makes the end of the track before the pause.
	laid_out "track 2 session 1 audio control 0 pregap 550 start 700 end 1150"
	new_disc
	writes "wodim, data and audio at once" wodim dev=/dev/sr0 gracetime=2 -v -dao -data image.iso -audio t2.wav
	data_at 0
	laid_out "track 1 session 1 mode1 control 4 pregap -150 start 0"
	laid_out "track 2 session 1 audio control 0"
}

burner_tao() {
	new_disc
	writes "cdrskin, audio" cdrskin dev=/dev/sr0 -tao -audio t1.wav t2.wav
	audio_at 0 t1.raw
	audio_at 852 t2.raw
	laid_out "track 2 session 1 audio control 0 pregap 702 start 852 end 1454"
	new_disc
	writes "wodim, audio" wodim dev=/dev/sr0 gracetime=2 -v -tao -pad -audio t1.wav t2.wav
	audio_at 0 t1.raw
	audio_at 852 t2.raw
	new_disc
	writes "cdrskin, data and audio" cdrskin dev=/dev/sr0 -tao image.iso -audio t2.wav
	data_at 0
	laid_out "track 2 session 1 audio control 0"
}

burner_raw() {
	for mode in raw96r raw96p raw16; do
		new_disc
		writes "wodim -$mode" wodim dev=/dev/sr0 gracetime=2 -v -$mode -pad -audio t1.wav t2.wav
		audio_at 0 t1.raw
		audio_at 700 t2.raw
		laid_out "track 2 session 1 audio control 0 pregap 550 start 700 end 1300"
		laid_out "disc complete"
	done
	new_disc
	writes "wodim -raw96r, data and audio" wodim dev=/dev/sr0 gracetime=2 -v -raw96r -data image.iso -audio t2.wav
	data_at 0
	laid_out "track 1 session 1 mode1 control 4 pregap -150 start 0"
}

cat >audio.toc <<'END'
CD_DA
CATALOG "1234567890123"
CD_TEXT { LANGUAGE_MAP { 0 : EN } LANGUAGE 0 { TITLE "Joyful Nights" PERFORMER "Some One" DISC_ID "XY12" } }
TRACK AUDIO
ISRC "DEABC0512345"
PRE_EMPHASIS
CD_TEXT { LANGUAGE 0 { TITLE "First" PERFORMER "P1" } }
FILE "t1.wav" 0
TRACK AUDIO
COPY
CD_TEXT { LANGUAGE 0 { TITLE "Second" PERFORMER "P2" } }
PREGAP 00:01:20
FILE "t2.wav" 0
INDEX 00:01:00
INDEX 00:03:10
TRACK AUDIO
CD_TEXT { LANGUAGE 0 { TITLE "Third" PERFORMER "P3" } }
FILE "t3.wav" 0
START 00:02:00
END
printf 'CD_ROM\nTRACK MODE1\nDATAFILE "image.iso"\nZERO MODE1 00:02:00\nTRACK AUDIO\nPREGAP 00:02:00\nFILE "t2.wav" 0\n' \
	>mixed.toc
sed 's/^CD_DA/CD_ROM_XA/' audio.toc >extra1.toc
printf 'CD_ROM_XA\nTRACK MODE2_FORM1\nDATAFILE "image.iso"\n' >extra2.toc

burner_cdrdao() {
	for driver in generic-mmc:0x10 generic-mmc-raw; do
		new_disc
		writes "cdrdao, $driver" cdrdao write --device /dev/sr0 --driver $driver -n audio.toc
		audio_at 0 t1.raw
		audio_at 795 t2.raw
		laid_out "disc complete mcn 1234567890123"
		laid_out "track 1 session 1 audio control 1 pregap -150 start 0 end 700 isrc DEABC0512345"
		laid_out "track 2 session 1 audio control 2 pregap 700 start 795 end 1395 index2 870 index3 1030"
		laid_out "track 3 session 1 audio control 0 pregap 1395 start 1545 end 2195"
		"$dump" a.disc text >packs
		contains "cdrdao, $driver: CD-TEXT" packs "Third"
		new_disc
		writes "cdrdao, $driver, mixed" cdrdao write --device /dev/sr0 --driver $driver -n mixed.toc
		data_at 0
		audio_at $((n_data + 300)) t2.raw
	done
	new_disc
	writes "cdrdao --multi" cdrdao write --multi --device /dev/sr0 --driver generic-mmc -n extra1.toc
	laid_out "disc appendable mcn 1234567890123"
	writes "cdrdao, second session" cdrdao write --device /dev/sr0 --driver generic-mmc -n extra2.toc
	laid_out "track 4 session 2 xa control 4 pregap 13445 start 13595"
	# cdrdao keeps to the type of the session before.
	laid_out "session 2 type 00"
	audio_at 795 t2.raw
	data_at 13595 24
}

cat >sheet.v07t <<'END'
Input Sheet Version = 0.7T
Text Code           = 8859
Language Code       = English
Album Title         = Joyful Nights
Artist Name         = United Cat Orchestra
UPC / EAN           = 1234567890123
First Track Number  = 1
Last Track Number   = 2
Track 01 Title      = Song of Joy
ISRC 01             = XYBLG1101234
Track 02 Title      = Humpty Dumpty
ISRC 02             = XYBLG1100005
END
cat >sheet.cue <<'END'
CATALOG 1234567890123
FILE "t1.wav" WAVE
  TRACK 01 AUDIO
    ISRC DEABC0512345
    INDEX 01 00:00:00
  TRACK 02 AUDIO
    FLAGS DCP PRE
    INDEX 00 00:04:20
    INDEX 01 00:05:00
END

burner_text() {
	new_disc
	writes "cdrskin with a sheet of texts" cdrskin dev=/dev/sr0 -sao input_sheet_v07t=sheet.v07t -audio t1.wav t2.wav
	laid_out "disc complete mcn 1234567890123"
	laid_out "track 2 session 1 audio control 0 pregap 700 start 700 end 1300 isrc XYBLG1100005"
	with_drive a.disc cdrskin dev=/dev/sr0 cdtext_to_v07t=- -minfo >found.v07t 2>/dev/null
	for text in "Joyful Nights" "Song of Joy" "Humpty Dumpty"; do
		contains "cdrskin reads back: $text" found.v07t "$text"
	done
	new_disc
	writes "cdrskin with a cue sheet" cdrskin dev=/dev/sr0 -sao cuefile=sheet.cue
	laid_out "track 1 session 1 audio control 0 pregap -150 start 0 end 320 isrc DEABC0512345"
	laid_out "track 2 session 1 audio control 3 pregap 320 start 375 end 700"
	audio_at 0 t1.raw
}

burner_sessions() {
	new_disc
	writes "wodim -multi" wodim dev=/dev/sr0 gracetime=2 -v -multi -dao -pad -audio t1.wav t2.wav
	laid_out "disc appendable"
	writes "wodim, XA after audio" wodim dev=/dev/sr0 gracetime=2 -v -tao -xa image.iso
	laid_out "track 3 session 2 xa control 4 pregap 12550 start 12700"
	data_at 12700 24
	new_disc
	writes "cdrskin -multi" cdrskin dev=/dev/sr0 -multi -tao -audio t1.wav t2.wav
	writes "xorriso after audio" xorriso -as cdrecord dev=/dev/sr0 -tao image.iso
	laid_out "track 3 session 2 mode1 control 4 pregap 12704 start 12854"
	data_at 12854
	audio_at 0 t1.raw
	for form in xa1:xa xa2:xa xamix:xa mode2:mode2; do
		new_disc
		writes "wodim -${form%:*}" wodim dev=/dev/sr0 gracetime=2 -v -tao "-${form%:*}" image.iso
		laid_out "track 1 session 1 ${form#*:} control 4"
	done
}

# Packs of R to W: cdrdao has the drive interleave them as it writes and undo it as it reads; parities are the drive's, and
# of the last two sectors a part lies behind the track. The same image as a pressed disc has the same symbols.
burner_packs() {
	python3 - >rw.bin <<-'END'
		import random, sys
		numbers = random.Random(3)
		for sector in range(400):
		    sound = bytes((sector * 5 + i) & 255 for i in range(2352))
		    packs = [bytes([9, 6, 0, 0] + [numbers.randrange(64) for i in range(16)] + [0] * 4) for i in range(4)]
		    sys.stdout.buffer.write(sound + b"".join(packs))
	END
	printf 'CD_DA\nTRACK AUDIO RW\nDATAFILE "rw.bin"\n' >rw.toc
	new_disc
	writes "cdrdao, packs of R to W" cdrdao write -n --device /dev/sr0 --driver generic-mmc rw.toc
	ok "cdrdao reads the packs" with_drive a.disc cdrdao read-cd --device /dev/sr0 --driver generic-mmc \
		--read-subchan rw --datafile got.bin got.toc
	for disc in a.disc rw.toc; do
		ok "cdrdao reads the symbols" with_drive "$disc" cdrdao read-cd --device /dev/sr0 --driver generic-mmc \
			--read-subchan rw_raw --datafile "$disc.bin" "$disc.got"
	done
	same "burned and pressed have the same symbols" a.disc.bin rw.toc.bin
	ok "sound and packs are those that were written" python3 -c '
parities = (2, 3, 20, 21, 22, 23)
got, sent = (open(name, "rb").read() for name in ("got.bin", "rw.bin"))
for at in range(0, 398 * 2448, 2448):
    assert got[at:at + 2352] == sent[at:at + 2352], at
    assert all(got[at + 2352 + i] & 63 == sent[at + 2352 + i] for i in range(96) if i % 24 not in parities), at'
}

burner_packets() {
	new_disc cd-rw
	writes "wodim -packet" wodim dev=/dev/sr0 gracetime=2 -v -packet image.iso
	laid_out "track 1 session 1 mode1 control 5 pregap -150 start 0"
	data_at 0
	new_disc cd-rw
	writes "wodim -packet pktsize=32" wodim dev=/dev/sr0 gracetime=2 -v -packet ts=128k pktsize=32 image.iso
	laid_out "track 1 session 1 mode1 control 5 pregap -150 start 0 end $(((n_data + 31) / 32 * 32 + 2))"
	data_at 0
}

# tests WHAT COMMAND…: says that it has written, but the disc is as it was
tests() {
	new_disc
	cp a.disc before.disc
	writes "$@"
	laid_out "disc blank"
	# Behind the two texts that say what the disc is.
	tail -c +131073 a.disc >after.bytes
	tail -c +131073 before.disc >before.bytes
	same "$what: nothing of it is left" after.bytes before.bytes
}

burner_tests() {
	tests "cdrskin -dummy -sao" cdrskin dev=/dev/sr0 -dummy -sao -audio t1.wav t2.wav
	tests "cdrskin -dummy -tao" cdrskin dev=/dev/sr0 -dummy -tao -audio t1.wav t2.wav
	tests "wodim -dummy -dao" wodim dev=/dev/sr0 gracetime=2 -v -dummy -dao -pad -audio t1.wav t2.wav
	tests "wodim -dummy -tao" wodim dev=/dev/sr0 gracetime=2 -v -dummy -tao -pad -audio t1.wav t2.wav
	tests "wodim -dummy -raw96r" wodim dev=/dev/sr0 gracetime=2 -v -dummy -raw96r -pad -audio t1.wav t2.wav
	tests "cdrdao simulate" cdrdao simulate --device /dev/sr0 --driver generic-mmc -n audio.toc
}

# The readers in another drive, which reads its audio late by as much as this one writes it early.
burner_readers() {
	new_disc
	ok "cdrskin, a recorder with an offset" "$discern" vdrive run --drive sr0=a.disc,write-offset=-30 -- \
		cdrskin dev=/dev/sr0 -sao -audio t1.wav t2.wav t3.wav
	ok "cd-paranoia reads it" "$discern" vdrive run --drive sr0=a.disc,read-offset=30 -- \
		cd-paranoia -d /dev/sr0 -q -B -r
	same "cd-paranoia: the second track" track02.cdda.raw t2.raw
	ok "icedax reads it" "$discern" vdrive run --drive sr0=a.disc,read-offset=30 -- \
		icedax -q -D /dev/sr0 -t 2 -O raw -E little icedax
	same "icedax: the second track" icedax.raw t2.raw
	ok "cdrdao reads it" "$discern" vdrive run --drive sr0=a.disc,read-offset=30 -- \
		cdrdao read-cd --device /dev/sr0 --driver generic-mmc --datafile cdrdao.bin cdrdao.toc
	equal "cdrdao: as many sectors" "$(wc -c <cdrdao.bin)" $((2100 * 2352))
}

# Beside each other, each in a folder of its own: the burners mostly sleep.
parts="sao tao raw cdrdao text sessions packs packets tests readers"
for part in $parts; do
	mkdir "$part"
	(
		work=$work/$part
		cd "$work" || exit 1
		ln -s ../*.wav ../*.raw ../*.toc ../sheet.* ../image.iso .
		"burner_$part"
		echo "# done"
	) >"$part.log" 2>&1 &
done
wait
for part in $parts; do
	grep -vx '# done' "$part.log"
	n_passed=$((n_passed + $(grep -c '^ok' "$part.log")))
	n_failed=$((n_failed + $(grep -c '^not ok' "$part.log")))
	grep -q '^# done$' "$part.log" || failed "$part came to its end"
done
