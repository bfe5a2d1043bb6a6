# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# For the shell tests, sourced by each of them as: . "${srcdir:-.}/tests/support/functions.sh"
#
# It sets $discern (the built program), $source_folder, $build_folder and $work (a folder of this test's own, which
# is also the current one and goes away at the end). A test ends by itself with 0 if all its checks passed,
# 1 if one did not or if there was none, and 77 (skipped) if a required program is missing.
set -u
LC_ALL=C.UTF-8
export LC_ALL
# The virtual drive's preload module comes before a sanitizer's library; it hides none of its functions.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
export ASAN_OPTIONS
LSAN_OPTIONS=suppressions=$(CDPATH='' cd -- "${srcdir:-.}" && pwd)/tests/support/lsan.supp:print_suppressions=0
export LSAN_OPTIONS

# shellcheck disable=SC2034  # for the tests
source_folder=$(CDPATH='' cd -- "${srcdir:-.}" && pwd)
build_folder=$(CDPATH='' cd -- "${top_builddir:-.}" && pwd)
# The program itself: libtool's wrapper, a shell script, takes as long as all that it does in many a test.
if [ -z "${discern:-}" ] && [ -x "$build_folder/.libs/discern" ]; then
	discern=$build_folder/.libs/discern
	LD_LIBRARY_PATH=$build_folder/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
	export LD_LIBRARY_PATH
fi
discern=${discern:-$build_folder/discern}
work=$(mktemp -d "${TMPDIR:-/tmp}/discern-test.XXXXXX") || exit 1
cd "$work" || exit 1

n_passed=0
n_failed=0

at_end() {
	status=$?
	trap - EXIT
	cd / && chmod -R u+rwx "$work" && rm -rf "$work"
	[ "$status" -eq 0 ] || exit "$status"
	[ "$n_failed" -eq 0 ] && [ "$n_passed" -gt 0 ] || exit 1
	exit 0
}
trap at_end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Says that a check passed or failed: passed WHAT, failed WHAT [REASON]
passed() {
	n_passed=$((n_passed + 1))
	echo "ok - $1"
}

failed() {
	n_failed=$((n_failed + 1))
	echo "not ok - $1"
	[ -z "${2:-}" ] || echo "# $2"
}

# Runs a command and keeps what it printed in the files "out" and "err" of $work: sets $code
run() {
	code=0
	"$@" >"$work/out" 2>"$work/err" </dev/null || code=$?
}

show_output() {
	sed 's/^/# out: /' "$work/out" | tail -n 30
	sed 's/^/# err: /' "$work/err" | tail -n 30
}

# ok WHAT COMMAND…: the command exits with 0
ok() {
	exits 0 "$@"
}

# exits CODE WHAT COMMAND…: the command exits with this very code
exits() {
	expected=$1
	what=$2
	shift 2
	run "$@"
	if [ "$code" -eq "$expected" ]; then
		passed "$what"
		return 0
	fi
	failed "$what" "exit code $code instead of $expected: $*"
	show_output
	return 1
}

# Of the command that ran last: printed WHAT TEXT (on stdout), complained WHAT TEXT (on stderr), silent WHAT
printed() {
	contains "$1" "$work/out" "$2"
}

complained() {
	contains "$1" "$work/err" "$2"
}

silent() {
	if [ -s "$work/err" ]; then
		failed "$1" "something was printed on stderr"
		show_output
		return 1
	fi
	passed "$1"
}

# contains WHAT FILE TEXT: the file holds this text
contains() {
	if grep -qF -- "$3" "$2"; then
		passed "$1"
		return 0
	fi
	failed "$1" "not in $2: $3"
	sed 's/^/# has: /' "$2" | tail -n 30
	return 1
}

# equal WHAT GOT EXPECTED: two words are the same
equal() {
	if [ "$2" = "$3" ]; then
		passed "$1"
		return 0
	fi
	failed "$1" "got \"$2\", expected \"$3\""
	return 1
}

# same WHAT FILE FILE: two files hold the same bytes
same() {
	ok "$1" cmp -- "$2" "$3"
}

# absent WHAT FILE…: none of these exists
absent() {
	what=$1
	shift
	for file in "$@"; do
		if [ -e "$file" ]; then
			failed "$what" "$file exists"
			return 1
		fi
	done
	passed "$what"
}

# requires PROGRAM…: without one of these the test is skipped, and fails where none may be missing ($CI is set)
requires() {
	for program in "$@"; do
		command -v "$program" >/dev/null 2>&1 && continue
		if [ -n "${CI:-}" ]; then
			failed "$program is installed"
			exit 1
		fi
		echo "# skipped: $program is not installed"
		exit 77
	done
}

# requires_built LIBRARY…: discern was built with it, by its name in config.h
requires_built() {
	for library in "$@"; do
		grep -q "#define HAVE_$library 1" "$build_folder/config.h" && continue
		echo "# skipped: built without $library"
		exit 77
	done
}

# requires_vdrive: the virtual drive is built, and this machine lets it run
requires_vdrive() {
	if ! "$discern" help vdrive >/dev/null 2>&1; then
		echo "# skipped: built without the virtual drive"
		exit 77
	fi
	if [ ! -r /dev/fuse ] || [ ! -w /dev/fuse ]; then
		echo "# skipped: /dev/fuse is missing or not ours"
		exit 77
	fi
}

# with_drive MEDIUM COMMAND…: runs the command with a virtual drive sr0 that holds MEDIUM; "" is an empty drive
with_drive() {
	medium=$1
	shift
	"$discern" vdrive run --drive "sr0=$medium" -- "$@"
}

# make_iso FILE MIB [LABEL]: an ISO 9660 image with Joliet and Rock Ridge and about so many MiB of noise in it
make_iso() {
	requires xorrisofs
	mkdir "$1.tree"
	head -c "${2}M" /dev/urandom >"$1.tree/noise.bin"
	echo "a text" >"$1.tree/read me.txt"
	xorrisofs -quiet -J -R -V "${3:-DISCERN_TEST}" -o "$1" "$1.tree" 2>"$work/xorrisofs.log" || exit 1
	rm -r "$1.tree"
}
