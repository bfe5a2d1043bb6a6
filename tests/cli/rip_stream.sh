#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The image to standard output, and compressed images.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
requires_built ZSTD LZMA ZLIB
requires jq zstd xz gzip script timeout
make_iso disc.iso 6
disc=disc.iso,kind=dvd-rom
sha=$(sha256sum <disc.iso | cut -d ' ' -f 1)

# stream ARGUMENT…: discern rip -o - through a pipe into "got", its result in "told"
stream() {
	{
		"$discern" vdrive run --drive "sr0=$disc" ${fault:+--fault "sr0: $fault"} -- "$discern" rip -o - "$@" 2>told
		echo $? >code
	} | cat >got
	code=$(cat code)
}
fault=

# --- to a pipe ---
stream --json
equal "through a pipe" "$code" 0
same "comes the image" got disc.iso
equal "JSON goes to stderr" "$(jq -r .sha256 told)" "$sha"
ls >names
equal "no file of its own was made" "$(grep -cE 'part|map|^-$' names)" 0
with_drive "$disc" "$discern" rip -o - >got 2>told
same "into a file" got disc.iso
contains "with the result on stderr" told "to standard output"
fault='read lba=1000-1003 sense=3/11/05 count=3'
stream --json
equal "what a few more tries bring" "$code" 0
same "is there" got disc.iso
fault='read lba=1000-1003 sense=3/11/05'
stream --json
equal "sectors that stay bad" "$code" 3
cp disc.iso holes.iso
dd if=/dev/zero of=holes.iso bs=2048 seek=1000 count=4 conv=notrunc status=none
same "are zeros" got holes.iso
equal "and told" "$(sed '/^discern/d' told | jq -c '[.bad_sectors, .bad_ranges[0].lba, .sha256]')" '[4,1000,null]'
fault='ring lba=1000-1499 severity=1 dead=1 seed=1'
stream --json
equal "a dead ring ends as well" "$code" 3
dd if=/dev/zero of=holes.iso bs=2048 seek=992 count=512 conv=notrunc status=none
same "with its zeros" got holes.iso
fault=
{
	with_drive "$disc" "$discern" rip -o - 2>told
	echo $? >code
} | head -c 1000000 >got
equal "a reader that goes away ends it" "$(cat code)" 1
contains "which is said" told "has gone away"
run script -qec "'$discern' rip -o - nowhere" /dev/null
equal "a terminal is refused" "$code" 2
{
	with_drive "$disc" timeout -s INT 1 "$discern" rip -o - 2>told
	echo $? >code
} | { sleep 3 && head -c 1000 >got; }
equal "a reader that sleeps does not keep it from Ctrl-C" "$(cat code)" 124

# --- compressed ---
cp disc.iso changed.iso
printf differs! | dd of=changed.iso bs=1 seek=$(($(stat -c %s disc.iso) - 8)) conv=notrunc status=none
# packed FORMAT SUFFIX UNPACK…
packed() {
	format=$1
	packed_file=out.iso.$2
	shift 2
	run with_drive "$disc" "$discern" rip -o out.iso --compress="$format" --json
	equal "$format" "$code" 0
	equal "$format: named by its form" "$(jq -r .image "$work/out")" "$packed_file"
	equal "$format: the digest is the image's" "$(jq -r .sha256 "$work/out")" "$sha"
	equal "$format: and the size the file's" "$(jq -r .compressed_bytes "$work/out")" "$(wc -c <"$packed_file")"
	"$@" <"$packed_file" >got
	same "$format: unpacked it is the image" got disc.iso
	absent "$format: nothing else is left" out.iso out.iso.part out.iso.map "$packed_file.part"
	run with_drive "$disc" "$discern" rip -o "$packed_file" --compress="$format"
	equal "$format: it is not overwritten" "$code" 1
	absent "$format: nor anything begun" out.iso out.iso.part out.iso.map "$packed_file.part"
	mkdir "$format" && cp "$packed_file" out.iso.json "$format"
	exits 0 "$format: --skip-done" with_drive "$disc" "$discern" rip --skip-done -o "$format/new.iso"
	printed "$format: finds it" "$packed_file holds this disc already"
	exits 0 "$format: another disc with its marks" with_drive changed.iso,kind=dvd-rom "$discern" rip --skip-done \
		-o "$format/new.iso"
	same "$format: is not taken for it" "$format/new.iso" changed.iso
	rm -r "$format"
	stream --compress="$format"
	"$@" <got >unpacked
	same "$format: as a stream" unpacked disc.iso
}
packed zstd zst zstd -dc
packed xz xz xz -dc
packed gz gz gzip -dc
[ "$(zstd --list out.iso.zst | awk 'END { print $1 }')" -ge 6 ]
equal "zstd lists many frames" $? 0
# Magic number of the seekable format's table, in the file's last four bytes.
equal "and a table of them" "$(tail -c 4 out.iso.zst | od -An -tx1 | tr -d ' ')" b1ea928f

# --- the compressed image is as good as the plain one ---
run "$discern" info out.iso.zst --json
equal "discern info looks into it" "$(jq -r '.image.bytes' "$work/out")" "$(wc -c <disc.iso)"
exits 0 "discern verify compares the disc with it" with_drive "$disc" "$discern" verify out.iso.zst
cp disc.iso other.iso
printf differs! | dd of=other.iso bs=1 seek=3000000 conv=notrunc status=none
exits 4 "and finds a difference" with_drive other.iso,kind=dvd-rom "$discern" verify out.iso.zst
cp out.iso.zst bad.zst
printf '\377\377\377' | dd of=bad.zst bs=1 seek=2000000 conv=notrunc status=none
exits 1 "damage in it is no difference" with_drive "$disc" "$discern" verify bad.zst
head -c 1000000 out.iso.zst >cut.zst
tail -c 60 out.iso.zst >>cut.zst
exits 1 "nor is one that is cut" with_drive "$disc" "$discern" verify cut.zst
complained "which is said" "makes no sense"
rm -f out.iso.*

# --- resumed, and with errors on the way ---
fault='read lba=1000-1003 sense=3/11/05 count=3'
run "$discern" vdrive run --drive "sr0=$disc" --fault "sr0: $fault" -- "$discern" rip -o out.iso --compress=zstd
equal "errors on the way" "$code" 0
zstd -dcq <out.iso.zst >got
same "change nothing" got disc.iso
rm -f out.iso.*
run "$discern" vdrive run --drive "sr0=$disc" --fault "sr0: read lba=1000-1003 sense=3/11/05" -- "$discern" rip -o out.iso.zst \
	--compress=zstd
equal "bad sectors" "$code" 3
complained "leave a plain image" "is not compressed"
absent "alone" out.iso.zst out.iso.zst.part
run with_drive "$disc" "$discern" rip -o out.iso.zst --compress=zstd
equal "until the disc is cleaned" "$code" 0
zstd -dcq <out.iso.zst >got
same "then all is there" got disc.iso
absent "in one file" out.iso out.iso.map out.iso.part
exits 2 "an unknown format" "$discern" rip --compress=rar
exits 2 "no page of what goes into a pipe" "$discern" rip -o - --report page.html
complained "and why" "not for -o -"
