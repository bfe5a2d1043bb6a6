#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What other people's programs do to media beside the first burn: they append, blank and format.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/media.sh
. "$source_folder/tests/support/media.sh"
requires_vdrive
requires cdrskin xorriso wodim growisofs cdrdao readom isoinfo dvd+rw-format genisoimage cdrwtool blkid
make_iso image.iso 1
image=$PWD/image.iso
printf 'CD_ROM\nTRACK MODE1\nDATAFILE "%s"\n' "$image" >image.toc
toc=$PWD/image.toc
mkdir first second
echo first >first/first.txt
echo second >second/second.txt
trees=$PWD

# has_both PROGRAM: the files of both sessions are in the tree of the last one
has_both() {
	run with_drive blank.disc xorriso -osirrox on -indev /dev/sr0 -extract / tree
	same "$1, $kind: a file of the first session" tree/first.txt "$trees/first/first.txt"
	same "$1, $kind: a file of the second session" tree/second.txt "$trees/second/second.txt"
	chmod -R u+w tree
	rm -r tree
}

append() {
	for kind in "$@"; do
		blank_disc "$kind"
		does xorriso session "$kind" xorriso -outdev /dev/sr0 -map "$trees/first" / -commit
		does xorriso append "$kind" xorriso -dev /dev/sr0 -map "$trees/second" / -commit && has_both xorriso
		case $kind in
		cd*)
			append_on_cd
			continue
			;;
		dvd-r | dvd-rw | dvd+r | dvd+r-dl | bd-r | bd-r-tl) append_with_cdrskin ;;
		esac
		case $kind in
		bd-r*) continue ;;
		esac
		blank_disc "$kind"
		does growisofs session "$kind" growisofs -use-the-force-luke=notray -Z /dev/sr0 -quiet -R "$trees/first"
		does growisofs append "$kind" growisofs -use-the-force-luke=notray -M /dev/sr0 -quiet -R \
			"$trees/second" && has_both growisofs
	done
	echo "# done"
}

# As its manual has it: the second session's address comes from -msinfo.
append_with_cdrskin() {
	blank_disc "$kind"
	genisoimage -quiet -R -o first.iso "$trees/first"
	does cdrskin session "$kind" cdrskin dev=/dev/sr0 -multi -tao first.iso
	run with_drive blank.disc cdrskin dev=/dev/sr0 -msinfo
	msinfo=$(cat out)
	run with_drive blank.disc genisoimage -quiet -R -C "$msinfo" -M /dev/sr0 -o second.iso "$trees/second"
	does cdrskin append "$kind" cdrskin dev=/dev/sr0 -multi -tao second.iso && has_both cdrskin
}

append_on_cd() {
	blank_disc "$kind"
	genisoimage -quiet -R -o first.iso "$trees/first"
	does wodim session "$kind" wodim dev=/dev/sr0 -multi -data -tao gracetime=2 first.iso
	run with_drive blank.disc wodim dev=/dev/sr0 -msinfo
	msinfo=$(cat out)
	run with_drive blank.disc genisoimage -quiet -R -C "$msinfo" -M /dev/sr0 -o second.iso "$trees/second"
	does wodim append "$kind" wodim dev=/dev/sr0 -multi -data -tao gracetime=2 second.iso && has_both wodim
	blank_disc "$kind"
	does cdrskin session "$kind" cdrskin dev=/dev/sr0 -multi -tao first.iso
	does cdrskin append "$kind" cdrskin dev=/dev/sr0 -multi -tao second.iso && has_both cdrskin
	blank_disc "$kind"
	does cdrdao session "$kind" cdrdao write --force --multi --device /dev/sr0 --driver generic-mmc -n "$toc"
	does cdrdao append "$kind" cdrdao write --device /dev/sr0 --driver generic-mmc -n "$toc"
	run with_drive blank.disc cdrskin dev=/dev/sr0 -toc
	printed "cdrdao, $kind: both sessions" "2 sessions, 2 tracks, closed"
}

# A BD-R with pseudo overwrite has but one session, whose begin growisofs writes again.
append_by_overwriting() {
	kind=bd-r
	blank_disc "$kind"
	does growisofs session "$kind" growisofs -use-the-force-luke=notray -Z /dev/sr0 -quiet -R "$trees/first"
	does growisofs append "$kind" growisofs -use-the-force-luke=notray -M /dev/sr0 -quiet -R "$trees/second"
	run with_drive blank.disc isoinfo -R -f -i /dev/sr0
	printed "growisofs, $kind: a file of the first session" /first.txt
	printed "growisofs, $kind: a file of the second session" /second.txt
	cannot cdrskin append "$kind" "burning failed" "libburn writes nothing to a BD-R with pseudo overwrite" \
		cdrskin dev=/dev/sr0 -multi "$image"
	echo "# done"
}

