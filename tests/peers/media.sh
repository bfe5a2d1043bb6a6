#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Other people's burners on every medium that they know: what they burn, other people's readers read.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/media.sh
. "$source_folder/tests/support/media.sh"
requires_vdrive
requires cdrskin xorriso wodim growisofs cdrdao readom dvd+rw-format dvd+rw-mediainfo
make_iso image.iso 1
image=$PWD/image.iso
# Of two layers, the first one must be shorter than the image.
n_blocks=$(($(wc -c <image.iso) / 65536))
n_layered=$((64 * n_blocks - 64))
printf 'CD_ROM\nTRACK MODE1\nDATAFILE "%s"\n' "$image" >image.toc
toc=$PWD/image.toc

# burns PROGRAM MEDIUM COMMAND…: to a new disc
burns() {
	program=$1
	kind=$2
	shift 2
	blank_disc "$kind" "${n_sectors:-70016}"
	does "$program" burn "$kind" "$@" && holds "$program, $kind" "$image"
}

burn_cd() {
	for kind in "$@"; do
		burns cdrskin "$kind" cdrskin dev=/dev/sr0 -sao "$image"
		burns "cdrskin -tao" "$kind" cdrskin dev=/dev/sr0 -tao "$image"
		burns xorriso "$kind" xorriso -as cdrecord dev=/dev/sr0 "$image"
		burns wodim "$kind" wodim dev=/dev/sr0 -sao gracetime=2 "$image"
		burns "wodim -tao" "$kind" wodim dev=/dev/sr0 -tao gracetime=2 "$image"
		burns cdrdao "$kind" cdrdao write --device /dev/sr0 --driver generic-mmc -n "$toc"
	done
	echo "# done"
}

# By its source it takes the physical sector number where layer 0 ends, 30000h and more, for the layer's size.
too_little_for_growisofs() {
	blank_disc "$kind" "$n_sectors"
	cannot growisofs burn "$kind" "more than 50% of space" \
		"it declines images below 400 MB and one layer, as it takes the number of a layer's last sector for its size" \
		growisofs -use-the-force-luke=notray -Z /dev/sr0="$image"
}

# What it has formatted for pseudo overwrite it leaves open, for more tracks (bd_r_finalize() in its source); and the
# session of what it has not formatted it closes.
session_left_by_growisofs() {
	blank_disc "$kind"
	run with_drive blank.disc growisofs -use-the-force-luke=notray -Z /dev/sr0="$image"
	run with_drive blank.disc dvd+rw-mediainfo /dev/sr0
	printed "growisofs, $kind: formats it for pseudo overwrite" "BD-R SRM+POW"
	printed "growisofs, $kind: leaves its session open" "State of Last Session: incomplete"
	blank_disc "$kind"
	does "growisofs spare:none" burn "$kind" \
		growisofs -use-the-force-luke=notray -use-the-force-luke=spare:none -Z /dev/sr0="$image" &&
		holds "growisofs without spares" "$image"
	run with_drive blank.disc dvd+rw-mediainfo /dev/sr0
	printed "growisofs without spares, $kind: closes the session" "Number of Sessions:    2"
	printed "growisofs without spares, $kind: and the disc can be appended to" "Disc status:           appendable"
}

burn_in_sequence() {
	for kind in "$@"; do
		burns cdrskin "$kind" cdrskin dev=/dev/sr0 -sao "$image"
		burns "cdrskin -tao" "$kind" cdrskin dev=/dev/sr0 -tao "$image"
		burns xorriso "$kind" xorriso -as cdrecord dev=/dev/sr0 "$image"
		case $kind in
		dvd-r-dl | dvd+r-dl) n_sectors=$n_layered ;;
		esac
		case $kind in
		dvd-r-dl) too_little_for_growisofs ;;
		*) burns growisofs "$kind" growisofs -use-the-force-luke=notray -Z /dev/sr0="$image" ;;
		esac
		case $kind in
		dvd-r | dvd+r*)
			burns "growisofs -dvd-compat" "$kind" \
				growisofs -use-the-force-luke=notray -dvd-compat -Z /dev/sr0="$image"
			;;
		esac
		n_sectors=
		case $kind in
		dvd*) burns wodim "$kind" wodim dev=/dev/sr0 -sao gracetime=2 "$image" ;;
		bd-r) session_left_by_growisofs ;;
		esac
	done
	echo "# done"
}

