#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every command and every option that --help tells is in a man page and in all three completions.
. "${srcdir:-.}/tests/support/functions.sh"
requires man

man_folder=$source_folder/man
completions=$source_folder/completions

# In a man page "-" is written "\-".
in_man() {
	sed 's/\\-/-/g' "$1" | grep -qE -- "(^|[^a-z-])$2([^a-z-]|\$)"
}

# completes FILE WORD
completes() {
	case $1 in
	*.fish) grep -qE -- "-l ${2#--}( |\$)" "$1" || grep -qE -- "(^|[^a-z-])$2([^a-z-]|\$)" "$1" ;;
	*) grep -qE -- "(^|[^a-z-])$2([^a-z-]|\$)" "$1" ;;
	esac
}

# The options of a command, and of what can stand after it (discern vdrive run).
options_of() {
	{
		"$discern" "$1" --help
		for word in $("$discern" "$1" --help | sed -nE 's/^ *(Usage: )?discern '"$1"' ([a-z]+)( .*)?$/\2/p'); do
			"$discern" "$1" "$word" --help
		done
	} | grep -oE -- '(^|[ ,[(])--[a-z][a-z0-9-]*' | grep -oE -- '--[a-z0-9-]+' | sort -u
}

"$discern" --help | sed -nE '/^Commands:/,/^$/s/^  ([a-z]+) .*/\1/p' >commands
equal "discern --help lists commands" "$([ -s commands ] && echo yes)" yes
while read -r command; do
	page=$man_folder/discern-$command.1
	missing=
	if [ ! -e "$page" ]; then
		failed "discern $command has a man page"
		continue
	fi
	for option in $(options_of "$command"); do
		in_man "$page" "$option" || in_man "$man_folder/discern.1" "$option" || missing="$missing $option(man)"
		for file in "$completions/discern.bash" "$completions/_discern" "$completions/discern.fish"; do
			completes "$file" "$option" || missing="$missing $option($(basename "$file"))"
		done
	done
	in_man "$man_folder/discern.1" "$command" || missing="$missing $command(discern.1)"
	for file in "$completions/discern.bash" "$completions/_discern" "$completions/discern.fish"; do
		completes "$file" "$command" || missing="$missing $command($(basename "$file"))"
	done
	equal "discern $command: everything is documented and completed" "$missing" ""
done <commands

for page in "$man_folder"/*.1; do
	ok "$(basename "$page") can be shown" env MANWIDTH=100 LC_ALL=C.UTF-8 man --warnings -l "$page"
	equal "$(basename "$page") has no mistakes of form" "$(cat err)" ""
	contains "$(basename "$page") is all there" out "SEE ALSO"
done

ok "the completion of bash is bash" bash -n "$completions/discern.bash"
for shell in zsh fish; do
	command -v $shell >/dev/null || continue
	case $shell in
	zsh) ok "the completion of zsh is zsh" zsh -n "$completions/_discern" ;;
	fish) ok "the completion of fish is fish" fish -n "$completions/discern.fish" ;;
	esac
done
