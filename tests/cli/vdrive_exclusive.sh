#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# O_EXCL between processes, as the kernel's block layer has it.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
head -c 4194304 /dev/urandom >one.iso
mkfifo hold

# Holds the drive with the flags given until the other end of the fifo is closed, meanwhile runs a command.
cat >meanwhile.sh <<'END'
flags=$1
shift
dd if=/dev/sr0 of=hold bs=1M iflag="$flags" 2>holder &
exec 3<hold
dd bs=1 count=1 <&3 >/dev/null 2>&1
code=0
"$@" || code=$?
exec 3<&-
wait
exit "$code"
END
meanwhile() {
	with_drive one.iso sh meanwhile.sh "$@"
}

exits 1 "a drive held exclusively is not given exclusively again" meanwhile excl,nonblock dd if=/dev/sr0 of=copy iflag=excl,nonblock
complained "it is busy" "Device or resource busy"
ok "without O_EXCL it can be opened" meanwhile excl,nonblock dd if=/dev/sr0 of=copy bs=64k
same "and read" copy one.iso
ok "a drive held, but not exclusively, can be had exclusively" meanwhile nonblock dd if=/dev/sr0 of=copy bs=64k iflag=excl
same "and read too" copy one.iso
# shellcheck disable=SC2016  # for the inner shell
ok "right after it was closed it is free again, fifty times" with_drive one.iso sh -c '
	for i in $(seq 50); do dd if=/dev/sr0 of=/dev/null count=1 iflag=excl 2>/dev/null || exit 1; done'
# shellcheck disable=SC2016
ok "so it is after the holder was killed" with_drive one.iso sh -c '
	dd if=/dev/sr0 of=hold bs=1M iflag=excl 2>/dev/null & holder=$!
	exec 3<hold; dd bs=1 count=1 <&3 >/dev/null 2>&1
	kill -9 "$holder"; wait "$holder"
	dd if=/dev/sr0 of=/dev/null count=1 iflag=excl 2>/dev/null'
