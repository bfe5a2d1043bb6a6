#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Other people's burners write blank virtual discs, and other people's readers then find the image on them.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/media.sh
. "$source_folder/tests/support/media.sh"
requires_vdrive
requires cdrskin xorriso wodim growisofs cdrdao readom iso-info
make_iso image.iso 3
size=$(wc -c <image.iso)
n_sectors=$((size / 2048))
image=$PWD/image.iso
printf 'CD_ROM\nTRACK MODE1\nDATAFILE "%s"\n' "$image" >image.toc
toc=$PWD/image.toc

# As many bytes as the image has from the begin of the disc, by three readers.
cat >read_back.sh <<'END'
dd if=/dev/sr0 of=dd.copy bs=2048 count="$1" 2>/dev/null
readom dev=/dev/sr0 sectors=0-"$1" f=readom.copy >readom.log 2>&1
iso-info /dev/sr0 >iso-info.log 2>&1
END
read_back=$PWD/read_back.sh

# burn MEDIA WHAT COMMAND…: burns the image to a new blank disc and reads it back
burn() {
	media=$1
	what="$2, $1"
	shift 2
	rm -f ./*.copy
	blank_disc "$media" 20000
	ok "$what: burned" with_drive blank.disc "$@"
	ok "$what: read by another process, in another drive" with_drive blank.disc sh "$read_back" "$n_sectors"
	same "$what: dd reads the image" dd.copy "$image"
	same "$what: readom reads the image" readom.copy "$image"
	contains "$what: iso-info knows its label" iso-info.log DISCERN_TEST
}

usual() {
	burn "$1" "cdrskin" cdrskin dev=/dev/sr0 -v "$image"
	burn "$1" "xorriso" xorriso -as cdrecord dev=/dev/sr0 -v "$image"
	echo "# done"
}

ways_of_cdrskin() {
	burn cd-r "cdrskin at once" cdrskin dev=/dev/sr0 -sao "$image"
	burn cd-r "cdrskin, track at once" cdrskin dev=/dev/sr0 -tao "$image"
	burn dvd+r "cdrskin, track at once" cdrskin dev=/dev/sr0 -tao "$image"
	echo "# done"
}

other_cd_burners() {
	burn cd-r "wodim" wodim dev=/dev/sr0 -sao gracetime=2 "$image"
	burn cd-r "wodim, track at once" wodim dev=/dev/sr0 -tao gracetime=2 "$image"
	burn cd-r "cdrdao" cdrdao write --device /dev/sr0 --driver generic-mmc -n "$toc"
	echo "# done"
}

growisofs_burns() {
	burn dvd+r "growisofs" growisofs -dvd-compat -Z "/dev/sr0=$image"
	burn dvd+rw "growisofs" growisofs -Z "/dev/sr0=$image"
	burn bd-r "growisofs" growisofs -Z "/dev/sr0=$image"
	echo "# done"
}

for media in cd-r dvd+r dvd+rw bd-r; do
	part "$media" usual "$media"
done
part cdrskin ways_of_cdrskin
part cd other_cd_burners
part growisofs growisofs_burns
wait_for_parts
