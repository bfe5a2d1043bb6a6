#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# One damaged disc, begun by GNU ddrescue and finished by discern, and the other way round: each takes up the other's map,
# reads only what is missing, and what a map calls read is right.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/rip.sh
. "$source_folder/tests/support/rip.sh"
requires_vdrive
requires ddrescue ddrescuelog jq

head -c 8M /dev/zero | openssl enc -aes-128-ctr -K 00 -iv 00 >disc.iso 2>/dev/null
cat >scratched <<'END'
sr0: ring lba=1000-1063 severity=1 dead=1 seed=1
sr0: read lba=2000 sense=3/11/05
sr0: read lba=4095 sense=3/11/05
END
# Of these, the first and the last remain when it was polished.
sed 2d scratched >polished

# in_drive FAULTS COMMAND…
in_drive() {
	faults=$1
	shift
	"$discern" vdrive run --virtual-clock --drive sr0=disc.iso,kind=dvd-rom --faults "$faults" -- "$@"
}

# delivered RECORDING: sectors that the commands of a job have asked for, but for single ones
delivered() {
	sed -nE 's/^cmd .* cdb=(28|a8)[0-9a-f]{2}[0-9a-f]{8}([0-9a-f]{8}).* ret=0 status=00 .*/\1 \2/p' "$1" |
		while read -r op size; do
			[ "$op" = 28 ] && size=$(printf '%s' "$size" | cut -c 3-6)
			echo $((0x$size))
		done | awk '$1 > 1 { n += $1 } END { print n + 0 }'
}

bad() {
	ddrescuelog -b 2048 -l- "$1" | tr '\n' ' '
}

# --- begun by ddrescue ---
ok "ddrescue begins" in_drive scratched ddrescue -q -b 2048 -c 32 -s 6M /dev/sr0 out.iso out.iso.map
exits 3 "discern goes on with its map" in_drive scratched "$discern" rip --no-raw --retries 0 --record first -o out.iso
claims_are_true "ddrescue, then discern" out.iso out.iso.map
[ "$(delivered first)" -lt 1400 ]
equal "it has read the last quarter, and what failed" $? 0
ok "ddrescue goes on with what discern has made of it" in_drive polished ddrescue -q -b 2048 -r 1 /dev/sr0 out.iso out.iso.map
claims_are_true "ddrescue again" out.iso out.iso.map
before=$(bad out.iso.map)
exits 3 "and discern once more" in_drive polished "$discern" rip --retries 0 --record second -o out.iso
equal "with the same left" "$(bad out.iso.map)" "$before"
[ "$(delivered second)" -lt 200 ]
equal "without reading what is read" $? 0
ok "on a clean disc discern completes it" with_drive disc.iso,kind=dvd-rom "$discern" rip -o out.iso
same "all of it" out.iso disc.iso
absent "the map has gone" out.iso.map

# --- begun by discern ---
exits 3 "discern begins" in_drive scratched "$discern" rip --retries 0 -o own.iso
ok "ddrescuelog reads its map" ddrescuelog -t own.iso.map
printed "as finished" "current status: finished"
equal "with the ring and two sectors bad" "$(ddrescuelog -b 2048 -l- own.iso.map | wc -l)" 82
ok "ddrescue completes it on a clean disc" with_drive disc.iso,kind=dvd-rom ddrescue -q -b 2048 -r 2 /dev/sr0 own.iso own.iso.map
same "all of it, this way too" own.iso disc.iso
ok "done, for ddrescuelog" ddrescuelog -D own.iso.map
ok "and for discern" with_drive disc.iso,kind=dvd-rom "$discern" rip --json -o own.iso
equal "which makes its sums" "$(jq -r .sha256 out)" "$(sha256sum disc.iso | cut -d ' ' -f 1)"

# --- what is no data: audio before a data track counts as no loss ---
"$build_folder/tests/support/sound_make" all 600 1 || exit 1
head -c 1M disc.iso >data.img
cat >extra.cue <<'END'
FILE "all.raw" BINARY
  TRACK 01 AUDIO
    INDEX 01 00:00:00
REM SESSION 02
FILE "data.img" BINARY
  TRACK 02 MODE1/2048
    INDEX 01 00:00:00
END
start=$((600 + 11400))
for run in first second; do
	exits 3 "CD-Extra, $run call" "$discern" vdrive run --virtual-clock --drive sr0=extra.cue \
		--fault "sr0: read lba=$((start + 300)) sense=3/11/05" -- "$discern" rip --retries 0 -o extra.iso
	equal "CD-Extra, $run call: ddrescuelog sees the one sector" "$(bad extra.iso.map)" "$((start + 300)) "
	equal "CD-Extra, $run call: and so does discern" "$(jq '[.bad_ranges[]?, .ranges[]?] | length' extra.iso.json)" 1
done
