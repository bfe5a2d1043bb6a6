#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What needs a kernel with SCSI: boots Debian's in QEMU (vm.sh) and runs the other scripts of this folder in it, or
# those that are named: run.sh [TOPIC…]. top_builddir is a folder where discern has been built. VM_DIR is where the
# kernel is kept, which is fetched with apt-get download.
set -eu
source_folder=$(cd "$(dirname "$0")/../.." && pwd)
build_folder=$(cd "${top_builddir:-.}" && pwd)
folder=${VM_DIR:-$build_folder/tests/kernel/vm}
first_topics="vdrive burn rip faults tgt" second_topics="udev peers qemu fbo udf"

missing() {
	if [ -n "${CI:-}" ]; then
		echo "not ok - $1"
		exit 1
	fi
	echo "# skipped: $1"
	exit 77
}

for program in qemu-system-x86_64 busybox cpio depmod dpkg apt-get xorrisofs genisoimage jq sg_inq udevadm cdrskin cdrwtool wodim \
	readom ddrescuelog zstd xorriso growisofs mkudffs perl eject /usr/lib/systemd/systemd-udevd tgtd iscsid tcmu-runner dbus-daemon; do
	PATH=$PATH:/usr/sbin:/sbin command -v "$program" >/dev/null || missing "$program is not installed"
done
[ -x "$build_folder/discern" ] || { echo "run.sh: discern is not built in $build_folder" >&2 && exit 1; }
PATH=$PATH:/usr/sbin:/sbin

# What the guest's drives hold. ide.iso is for QEMU's own, which call a medium DVD from 700 MB on.
media=$folder/media
rm -rf "$media"
mkdir -p "$media/tree/a folder"
head -c 4M /dev/urandom >"$media/tree/noise.bin"
head -c 1M /dev/urandom >"$media/tree/a folder/more noise.bin"
echo "a text" >"$media/tree/read me.txt"
# Smooth, so that cd-paranoia, which guesses the order of bytes by it, guesses right.
perl -e '
	my ($seed, @value) = (1, 0, 1000);
	for my $i (0 .. 900 * 1176 - 1) {
		$seed = ($seed * 1664525 + 1013904223) & 0xffffffff;
		$value[$i % 2] += ($seed >> 24) - 128;
		$value[$i % 2] = int($value[$i % 2] / 2) if abs($value[$i % 2]) > 20000;
		print pack("s<", $value[$i % 2]);
	}' >"$media/sound.raw"
xorrisofs -quiet -J -R -V KERNEL_TEST -o "$media/image.iso" "$media/tree" 2>/dev/null
genisoimage -quiet -udf -V UDF_TEST -o "$media/udf.iso" "$media/tree" 2>/dev/null
"$source_folder/tests/kernel/discs.sh" "$build_folder/discern" "$media/image.iso" "$media/discs.tar"

# boot FOLDER TOPIC…: runs the topics in a guest, which has two drives of QEMU: one on a parallel ATA cable, one on virtual
# SCSI. The ISO is not a multiple of 64 KiB.
boot() {
	local environment vm=$1
	shift
	environment="SOURCE=$source_folder BUILD=$build_folder MEDIA=$media TOPICS=$(echo "$*" | tr ' ' ,)"
	VM_DIR=$vm VM_SECONDS=${VM_SECONDS:-600} VM_ENV=$environment \
		"$source_folder/tests/kernel/vm.sh" "$source_folder/tests/kernel/guest.sh" \
		-drive "if=none,id=ide,file=$media/image.iso,format=raw,readonly=on,media=cdrom" \
		-device ide-cd,bus=ide.0,drive=ide,serial=QIDE \
		-device virtio-scsi-pci,id=scsi \
		-drive "if=none,id=scsicd,file=$media/udf.iso,format=raw,readonly=on,media=cdrom" \
		-device scsi-cd,bus=scsi.0,drive=scsicd,serial=QSCSI
}

if [ $# -gt 0 ]; then
	boot "$folder" "$@"
	exit
fi
# All of them, in two guests, each of which is busy for not much more than one processor.
VM_DIR=$folder "$source_folder/tests/kernel/vm.sh"
mkdir -p "$folder/second"
ln -sfn ../kernel "$folder/second/kernel"
# shellcheck disable=SC2086  # words
boot "$folder/second" $second_topics >"$folder/second/output" 2>&1 &
second=$!
code=0
# shellcheck disable=SC2086  # words
boot "$folder" $first_topics || code=$?
wait "$second" || code=$?
cat "$folder/second/output"
exit "$code"
