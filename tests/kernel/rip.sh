#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# discern rip with the kernel's /dev/srN: damage, resets, a drive that is pulled out and plugged in under another name, limits,
# reading twice, mended sectors, sizes, protection, streams, audio, several drives, raw images, a station.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
: "${MEDIA:?from guest.sh}"
image=$MEDIA/image.iso
tar -xSf "$MEDIA/discs.tar"

# attach NAME DISC [OPTION…]: the drive's /dev/srN into $drive
attach() {
	name=$1
	disc=$2
	shift 2
	run "$discern" vdrive attach --json --name "$name" "$@" "$disc"
	drive=$(jq -r '.path' out 2>/dev/null)
	[ -b "$drive" ] || failed "attach $name" "$(cat err)"
}

detach() {
	"$discern" vdrive detach "$1" >/dev/null || failed "detach $1"
}

# ---- damage, by the map and by name ----

attach one "$image" --kind dvd-rom --virtual-clock --fault 'ring lba=1200-1263 severity=1 dead=0.5 seed=3' \
	--fault 'read skip=30 count=2 host=reset'
exits 3 "a ring of damage, and resets" "$discern" rip -v -o damaged.iso "$drive"
complained "each way of trying is told" "with the drive's own retries"
printed "and what it costs" "1 of 3 files is damaged"
ok "ddrescuelog reads the map" ddrescuelog -t damaged.iso.map
lost=$(ddrescuelog -b2048 -l- damaged.iso.map | sort -n)
equal "whole units are lost, in the ring" "$(echo "$lost" | awk '$1 < 1200 || $1 > 1263' | wc -l) $(($(echo "$lost" | wc -l) % 16))" "0 0"
good=$(ddrescuelog -b2048 -l+ damaged.iso.map | wc -l)
equal "all else is good" $((good + $(echo "$lost" | wc -l))) $(($(stat -c %s "$image") / 2048))
detach one
attach other "$MEDIA/udf.iso" --kind dvd-rom --fault 'read lba=700 count=1 sense=1/17/01'
exits 7 "another disc is not taken for this one" "$discern" rip -q -o damaged.iso "$drive"
complained "which is told" "another disc"
ok "a drive that had trouble" "$discern" rip -v --sums none -o other.iso "$drive"
complained "reads that again, to be compared" "that the drive had trouble with"
same "the image is the disc" other.iso "$MEDIA/udf.iso"
detach other
attach clean "$image" --kind dvd-rom
ok "in a drive that reads it, it is completed" "$discern" rip -q -o damaged.iso "$drive"
same "the image is the disc" damaged.iso "$image"

# ---- streams ----

ok "to standard output" sh -c "\"$discern\" rip -q -o - $drive | cmp - $image"
ok "compressed" "$discern" rip -q --compress zstd -o packed.iso "$drive"
ok "zstd unpacks it" sh -c "zstd -dcq packed.iso.zst | cmp - $image"
ok "compressed otherwise" "$discern" rip -q --compress gz -o packed.iso "$drive"
ok "gzip unpacks it" sh -c "gzip -dc packed.iso.gz | cmp - $image"
ok "compressed as small as can be" "$discern" rip -q --compress xz -o packed.iso "$drive"
ok "xz unpacks it" sh -c "xz -dc packed.iso.xz | cmp - $image"
detach clean

# ---- pulled out, and plugged in again ----

attach pulled "$image" --kind dvd-rom --fault 'read lba=1500-1600 unplug'
exec 5<"$drive"
first=$drive
"$discern" rip -o pulled.iso "$drive" >pulled.out 2>pulled.err &
ripper=$!
for _ in $(seq 200); do
	grep -q 'waiting for it' pulled.err && break
	sleep 0.1
done
detach pulled
attach pulled "$image" --kind dvd-rom
equal "it has another name then" "$([ "$drive" != "$first" ] && echo yes)" yes
wait "$ripper"
equal "the rip goes on with it" $? 0
exec 5<&-
contains "and says so" pulled.err "the drive is back as $drive, with the same disc in it"
same "the image is the disc" pulled.iso "$image"
detach pulled

# ---- limits ----

attach slow "$image" --kind dvd-rom --fault 'read lba=1000-1999 sense=3/11/05 delay=200'
exits 8 "a limit of time" "$discern" rip -q --max-time 2 -o limited.iso "$drive"
complained "is told" "as asked"
exits 8 "nothing more comes" "$discern" rip -q --stop-after-no-progress 1s -o limited.iso "$drive"
complained "which is told" "in which nothing more could be read"
"$discern" vdrive fault clear slow >/dev/null
ok "and the same command goes on" "$discern" rip -q -o limited.iso "$drive"
same "the image is the disc" limited.iso "$image"

# ---- read twice; mended ----

