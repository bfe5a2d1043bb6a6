# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Building discern for the scripts of tools/ and bench/; needs $source_folder.
# shellcheck disable=SC2154  # source_folder

# quietly LOG COMMAND…: the output goes to a log that is shown if the command fails
quietly() {
	local log=$1
	shift
	"$@" >>"$log" 2>&1 && return 0
	echo "failed: $*; the end of $log:" >&2
	tail -n 40 "$log" >&2
	return 1
}

# build_in FOLDER TARGET…: configures, where that was not done yet, and builds
build_in() {
	local folder=$1
	shift
	mkdir -p "$folder"
	: >"$folder/build.log"
	if [ ! -e "$source_folder/configure" ]; then
		(cd "$source_folder" && quietly "$folder/build.log" autoreconf -fi) || return 1
	fi
	(
		cd "$folder" || exit 1
		if [ ! -e Makefile ]; then
			quietly build.log "$source_folder/configure" -q CFLAGS='-O2 -g' || exit 1
		fi
		quietly build.log make -j"$(nproc)" "$@"
	)
}
