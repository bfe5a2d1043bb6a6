#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Copies of one disc in several drives at the same time, on a virtual clock; and one image in several drives, one after the other.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/rip.sh
. "$source_folder/tests/support/rip.sh"
requires_vdrive
requires_built ZSTD SNDFILE
requires jq openssl

head -c 96M /dev/zero | openssl enc -aes-128-ctr -K 00 -iv 00 >disc.img 2>/dev/null
n_all=49152

# copies RULES ARGUMENT…: discern rip of copies in sr0 and sr1, with faults one a line in a file
copies() {
	rules=$1
	shift
	run "$discern" vdrive run --virtual-clock --clock-file clock --drive sr0=disc.img,kind=dvd-rom \
		--drive "sr1=disc.img,kind=dvd-rom,product=OTHER" --faults "$rules" -- "$discern" rip -o out.iso "$@"
}

# told DRIVE KEY: what the clock file of the last run says
told() {
	sed -nE "s/^$1 (.* )?$2=([0-9]+).*/\2/p" clock
}

fresh() {
	rm -rf out.iso out.iso.*
}

# fact WHAT EXPRESSION EXPECTED: of out.iso.json
fact() {
	equal "$1" "$(jq -r "$2" out.iso.json)" "$3"
}

: >none

# ---- healthy ----

copies none sr0
alone=$(told sr0 seconds)
fresh
copies none -v sr0 sr1
equal "two drives" "$code" 0
printed "SHA-256 is told" "$(sha256sum <disc.img | cut -d ' ' -f 1)"
printed "and what each has read" "sr1      "
complained "with -v, where" "sr1: reads LBA 24576 to 49151, its share"
same "the image equals the disc" out.iso disc.img
absent "no other file stays" out.iso.part out.iso.map
# What both need for themselves, such as spinning up, is not halved: 4 seconds each.
[ $(($(told sr0 seconds) - 4)) -le $(((alone - 4) * 6 / 10)) ] && [ $(($(told sr1 seconds) - 4)) -le $(((alone - 4) * 6 / 10)) ]
equal "in about half the time: $(told sr0 seconds) and $(told sr1 seconds) of $alone s" $? 0
equal "each sector is read once, but for a few" $((($(told sr0 read_sectors) + $(told sr1 read_sectors)) / 500)) $((n_all / 500))
fact "each drive is a run" '[.runs[].drive.product] | join(" ")' "VIRTUAL DRIVE OTHER"
fact "with what it has read" '[.runs[].passes[].sectors] | add' "$n_all"
fact "both are complete" '[.runs[].outcome] | join(" ")' "complete complete"
fresh
copies none --json sr1 sr0
equal "JSON: drives in their order" "$(jq -r '[.drives[].product] | join(" ")' out)" "OTHER VIRTUAL DRIVE"
equal "JSON: sectors of each" "$(jq '[.drives[].sectors] | add' out)" "$n_all"
equal "JSON: nothing was amiss" "$(jq '[.drives[] | .errors, .error] | unique | tostring' out)" '"[null,0]"'
fresh

# ---- damage ----

cat >apart <<'END'
sr0: ring lba=4000-4799 severity=1 dead=1 seed=1
sr0: read lba=16-17 sense=3/11/05
sr1: ring lba=30000-30799 severity=1 dead=1 seed=2
sr1: read lba=40000 sense=3/11/05
END
copies apart sr0 sr1
equal "damage in different places" "$code" 0
same "together they have it all" out.iso disc.img
fact "what others could not read is a pass" '[.runs[].passes[] | select(.name == "copies" and .sectors > 0)] | length > 0' true
fact "failures are told of the drive that had them" '[.runs[].passes[].errors] | add > 0' true
fresh

cat >common <<'END'
sr0: read lba=4000-4099 sense=3/11/05
sr1: read lba=4050-4149 sense=3/11/05
sr1: read lba=30000 sense=3/11/05
END
copies common --retries 1 sr0 sr1
equal "what is bad in both" "$code" 3
printf '0x%08X  0x%08X  -\n' $((4050 * 2048)) $((50 * 2048)) >expected
grep -v '^#' out.iso.map | sed 1d | grep -v '+$' >found
same "is bad in the map, and nothing else" found expected
claims_are_true "bad in both" out.iso out.iso.map disc.img
if command -v ddrescuelog >/dev/null; then
	equal "ddrescuelog agrees" "$(ddrescuelog -b2048 -l- out.iso.map | wc -l)" 50
fi
echo 'sr0: read lba=4060 sense=3/11/05' >less
copies less sr0
equal "gone on with in one of them" "$code" 3
copies none sr1
equal "and in the other one" "$code" 0
same "to the end" out.iso disc.img
fact "every run is told, with its drive" '[.runs[] | .drive.product[0:5] + ":" + .outcome] | join(" ")' \
	"VIRTU:bad OTHER:bad VIRTU:bad OTHER:complete"
fresh

# ---- trouble ----