ok "wrong data with good status, once" "$discern" vdrive fault add slow 'read lba=700 count=1 flip'
ok "read twice" "$discern" rip --paranoid -o twice.iso "$drive"
printed "they disagree" "disagree"
same "the image is the disc" twice.iso "$image"
detach slow
attach cd "$image" --kind cd-rom --virtual-clock --fault 'ring lba=800-829 severity=1 dead=1 seed=4'
ok "dead sectors of a CD" "$discern" rip -o mended.iso "$drive"
printed "are mended by their own redundancy" "were mended"
same "the image is the disc" mended.iso "$image"
detach cd
printf 'FILE "%s" BINARY\n TRACK 01 MODE2/2048\n  INDEX 01 00:00:00\n' "$image" >form1.cue
attach form1 "$work/form1.cue" --virtual-clock --fault 'ring lba=800-829 severity=1 dead=1 seed=4'
ok "dead sectors of Mode 2, Form 1" "$discern" rip -o form1.iso "$drive"
printed "are mended as well" "were mended"
same "the image is the disc" form1.iso "$image"
detach form1
head -c $((300 * 2324)) /dev/urandom >form2.bin
{
	cat form1.cue
	printf 'FILE "form2.bin" BINARY\n TRACK 02 MODE2/2324\n  INDEX 00 00:00:00\n  INDEX 01 00:02:00\n'
} >forms.cue
attach forms "$work/forms.cue"
ok "Form 2, whole" "$discern" rip -q --raw -o whole "$drive"
# Byte 18 is the submode, of which bit 5 is set in Form 2 (ECMA-130, CD-ROM XA).
perl -0777 -ne 'for (unpack "(a2352)*") { print substr $_, 24, ord(substr $_, 18, 1) & 32 ? 2324 : 2048 }' whole.bin >user.bin
ok "holds the data of both forms" sh -c "cat $image form2.bin | cmp - user.bin"
detach forms

# ---- sizes ----

for disc in cd-r.appendable dvd+r.appendable dvd-rw.complete dvd+rw.complete dvd-ram.complete bd-r.complete bd-re.complete; do
	attach size "$disc"
	ok "$disc" "$discern" rip -q -o "$disc.iso" "$drive"
	same "$disc: right to the sector" "$disc.iso" "$image"
	detach size
done

# ---- protection ----

attach css "$image" --kind dvd-rom --fault 'protection=css:1000-1099'
exits 6 "a protected disc" "$discern" rip -o css.iso "$drive"
complained "is told" "CSS"
exits 3 "as it is" "$discern" rip --as-is --json -o css.iso "$drive"
equal "without what the drive keeps back" "$(jq .protected_sectors out)" 100
detach css

attach cprm dvd-ram.complete --fault 'protection=cprm'
exits 6 "a disc for recorders" "$discern" rip -o cprm.iso "$drive"
complained "is told" "CPRM"
detach cprm

attach aacs "$image" --kind bd-rom --fault 'protection=aacs:1000-1099'
exits 6 "another kind of protection" "$discern" rip -o aacs.iso "$drive"
complained "is told" "AACS"
detach aacs

# ---- bad by design ----

attach design "$image" --kind dvd-rom --virtual-clock --fault 'design count=40 length=1 dead=1 seed=3'
exits 3 "a disc that is bad by design" "$discern" rip --sums none -o design.iso "$drive"
complained "is recognised" "the disc seems to be made so"
detach design

# ---- audio; a CD-Extra, its raw image, and the image of its data ----

head -c $((2352 * 450)) /dev/zero | openssl enc -aes-128-ctr -K 05 -iv 00 2>/dev/null >sound.bin
printf 'FILE "sound.bin" BINARY\n TRACK 01 AUDIO\n  INDEX 01 00:00:00\n TRACK 02 AUDIO\n  INDEX 01 00:03:10\n' >extra.cue
genisoimage -quiet -R -V EXTRA -C 0,11850 -o extra.iso "$MEDIA/tree" 2>/dev/null
printf 'REM SESSION 02\nFILE "extra.iso" BINARY\n TRACK 03 MODE1/2048\n  INDEX 01 00:00:00\n' >>extra.cue
attach audio "$work/extra.cue" --fault 'read lba=100-300 jitter=300'
ok "audio, with jitter" "$discern" rip -q --audio --format cue -o audio "$drive"
same "every sample" audio/*.bin sound.bin
ok "a raw image" "$discern" rip -q --raw --subchannel -o raw "$drive"
ok "every sample is in it" cmp -n $((450 * 2352)) raw.bin sound.bin
"$discern" vdrive fault clear audio >/dev/null
ok "the disc is what its manifest tells" "$discern" verify --manifest raw.json "$drive"
ok "the data" "$discern" rip -o extra.img "$drive"
complained "the kernel can mount them" "mount -t iso9660 -o loop,sbsector=11850"
modprobe -a loop isofs
ok "as told" mount -t iso9660 -o ro,loop,sbsector=11850 extra.img /media/disc
ok "all files are there" diff -r "$MEDIA/tree" /media/disc
umount /media/disc
detach audio

# ---- copies of one disc in two drives ----

attach one "$image" --kind dvd-rom --fault 'read lba=1200-1231 sense=3/11/05'
one=$drive
attach two "$image" --kind dvd-rom --fault 'read lba=2000-2063 sense=3/11/05'
ok "in two drives at the same time" "$discern" rip -o copies.iso "$one" "$drive"
printed "each has read some" "${one#/dev/}      "
same "the image is the disc" copies.iso "$image"

# ---- a station: one disc is bad, the other one good ----

detach two
attach two "$MEDIA/udf.iso" --kind dvd-rom
"$discern" rip --watch --retries 0 -o station "$one" "$drive" >station.log 2>station.err &
station=$!
for _ in $(seq 300); do
	sleep 0.2
	[ "$(wc -l <station.log)" -ge 2 ] && "$discern" vdrive list >list.out && [ "$(grep -c open list.out)" -ge 2 ] && break
done
kill -INT "$station"
wait "$station"
equal "a station ends when it is told to" $? 130
equal "one disc is bad, the other one good" "$(awk '{ print $2, $3, $4 }' station.log | sort | tr '\n' ' ')" \
	"${one#/dev/} bad KERNEL_TEST.iso, ${drive#/dev/} good UDF_TEST.iso, "
contains "the good one was read again" station.log "verified"
same "its image is the disc" station/UDF_TEST.iso "$MEDIA/udf.iso"
equal "both came out" "$(grep -c open list.out)" 2
detach one
detach two
