#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What a person meets first: help, version, wrong usage, suggestions.
. "${srcdir:-.}/tests/support/functions.sh"

ok "--version" "$discern" --version
printed "--version names the program and a number" "discern 0."
ok "--help" "$discern" --help
printed "--help lists the commands" "eject "
silent "--help complains about nothing"
ok "-h is --help" "$discern" -h

exits 2 "no command is wrong usage" "$discern"
complained "and points to --help" "discern --help"
exits 2 "an unknown command is wrong usage" "$discern" lod
complained "and the command that was meant is named" 'did you mean "discern load"?'
exits 2 "an unknown global option is wrong usage" "$discern" --frobnicate
exits 2 "help on an unknown command is wrong usage" "$discern" help frobnicate

"$discern" --help | sed -nE '/^Commands:/,/^$/s/^  ([a-z]+) .*/\1/p' >commands
[ -s commands ] || failed "there are commands"
while read -r command; do
	ok "$command --help" "$discern" "$command" --help
	printed "$command --help tells how it is used" "Usage: discern $command"
	printed "$command --help tells the common options" "--progress-fd"
	silent "$command --help complains about nothing"
	ok "help $command" "$discern" help "$command"
	exits 2 "$command --frobnicate is wrong usage" "$discern" "$command" --frobnicate
	complained "and the option is named" "discern: $command: unknown option --frobnicate"
	exits 2 "$command --progress=fast is wrong usage" "$discern" "$command" --progress=fast
	exits 2 "$command --json=no is wrong usage" "$discern" "$command" --json=no
done <commands

exits 2 "half an option is wrong usage if two begin so" "$discern" eject --prog
complained "and the message says so" "--prog is the beginning of several options"
exits 2 "a mistyped option is wrong usage" "$discern" eject --verbos3
complained "and the option that was meant is named" "--verbose?"
exits 2 "a letter that is no option is wrong usage" "$discern" eject -Z
complained "and the letter is named" "unknown option -Z"
exits 2 "an option without its value is wrong usage" "$discern" eject --record
complained "and the option is named" "--record: a value is missing"

exits 1 "no such drive" "$discern" eject /dev/no-such-drive
complained "is named" "discern: eject: /dev/no-such-drive: "
exits 1 "a file is no drive" "$discern" eject "$0"
exits 2 "two drives are one too many" "$discern" eject sr0 sr1

# Standard files that the caller closed.
closed_input_and_error() {
	"$discern" --version 0<&- 2>&-
}
closed_output() {
	"$@" >&-
}
ok "standard input and error may be closed" closed_input_and_error
if "$discern" vdrive --help >/dev/null 2>&1; then
	truncate -s 2M closed.iso
	exits 1 "a closed standard output is told" closed_output \
		"$discern" vdrive run --drive sr0=closed.iso -- "$discern" info sr0
	complained "and nothing else goes wrong" "info: cannot write to standard output"
fi