echo 'sr1: read skip=60 unplug' >unplug
copies unplug sr0 sr1
equal "a drive is unplugged" "$code" 0
complained "it is told" "sr1: gave out, the others go on"
printed "also in the end" "gave out: "
same "the other one reads all" out.iso disc.img
fact "and in the manifest" '[.runs[].outcome] | join(" ")' "complete failed"
fresh
echo 'sr0: any unplug' >mute
copies mute sr0 sr1
equal "a drive that never answers" "$code" 0
complained "is told" "/dev/sr0: INQUIRY: lost the connection to the drive; the others go on"
same "the other one reads all" out.iso disc.img
fresh
echo 'sr0: read unplug' >mute
copies mute --json sr0 sr1
equal "one that reads nothing" "$code" 0
complained "is told as well" "sr0: does not answer, the others go on"
equal "also in the result" "$(jq -c '[.drives[] | [.path, .sectors, .error != null]]' out)" \
	"[[\"/dev/sr0\",0,true],[\"/dev/sr1\",$n_all,false]]"
same "the other one reads all" out.iso disc.img
fresh
printf 'sr0: read skip=60 unplug\nsr1: read skip=90 remove\n' >both
copies both sr0 sr1
[ "$code" -ne 0 ]
equal "both give out" $? 0
claims_are_true "both gave out" out.iso.part out.iso.map disc.img
echo 'sr1: read skip=20 count=2 host=reset' >reset
copies reset sr1 sr0
equal "gone on with, with resets" "$code" 0
same "rightly" out.iso disc.img
fresh

printf 'sr0: ring lba=4000-5599 severity=1 dead=0.5 seed=2\nsr1: ring lba=4000-5599 severity=1 dead=1 seed=2\n' >long
copies long --max-time 1m sr0 sr1
equal "a limit of time" "$code" 8
[ "$(told sr0 seconds)" -ge 55 ] && [ "$(told sr0 seconds)" -le 110 ] && [ "$(told sr1 seconds)" -le 110 ]
equal "by the drives' clocks" $? 0
claims_are_true "limit of time" out.iso.part out.iso.map disc.img
copies none --compress gz sr1
equal "goes on in one drive, compressed" "$code" 0
gzip -dc out.iso.gz >plain
same "rightly" plain disc.img
rm plain
fresh

# ---- reading twice ----

cat >noisy <<'END'
sr0: read lba=9000 count=1 flip
sr1: read lba=40000-40001 sense=3/11/05
END
copies noisy --paranoid sr0 sr1
equal "reading twice" "$code" 0
printed "a wrong bit is found" "LBA 9000"
same "and mended" out.iso disc.img
[ "$(told sr0 read_sectors)" -lt $((n_all * 12 / 10)) ]
equal "one copy proves the other" $? 0
fresh

# ---- not the same disc ----

cp disc.img other.img
printf differs! | dd of=other.img bs=1 seek=$((24576 * 2048 + 9)) conv=notrunc 2>/dev/null
cp disc.img odd.img
printf differs! | dd of=odd.img bs=1 seek=$((24577 * 2048 + 9)) conv=notrunc 2>/dev/null

# different MEDIUM ARGUMENT…: with disc.img in sr0 and sr2, and MEDIUM in sr1
different() {
	medium=$1
	shift
	run "$discern" vdrive run --virtual-clock --drive sr0=disc.img,kind=dvd-rom --drive "sr1=$medium" \
		--drive sr2=disc.img,kind=dvd-rom -- "$discern" rip -o out.iso "$@"
}
different other.img,kind=dvd-rom sr1 sr0 sr2
equal "another edition" "$code" 7
complained "the odd one is named, and what differs" "/dev/sr1 holds another disc than /dev/sr0: sector 24576 differs"
different disc.img,kind=cd-rom sr0 sr1
equal "another kind of disc" "$code" 7
complained "is told" "a CD, not a DVD"
absent "no file is made" out.iso.part out.iso.map out.iso
different odd.img,kind=dvd-rom sr0 sr1
equal "copies that differ where no mark is" "$code" 0
complained "are found at the border" "the copies are not equal"
printed "and told" "LBA 24577"
ok "both readings are kept" test -s out.iso.disagree/24577-1.bin -a -s out.iso.disagree/24577-2.bin
fresh
exits 3 "a job" "$discern" vdrive run --virtual-clock --drive sr0=disc.img,kind=dvd-rom \
	--fault 'sr0: read lba=700 sense=3/11/05' -- "$discern" rip --retries 0 -o out.iso
different other.img,kind=dvd-rom sr1
equal "is not gone on with another edition" "$code" 7
complained "which is told" "begun with another disc: sector 24576 differs"
fresh

# ---- drives of other abilities: a CD with a checksum in each sector ----

head -c 20M disc.img >cd.img
cat >abilities <<'END'
sr0: read lba=2000-2009 sense=3/11/05
sr1: read lba=7000-7009 sense=3/11/05
sr1: 0xBE sense=5/20/00
END
run "$discern" vdrive run --virtual-clock --drive sr0=cd.img,kind=cd-rom,c2=no --drive sr1=cd.img,kind=cd-rom \
	--faults abilities -- "$discern" rip -o cd.iso sr0 sr1
equal "a drive without C2, and one without whole sectors" "$code" 0
same "have it all" cd.iso cd.img

# ---- wrong usage ----

exits 2 "no drive twice" "$discern" rip sr0 /dev/sr0
exits 2 "no audio" "$discern" rip --audio sr0 sr1
complained "and why" "drives begin audio at different samples"
exits 2 "no rest" "$discern" rip --cool-down=1m sr0 sr1
run "$discern" rip -o - sr0 sr1
equal "no stream" "$code" 2
complained "and why" "do not deliver the image in order"
exits 2 "no recording" "$discern" rip --record out.rec sr0 sr1
