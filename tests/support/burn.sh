# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh disable=SC2154  # functions.sh sets discern, code and work
# For the tests of discern burn, sourced after functions.sh: images, virtual discs, and burns on them.
requires_vdrive
requires dd truncate
make_iso small.iso 3 SMALL

# large.iso, for those that need it: larger than the buffer
make_large() {
	make_iso large.iso 80 LARGE
}

# blank NAME MEDIA [SECTORS]: a fresh virtual disc, small as its checksum is taken often
blank() {
	rm -f "$1"
	"$discern" vdrive create --quiet --media "$2" --sectors "${3:-50400}" "$1" >/dev/null ||
		failed "make a blank $2"
}

# burn DISC ARGUMENT…: on a drive with this disc; the rules in $faults apply
faults=
burn() {
	disc=$1
	shift
	if [ -n "$faults" ]; then
		run timeout 120 "$discern" vdrive run --drive "sr0=$disc" --fault "$faults" -- "$discern" burn "$@"
	else
		run timeout 120 "$discern" vdrive run --drive "sr0=$disc" -- "$discern" burn "$@"
	fi
}

# ends CODE WHAT: how the last burn ended
ends() {
	if [ "$code" -eq "$1" ]; then
		passed "$2"
	else
		failed "$2" "exit code $code instead of $1"
		show_output
	fi
}

# reads_back WHAT DISC IMAGE: another program reads the image's bytes from the disc
reads_back() {
	count=$((($(stat -c %s "$3") + 2047) / 2048))
	rm -f back
	"$discern" vdrive run --drive "sr0=$2" -- dd if=/dev/sr0 of=back bs=2048 count=$count 2>dd.err ||
		cat dd.err
	truncate -s "$(stat -c %s "$3")" back
	same "$1" back "$3"
}

print_sum() {
	sha256sum <"$1"
}
