#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Data with proof: sectors of CDs that the drive gives up are mended, wrong data with good status is found by reading twice.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/rip.sh
. "$source_folder/tests/support/rip.sh"
requires_vdrive

# What is read twice is kept after each 32 MiB: one disc is larger.
head -c 40M /dev/zero | openssl enc -aes-128-ctr -K 00 -iv 00 >large.img 2>/dev/null
head -c 13M large.img >disc.img
lba=5000

# told KEY: what the clock file of the last run says
told() {
	sed -nE "s/^sr0 (.* )?$1=([0-9]+)(\.[0-9]+)?.*/\2\3/p" clock
}

# told_us: the seconds, in microseconds
told_us() {
	told seconds | sed 's/\.//; s/^0*//'
}

# on DRIVE RULE COMMAND…: the command with such a drive, on a virtual clock; RULE may be empty
on() {
	drive=$1
	rule=$2
	shift 2
	"$discern" vdrive run --virtual-clock --clock-file clock --drive "sr0=$drive" ${rule:+--fault "sr0: $rule"} -- "$@"
}

fresh() {
	rm -rf out.iso out.iso.map out.iso.part out.iso.disagree
}

# --- a CD without damage ---
ok "a CD is read as whole sectors" on disc.img,kind=cd-rom '' "$discern" rip --json -o out.iso
printed "with nothing mended" '"mended_sectors": 0'
printed "and nothing doubtful" '"doubtful_sectors": 0'
same "rightly" out.iso disc.img
raw_us=$(told_us)
fresh
ok "or as it was once" on disc.img,kind=cd-rom '' "$discern" rip --no-raw -o out.iso
same "as rightly" out.iso disc.img
plain_us=$(told_us)
[ $((raw_us * 100)) -le $((plain_us * 102)) ]
equal "whole sectors take no more time: $raw_us us, $plain_us us" $? 0
fresh

# --- scratches ---
scratch='scratch severity=0.8 dead=1 seed=3 width=4'
run on disc.img,kind=cd-rom "$scratch" "$discern" rip -v --json -o out.iso
equal "a scratched CD is read as a whole" "$code" 0
mended=$(sed -nE 's/.*"mended_sectors": ([0-9]+).*/\1/p' out)
[ "${mended:-0}" -gt 20 ]
equal "as sectors were mended: ${mended:-0}" $? 0
complained "each of which -v tells" "was mended"
printed "and JSON" '"mended_ranges": ['
same "rightly" out.iso disc.img
fresh
run on disc.img,kind=cd-rom "$scratch" "$discern" rip -o out.iso
printed "the report counts them" "$mended sectors were mended"
run on disc.img,kind=cd-rom "$scratch" "$discern" verify out.iso
equal "verify reads the same" "$code" 0
fresh
exits 3 "without whole sectors it cannot be read" on disc.img,kind=cd-rom "$scratch" \
	"$discern" rip --no-raw --retries 1 -o out.iso
claims_are_true "without whole sectors" out.iso out.iso.map disc.img
fresh
exits 1 "dd gives it up" on disc.img,kind=cd-rom "$scratch" dd if=/dev/sr0 of=dd.img bs=2048 status=none
if command -v readom >/dev/null; then
	run on disc.img,kind=cd-rom "$scratch" readom dev=/dev/sr0 f=readom.img retries=2 -noerror
	ok "readom loses sectors" sh -c '! cmp -s readom.img disc.img'
fi
if command -v ddrescue >/dev/null; then
	run on disc.img,kind=cd-rom "$scratch" ddrescue -b 2048 -r 1 /dev/sr0 ddrescue.img ddrescue.map
	ok "ddrescue loses sectors" sh -c '! cmp -s ddrescue.img disc.img'
fi

run on disc.img,kind=cd-rom,c2=no "ring lba=$lba-5029 severity=1 dead=1 seed=4" "$discern" rip -o out.iso
equal "without C2 pointers several copies make a sector" "$code" 0
printed "with which they are mended" "were mended"
same "rightly" out.iso disc.img
fresh
run on disc.img,kind=cd-rom "read lba=$lba flip=40" "$discern" rip -o out.iso
equal "wrong data with good status: the checksum finds it" "$code" 0
same "and it is mended" out.iso disc.img
fresh
run on disc.img,kind=cd-rom "read lba=$lba stale count=1" "$discern" rip -o out.iso
equal "and so does the address, when sectors of another place come" "$code" 0
same "and they are read again" out.iso disc.img
fresh
run on disc.img,kind=cd-rom "0xbe sense=5/20/00" "$discern" rip -o out.iso
equal "a drive that refuses whole sectors is asked for data" "$code" 0
same "and gives them" out.iso disc.img
fresh

