#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Which files are damaged: as xorriso computes it from the file system, and those first that matter.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/rip.sh
. "$source_folder/tests/support/rip.sh"
requires_vdrive
requires xorriso genisoimage isoinfo jq

mkdir -p tree/deep/a/b/c/d/e/f/g/h "tree/with space" tree/empty
for i in $(seq 1 150); do
	head -c $((i * 700)) /dev/urandom >"tree/with space/a file with a long name, number $i.txt"
done
head -c 3000000 /dev/urandom >tree/large
head -c 9000 /dev/urandom >tree/deep/a/b/c/d/e/f/g/h/deepest
: >tree/nothing
ln tree/large tree/linked
ln -s large tree/symbolic

# What xorriso says of the extents of all files: "start sectors /path".
list_extents() {
	xorriso -indev "$1" -find / -type f -exec report_lba 2>/dev/null |
		sed -nE "s/^File data lba: *[0-9]+ , *([0-9]+) , *([0-9]+) , *[0-9]+ , '(.*)'\$/\1 \2 \3/p"
}

# Only Rock Ridge has symbolic links.
list_names() {
	if [ -z "$1" ]; then
		find tree ! -type d
	else
		find tree -type f
	fi
}

# damaged_files IMAGE [FROM [SEED]]: rips it with 40 random bad sectors, from LBA FROM on, and compares the list
damaged_files() {
	from=${2:-300}
	seed=${3:-7}
	sectors=$(($(stat -c %s "$1") / 2048))
	: >rules
	: >bad
	awk -v n="$sectors" -v from="$from" -v seed="$seed" \
		'BEGIN { srand(seed); while (i < 40) {
			lba = from + int(rand() * (n - from - 200)); if (!(lba in seen)) { seen[lba]; print lba; i++ } } }' | sort -n >bad
	equal "$1, seed $seed: 40 of them" "$(wc -l <bad)" 40
	while read -r lba; do
		echo "sr0: read lba=$lba sense=3/11/05" >>rules
	done <bad
	rm -f out.iso out.iso.map
	exits 3 "$1, seed $seed: bad sectors" "$discern" vdrive run --drive "sr0=$1,kind=cd-rom" --faults rules \
		-- "$discern" rip --json --retries 0 -o out.iso
	cp out told
	list_extents "$1" >extents
	awk 'FNR == NR { bad[$1] = 1; next }
		{ n = 0; for (i = $1; i < $1 + $2; i++) n += i in bad; if (n) { sub(/^[0-9]+ [0-9]+ /, ""); print n, $0 } }' \
		bad extents | sort >expected
	jq -r '.damaged_files[] | select(.folder | not) | "\(.bad_sectors) \(.path)"' told | sort >found
	same "$1, seed $seed: the damaged files are those that xorriso computes" found expected
	[ "$(wc -l <found)" -gt 5 ]
	equal "$1: they are many" $? 0
	equal "$1: all files are counted" "$(jq .files told)" "$(list_names "${2:-}" | wc -l)"
}

ok "an image with Rock Ridge" xorrisofs -quiet -R -o rock_ridge.iso tree
damaged_files rock_ridge.iso
ok "an image with Joliet and Rock Ridge" xorrisofs -quiet -R -J -joliet-long -o both.iso tree
damaged_files both.iso
equal "no folder is missing" "$(jq .unread_folders told)" 0

