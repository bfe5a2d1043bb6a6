# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# For tests of rip; comes after functions.sh.

# claims_are_true WHAT IMAGE MAP [DISC]: each area that the map calls read holds the disc's bytes (disc.iso)
claims_are_true() {
	n_areas=0
	wrong=
	[ -e "$3" ] || wrong="there is no $3"
	grep -v '^#' "$3" | sed 1d | grep '+$' >areas
	while read -r start size _; do
		n_areas=$((n_areas + 1))
		cmp -s -i $((start)) -n $((size)) "$2" "${4:-disc.iso}" || wrong="$wrong $start"
	done <areas
	equal "$1: each of $n_areas areas called read is right" "$wrong" ""
}

# documented WHAT MANIFEST: each member that it has is named in doc/manifest.md
# shellcheck disable=SC2154  # source_folder is set by functions.sh
documented() {
	unknown=
	jq -r '[paths | .[] | strings] | unique | .[]' "$2" >members
	while read -r member; do
		grep -qF "\`$member\`" "$source_folder/doc/manifest.md" || unknown="$unknown $member"
	done <members
	equal "$1: each member is documented" "$unknown" ""
}

# mixed_sheet DATA: a cue sheet of data and, behind a gap, the sound of all.raw
mixed_sheet() {
	cat <<-END
		FILE "$1" BINARY
		  TRACK 01 MODE1/2048
		    INDEX 01 00:00:00
		FILE "all.raw" BINARY
		  TRACK 02 AUDIO
		    PREGAP 00:02:00
		    INDEX 01 00:00:00
	END
}