# --- Mode 2 ---
printf 'FILE "disc.img" BINARY\nTRACK 01 MODE2/2048\nINDEX 01 00:00:00\n' >form1.cue
run on form1.cue "$scratch" "$discern" rip -o out.iso
equal "Mode 2 Form 1 is read as a whole" "$code" 0
printed "and mended" "were mended"
same "rightly" out.iso disc.img
fresh
if command -v cdrdao >/dev/null; then
	printf 'CD_ROM_XA\nTRACK MODE2_FORM1\nDATAFILE "disc.img"\n' >burn.toc
	ok "a blank" "$discern" vdrive create -m cd-r burned.disc
	ok "is burned with Mode 2 Form 1 by cdrdao" with_drive burned.disc \
		cdrdao write -n --device /dev/sr0 --driver generic-mmc burn.toc
	ok "and read as a whole, scratched" on burned.disc "$scratch" "$discern" rip -o out.iso
	printed "as it was mended" "were mended"
	same "rightly" out.iso disc.img
	fresh
fi
head -c $((2324 * 300)) disc.img >video.bin
head -c $((2048 * 300)) disc.img >data.bin
cat >video.cue <<END
FILE "data.bin" BINARY
  TRACK 01 MODE2/2048
    INDEX 01 00:00:00
FILE "video.bin" BINARY
  TRACK 02 MODE2/2324
    PREGAP 00:02:00
    INDEX 01 00:00:00
END
run on video.cue '' "$discern" rip -vv -o out.iso
complained "Form 2 is refused" "(5/64/00)"
fresh

# --- wrong data that nothing tells ---
run on disc.img,kind=dvd-rom "read lba=$lba flip count=1" "$discern" rip --paranoid --json -o out.iso
equal "read twice: a wrong bit" "$code" 0
printed "it is doubtful" '"doubtful_sectors": 1'
printed "the checksum is that of the right one" "\"sha256\": \"$(sha256sum <disc.img | cut -d ' ' -f 1)\""
same "is found and put right" out.iso disc.img
tail -c +$((lba * 2048 + 1)) disc.img | head -c 2048 >sector
ok "its readings are kept" cmp out.iso.disagree/$lba-2.bin sector
ok "also the wrong one" sh -c "! cmp -s out.iso.disagree/$lba-1.bin sector"
fresh
exits 3 "a sector that never agrees is bad" on disc.img,kind=dvd-rom "read lba=$lba flip=3" \
	"$discern" rip --paranoid --retries 0 -o out.iso
claims_are_true "never agrees" out.iso out.iso.map disc.img
equal "it alone" "$(grep -c -- '-$' out.iso.map)" 1
printed "and doubtful" "1 sector did not read the same each time"
fresh
run on disc.img,kind=dvd-rom "read lba=$lba stale count=1" "$discern" rip --paranoid -o out.iso
same "data of another place is found" out.iso disc.img
fresh
run on large.img,kind=dvd-rom '' "$discern" rip -o out.iso
once_us=$(told_us)
fresh
run on large.img,kind=dvd-rom '' "$discern" rip -v --paranoid -o out.iso
complained "past the cache" "past the drive's cache"
same "a good disc, read twice" out.iso large.img
[ "$(told_us)" -lt $((once_us * 23 / 10)) ]
equal "in little more than twice the time: $(told_us) us, $once_us us" $? 0
fresh
run on disc.img,kind=dvd-rom,fua=no "read lba=$lba flip count=1" "$discern" rip -v --paranoid -o out.iso
complained "a drive that ignores FUA is found out" "by reading 8 MiB elsewhere, after which reading takes the way back"
same "and read past its cache nevertheless" out.iso disc.img
fresh
run on disc.img,kind=dvd-rom "read lba=$lba flip count=1" "$discern" rip -v --paranoid -o out.iso
complained "as is that another heeds it" "by FUA, which the drive heeds"
fresh
run on large.img,kind=dvd-rom "read lba=19000-19100 delay=20000 count=3" "$discern" rip --paranoid --max-time 10s -o out.iso
equal "a stop" "$code" 8
claims_are_true "a stop" out.iso.part out.iso.map large.img
ok "goes on" on large.img,kind=dvd-rom '' "$discern" rip --paranoid -o out.iso
same "to the end" out.iso large.img
fresh

# --- what is read again without being asked ---
run on disc.img,kind=dvd-rom "read lba=$lba delay=400" "$discern" rip -v --json -o out.iso
complained "a slow place is read again" "slow, to be read again"
printed "and agrees" '"doubtful_sectors": 0'
equal "it alone" "$(sed -nE 's/.*"reread_sectors": ([0-9]+).*/\1/p' out)" 128
same "the image is right" out.iso disc.img
fresh
run on disc.img,kind=dvd-rom "read lba=$lba sense=1/17/01 count=1" "$discern" rip -v -o out.iso
complained "so is one with a recovered error" "the drive had trouble, to be read again"
fresh
