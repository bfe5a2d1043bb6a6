#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# discern drives on a system whose udev knows the drives: their names come from its database, no drive is opened.
. "${srcdir:-.}/tests/support/functions.sh"
requires umockdev-run jq
"$discern" drives --json >/dev/null || exit 1
if [ -e /dev/sr0 ] || [ -e /dev/sr1 ]; then
	echo "# skipped: this machine has drives of its own"
	exit 77
fi

cat >system.umockdev <<'EOF'
P: /devices/pci0000:00/0000:00:1f.2/ata2/host1/target1:0:0/1:0:0:0/block/sr1
N: sr1
S: cdrom
E: DEVNAME=/dev/sr1
E: DEVLINKS=/dev/cdrom /dev/disk/by-id/wwn-0x5001480000000000 /dev/disk/by-id/ata-ASUS_DRW-24D5MT_K1D0CL123456
E: SUBSYSTEM=block
E: MAJOR=11
E: MINOR=1
E: ID_CDROM=1
E: ID_CDROM_MEDIA=1
E: ID_CDROM_MEDIA_DVD=1
E: ID_CDROM_MEDIA_DVD_PLUS_R=1
E: ID_BUS=ata
E: ID_VENDOR_ENC=ASUS\x20\x20\x20\x20
E: ID_MODEL_ENC=DRW-24D5MT\x20\x20\x20\x20\x20\x20
E: ID_REVISION=1.00
E: ID_SERIAL_SHORT=K1D0CL123456
A: dev=11:1

P: /devices/pci0000:00/0000:00:14.0/usb2/2-1/host6/target6:0:0/6:0:0:0/block/sr0
N: sr0
E: DEVNAME=/dev/sr0
E: SUBSYSTEM=block
E: MAJOR=11
E: MINOR=0
E: ID_CDROM=1
E: ID_BUS=usb
E: ID_VENDOR_ENC=HL-DT-ST
E: ID_MODEL_ENC=BD-RE\x20\x20BU40N
E: ID_MODEL=BD-RE_BU40N
E: ID_REVISION=1.03
A: dev=11:0

P: /devices/virtual/block/sr9x
N: sr9x
E: DEVNAME=/dev/sr9x
E: SUBSYSTEM=block
A: dev=11:99
EOF

with_udev() {
	umockdev-run --device=system.umockdev -- "$@"
}
# Built without libudev, discern asks the nodes, which here are none that answer.
run with_udev "$discern" drives --json
if [ "$(jq '.drives | length' out)" = 0 ]; then
	echo "# skipped: built without libudev, or umockdev does not reach it"
	exit 77
fi
equal "drives in the order of their numbers" "$(jq -rc '[.drives[].path]' out)" '["/dev/sr0","/dev/sr1"]'
equal "names as the drives have them" "$(jq -rc '[.drives[]|[.vendor,.product,.revision]]' out)" \
	'[["HL-DT-ST","BD-RE  BU40N","1.03"],["ASUS","DRW-24D5MT","1.00"]]'
equal "the bus" "$(jq -rc '[.drives[].bus]' out)" '["USB","ATA"]'
equal "the serial number" "$(jq -rc '[.drives[].serial]' out)" '[null,"K1D0CL123456"]'
equal "the name that stays" "$(jq -r '.drives[1].stable_path' out)" \
	/dev/disk/by-id/ata-ASUS_DRW-24D5MT_K1D0CL123456
equal "the medium" "$(jq -rc '[.drives[]|[.has_medium,.profile]]' out)" '[[false,null],[true,"DVD+R"]]'
ok "the same in words" with_udev "$discern" drives
printed "has the name" "sr1      ASUS DRW-24D5MT 1.00, ATA"
printed "and the one that stays" "         /dev/disk/by-id/ata-ASUS_DRW-24D5MT_K1D0CL123456"
