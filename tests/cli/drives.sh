#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# discern drives, and how a drive is opened: by which names, who holds it, who may, what a recording tells.
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
requires jq python3

make_iso disc.iso 1 DRIVES_TEST
"$discern" vdrive create --media=dvd+r blank.disc >/dev/null || exit 1
export discern

two() {
	"$discern" vdrive run --drive sr3=disc.iso,vendor=ACME,product=WRITER --drive sr0= -- "$@"
}
ok "drives are listed" two "$discern" drives
silent "without complaints"
printed "with their names" "sr3      ACME WRITER"
printed "and what is in them" "no disc"
ok "as JSON too" two "$discern" drives --json
equal "in the order of their numbers" "$(jq -rc '[.drives[].path]' out)" '["/dev/sr0","/dev/sr3"]'
equal "with the kind of medium" "$(jq -rc '[.drives[]|[.has_medium,.profile]]' out)" '[[false,null],[true,"CD-ROM"]]'
equal "and who uses them" "$(jq -rc '[.drives[].holder]' out)" '[null,null]'
exits 2 "an operand is wrong usage" "$discern" drives sr0

# Somebody else has it.
cat >holder.py <<-'EOF'
	import os, subprocess, sys
	fd = os.open("/dev/sr0", os.O_RDWR | os.O_EXCL | os.O_NONBLOCK)
	sys.exit(subprocess.run(sys.argv[1:]).returncode)
	import os, subprocess, sys
	fd = os.open("/dev/sr0", os.O_RDWR | os.O_EXCL | os.O_NONBLOCK)
	sys.exit(subprocess.run(sys.argv[1:]).returncode)
EOF
ok "a drive in use is listed" with_drive disc.iso python3 holder.py "$discern" drives --json
equal "with its holder" "$(jq -r '.drives[0].holder' out | sed 's/process [0-9]*/process N/')" "python3 (process N)"
equal "and is not asked anything" "$(jq -r '.drives[0].vendor' out)" null
exits 1 "a drive in use cannot be opened" with_drive disc.iso python3 holder.py "$discern" info sr0
complained "and who holds it is named" "/dev/sr0: in use: python3 (process "

cat >brief.py <<-'EOF'
	import os, subprocess, sys, time
	fd = os.open("/dev/sr0", os.O_RDWR | os.O_EXCL | os.O_NONBLOCK)
	process = subprocess.Popen(sys.argv[1:])
	time.sleep(0.2)
	os.close(fd)
	sys.exit(process.wait())
EOF
ok "one who holds it for a moment is waited for" with_drive disc.iso python3 brief.py "$discern" info sr0

# Names.
cat >names.sh <<-'EOF'
	ln -s /dev/sr0 link && ln -s link link2 || exit 1
	for name in sr0 /dev/sr0 ./link2; do
		"$discern" info --json "$name" | jq -r .drive.path >>names.out || exit 1
	done
EOF
ok "a drive has several names" with_drive disc.iso sh names.sh
equal "which all are the same drive" "$(sort -u names.out)" "/dev/sr0"
exits 1 "no such drive" with_drive disc.iso "$discern" eject sr7
complained "is said" "sr7: no such drive"
complained "with the remedy" '"discern drives" lists'
exits 1 "a file is no drive" with_drive disc.iso "$discern" eject "$work/disc.iso"
complained "and is told from one" "not an optical drive"

# Permission.
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	chmod 755 "$work"
	nobody() {
		with_drive disc.iso,mode=0660 setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
	}
	if nobody "$discern" --version >/dev/null 2>&1; then
		exits 1 "no permission" nobody "$discern" info sr0
		complained "is said" "/dev/sr0: no permission to use this drive"
		complained "with the group to join" "usermod -aG cdrom"
		ok "the drive is listed all the same" nobody "$discern" drives --json
		equal "as one that this user may not use" "$(jq -c '.drives[0]|[.may_read,.may_write]' out)" '[false,false]'
		burn_as_reader() {
			with_drive blank.disc,mode=0664 setpriv --reuid=65534 --regid=65534 --clear-groups \
				"$discern" burn --dry-run "$work/disc.iso"
		}
		exits 1 "reading alone is not enough to burn" burn_as_reader
		complained "is said" "/dev/sr0: you may read this drive, but not burn with it"
		complained "with the group to join" "usermod -aG cdrom"
		with_drive disc.iso,mode=0600 setpriv --reuid=65534 --regid=65534 --clear-groups "$discern" info sr0 \
			2>err
		complained "no group is named that would not help" "sudo chgrp cdrom /dev/sr0 && sudo chmod 660 /dev/sr0"
	fi
fi

# A recording has our commands, libburn's log and libburn's messages, and keeps the contents of the disc out.
ok "a recording is made" with_drive blank.disc "$discern" info --record=recording sr0
silent "and libburn's log does not go to stderr"
contains "it has our commands" recording "op=READ_DISC_INFORMATION cdb=51000000"
contains "and libburn's" recording "# GET PERFORMANCE"
contains "and what libburn says" recording "# libburn DEBUG"
ok "one of a disc with data" with_drive disc.iso "$discern" info --record=recording sr0
contains "has no sectors in it" recording " sha256="
if grep -q "4344303031" recording; then
	failed "not even the volume descriptor"
else
	passed "not even the volume descriptor"
fi

cp disc.iso precious.iso
exits 1 "no other file is overwritten by a recording" with_drive disc.iso "$discern" info --record=precious.iso sr0
complained "is said" "precious.iso: exists already, and is no recording"
same "it is as it was" disc.iso precious.iso
ok "a recording that cannot be written does not stop the job" with_drive disc.iso "$discern" info --record=/dev/full sr0
complained "but is told" "/dev/full: the recording is not complete: No space left on device"
exits 2 "where no drive is used, nothing is recorded" "$discern" info --record=recording disc.iso

# Trouble.
with_fault() {
	"$discern" vdrive run --drive "sr0=$1" --fault "sr0: $2" -- "$discern" info --json sr0
}
ok "a drive that gets ready slowly is waited for" with_fault disc.iso "0x00 sense=2/04/01 count=3"
ok "a disc that was just put in is taken" with_fault disc.iso "0x00 sense=6/28/00 count=2"
for command in 0x51 0x46 0x25 0x43 0x52; do
	ok "a disc is described without an answer to $command" with_fault disc.iso "$command sense=3/11/00"
done
ok "a disc that libburn cannot take" with_fault blank.disc "0x5a host=1"
exits 1 "a drive that is lost" with_fault disc.iso "any host=1"
complained "is said to be" "lost the connection to the drive"
exits 1 "a drive that hangs" with_fault disc.iso "any host=3"
complained "is said to hang" "did not answer in time"
