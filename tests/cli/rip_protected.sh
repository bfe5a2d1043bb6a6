#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Copy-protected discs: recognised before anything is read or made, and imaged as they are on wish.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/rip.sh
. "$source_folder/tests/support/rip.sh"
requires_vdrive
requires jq
make_iso disc.iso 6

# rip MEDIUM ARGUMENT…
rip() {
	medium=$1
	shift
	run with_drive "$medium" "$discern" rip -o out.iso "$@"
}

# refused KIND MEDIUM WORDS
refused() {
	rip "$2" --json
	equal "$1: refused" "$code" 6
	complained "$1: in a plain sentence" "this $3 is copy-protected ($1); discern does not remove protection"
	equal "$1: in JSON as well" "$(jq -r .error.exit_code "$work/out")" 6
	absent "$1: nothing is left" out.iso out.iso.part out.iso.map
	run with_drive "$2" "$discern" info
	printed "$1: discern info tells it" "copy-protected ($1)"
	run with_drive "$2" "$discern" info --json
	equal "$1: in JSON too" "$(jq -r .medium.protection_system "$work/out")" "$1"
}

ok "a dvd-ram" "$discern" vdrive create --quiet --media dvd-ram ram
ok "with data" with_drive ram "$discern" burn --quiet --yes disc.iso
css=disc.iso,kind=dvd-rom,protection=css:1000-1099:2000-2000
refused CSS "$css" DVD
refused CPRM ram,protection=cprm DVD
refused AACS disc.iso,kind=bd-rom,protection=aacs:1000-1099 "Blu-ray disc"
run with_drive "$css" "$discern" rip -o - 2>told
equal "a stream is refused as well" "$code" 6
equal "and nothing comes out" "$(wc -c <"$work/out")" 0

# --- as is ---
rip "$css" --as-is --json
equal "CSS as is: sectors are missing" "$code" 3
equal "all of them by protection" "$(jq -c '[.bad_sectors, .protected_sectors, .protection]' "$work/out")" '[101,101,"CSS"]'
complained "which is what is said" "keeps 101 sectors back because of copy protection"
claims_are_true "CSS as is" out.iso out.iso.map
equal "and the map has no more than that" "$(grep -c -- '-$' out.iso.map)" 2
run with_drive "$css" "$discern" rip -o out.iso --as-is --json
equal "again: the same" "$(jq -c '[.bad_sectors, .protected_sectors]' "$work/out")" '[101,101]'
rm -f out.iso out.iso.map

# Damage beside protection, and a drive that is not asked again and again.
run "$discern" vdrive run --virtual-clock --clock-file clock --drive "sr0=$css" --fault 'sr0: read lba=1600-1603 sense=3/11/05' \
	-- "$discern" rip -o out.iso --as-is --json
equal "protection and damage are told apart" "$(jq -c '[.bad_sectors, .protected_sectors]' "$work/out")" '[105,101]'
complained "also in words" "105 sectors could not be read"
claims_are_true "both" out.iso out.iso.map
rm -f out.iso out.iso.map
run with_drive "$css" "$discern" rip --record log -o out.iso --as-is
n_reads=$(grep -ciE '(^|[^0-9a-f])(28|a8)[ ]?00' log)
[ "$n_reads" -lt 400 ]
equal "refused sectors are asked for once ($n_reads reads)" $? 0
rm -f out.iso out.iso.map
with_drive "$css" "$discern" rip -o - --as-is --quiet >stream.iso 2>told
equal "a stream has zeros for them" "$(cmp -l stream.iso disc.iso | awk '$2 != 0' | wc -l) $(wc -c <stream.iso)" \
	"0 $(wc -c <disc.iso)"

run "$discern" vdrive run --drive "sr0=$css" --drive "sr1=$css" -- "$discern" rip -o out.iso --as-is --json sr0 sr1
equal "of copies the same is missing" "$(jq -c '[.bad_sectors, .protected_sectors]' "$work/out")" '[101,101]'
claims_are_true "copies" out.iso out.iso.map
rm -f out.iso out.iso.map

rip disc.iso,kind=bd-rom,protection=aacs:1000-1099 --as-is --json
equal "AACS as is: all can be read" "$code" 0
equal "but is encrypted" "$(jq -c '[.encrypted, .protection, .bad_sectors]' "$work/out")" '[true,"AACS",0]'
complained "as is said" "encrypted in the image"
rm -f out.iso
rip ram,protection=cprm --as-is --paranoid -v
equal "CPRM as is" "$code" 0
complained "reading twice is past the drive's cache here too" "past the drive's cache"
same "an unprotected file is as it was" out.iso disc.iso
rm -f out.iso

# --- discs that say nothing ---
mkdir -p film/VIDEO_TS copy/AACS
# A pack whose packet is scrambled, in each of eight sectors.
{
	printf '\000\000\001\272'
	head -c 16 /dev/zero
	printf '\060'
	head -c 2027 /dev/zero | tr '\000' x
} >pack
cat pack pack pack pack pack pack pack pack >film/VIDEO_TS/VTS_01_1.VOB
xorrisofs -quiet -V FILM -o film.iso film 2>xorrisofs.log
rip film.iso,kind=dvd-rom
equal "a disc with scrambled films that names no protection" "$code" 6
complained "is recognised by its sectors" "this DVD is copy-protected (CSS)"
absent "and nothing is left" out.iso out.iso.part out.iso.map
rip film.iso,kind=dvd-rom --as-is --json
equal "as is it is complete, and encrypted" "$code $(jq -c '[.encrypted, .bad_sectors]' "$work/out")" '0 [true,0]'
rm -f out.iso
tr '\060' '\000' <film/VIDEO_TS/VTS_01_1.VOB >plain.vob
mv plain.vob film/VIDEO_TS/VTS_01_1.VOB
xorrisofs -quiet -V FILM -o film.iso film 2>xorrisofs.log
rip film.iso,kind=dvd-rom
equal "films that are not scrambled are no reason" "$code" 0
rm -f out.iso
echo key >copy/AACS/MKBROM.AACS
xorrisofs -quiet -V COPY -o copy.iso copy 2>xorrisofs.log
for name in copy disc; do
	"$discern" vdrive create --quiet --media bd-r $name.bd && with_drive $name.bd "$discern" burn --quiet --yes $name.iso
done >/dev/null 2>&1
rip copy.bd,protection=aacs
equal "a recorded disc with a folder AACS" "$code" 6
rip disc.bd,protection=aacs
equal "one that could hold such content, but does not" "$code" 0
rm -f out.iso

exits 2 "no decryption is offered" "$discern" rip --decrypt