# Rewritable ones: a burn onto what comes from the factory, and one onto that.
burn_anywhere() {
	for kind in "$@"; do
		blank_disc "$kind"
		case $kind in
		bd-re*)
			cannot cdrskin burn "$kind" "burning failed" "must be formatted before (blank=format_if_needed)" \
				cdrskin dev=/dev/sr0 "$image"
			does cdrskin format "$kind" cdrskin dev=/dev/sr0 blank=format_if_needed
			;;
		esac
		does cdrskin burn "$kind" cdrskin dev=/dev/sr0 "$image" && holds "cdrskin, $kind" "$image"
		burns growisofs "$kind" growisofs -use-the-force-luke=notray -Z /dev/sr0="$image"
		does xorriso burn "$kind" xorriso -as cdrecord dev=/dev/sr0 "$image" && holds "xorriso, $kind" "$image"
	done
	echo "# done"
}

burn_with_wodim() {
	burns wodim dvd-ram wodim dev=/dev/sr0 -sao gracetime=2 "$image"
	blank_disc dvd+rw
	cannot wodim burn dvd+rw "medium not formatted" "must be formatted before (dvd+rw-format)" \
		wodim dev=/dev/sr0 -sao gracetime=2 "$image"
	does dvd+rw-format format dvd+rw dvd+rw-format /dev/sr0
	does wodim burn dvd+rw wodim dev=/dev/sr0 -sao gracetime=2 "$image" && holds "wodim, dvd+rw" "$image"
	blank_disc dvd-rw-overwrite
	cannot wodim burn dvd-rw-overwrite "cannot write medium" \
		"it reserves a track, which is for media that are written in sequence" \
		wodim dev=/dev/sr0 -sao gracetime=2 "$image"
	for kind in bd-r bd-r-dl bd-re; do
		blank_disc $kind
		cannot wodim burn $kind "Cannot send CUE sheet" "it knows no Blu-ray disc and treats it as a CD" \
			wodim dev=/dev/sr0 -sao gracetime=2 "$image"
	done
	echo "# done"
}

# What is not made for a medium says so, and leaves it blank.
burn_what_is_not_known() {
	for kind in dvd-r dvd+r bd-r; do
		blank_disc $kind
		cannot cdrdao burn $kind "exceeds capacity of CD-R" "it writes CDs only" \
			cdrdao write --device /dev/sr0 --driver generic-mmc -n "$toc"
		run with_drive blank.disc cdrskin dev=/dev/sr0 -minfo
		printed "$kind is still blank" "disk status:              empty"
	done
	for kind in cd-r cd-rw; do
		blank_disc $kind
		cannot growisofs burn $kind "not recognized as recordable DVD" "it writes DVD and BD only" \
			growisofs -use-the-force-luke=notray -Z /dev/sr0="$image"
	done
	echo "# done"
}

part cd burn_cd cd-r cd-rw
part dvd burn_in_sequence dvd-r dvd-rw dvd+r
part layers burn_in_sequence dvd-r-dl dvd+r-dl bd-r-ql
part bd burn_in_sequence bd-r
part bd-layers burn_in_sequence bd-r-dl bd-r-tl
part random burn_anywhere dvd+rw dvd-rw-overwrite dvd-ram
part bd-re burn_anywhere bd-re bd-re-dl bd-re-tl
part wodim burn_with_wodim
part unknown burn_what_is_not_known
end_parts
