#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Spelling, shell scripts, licence lines, line lengths and words that promise what is not there.
. "${srcdir:-.}/tests/support/functions.sh"
requires codespell shellcheck
cd "$source_folder" || exit 1

our_folders="include src tests tools bench man completions doc udev"

# shellcheck disable=SC2086  # several folders
{
	ok "spelling" codespell -q 3 --skip='*.iso,*.bin,*.xz' -L 'trun,ot,ba,fo,te,ser,hsa,nin,lod,bu,inout,fpr' \
		README.md HACKING.md NEWS.md configure.ac $our_folders
	find $our_folders .ci -type f -exec grep -lE '^#!/bin/(sh|bash)|^# shellcheck shell=' {} + >"$work/scripts"
	ok "shellcheck of $(wc -l <"$work/scripts") scripts" xargs -a "$work/scripts" shellcheck -x -P SCRIPTDIR

	unmarked=$(find $our_folders -name '*.[ch]' -exec sh -c '
		for file; do
			[ "$(head -n 1 "$file")" = "/* SPDX-License-Identifier: GPL-3.0-or-later */" ] || echo "$file"
		done' sh {} +)
	equal "every C file names its licence" "$unmarked" ""

	long=$(find src include tests -name '*.[ch]' -exec expand {} + | awk 'length > 132' | head -n 5)
	equal "no line is much longer than 120 columns" "$long" ""

	words='TO''DO|FIX''ME|\bXX''X\b|not yet imple''mented|\bfor n''ow\b'
	promises=$(grep -rnEi "$words" $our_folders README.md HACKING.md NEWS.md | head -n 10)
	equal "nothing is put off to later" "$promises" ""
}
