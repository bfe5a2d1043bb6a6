# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2034  # variables for the scripts
# For the scripts of this folder: options, building, measuring in turns, the table.

source_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build_folder=$source_folder/build-bench
size_mib=1024
rounds=3
names=()

bench_usage() {
	cat <<-EOF
		Usage: bench/$(basename "$0") [--size MIB] [--rounds N]

		Measures on a virtual drive that has no speed limit, in turns, and takes the best of N rounds (3) of each
		program. CPU and memory are those of the program, not of the virtual drive. The image holds MIB (1024) of noise.
	EOF
}

bench_options() {
	while [ $# -gt 0 ]; do
		case $1 in
		--size) size_mib=$2 && shift 2 ;;
		--rounds) rounds=$2 && shift 2 ;;
		-h | --help) bench_usage && exit 0 ;;
		*) bench_usage >&2 && exit 2 ;;
		esac
	done
}

# Builds, and makes $folder with the image $folder/image.iso in it.
bench_begin() {
	# shellcheck source-path=SCRIPTDIR source=../tools/lib/build.sh
	. "$source_folder/tools/lib/build.sh"
	build_in "$build_folder" all bench/measure bench/sg_io
	discern=$build_folder/discern
	folder=$(mktemp -d "${TMPDIR:-/var/tmp}/discern-bench.XXXXXX")
	trap 'rm -rf "$folder"' EXIT
	mkdir "$folder/tree"
	head -c "${size_mib}M" /dev/urandom >"$folder/tree/noise"
	quietly "$folder/log" xorrisofs -quiet -V BENCH -o "$folder/image.iso" "$folder/tree"
	rm -r "$folder/tree"
	image_bytes=$(stat -c %s "$folder/image.iso")
}

# measure NAME MEDIUM COMMAND…: one round of a program with MEDIUM in /dev/sr0; the best of its rounds counts
measure() {
	local name=$1 medium=$2 code=0 new old
	shift 2
	"$discern" vdrive run --drive "sr0=$medium" -- "$build_folder/bench/measure" "$folder/measured" "$@" \
		>"$folder/log" 2>&1 </dev/null || code=$?
	if [ "$code" -ne 0 ]; then
		echo "$name ended with $code:" >&2
		tail -n 5 "$folder/log" >&2
		return 0
	fi
	new=$(cat "$folder/measured")
	old=$(cat "$folder/best.$name" 2>/dev/null || echo "1e9 0 0")
	[ -e "$folder/best.$name" ] || names+=("$name")
	if awk "BEGIN { exit !(${new%% *} < ${old%% *}) }"; then
		echo "$new" >"$folder/best.$name"
	fi
}

# The table; ratio is the speed in parts of that of the fastest other program.
bench_table() {
	local name
	printf '%-24s %8s %8s %8s %9s %7s\n' program seconds MB/s "CPU s" "peak MB" ratio
	for name in "${names[@]}"; do
		echo "$name $(cat "$folder/best.$name")"
	done | awk -v bytes="$image_bytes" '
		{ name[NR] = $1; seconds[NR] = $2; cpu[NR] = $3; peak[NR] = $4 }
		$1 !~ /^discern/ && (!best || $2 < best) { best = $2 }
		END {
			for (i = 1; i <= NR; i++)
				printf "%-24s %8.2f %8.0f %8.2f %9.1f %7s\n", name[i], seconds[i], bytes / 1e6 / seconds[i],
					cpu[i], peak[i] * 1024 / 1e6, best ? sprintf("%.2f", best / seconds[i]) : "-"
		}'
	[ ${#names[@]} -gt 1 ]
}
