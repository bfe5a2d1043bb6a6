#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# discern vdrive create.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
for media in cd-r dvd+r dvd+rw bd-r; do
	ok "make a blank $media" "$discern" vdrive create --media="$media" "$media.disc"
	printed "say so" "$media.disc"
	[ "$(du -k "$media.disc" | cut -f 1)" -lt 64 ]
	equal "it takes next to no room" $? 0
	ok "it can be put into a drive" with_drive "$media.disc" true
done
ok "make a small one, reported as JSON" "$discern" vdrive create --media bd-r --sectors 4096 --json small.disc
printed "with its media" '"media": "bd-r"'
cp small.disc before
exits 1 "an existing file is not touched" "$discern" vdrive create --media cd-r small.disc
complained "but named" "small.disc"
same "and stays as it was" small.disc before
exits 2 "no media" "$discern" vdrive create a.disc
exits 1 "unknown media" "$discern" vdrive create --media floppy a.disc
complained "those that there are" "bd-r"
exits 2 "no file" "$discern" vdrive create --media cd-r
exits 2 "two files" "$discern" vdrive create --media cd-r a.disc b.disc
exits 2 "a size that is no number" "$discern" vdrive create --media cd-r --sectors many a.disc
exits 1 "a folder that is not there" "$discern" vdrive create --media cd-r missing/a.disc
absent "nothing is left behind" a.disc b.disc missing
exits 0 "help" "$discern" vdrive create --help
printed "names its options" "--sectors"