# UDF and ISO 9660 of genisoimage share the files' sectors, so that xorriso is the referee for UDF too. The file entries
# that UDF has before them xorriso does not know of.
if command -v genisoimage >/dev/null; then
	ok "an image with Rock Ridge, Joliet and UDF" genisoimage -quiet -udf -R -J -joliet-long -o all.iso tree
	for seed in 1 2 3 4 5; do
		damaged_files all.iso "" $seed
	done
	for options in "-iso-level 4 -D" "-J -joliet-long -D"; do
		# shellcheck disable=SC2086  # words
		ok "an image with UDF, $options" genisoimage -quiet -udf $options -o udf.iso tree
		damaged_files udf.iso "$(list_extents udf.iso | awk '$2 > 0 { print $1 }' | sort -n | head -n 1)"
		equal "no folder is missing" "$(jq .unread_folders told)" 0
	done
	# What of the tree can be read is told, and that something is missing.
	exits 3 "UDF with damaged folders" "$discern" vdrive run --drive sr0=udf.iso,kind=cd-rom \
		--fault "sr0: read lba=261-300 sense=3/11/05" -- "$discern" rip --json --retries 0 -o folders.iso
	equal "folders that cannot be read are counted" "$(jq '.unread_folders > 0' out)" true
	equal "and named" "$(jq '.damaged_files[] | select(.path == "/with space") | .folder' out)" true
	exits 3 "UDF whose root cannot be read" "$discern" vdrive run --drive sr0=udf.iso,kind=cd-rom \
		--fault "sr0: read lba=257-260 sense=3/11/05" -- "$discern" rip --json --retries 0 -o root.iso
	equal "Joliet has the names then" "$(jq .files out)" "$(find tree -type f | wc -l)"
fi

run "$discern" vdrive run --drive sr0=both.iso,kind=cd-rom --faults rules -- "$discern" rip --retries 0 -o again.iso
printed "as text too" "files are damaged"

# --- folders first, then files, then what nobody needs ---
lba=$(list_extents both.iso | awk '/large/ { print $1; exit }')
folder=$(isoinfo -R -l -i both.iso | awk '/^Directory listing of \/with space/ { found = 1 } found && / \. *$/ { gsub(/\[|\]/, " "); print $9; exit }')
sectors=$(($(stat -c %s both.iso) / 2048))
run "$discern" vdrive run --drive sr0=both.iso,kind=cd-rom --fault "sr0: read lba=$lba sense=3/11/05 count=6" \
	--fault "sr0: read lba=$((sectors - 20)) sense=3/11/05" --fault "sr0: read lba=${folder:-0} sense=3/11/05 count=3" \
	-- "$discern" rip -v -o first.iso
equal "what gives in to retries is read" "$code" 3
complained "folders are tried first" "what folders and descriptors lie in first"
complained "then files" "what files lie in first"
printed "nothing of the files is lost" "0 of $(find tree ! -type d | wc -l) files are damaged"

# --- CD-Extra: the files say where they lie on the disc, and so do those of its image ---
genisoimage -quiet -J -R -V EXTRA -C 0,11700 -o extra.iso tree 2>/dev/null
head -c $((2352 * 300)) /dev/urandom >sound.bin
cat >extra.cue <<END
FILE "sound.bin" BINARY
  TRACK 01 AUDIO
    INDEX 01 00:00:00
REM SESSION 02
FILE "extra.iso" BINARY
  TRACK 02 MODE1/2048
    INDEX 01 00:00:00
END
lba=$(isoinfo -R -l -N 11700 -i extra.iso | awk '$NF == "large" { gsub(/\[|\]/, " "); print $9; exit }')
exits 3 "a CD-Extra" "$discern" vdrive run --drive sr0=extra.cue --fault "sr0: read lba=$lba-$((lba + 9)) sense=3/11/05" \
	-- "$discern" rip --no-raw --retries 1 -o x.iso
complained "how to mount it is told" 'mount -t iso9660 -o loop,sbsector=11700'
printed "and which file is damaged" "/large: 20.5 kB of 3.00 MB"
exits 0 "and gone on with" with_drive extra.cue "$discern" rip -o x.iso
ok "its data are where they are on the disc" cmp -i $((11700 * 2048)):0 x.iso extra.iso
equal "and nothing before" "$(head -c $((11700 * 2048)) x.iso | tr -d '\0' | wc -c)" 0
ok "isoinfo finds its files" sh -c "isoinfo -T 11700 -R -i x.iso -x /large | cmp - tree/large"
run with_drive extra.cue "$discern" rip --skip-done
printed "it is recognised" "x.iso holds this disc already"
exits 0 "the disc is compared with it" with_drive extra.cue "$discern" verify x.iso
exits 0 "and with what others made of the data alone" with_drive extra.cue "$discern" verify extra.iso
