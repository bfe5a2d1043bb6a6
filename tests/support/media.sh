# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh disable=SC2154,SC2030,SC2031  # functions.sh sets discern, code and work; parts have their own work
# For the tests of media with other people's programs, sourced after functions.sh: what each program does with each
# medium is collected in a table, and a cell that fails must fail for the reason that stands below it. With CELLS set to a
# file, the cells are added to it as well: tests/peers/table.sh makes one table of all tests.

# Each part of a test ends by printing "# done", and runs beside the others, in a folder of its own: the burners mostly sleep.
# part NAME COMMAND…
part() {
	name=$1
	shift
	mkdir "$work/$name"
	(
		work=$work/$name
		cd "$work" || exit 1
		"$@"
	) >"$work/$name.log" 2>&1 &
	echo "$name" >>"$work/parts"
}

# Waits for the parts and shows what they found
wait_for_parts() {
	wait
	while read -r name; do
		grep -vx '# done' "$name.log"
		n_passed=$((n_passed + $(grep -c '^ok' "$name.log")))
		n_failed=$((n_failed + $(grep -c '^not ok' "$name.log")))
		grep -q '^# done$' "$name.log" || failed "$name came to its end"
	done <parts
}

# The same, and prints the table
end_parts() {
	wait_for_parts
	: >cells
	while read -r name; do
		cat "$name/cells" >>cells
	done <parts
	[ -z "${CELLS:-}" ] || cat cells >>"$CELLS"
	print_table cells
}

# cell PROGRAM OPERATION MEDIUM MARK
cell() {
	printf '%s|%s|%s|%s\n' "$1" "$2" "$3" "$4" >>"$work/cells"
}

# blank_disc MEDIUM [SECTORS]: a new one, in blank.disc
blank_disc() {
	rm -f blank.disc
	"$discern" vdrive create --quiet --media "$1" --sectors "${2:-70016}" blank.disc >/dev/null || exit 1
}

# does PROGRAM OPERATION MEDIUM COMMAND…: with blank.disc in the drive
does() {
	program=$1
	operation=$2
	kind=$3
	shift 3
	if ok "$program: $operation, $kind" with_drive blank.disc timeout 60 "$@"; then
		cell "$program" "$operation" "$kind" yes
	else
		cell "$program" "$operation" "$kind" FAIL
	fi
}

# cannot PROGRAM OPERATION MEDIUM TEXT REASON COMMAND…: fails or declines, and prints TEXT
cannot() {
	program=$1
	operation=$2
	kind=$3
	text=$4
	reason=$5
	shift 5
	run with_drive blank.disc timeout 60 "$@"
	cat "$work/err" >>"$work/out"
	contains "$program: no $operation, $kind ($reason)" "$work/out" "$text"
	cell "$program" "$operation" "$kind" "no: $reason"
}

# reads PROGRAM MEDIUM WHAT FILE FILE: the program read the second file's bytes
reads() {
	if same "$3" "$4" "$5"; then
		cell "$1" read "$2" yes
	else
		cell "$1" read "$2" FAIL
	fi
}

# holds WHAT IMAGE: blank.disc, of the kind $kind, begins with the bytes of the image, as dd and readom read them
holds() {
	count=$(($(wc -c <"$2") / 2048))
	rm -f ./*.copy
	run with_drive blank.disc sh -c "dd if=/dev/sr0 of=dd.copy bs=2048 count=$count
		readom dev=/dev/sr0 sectors=0-$count f=readom.copy"
	reads dd "$kind" "$1: dd reads it back" dd.copy "$2"
	reads readom "$kind" "$1: readom reads it back" readom.copy "$2"
}

# print_table CELLS: programs and operations downwards, media across
print_table() {
	awk -F '|' '
		BEGIN { n_columns = split("cd-rom cd-r cd-rw dvd-rom dvd-rom-dl dvd-r dvd-r-dl dvd-rw dvd-rw-overwrite dvd+r " \
				"dvd+r-dl dvd+rw dvd-ram bd-rom bd-r bd-r-dl bd-r-tl bd-r-ql bd-re bd-re-dl bd-re-tl", columns, " ")
			for (i = 1; i <= n_columns; i++) column[columns[i]] = 1 }
		{ used[$3] = 1 }
		{ row = $1 " " $2; operation[row] = $2; sub(/ .*/, "", operation[row])
		  if (!(row in seen)) { seen[row] = 1; rows[++n_rows] = row }
		  if (!($3 in column)) { column[$3] = 1; columns[++n_columns] = $3 }
		  mark = $4
		  if (sub(/^no: /, "", mark)) {
			if (!(mark in number)) { number[mark] = ++n_notes; notes[n_notes] = mark }
			mark = number[mark]
		  }
		  old = value[row, $3]
		  if (old == "") value[row, $3] = mark
		  else if (index("," old ",", "," mark ",") == 0) value[row, $3] = old "," mark }
		END {
			printf "# %-32s", ""
			for (i = 1; i <= n_columns; i++) if (columns[i] in used) printf " %s", columns[i]
			printf "\n"
			n_groups = split("burn session append blank format read", groups, " ")
			for (g = 1; g <= n_groups; g++) is_group[groups[g]] = 1
			for (r = 1; r <= n_rows; r++) if (!(operation[rows[r]] in is_group)) {
				is_group[operation[rows[r]]] = 1
				groups[++n_groups] = operation[rows[r]]
			}
			for (g = 1; g <= n_groups; g++) for (r = 1; r <= n_rows; r++) {
				if (operation[rows[r]] != groups[g]) continue
				printf "# %-32s", rows[r]
				for (i = 1; i <= n_columns; i++) {
					if (!(columns[i] in used)) continue
					v = value[rows[r], columns[i]]
					printf " %-" length(columns[i]) "s", v == "" ? "." : v
				}
				printf "\n"
			}
			print "# yes: done and right; a dot: not tried; a number: refused for the reason, perhaps until something is done"
			for (i = 1; i <= n_notes; i++) printf "#   %d: %s\n", i, notes[i]
		}' "$1"
}
