#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# O_EXCL between processes, as the kernel's block layer has it.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
requires python3
head -c 4194304 /dev/urandom >one.iso

# open.py FLAGS [PROGRAM…]: opens the drive, and runs the program while it is open, or copies the disc to "copy"
cat >open.py <<'END'
import os, shutil, subprocess, sys
flags = os.O_RDONLY
for word in sys.argv[1].split(","):
    flags |= {"plain": 0, "excl": os.O_EXCL, "nonblock": os.O_NONBLOCK}[word]
try:
    drive = os.open("/dev/sr0", flags)
except OSError as error:
    sys.exit(error.strerror)
if len(sys.argv) > 2:
    sys.exit(subprocess.run(sys.argv[2:]).returncode)
with open(drive, "rb") as disc, open("copy", "wb") as copy:
    shutil.copyfileobj(disc, copy)
END
meanwhile() {
	flags=$1
	shift
	rm -f copy
	with_drive one.iso python3 open.py "$flags" "$@"
}

exits 1 "a drive held exclusively is not given exclusively again" meanwhile excl,nonblock python3 open.py excl,nonblock
complained "it is busy" "Device or resource busy"
absent "and nothing is read" copy
ok "without O_EXCL it can be opened" meanwhile excl,nonblock python3 open.py plain
same "and read" copy one.iso
ok "a drive held, but not exclusively, can be had exclusively" meanwhile nonblock python3 open.py excl
same "and read too" copy one.iso
# shellcheck disable=SC2016  # for the inner shell
ok "right after it was closed it is free again, fifty times" with_drive one.iso sh -c '
	for i in $(seq 50); do python3 -S open.py excl true || exit 1; done'
# shellcheck disable=SC2016
ok "so it is after the holder was killed" with_drive one.iso sh -c '
	python3 open.py excl sh -c "kill -9 \$PPID"
	[ $? -eq 137 ] && python3 open.py excl'
same "and can be read" copy one.iso
