#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# --json gives one JSON object on standard output and nothing else, --progress-fd one object a line.
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
requires jq

make_iso image.iso 8 JSON_TEST
cp image.iso changed.iso
printf differs! | dd of=changed.iso bs=1 seek=4000000 conv=notrunc 2>/dev/null

# one_object WHAT FILE: the file holds just one JSON object, which is not empty
one_object() {
	equal "$1: one JSON object" "$(jq -s 'length == 1 and (.[0] | type == "object" and length > 0)' "$2" 2>&1)" true
}

ok "vdrive create" "$discern" vdrive create --json --media dvd+r blank.disc
one_object "vdrive create" out

export discern
cat >session.sh <<-'EOF'
	step() {
		name=$1
		shift
		"$discern" "$@" >"$name.json" 2>"$name.err" 3>"$name.lines"
		echo $? >"$name.code"
	}
	step drives drives --json
	step info info --json sr0
	step image info --json image.iso
	step dry burn --json --dry-run --progress-fd=3 image.iso sr0
	step burn burn --json --yes --progress-fd=3 image.iso sr0
	step rip rip --json --progress-fd 3 -o back.iso sr0
	step verify verify --json --progress-fd=3 image.iso sr0
	step differs verify --json --progress-fd=3 changed.iso sr0
	step damaged rip --json --progress-fd=3 -o damaged.iso sr1
	step load load --json sr0
	step eject eject --json sr0
EOF
ok "all commands" "$discern" vdrive run --drive sr0=blank.disc --drive sr1=image.iso \
	--fault 'sr1: read lba=2000-2001 sense=3/11/05' -- sh session.sh

for name in drives info image dry burn rip verify load eject; do
	equal "$name: exit code 0" "$(cat "$name.code")" 0
	equal "$name: nothing on standard error" "$(cat "$name.err")" ""
	one_object "$name" "$name.json"
done
for name in differs damaged; do
	one_object "$name" "$name.json"
done
equal "a difference: exit code 4" "$(cat differs.code)" 4
equal "bad sectors: exit code 3" "$(cat damaged.code)" 3
same "the image came back" image.iso back.iso

for name in dry burn rip verify differs damaged; do
	equal "$name: progress lines are objects with a phase" "$(jq -s 'length > 0 and all(.[];
		(.phase | type) == "string" and (.done_bytes | type) == "number" and .done_bytes >= 0 and
		(.total_bytes == 0 or .done_bytes <= .total_bytes) and (.end | type) == "boolean")' "$name.lines" 2>&1)" true
	equal "$name: the last line of each phase says so" "$(jq -s '.[-1].end' "$name.lines" 2>&1)" true
done
equal "burn goes through its phases" "$(jq -rs '[.[].phase] | unique | join(" ")' burn.lines)" \
	"check close reload verify write"
equal "the phase of a rip ends with all bytes" "$(jq -s '[.[] | select(.phase == "read")][-1] |
	.done_bytes == .total_bytes and .total_bytes > 8000000' rip.lines)" true
equal "in the end the bad bytes are those that are bad" "$(jq -s '.[-1].bad_bytes' damaged.lines)" 4096

# A failure is one object as well, also where the command has nothing else to say.
fails() {
	name=$1
	expected=$2
	shift 2
	exits "$expected" "$name" "$@"
	one_object "$name" out
	equal "$name: the error with its exit code" "$(jq -c '[.error.exit_code, (.error.text | length > 0)]' out)" \
		"[$expected,true]"
}
empty_drive() {
	"$discern" vdrive run --drive sr0= -- "$discern" "$@"
}
fails "no such image" 1 "$discern" verify --json missing.iso
equal "the code has its name" "$(jq -r .error.code out)" ENOENT
fails "no disc to rip" 5 empty_drive rip --json
equal "what the drive said" "$(jq -c '[.error.code, .error.lba]' out)" '["ENOMEDIUM",null]'
fails "no such drive" 1 empty_drive eject --json sr9
fails "no disc to burn" 5 empty_drive burn --json image.iso
equal "the verdict of a burn that failed" "$(jq -r .verdict out)" failed
