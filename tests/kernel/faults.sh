#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Faults of our drive as the kernel's /dev/srN: rules that change while it runs, its clock, a loose wire, and unplugging.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
: "${MEDIA:?from guest.sh}"
image=$MEDIA/image.iso

# device NAME: the /dev/srN of an attached drive
device() {
	"$discern" vdrive list --json | jq -r ".drives[] | select(.name == \"$1\").path"
}

# ---- faults, also while it runs, and a clock ----

# read_sector LBA-IN-HEX DEVICE [SECONDS]: one READ(10) that tells status and host status
read_sector() {
	run sg_raw -v -t "${3:-30}" -r 2048 "$2" 28 00 00 00 "${1%??}" "${1#??}" 00 00 01 00
}

# fails_to_read WHAT: read_sector has failed
fails_to_read() {
	equal "$1" "$([ "$code" -ne 0 ] && echo yes)" yes
}

: >rules
ok "attach with a file of faults" "$discern" vdrive attach --name faulty --faults rules --virtual-clock \
	--clock-file clock "$image,kind=dvd-rom,product=A FAULTY ONE,serial=F1"
faulty=$(device faulty)
ok "info" "$discern" info "$faulty"
printed "the kind of the image is as given" "DVD-ROM"
ok "sg_inq" sg_inq "$faulty"
printed "its product as well" "A FAULTY ONE"
read_sector 0300 "$faulty"
equal "a sector" "$code" 0
ok "a fault is added" "$discern" vdrive fault add faulty read lba=768 sense=3/11/05
ok "and another" "$discern" vdrive fault add faulty 'read lba=770 sense=3/02/00'
read_sector 0300 "$faulty"
fails_to_read "it is there at once"
read_sector 0301 "$faulty"
equal "for this sector" "$code" 0
ok "list" "$discern" vdrive fault list faulty
equal "both are listed" "$(grep -c sense= out)" 2
ok "remove one" "$discern" vdrive fault remove faulty 1
read_sector 0300 "$faulty"
equal "it is gone" "$code" 0
read_sector 0302 "$faulty"
fails_to_read "the other one is not"
ok "clear" "$discern" vdrive fault clear faulty
read_sector 0302 "$faulty"
equal "now it is" "$code" 0
exits 1 "a rule that is not there" "$discern" vdrive fault remove faulty 1
exits 2 "a rule that is none" "$discern" vdrive fault add faulty read sometimes
echo 'read lba=768 sense=3/11/05' >rules
read_sector 0300 "$faulty"
fails_to_read "a rule in the file holds at once"
echo 'read nonsense' >rules
read_sector 0300 "$faulty"
fails_to_read "a file that is wrong changes nothing"
ok "list" "$discern" vdrive list
printed "it is told" "had no effect"
: >rules
read_sector 0300 "$faulty"
equal "an empty file has no rules" "$code" 0
ok "a rule that takes an hour" "$discern" vdrive fault add faulty 'read lba=768 delay=3600000 count=1'
read_sector 0300 "$faulty"
equal "takes no time on a virtual clock" "$code" 0
ok "list" "$discern" vdrive list
printed "the clock is told" "by the drive's clock"
sleep 1
[ "$(sed -nE 's/^faulty seconds=([0-9]+).*/\1/p' clock)" -ge 3600 ]
equal "the clock's file says it while it runs" $? 0

# ---- what happens on the way to the drive ----

ok "the wire is loose" "$discern" vdrive fault add faulty 'read lba=768 host=gone count=1'
read_sector 0300 "$faulty"
fails_to_read "a command does not get through"
grep -qiE 'host_status=0x0?e|DID_TRANSPORT_DISRUPTED' out err
equal "as a host status" $? 0
# The server mends the wire behind that command, maybe a moment after the one that asked for it has gone on.
for _ in 1 2 3 4 5 6 7 8 9 10; do
	read_sector 0300 "$faulty"
	[ "$code" -ne 0 ] || break
	sleep 0.1
done
equal "a later one does" "$code" 0
ok "a reset" "$discern" vdrive fault add faulty 'read lba=768 host=reset count=1'
read_sector 0300 "$faulty"
fails_to_read "is seen as well"
ok "a slow drive" "$discern" vdrive attach --name tardy --fault 'read lba=768 delay=40000 count=1' "$image"
tardy=$(device tardy)
begun=$SECONDS
read_sector 0300 "$tardy" 3
fails_to_read "nobody waits for it longer than wanted"
[ $((SECONDS - begun)) -lt 35 ]
equal "the command was given up" $? 0
read_sector 0300 "$tardy" 60
equal "then it works" "$code" 0

# ---- unplugged ----

# gone DEVICE: within 20 seconds the kernel has it no more
gone() {
	for _ in $(seq 200); do
		[ -e "/sys/block/${1#/dev/}" ] || return 0
		sleep 0.1
	done
	return 1
}

ok "a drive to be pulled out" "$discern" vdrive attach --name pulled --fault 'read lba=1500-1600 unplug' "$image"
pulled=$(device pulled)
mount -t iso9660 -o ro "$pulled" /media/disc
exits 1 "reading fails" dd if="$pulled" of=/dev/null bs=64k skip=46 count=10
ok "the device vanishes" gone "$pulled"
run diff -r "$MEDIA/tree" /media/disc
equal "its files cannot be read" "$([ "$code" -ne 0 ] && echo yes)" yes
umount /media/disc
ok "list" "$discern" vdrive list
printed "it is told" "pulled"
printed "why" "unplugged by a fault"
exits 1 "it takes no disc" "$discern" vdrive insert pulled "$image"
complained "what to do is told" "discern vdrive detach pulled"
ok "detach it" "$discern" vdrive detach pulled
ok "a blank disc" "$discern" vdrive create --media dvd+r --sectors 8192 burned.disc
ok "a burner to be pulled out" "$discern" vdrive attach --name pulled --fault 'write lba=1000-1100 unplug' burned.disc
pulled=$(device pulled)
run timeout 100 "$discern" burn --yes "$image" "$pulled"
equal "the burn fails" "$code" 1
absent_words=$(grep -cE '^(good|burned)' out)
equal "and is not called good" "$absent_words" 0
ok "the device vanishes" gone "$pulled"
ok "detach it" "$discern" vdrive detach pulled
ok "plug it in again" "$discern" vdrive attach --name pulled burned.disc
ok "info" "$discern" info "$(device pulled)"
printed "the disc was begun" "appendable"
ok "detach it again" "$discern" vdrive detach pulled
ok "detach all" "$discern" vdrive detach all
