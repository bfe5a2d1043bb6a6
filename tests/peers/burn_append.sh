#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# discern reads, verifies and appends to what other people's burners have left open, and they append to what it has left so.
# shellcheck disable=SC2016  # the scripts expand what stands in single quotes
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/media.sh
. "$source_folder/tests/support/media.sh"
requires_vdrive
requires cdrskin xorriso xorrisofs wodim growisofs cdrdao dvd+rw-mediainfo
make_iso one.iso 1 ONE
one=$PWD/one.iso
printf 'CD_ROM\nTRACK MODE1\nDATAFILE "%s"\n' "$one" >one.toc
toc=$PWD/one.toc
mkdir two
echo second >two/second.txt
# At once a track has at least four seconds.
truncate -s 600K two/long
two=$PWD/two
xorrisofs -quiet -o text.iso two 2>xorrisofs.log
text_iso=$PWD/text.iso
export text_iso
export discern one two toc

# Makes two.iso for the session to come, by what discern says of the disc.
cat >make_two.sh <<'END_OF_SCRIPT'
ms=$("$discern" info | sed -n 's/.*mkisofs -C \([0-9,]*\) .*/\1/p')
xorriso -as mkisofs -quiet -R -V TWO -C "$ms" -M /dev/sr0 -o two.iso "$two" 2>/dev/null
END_OF_SCRIPT
make_two=$PWD/make_two.sh
export make_two

# A first session by another program ($first), and one more by discern
cat >to_theirs.sh <<'END_OF_SCRIPT'
set -e
eval "$first" >first.log 2>&1
"$discern" verify --session=1 "$one" >/dev/null
. "$make_two"
"$discern" burn --append -q two.iso >append.out
"$discern" verify --session=1 "$one" >/dev/null
"$discern" verify --session=last two.iso >/dev/null
xorriso -osirrox on -indev /dev/sr0 -extract / tree >/dev/null 2>&1
END_OF_SCRIPT
# The other way round; $second burns two.iso
cat >to_ours.sh <<'END_OF_SCRIPT'
set -e
"$discern" burn --multi -q "$one" >first.log
. "$make_two"
eval "$second" >second.log 2>&1
"$discern" verify --session=1 "$one" >/dev/null
"$discern" verify --session=last two.iso >/dev/null
xorriso -osirrox on -indev /dev/sr0 -extract / tree >/dev/null 2>&1
END_OF_SCRIPT
theirs=$PWD/to_theirs.sh
ours=$PWD/to_ours.sh

has_both() {
	same "$1: a file of the second session" tree/second.txt "$two/second.txt"
	contains "$1: a file of the first session" "tree/read me.txt" "a text"
	chmod -R u+w tree
	rm -r tree
}

# to_theirs PROGRAM MEDIUM COMMAND
to_theirs() {
	kind=$2
	blank_disc "$kind"
	first=$3
	export first
	does "discern after $1" append "$kind" sh "$theirs" && has_both "discern after $1, $kind"
}

to_ours() {
	kind=$2
	blank_disc "$kind"
	second=$3
	export second
	does "$1 after discern" append "$kind" sh "$ours" && has_both "$1 after discern, $kind"
}

# What each program does with a first session, and with two.iso as the second; those that are not named cannot
theirs_of() {
	case $1:$2 in
	cdrskin:*) echo 'cdrskin dev=/dev/sr0 -multi -tao "$one"' ;;
	xorriso:*) echo 'xorriso -as cdrecord dev=/dev/sr0 -multi "$one"' ;;
	wodim:cd*) echo 'wodim dev=/dev/sr0 -multi -tao gracetime=2 "$one"' ;;
	cdrdao:cd*) echo 'cdrdao write --force --multi --device /dev/sr0 --driver generic-mmc -n "$toc"' ;;
	growisofs:[db]*)
		echo 'growisofs -use-the-force-luke=notray -use-the-force-luke=spare:none -Z /dev/sr0="$one"' ;;
	esac
}

