#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# discern verify on the virtual drive: each verdict, its words, its JSON and its exit code.
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
requires xorrisofs dd sha256sum cmp

make_iso good.iso 3
sectors=$(($(stat -c %s good.iso) / 2048))

# verify CODE WHAT DISC ARGUMENT…: compares DISC, in drive sr0, with an image
verify() {
	expected_code=$1
	what=$2
	disc=$3
	shift 3
	exits "$expected_code" "$what" "$discern" vdrive run --drive "sr0=$disc" -- "$discern" verify "$@"
}

# json WHAT KEY VALUE: a member of the JSON printed last, on a line of its own
json() {
	contains "$1" "$work/out" "\"$2\": $3"
}

# change FILE OFFSET: flips all bits of one byte
change() {
	byte=$(od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' ')
	# shellcheck disable=SC2059  # the format is the byte
	printf "\\$(printf %03o $((byte ^ 255)))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

verify 0 "an equal disc is equal" good.iso good.iso sr0
printed "and is called so" "verdict  equal: every one of $sectors sectors is the same"
printed "with the digest that sha256sum makes" "$(sha256sum <good.iso | cut -d ' ' -f 1)"
silent "without a word on stderr"
verify 0 "the only drive need not be named" good.iso good.iso

# The first byte, the last byte, and one at each side of a border between two reads.
last=$((sectors * 2048 - 1))
for offset in 0 65535 65536 "$last"; do
	cp good.iso changed.iso
	change changed.iso "$offset"
	verify 4 "byte $offset changed: exit code 4" good.iso changed.iso
	printed "byte $offset changed: the sector is named" "differs  LBA $((offset / 2048))"
	complained "byte $offset changed: a line on stderr" "is not equal to changed.iso: 1 of $sectors sectors differs"
done
verify 4 "a changed byte as JSON" good.iso changed.iso --json
json "JSON: verdict" verdict '"differs"'
json "JSON: number of sectors" different_sectors "1,"
json "JSON: LBA" lba "$((sectors - 1)),"

cp good.iso changed.iso
for sector in 10 11 12 500; do
	change changed.iso $((sector * 2048 + 99))
done
verify 4 "several sectors changed" good.iso changed.iso
printed "neighbours are one range" "differs  LBA 10 to 12, 3 sectors"
printed "others are another one" "         LBA 500"

# faulty CODE WHAT RULE ARGUMENT…: the same with a fault rule
faulty() {
	expected_code=$1
	what=$2
	rule=$3
	shift 3
	exits "$expected_code" "$what" "$discern" vdrive run --drive sr0=good.iso --fault "sr0: $rule" -- \
		"$discern" verify "$@"
}

faulty 3 "unreadable sectors: exit code 3" "read lba=100-119 sense=3/11/05" good.iso
printed "unreadable sectors: exactly those" "unread   LBA 100 to 119, 20 sectors"
printed "unreadable sectors: all others are equal" "20 sectors cannot be read, the first is LBA 100; all others are equal"
faulty 3 "unreadable sectors as JSON" "read lba=100-119 sense=3/11/05" --json good.iso
json "JSON: no digest then" disc_sha256 "null,"
json "JSON: equal sectors" equal_sectors "$((sectors - 20)),"
faulty 4 "a difference weighs more than unreadable sectors" "read lba=100-119 sense=3/11/05" changed.iso
printed "but these are told as well" "unread   LBA 100 to 119, 20 sectors"
faulty 0 "a sector that can be read the third time is good" "read lba=100 sense=3/11/05 count=3" good.iso
faulty 1 "a drive that goes away is an error" "read lba=1000 host=1" good.iso

# --- damage by the names of files ---
requires jq
mkdir files files/folder
for i in 1 2 3 4 5 6; do
	head -c $((i * 10000)) /dev/urandom >"files/folder/file $i"
done
head -c 3000000 /dev/urandom >files/large
# where IMAGE FILE: its first sector, as xorriso says
where() {
	xorriso -indev "$1" -find "$2" -exec report_lba 2>/dev/null | sed -nE 's/^File data lba: *[0-9]+ , *([0-9]+) .*/\1/p'
}
# names IMAGE: what is told of a disc with differences and bad sectors in files
names() {
	large=$(where "$1" /large)
	three=$(where "$1" "/folder/file 3")
	six=$(where "$1" "/folder/file 6")
	cp "$1" named.iso
	for sector in $((large + 7)) $((large + 8)) $((three + 1)); do
		change named.iso $((sector * 2048 + 99))
	done
	cp "$1" disc.iso
	bad="sr0: read lba=$((large + 100))-$((large + 103)) sense=3/11/05"
	exits 4 "$1: files that differ" "$discern" vdrive run --drive sr0=disc.iso --fault "$bad" \
		--fault "sr0: read lba=$((six + 2)) sense=3/11/05" -- "$discern" verify --json named.iso
	cat >expected <<-EOF
		["/folder/file 3",30000,0,1]
		["/folder/file 6",60000,1,0]
		["/large",3000000,4,2]
	EOF
	jq -c '.damaged_files[] | select(.folder | not) | [.path, .bytes, .bad_sectors, .different_sectors]' out >found
	equal "$1: all files are counted" "$(jq -c '[.files, .unread_folders]' out)" "[7,0]"
	same "$1: their names and numbers as JSON" found expected
	exits 4 "$1: as text" "$discern" vdrive run --drive sr0=disc.iso --fault "$bad" -- "$discern" verify named.iso
	printed "$1: how many" "2 of 7 files differ or cannot be read"
	printed "$1: each" "/large: 4096 bytes differ, 8192 bytes unreadable of 3.00 MB"
	printed "$1: one that only differs" "/folder/file 3: 2048 bytes differ of 30.0 kB"
}
ok "an image of ISO 9660" xorrisofs -quiet -R -J -o names.iso files
names names.iso
if command -v genisoimage >/dev/null; then
	ok "an image of UDF" genisoimage -quiet -udf -iso-level 4 -o names_udf.iso files
	names names_udf.iso
	# In a file entry of UDF: the file cannot be opened.
	exits 3 "an unreadable folder" "$discern" vdrive run --drive sr0=names_udf.iso \
		--fault "sr0: read lba=257-300 sense=3/11/05" -- "$discern" verify --json names_udf.iso
	equal "all in it is damaged" "$(jq '[.damaged_files[] | select(.folder | not)] | length' out)" 7
	equal "but the image's folders are read" "$(jq .unread_folders out)" 0
fi
large=$(where names.iso /large)
cp names.iso cut.iso
truncate -s $(((large + 1000) * 2048)) cut.iso
verify 4 "a disc that ends within a file" cut.iso --json names.iso
equal "names it" "$(jq -c '.damaged_files[] | [.path, .bad_sectors > 400]' out | grep large)" '["/large",true]'
verify 0 "an equal disc names nothing" names.iso --json names.iso
equal "not even in JSON" "$(jq 'has("damaged_files")' out)" false
head -c 1000000 /dev/urandom >noise.img
cp noise.img noise_changed.img
change noise_changed.img 5000
verify 4 "an image without a volume has no names" noise.img --json noise_changed.img
equal "nor files" "$(jq -c '[.files, .damaged_files]' out)" '[0,[]]'

cp good.iso cut.iso
truncate -s $(((sectors - 300) * 2048)) cut.iso
verify 4 "a disc that ends too early" cut.iso good.iso
printed "is short" "verdict  short: the disc ends 300 sectors too early, at LBA $((sectors - 300))"
verify 4 "a disc with other data behind the image" good.iso cut.iso
printed "is longer" "verdict  longer: other data follow on the disc, 300 sectors from LBA $((sectors - 300)) on"

cp good.iso padded.iso
truncate -s +$((150 * 2048)) padded.iso
verify 0 "a disc with padding is equal" padded.iso good.iso
printed "and the padding is told" "after it 150 sectors of padding"

# An image that does not fill its last sector.
cp good.iso odd.iso
truncate -s -100 odd.iso
cp odd.iso filled.iso
truncate -s +100 filled.iso
verify 0 "a last sector that is filled up with zeros is equal" filled.iso odd.iso
printed "and the digest is that of the file" "$(sha256sum <odd.iso | cut -d ' ' -f 1)"
change filled.iso $((sectors * 2048 - 50))
verify 4 "one that is filled up with something else is not" filled.iso odd.iso

: >empty.iso
verify 1 "an empty image is refused" good.iso empty.iso
verify 1 "a missing image is an error" good.iso none.iso
complained "that names it" "none.iso"
verify 1 "a folder is no image" good.iso .
verify 5 "an empty drive" "" good.iso
"$discern" vdrive create --media bd-r blank.disc >/dev/null
verify 5 "a blank disc" blank.disc good.iso
complained "is called blank" "the disc is blank"
verify 2 "three operands are too many" good.iso good.iso sr0 sr0
verify 2 "without an image nothing can be compared" good.iso

# A signal in the middle: a slow drive, and the program stopped from outside.
cat >stop.sh <<-'EOF'
	"$@" &
	sleep 3
	kill -TERM $!
	wait $!
EOF
exits 143 "a signal stops it: exit code 128 + 15" "$discern" vdrive run --drive sr0=good.iso \
	--fault "sr0: read delay=300" -- sh stop.sh "$discern" verify good.iso
complained "a signal stops it: with a word" "stopped; not all of the disc has been compared"

# Discs that other programs burned: what they add to the image is told from other data.
if command -v cdrskin >/dev/null; then
	# burned WHAT MEDIA FOLLOWS OPTION…: burned by cdrskin, then compared
	burned() {
		disc_kind=$1
		media=$2
		follows=$3
		shift 3
		rm -f burned.disc
		"$discern" vdrive create --media "$media" burned.disc >/dev/null
		ok "$disc_kind: burned by cdrskin" "$discern" vdrive run --drive sr0=burned.disc -- cdrskin dev=/dev/sr0 "$@" good.iso
		verify 0 "$disc_kind: equal" burned.disc good.iso
		if [ -n "$follows" ]; then
			printed "$disc_kind: $follows" "after it $follows"
		elif grep -q "^after it" "$work/out"; then
			failed "$disc_kind: nothing follows"
		else
			passed "$disc_kind: nothing follows"
		fi
	}
	burned "CD-R track at once" cd-r "2 sectors of padding" -tao
	burned "CD-R session at once" cd-r "" -sao
	fill=$(((16 - sectors % 16) % 16))
	[ $fill -eq 0 ] || burned "DVD+R" dvd+r "$fill sector"
	burned "DVD+RW" dvd+rw "" blank=as_needed
	verify 0 "DVD+RW as JSON" burned.disc --json good.iso
	json "what follows on a DVD+RW is free space" tail '"free"'
fi

# Two sessions with nothing in between: an image of the whole disc has zeros there.
if command -v xorriso >/dev/null; then
	mkdir one two
	head -c 300000 /dev/urandom >one/first
	head -c 700000 /dev/urandom >two/second
	"$discern" vdrive create --media cd-r sessions.disc >/dev/null
	ok "xorriso burns one session" "$discern" vdrive run --drive sr0=sessions.disc -- \
		xorriso -outdev /dev/sr0 -volid ONE -map one /one -commit
	ok "and another one" "$discern" vdrive run --drive sr0=sessions.disc -- \
		xorriso -dev /dev/sr0 -volid TWO -map two /two -commit
	exits 0 "an image of both" "$discern" vdrive run --drive sr0=sessions.disc -- "$discern" rip -o sessions.iso sr0
	verify 0 "equals the disc" sessions.disc sessions.iso
	head -c 200000 sessions.iso >first.iso
	verify 4 "a part of the first session does not" sessions.disc first.iso
	change sessions.iso $(($(stat -c %s sessions.iso) - 300000))
	verify 4 "a change in the second session is found" sessions.disc sessions.iso
	printed "in the right place" "differs  LBA $((($(stat -c %s sessions.iso) - 300000) / 2048))"
	printed "it is padding" "0 of 2 files differ"
	change sessions.iso $(($(stat -c %s sessions.iso) - 600000))
	verify 4 "one in a file of it" sessions.disc sessions.iso
	printed "is told by the file's name" "/two/second: 2048 bytes differ of 700 kB"
fi

# A drive that stops reading is not a disc full of bad sectors.
exits 1 "a drive that reads nothing any more" "$discern" vdrive run --drive sr0=good.iso \
	--fault 'sr0: read skip=10 host=3' -- "$discern" verify good.iso
complained "is said" "the drive reads nothing any more"
exits 6 "a protected disc" "$discern" vdrive run --drive sr0=good.iso \
	--fault 'sr0: read skip=10 sense=5/6F/03' -- "$discern" verify good.iso