# Media that hold one session, and programs that write one.
append_nowhere() {
	kind=dvd-r-dl
	blank_disc "$kind"
	cannot cdrskin session "$kind" "multi session capability lacking" \
		"it holds one session, of a size known before" \
		cdrskin dev=/dev/sr0 -multi -tao "$image"
	does cdrskin burn "$kind" cdrskin dev=/dev/sr0 -sao "$image"
	cannot xorriso append "$kind" "Disc status unsuitable for writing" "it holds one session" \
		xorriso -dev /dev/sr0 -map "$trees/second" / -commit
	for kind in dvd-r dvd+r; do
		blank_disc "$kind"
		does cdrskin burn "$kind" cdrskin dev=/dev/sr0 "$image"
		cannot cdrskin append "$kind" "closed" "it was closed" cdrskin dev=/dev/sr0 -multi "$image"
		cannot wodim append "$kind" "wodim:" "it was closed" wodim dev=/dev/sr0 -multi -sao gracetime=2 "$image"
		cannot growisofs append "$kind" "not appendable" "it was closed" \
			growisofs -use-the-force-luke=notray -M /dev/sr0 -quiet -R "$trees/second"
		cannot cdrskin "blank fast" "$kind" "not erasable" "it can be written once" cdrskin dev=/dev/sr0 blank=fast
		holds "$kind is what it was" "$image"
	done
	echo "# done"
}

# burned WHAT: the disc can be burned again
burned() {
	does cdrskin "burn again" "$kind" cdrskin dev=/dev/sr0 "$image" && holds "$1" "$image"
}

blank_cd_rw() {
	kind=cd-rw
	blank_disc "$kind"
	for how in fast all; do
		burned "cdrskin, $kind"
		does cdrskin "blank $how" "$kind" cdrskin dev=/dev/sr0 blank=$how
		burned "blanked by cdrskin ($how), $kind"
		does wodim "blank $how" "$kind" wodim dev=/dev/sr0 gracetime=2 blank=$how
	done
	burned "blanked by wodim, $kind"
	does cdrdao blank "$kind" cdrdao blank --device /dev/sr0 --driver generic-mmc
	burned "blanked by cdrdao, $kind"
	does xorriso blank "$kind" xorriso -outdev /dev/sr0 -blank as_needed
	burned "blanked by xorriso, $kind"
	does wodim "blank session" "$kind" wodim dev=/dev/sr0 gracetime=2 blank=session
	burned "its session blanked by wodim, $kind"
	blank_disc cd-r
	kind=cd-r
	burned "cdrskin, $kind"
	cannot cdrskin "blank fast" "$kind" "media is not erasable" "it can be written once" cdrskin dev=/dev/sr0 blank=fast
	cannot wodim "blank fast" "$kind" "Illegal Request" "it can be written once" \
		wodim dev=/dev/sr0 gracetime=2 -force blank=fast
	echo "# done"
}

# Packets that can be written again, and an empty UDF file system in them.
format_cd_rw() {
	kind=cd-rw
	n_sectors=$(($(stat -c %s "$image") / 2048))
	blank_disc "$kind"
	for mode in mode1 mode2; do
		does cdrwtool "format, $mode" "$kind" cdrwtool -d /dev/sr0 -t 10 -q -w $mode
		run with_drive blank.disc blkid -p -s TYPE -o value /dev/sr0
		printed "formatted by cdrwtool, $kind, $mode: its file system" udf
		does cdrwtool "overwrite, $mode" "$kind" cdrwtool -d /dev/sr0 -t 10 -w $mode -o 1312 -f "$image"
		ok "overwritten by cdrwtool, $kind, $mode: all of it" with_drive blank.disc sh -c \
			"dd if=/dev/sr0 bs=2048 skip=1312 count=$n_sectors | cmp - '$image'"
	done
	does cdrskin "blank fast" "$kind" cdrskin dev=/dev/sr0 blank=fast
	burned "formatted and blanked, $kind"
	echo "# done"
}