seconds_of() {
	case $1:$2 in
	cdrskin:*) echo 'cdrskin dev=/dev/sr0 -multi -tao two.iso' ;;
	xorriso:*) echo 'xorriso -as cdrecord dev=/dev/sr0 -multi two.iso' ;;
	wodim:cd*) echo 'wodim dev=/dev/sr0 -multi -tao gracetime=2 two.iso' ;;
	cdrdao:cd*)
		printf '%s\n' 'printf "CD_ROM\nTRACK MODE1\nDATAFILE \"%s\"\n" "$PWD/two.iso" >two.toc' \
			'cdrdao write --force --device /dev/sr0 --driver generic-mmc -n two.toc' ;;
	growisofs:[db]*) echo 'growisofs -use-the-force-luke=notray -C "$ms" -M /dev/sr0=two.iso' ;;
	esac
}

over_of() {
	case $1 in
	cdrskin) echo 'cdrskin dev=/dev/sr0 blank=as_needed "$one"' ;;
	xorriso) echo 'xorriso -as cdrecord dev=/dev/sr0 blank=as_needed "$one"' ;;
	growisofs) echo 'growisofs -use-the-force-luke=notray -use-the-force-luke=tty -Z /dev/sr0="$one"' ;;
	esac
}

# pairs MEDIUM THEIRS SECONDS: programs whose first session we append to, and those that append to ours; of all if
# DISCERN_PAIRS is set, which takes some minutes
pairs() {
	kind=$1
	theirs_words=$2
	seconds_words=$3
	if [ -n "${DISCERN_PAIRS:-}" ]; then
		theirs_words='cdrskin xorriso wodim cdrdao growisofs'
		seconds_words=$theirs_words
	fi
	for program in $theirs_words; do
		command=$(theirs_of "$program" "$kind")
		[ -z "$command" ] || to_theirs "$program" "$kind" "$command"
	done
	for program in $seconds_words; do
		command=$(seconds_of "$program" "$kind")
		[ -z "$command" ] || to_ours "$program" "$kind" "$command"
	done
}

on_cd() {
	pairs cd-r 'cdrskin cdrdao' cdrskin
	pairs cd-rw wodim wodim
	echo "# done"
}

on_dvd() {
	pairs dvd-r cdrskin ''
	pairs dvd+r growisofs xorriso
	pairs dvd-rw xorriso cdrskin
	pairs dvd+r-dl '' ''
	echo "# done"
}

on_bd() {
	pairs bd-r growisofs cdrskin
	[ -z "${DISCERN_PAIRS:-}" ] || pairs bd-r-dl '' ''
	kind=bd-r
	blank_disc "$kind"
	run with_drive blank.disc growisofs -use-the-force-luke=notray -Z /dev/sr0="$one"
	cannot discern append "$kind" "pseudo overwrite" "libburn writes nothing to a BD-R with pseudo overwrite" \
		"$discern" burn --append --any-file "$one"
	does discern verify "$kind" "$discern" verify --session=1 "$one"
	echo "# done"
}

# What others burn where anything can be written again, discern verifies and burns over, and they burn over that.
on_overwritable() {
	for kind in dvd+rw dvd-ram bd-re dvd-rw-overwrite; do
		for program in cdrskin xorriso growisofs; do
			first=$(over_of "$program")
			blank_disc "$kind"
			export first
			does "discern after $program" overwrite "$kind" sh -e -c '
				eval "$first"
				"$discern" verify "$one"
				"$discern" burn --yes --overwrite --no-receipt "$text_iso"
				eval "$first"
				"$discern" verify "$one"'
		done
	done
	echo "# done"
}

# What discern formats, dvd+rw-mediainfo understands, and growisofs burns; and discern blanks what they burned.
on_others() {
	for kind in dvd-rw bd-re; do
		blank_disc "$kind"
		does discern format "$kind" "$discern" format
		run with_drive blank.disc dvd+rw-mediainfo /dev/sr0
		case $kind in
		dvd-rw) printed "$kind: dvd+rw-mediainfo knows how it is formatted" "DVD-RW Restricted Overwrite" ;;
		bd-re) printed "$kind: dvd+rw-mediainfo knows its spare areas" "formatted:" ;;
		esac
		does growisofs burn "$kind" growisofs -use-the-force-luke=notray -Z /dev/sr0="$one"
		does discern verify "$kind" "$discern" verify "$one"
		does discern blank "$kind" "$discern" blank --yes
		does cdrskin burn "$kind" cdrskin dev=/dev/sr0 "$one" && holds "cdrskin on what discern blanked" "$one"
	done
	echo "# done"
}

part cd on_cd
part dvd on_dvd
part bd on_bd
part others on_others
[ -z "${DISCERN_PAIRS:-}" ] || part overwritable on_overwritable
end_parts
