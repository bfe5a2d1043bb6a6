#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The drive as a block device: bad sectors, its end, slow commands, programs that end badly.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
head -c 2097152 /dev/urandom >one.iso

with_fault() {
	rule=$1
	shift
	"$discern" vdrive run --drive sr0=one.iso --fault "sr0: $rule" -- "$@"
}

exits 1 "a bad sector ends a reading" with_fault 'read lba=100 sense=3/11/05' dd if=/dev/sr0 of=copy bs=1M
complained "with an error" "Input/output error"
head -c 204800 one.iso >expected
same "all before it was read" copy expected
ok "the sectors behind it are there" with_fault 'read lba=100 sense=3/11/05' dd if=/dev/sr0 of=copy bs=2048 skip=101
tail -c +206849 one.iso >expected
same "and right" copy expected
ok "a sector that fails once is read by the second try" with_fault 'read lba=100 sense=3/11/05 count=1' cp /dev/sr0 copy
same "and right" copy one.iso
ok "a reading across the end is cut" with_drive one.iso dd if=/dev/sr0 of=copy bs=3000
same "where the medium ends" copy one.iso
run with_drive one.iso dd if=/dev/sr0 of=copy bs=2048 skip=1024 count=1
equal "behind the end there is nothing" "$(wc -c <copy)" 0
exits 1 "a pressed disc is not written" with_drive one.iso dd if=one.iso of=/dev/sr0 bs=2048 count=1 conv=notrunc
complained "as it cannot be" "Read-only file system"

# One drive is slow, the other not: the second one does not wait.
# shellcheck disable=SC2016  # for the inner shell
ok "a slow drive does not hold up another" "$discern" vdrive run --drive sr0=one.iso --drive sr1=one.iso \
	--fault 'sr0: read delay=2000 count=1' -- sh -c '
	dd if=/dev/sr0 of=slow bs=64k count=1 2>/dev/null & slow=$!
	dd if=/dev/sr1 of=fast bs=64k 2>/dev/null && [ ! -s slow ] && wait "$slow" && [ -s slow ]'
same "which was read" fast one.iso
start=$(date +%s)
ok "a program that leaves a slow command behind does not keep discern" "$discern" vdrive run --drive sr0=one.iso \
	--fault 'sr0: read delay=60000' -- sh -c 'dd if=/dev/sr0 of=/dev/null count=1 2>/dev/null & sleep 0.2'
[ $(($(date +%s) - start)) -lt 30 ]
equal "as its end ends all waiting" $? 0