blank_dvd_rw() {
	kind=dvd-rw
	blank_disc "$kind"
	for how in fast all; do
		burned "cdrskin, $kind"
		does cdrskin "blank $how" "$kind" cdrskin dev=/dev/sr0 blank=$how
		burned "blanked by cdrskin ($how), $kind"
		does wodim "blank $how" "$kind" wodim dev=/dev/sr0 gracetime=2 blank=$how
	done
	does dvd+rw-format "blank fast" "$kind" dvd+rw-format -blank /dev/sr0
	cannot cdrskin "burn -tao" "$kind" "no TAO offered" "minimally blanked it takes one session of a size known before" \
		cdrskin dev=/dev/sr0 -tao "$image"
	does growisofs "burn again" "$kind" growisofs -use-the-force-luke=notray -Z /dev/sr0="$image"
	holds "growisofs on what is blanked minimally, $kind" "$image"
	does dvd+rw-format "blank all" "$kind" dvd+rw-format -blank=full /dev/sr0
	does cdrskin "burn -tao" "$kind" cdrskin dev=/dev/sr0 -tao "$image" && holds "blanked by dvd+rw-format" "$image"
	does xorriso blank "$kind" xorriso -outdev /dev/sr0 -blank deformat
	burned "blanked by xorriso, $kind"
	echo "# done"
}

format_dvd_rw() {
	kind=dvd-rw
	blank_disc "$kind"
	does cdrskin "format quick" "$kind" cdrskin dev=/dev/sr0 blank=format_overwrite
	burned "formatted by cdrskin, $kind"
	does dvd+rw-format "format quick" "$kind" dvd+rw-format -force /dev/sr0
	does growisofs "burn again" "$kind" growisofs -use-the-force-luke=notray -Z /dev/sr0="$image"
	holds "formatted by dvd+rw-format, $kind" "$image"
	# What is written beyond its end makes it grow.
	does growisofs append "$kind" growisofs -use-the-force-luke=notray -M /dev/sr0 -quiet -R "$trees/second"
	does dvd+rw-format "format full" "$kind" dvd+rw-format -force=full /dev/sr0
	burned "formatted in full by dvd+rw-format, $kind"
	does dvd+rw-format "blank all" "$kind" dvd+rw-format -blank=full /dev/sr0
	does xorriso "format full" "$kind" xorriso -outdev /dev/sr0 -format full
	burned "formatted by xorriso, $kind"
	echo "# done"
}

format_others() {
	kind=dvd+rw
	blank_disc "$kind"
	does wodim format "$kind" wodim dev=/dev/sr0 gracetime=2 -format
	burned "formatted by wodim, $kind"
	does dvd+rw-format format "$kind" dvd+rw-format -force /dev/sr0
	burned "formatted by dvd+rw-format, $kind"
	kind=dvd-ram
	blank_disc "$kind"
	for spares in none default; do
		does dvd+rw-format "format -ssa=$spares" "$kind" dvd+rw-format -ssa=$spares /dev/sr0
		burned "formatted with spares: $spares, $kind"
	done
	does cdrskin format "$kind" cdrskin dev=/dev/sr0 blank=format_defectmgt
	burned "formatted by cdrskin, $kind"
	echo "# done"
}

format_bd() {
	for kind in bd-re bd-re-dl; do
		blank_disc "$kind"
		does cdrskin format "$kind" cdrskin dev=/dev/sr0 blank=format_if_needed
		for spares in none default max 1M; do
			does dvd+rw-format "format -ssa=$spares" "$kind" dvd+rw-format -ssa=$spares /dev/sr0
		done
		burned "formatted by dvd+rw-format, $kind"
		does dvd+rw-format "format full" "$kind" dvd+rw-format -force=full /dev/sr0
		does xorriso "format full" "$kind" xorriso -outdev /dev/sr0 -format full
		burned "formatted by xorriso, $kind"
	done
	kind=bd-r
	blank_disc "$kind"
	does cdrskin format "$kind" cdrskin dev=/dev/sr0 blank=format_defectmgt
	burned "formatted by cdrskin, $kind"
	cannot cdrskin format "$kind" "formatting failed" "it can be formatted once, before it is written" \
		cdrskin dev=/dev/sr0 blank=format_defectmgt
	blank_disc "$kind"
	cannot dvd+rw-format format "$kind" "illegal command-line option" "version 7.1 refuses its own option for BD-R" \
		dvd+rw-format -ssa=default /dev/sr0
	echo "# done"
}

part append-cd append cd-r cd-rw
part format-cd-rw format_cd_rw
part append-dvd-minus append dvd-r dvd-rw
part append-dvd-plus append dvd+r dvd+r-dl
part append-anywhere append dvd+rw dvd-ram dvd-rw-overwrite
part append-bd append bd-r bd-r-tl
part append-bd-re append bd-re bd-re-dl
part append-nowhere append_nowhere
part append-pow append_by_overwriting
part blank-cd blank_cd_rw
part blank-dvd blank_dvd_rw
part format-dvd-rw format_dvd_rw
part format-others format_others
part format-bd format_bd
end_parts
