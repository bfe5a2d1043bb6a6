#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Audio, mixed and enhanced CDs: what other people's burners write, other people's readers read, sample by sample.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/media.sh
. "$source_folder/tests/support/media.sh"
requires_vdrive
requires cdrskin wodim cdrdao icedax cd-paranoia readom dd perl
folder=$PWD
make_iso image.iso 1
image=$PWD/image.iso
n_sectors=$(($(wc -c <image.iso) / 2048))
# Two tracks of 7 and 6 seconds, with the low byte first as on disc.
for track in 1 2; do
	head -c $(((8 - track) * 75 * 2352)) /dev/urandom >"track$track.bin"
done
cat >pressed.cue <<END
FILE "track1.bin" BINARY
  TRACK 01 AUDIO
    INDEX 01 00:00:00
FILE "track2.bin" BINARY
  TRACK 02 AUDIO
    INDEX 01 00:00:00
END
printf 'CD_DA\n\nTRACK AUDIO\nAUDIOFILE "%s" SWAP 0\n\nTRACK AUDIO\nAUDIOFILE "%s" SWAP 0\n' \
	"$folder/track1.bin" "$folder/track2.bin" >audio.toc
printf 'CD_ROM\n\nTRACK MODE1\nDATAFILE "%s"\n\nTRACK AUDIO\nPREGAP 0:2:0\nAUDIOFILE "%s" SWAP 0\n' \
	"$image" "$folder/track2.bin" >mixed.toc

# Each leaves PROGRAM.1 and PROGRAM.2
cat >readers.sh <<'END'
icedax -D /dev/sr0 -B -H -O raw -q icedax
cd-paranoia -d /dev/sr0 -c -q -r -B -- 1-2
cdrdao read-cd --device /dev/sr0 --driver generic-mmc --datafile cdrdao.bin cdrdao.toc
readom dev=/dev/sr0 -clone f=clone.raw
END
readers=$PWD/readers.sh

# read_audio WHAT: both tracks of $drive_disc, a CD of the kind $kind
read_audio() {
	rm -f ./*.raw ./*.bin cdrdao.toc
	run "$discern" vdrive run --drive "sr0=$drive_disc" -- sh "$readers"
	cat "$folder/track1.bin" "$folder/track2.bin" >both
	# It and cdrdao swap bytes.
	cat icedax_01.raw icedax_02.raw | dd of=icedax.both conv=swab status=none
	reads_audio icedax "$1"
	cat track01.cdda.raw track02.cdda.raw >cd-paranoia.both
	reads_audio cd-paranoia "$1"
	dd if=cdrdao.bin of=cdrdao.both conv=swab status=none
	reads_audio cdrdao "$1"
	# Sectors with 96 bytes of sub-channels behind each.
	perl -e '$/ = \2448; while (<>) { print substr($_, 0, 2352) }' clone.raw >readom.both
	reads_audio readom "$1"
}

reads_audio() {
	if same "$2: $1 reads it" "$1.both" both; then
		cell "$1" "read audio" "$kind" yes
	else
		cell "$1" "read audio" "$kind" FAIL
	fi
}

# burns PROGRAM WHAT COMMAND…: to a new disc of the kind $kind
burns() {
	program=$1
	what=$2
	shift 2
	blank_disc "$kind"
	drive_disc=blank.disc
	does "$program" "burn $what" "$kind" "$@"
}

pressed() {
	kind=cd-rom
	drive_disc=$folder/pressed.cue
	read_audio "pressed"
	echo "# done"
}

burn_audio() {
	kind=$1
	one=$folder/track1.bin
	two=$folder/track2.bin
	burns cdrskin audio cdrskin dev=/dev/sr0 -sao -audio -swab "$one" "$two" && read_audio "cdrskin, $kind"
	burns "cdrskin -tao" audio cdrskin dev=/dev/sr0 -tao -audio -swab "$one" "$two"
	run with_drive blank.disc cdrskin dev=/dev/sr0 -toc
	printed "cdrskin -tao, $kind: two tracks" "1 sessions, 2 tracks"
	burns wodim audio wodim dev=/dev/sr0 -dao gracetime=2 -audio -swab "$one" "$two" && read_audio "wodim, $kind"
	burns cdrdao audio cdrdao write --device /dev/sr0 --driver generic-mmc -n "$folder/audio.toc" &&
		read_audio "cdrdao, $kind"
	echo "# done"
}

# reads_second_track WHAT SECTORS: data in the first track, audio in the second with so many of run-out
reads_second_track() {
	rm -f ./*.raw
	run with_drive blank.disc sh -c "readom dev=/dev/sr0 sectors=0-$n_sectors f=data.copy
		cd-paranoia -d /dev/sr0 -c -q -r -B -- 2-2"
	same "$1: the data" data.copy "$image"
	# At once a track has two sectors of run-out behind its data, which belong to it in the table of contents.
	head -c "$(wc -c <"$folder/track2.bin")" track02.cdda.raw >audio.copy
	same "$1: the audio behind it" audio.copy "$folder/track2.bin"
	equal "$1: and of run-out" "$(($(wc -c <track02.cdda.raw) - $(wc -c <audio.copy)))" $((2352 * $2))
}

burn_mixed() {
	kind=cd-r
	burns cdrskin mixed cdrskin dev=/dev/sr0 -tao -data "$image" -audio -swab "$folder/track2.bin" &&
		reads_second_track "cdrskin, mixed" 2
	burns wodim mixed wodim dev=/dev/sr0 -tao gracetime=2 -data "$image" -audio -swab "$folder/track2.bin" &&
		reads_second_track "wodim, mixed" 2
	burns cdrdao mixed cdrdao write --device /dev/sr0 --driver generic-mmc -n "$folder/mixed.toc" &&
		reads_second_track "cdrdao, mixed" 0
	echo "# done"
}

# Audio in the first session, data in the second one.
burn_enhanced() {
	kind=cd-r
	burns wodim CD-Extra wodim dev=/dev/sr0 -multi -dao gracetime=2 -audio -swab \
		"$folder/track1.bin" "$folder/track2.bin"
	does wodim "burn CD-Extra" "$kind" wodim dev=/dev/sr0 -tao gracetime=2 -data "$image"
	run with_drive blank.disc cdrskin dev=/dev/sr0 -toc
	printed "wodim, CD-Extra: two sessions" "2 sessions, 3 tracks"
	run with_drive blank.disc sh -c "cd-paranoia -d /dev/sr0 -c -q -r -B -- 1-2; /usr/lib/udev/cdrom_id /dev/sr0"
	printed "wodim, CD-Extra: udev counts the audio tracks" "ID_CDROM_MEDIA_TRACK_COUNT_AUDIO=2"
	printed "wodim, CD-Extra: and the one of data" "ID_CDROM_MEDIA_TRACK_COUNT_DATA=1"
	same "wodim, CD-Extra: the first track" track01.cdda.raw "$folder/track1.bin"
	same "wodim, CD-Extra: the second track" track02.cdda.raw "$folder/track2.bin"
	echo "# done"
}

part pressed pressed
part cd-r burn_audio cd-r
part cd-rw burn_audio cd-rw
part mixed burn_mixed
part enhanced burn_enhanced
end_parts
