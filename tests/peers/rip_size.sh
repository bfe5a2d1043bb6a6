#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The size of a ripped image, right to the sector, on pressed discs and on those that discern and other people's burners
# made: what was burned, never shorter, and nothing that is not there counted as lost.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/media.sh
. "$source_folder/tests/support/media.sh"
requires_vdrive
requires xorriso cdrskin wodim growisofs genisoimage mkudffs

noise() {
	head -c $(($1 * 2048)) /dev/zero | openssl enc -aes-128-ctr -K "$2" -iv 00 2>/dev/null
}

# Odd numbers of sectors: no multiple of a unit of 16 or 32.
mkdir tree tree2
noise 571 01 >tree/noise
noise 333 02 >tree2/noise2
noise 1237 03 >raw.img
noise 151 04 >part.bin
xorrisofs -quiet -J -R -V SIZE -o iso.img tree 2>/dev/null
genisoimage -quiet -no-pad -udf -R -J -V SIZE -o bridge.img tree
# The backup of the partition table is behind the last partition.
xorrisofs -quiet -V SIZE -append_partition 2 0x83 part.bin -appended_part_as_gpt -o hybrid.img tree 2>/dev/null
# A disc that was not burned to the end.
head -c $((501 * 2048)) iso.img >cut.img
images=$PWD

# rip_disc WHAT [DISC]: reads all of it, into rip.iso
rip_disc() {
	rm -f rip.iso rip.iso.*
	exits 0 "$1: all is read" with_drive "${2:-blank.disc}" "$discern" rip --json -o rip.iso
	equal "$1: nothing is lost" "$(sed -n 's/^ *"bad_sectors": \([0-9]*\).*/\1/p' out)" 0
}

# rips WHAT IMAGE [DISC]: what is read equals it
rips() {
	rip_disc "$1" "${3:-}"
	same "$1: the image equals what was burned" rip.iso "$images/$2.img"
}

# rips_more WHAT IMAGE SECTORS: as nothing tells the end, there may be so many sectors more, which are zeros
rips_more() {
	rip_disc "$1"
	size=$(stat -c %s "$images/$2.img")
	ok "$1: the image begins with what was burned" cmp -n "$size" rip.iso "$images/$2.img"
	equal "$1: as it must it is longer" $(($(stat -c %s rip.iso) - size)) $((2048 * $3))
	equal "$1: by nothing but zeros" "$(tail -c +$((size + 1)) rip.iso | tr -d '\0' | head -c 1 | wc -c)" 0
}

burn() {
	blank_disc "$kind" "${disc_sectors:-9600}"
	ok "$kind, $image: $*" with_drive blank.disc timeout 60 "$@"
}

pressed() {
	for kind in cd-rom dvd-rom dvd-rom-dl bd-rom; do
		for image in iso bridge hybrid raw cut; do
			rips "$kind, $image" "$image" "$images/$image.img,kind=$kind"
		done
	done
	echo "# done"
}

# On what is written in sequence the last unit is filled up; what is full from the begin has zeros there.
burned() {
	for kind in "$@"; do
		case $kind in
		dvd+r | dvd+rw | bd-r) list="iso hybrid" ;;
		*) list=iso ;;
		esac
		for image in $list; do
			burn "$discern" burn --quiet --no-verify "$images/$image.img"
			rips "$kind, $image" "$image"
		done
		image=raw
		burn "$discern" burn --quiet --no-verify --any-file "$images/$image.img"
		case $kind in
		cd*) rips "$kind, $image" "$image" ;;
		dvd+rw | dvd-ram | bd-re | dvd-rw-overwrite) ;;
		*) rips_more "$kind, $image" "$image" $((1248 - 1237)) ;;
		esac
	done
	echo "# done"
}

# At once or as a track by itself with two sectors of run-out, open or closed, by others.
others() {
	for image in iso cut; do
		kind=cd-r
		for how in -sao -tao '-multi -tao'; do
			# shellcheck disable=SC2086  # words
			burn cdrskin dev=/dev/sr0 $how "$images/$image.img"
			rips "cdrskin $how, $image" "$image"
		done
		burn wodim dev=/dev/sr0 -tao "$images/$image.img"
		rips "wodim -tao, $image" "$image"
		burn wodim dev=/dev/sr0 -packet "$images/$image.img"
		rips "wodim -packet, $image" "$image"
	done
	image=iso
	for kind in dvd-r dvd+r bd-r dvd+rw bd-re; do
		burn growisofs -use-the-force-luke=notray -Z "/dev/sr0=$images/$image.img"
		rips "growisofs, $kind" "$image"
	done
	for kind in dvd-r dvd+r bd-r; do
		burn cdrskin dev=/dev/sr0 -multi "$images/$image.img"
		rips "cdrskin -multi, $kind" "$image"
	done
	echo "# done"
}

# All of it up to the end of the last session, in which both trees are.
sessions() {
	image=sessions
	disc_sectors=70016
	for kind in cd-r dvd-r dvd+r bd-r dvd+rw; do
		burn xorriso -dev /dev/sr0 -map "$images/tree" /one -commit -map "$images/tree2" /two -commit -toc
		rip_disc "two sessions, $kind"
		cp err told
		ok "$kind: the table of sessions" with_drive blank.disc xorriso -indev /dev/sr0 -toc
		last=$(cat out err | sed -nE 's/^ISO session *: *[0-9]+ , *([0-9]+)s? ,.*/\1/p' | tail -n 1)
		rm -rf x
		xorriso -osirrox on -load sbsector "$last" -indev stdio:rip.iso -extract / x >xorriso.log 2>&1
		ok "$kind: the first tree is there, from sector $last" diff -r "$images/tree" x/one
		# On a rewritable disc xorriso moves the begin of the volume, and there is one session.
		[ "$kind" = dvd+rw ] || contains "$kind: where it is, is told" told "sbsector=$last\" shows the last one"
		ok "$kind: and the second" diff -r "$images/tree2" x/two
		chmod -R u+w x
	done
	echo "# done"
}

# The last anchor is in the last sector (N), or in N - 256, and the volume does not fill the disc.
udf() {
	for type in dvdram dvdrw hd; do
		for n in 2001 2029; do
			image=udf
			rm -f udf.img
			truncate -s $((n * 2048)) udf.img
			mkudffs -b 2048 --media-type=$type --udfrev=0x0201 udf.img $n >mkudffs.log 2>&1 || exit 1
			for kind in dvd-ram dvd+rw bd-re; do
				burn cdrskin dev=/dev/sr0 blank=format_if_needed udf.img
				rip_disc "UDF for $type, $n sectors, $kind"
				same "UDF for $type, $n sectors, $kind: with its last anchor" rip.iso udf.img
			done
		done
	done
	echo "# done"
}

part pressed pressed
part cd burned cd-r cd-rw
part dvd-minus burned dvd-r dvd-rw dvd-r-dl dvd-rw-overwrite
part dvd-plus burned dvd+r dvd+r-dl dvd+rw dvd-ram
part bd burned bd-r bd-r-dl bd-re
part others others
part sessions sessions
part udf udf
wait_for_parts
