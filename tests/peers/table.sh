#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# One table of what each program does with each medium, from all tests that fill one: table.sh [TEST…]. It is what make
# table runs; make check runs the same tests one by one.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/media.sh
. "$source_folder/tests/support/media.sh"
CELLS=$PWD/all-cells
top_builddir=$build_folder
srcdir=$source_folder
export CELLS top_builddir srcdir
[ $# -gt 0 ] || set -- media media_change media_read media_audio
for test in "$@"; do
	run "$source_folder/tests/peers/$test.sh"
	case $code in
	0) passed "$test" ;;
	77) cat out ;;
	*)
		failed "$test"
		grep -A3 '^not ok' out
		;;
	esac
done
[ ! -e "$CELLS" ] || print_table "$CELLS" | sed 's/^# //'
