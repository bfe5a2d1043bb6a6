#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# discern rip with the kernel's /dev/srN: damage, resets, a drive that is pulled out and plugged in under another name, limits,
# reading twice, mended sectors, sizes, protection, streams, audio.
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
printed "and what it costs" "files are damaged"
ok "ddrescuelog reads the map" ddrescuelog -t damaged.iso.map
lost=$(ddrescuelog -b2048 -l- damaged.iso.map | sort -n)
equal "whole units are lost, in the ring" "$(echo "$lost" | awk '$1 < 1200 || $1 > 1263' | wc -l) $(($(echo "$lost" | wc -l) % 16))" "0 0"
good=$(ddrescuelog -b2048 -l+ damaged.iso.map | wc -l)
equal "all else is good" $((good + $(echo "$lost" | wc -l))) $(($(stat -c %s "$image") / 2048))
detach one
attach clean "$image" --kind dvd-rom
ok "in a drive that reads it, it is completed" "$discern" rip -q -o damaged.iso "$drive"
same "the image is the disc" damaged.iso "$image"

# ---- streams ----

ok "to standard output" sh -c "\"$discern\" rip -q -o - $drive | cmp - $image"
ok "compressed" "$discern" rip -q --compress zstd -o packed.iso "$drive"
ok "zstd unpacks it" sh -c "zstd -dcq packed.iso.zst | cmp - $image"
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

# ---- sizes ----

for disc in cd-r.appendable dvd+r.appendable dvd+rw.complete bd-r.complete; do
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

# ---- audio ----

head -c $((2352 * 450)) /dev/zero | openssl enc -aes-128-ctr -K 05 -iv 00 2>/dev/null >sound.bin
printf 'FILE "sound.bin" BINARY\n TRACK 01 AUDIO\n  INDEX 01 00:00:00\n TRACK 02 AUDIO\n  INDEX 01 00:03:10\n' >sound.cue
attach audio "$work/sound.cue" --fault 'read lba=100-300 jitter=300'
ok "an audio disc, with jitter" "$discern" rip -q --audio --format cue -o audio "$drive"
same "every sample" audio/*.bin sound.bin
detach audio
