#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Small pieces: files of at most 500 lines (tests 800), functions of at most 60, at most 5 parameters beside the error.
. "${srcdir:-.}/tests/support/functions.sh"
requires ctags
cd "$source_folder" || exit 1

max_file=500
max_test_file=800
max_function=60
max_parameters=5
# What may be longer, and why, as FILE:FUNCTION on a line of its own: nothing may pass 80 lines.
exceptions="
"
hard_stop=80
# What may take more parameters: discern_burn() carries out what three calls have put together, cli_getopt() is
# getopt_long() with its five, and libfuse calls the callbacks with what it likes.
many_parameters="
src/burn/burn.c:discern_burn
src/cli/options.c:cli_getopt
src/vdrive/frontend_fuse.c:do_ioctl
src/vdrive/frontend_fuse.c:do_write
"

long=$(find src include tests -name '*.[ch]' -exec wc -l {} + | awk -v max="$max_file" -v max_test="$max_test_file" '
	$2 != "total" && $1 > ($2 ~ /^tests/ ? max_test : max) { print "# " $2 ": " $1 " lines" }')
if [ -z "$long" ]; then
	passed "no file has more than $max_file lines"
else
	failed "no file has more than $max_file lines"
	echo "$long"
fi

find src -name '*.[ch]' | ctags --languages=C --langmap=C:.c.h --kinds-C=f --fields=+neS -L - -f - --sort=no \
	>"$work/tags"
awk -F '\t' '{
	line = end = 0
	for (i = 4; i <= NF; i++) {
		if ($i ~ /^line:/) line = substr($i, 6)
		if ($i ~ /^end:/) end = substr($i, 5)
	}
	print $2 ":" $1, end - line + 1
}' "$work/tags" | sort -k2,2nr >"$work/lengths"

too_long=$(while read -r name lines; do
	if [ "$lines" -gt "$hard_stop" ]; then
		echo "# $name: $lines lines, more than $hard_stop"
	elif [ "$lines" -gt "$max_function" ] && ! echo "$exceptions" | grep -qxF "$name"; then
		echo "# $name: $lines lines"
	fi
done <"$work/lengths")
if [ -z "$too_long" ]; then
	passed "no function has more than $max_function lines"
else
	failed "no function has more than $max_function lines"
	echo "$too_long"
fi

many=$(awk -F '\t' -v max="$max_parameters" '{
	for (i = 4; i <= NF; i++)
		if ($i ~ /^signature:/) {
			signature = substr($i, 12)
			# Commas inside the parentheses of a function pointer do not separate our parameters.
			sub(/\)$/, "", signature)
			while (gsub(/\([^()]*\)/, "", signature)) continue
			n = gsub(/,/, ",", signature) + 1 - (signature ~ /struct discern_error \*/)
			if (n > max) print $2 ":" $1 " " n
		}
}' "$work/tags" | while read -r name n; do
	echo "$many_parameters" | grep -qxF "$name" || echo "# $name: $n parameters"
done)
if [ -z "$many" ]; then
	passed "no function has more than $max_parameters parameters"
else
	failed "no function has more than $max_parameters parameters"
	echo "$many"
fi

echo "# longest: $(head -n 3 "$work/lengths" | tr '\n' ';')"
