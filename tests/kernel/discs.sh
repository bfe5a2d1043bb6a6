#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Not in the guest but before it, as it takes a tenth of the time: burns discs with cdrskin and leaves them, with what they
# do not hold left out, in an archive: discs.sh DISCERN IMAGE ARCHIVE
set -eu
discern=$1
image=$2
archive=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# disc MEDIA STATE [OPTION…]: left as created if blank, else burned with cdrskin's options
disc() {
	media=$1
	state=$2
	shift 2
	"$discern" vdrive create --quiet --media "$media" --sectors 50400 "$media.$state" >/dev/null
	[ "$state" = blank ] ||
		"$discern" vdrive run --drive "sr0=$media.$state" -- cdrskin dev=/dev/sr0 "$@" "$image" >"$media.$state.log" 2>&1
}

for media in cd-r cd-rw dvd-r dvd+r dvd+rw bd-r; do
	disc "$media" blank
done
disc cd-r appendable -multi -tao &
disc cd-r complete -sao &
disc dvd-rw complete -sao &
disc dvd-rw-overwrite complete &
disc dvd+r appendable -multi -tao &
disc dvd+rw complete &
disc dvd-ram complete &
disc bd-r complete -sao &
disc bd-re complete blank=format_if_needed &
wait
tar -cSf "$archive" ./*.blank ./*.appendable ./*.complete
