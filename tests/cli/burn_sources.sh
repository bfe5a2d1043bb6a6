#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# discern burn from other things than plain files: compressed images, pipes, folders.
. "${srcdir:-.}/tests/support/functions.sh"
requires gzip xz zstd bzip2 lz4 zip isoinfo xorriso
requires_vdrive
requires_built LIBARCHIVE LIBISOFS
requires dd truncate

make_iso d.iso 3 SOURCES
sum=$(sha256sum <d.iso | cut -c1-64)

# blank: a fresh disc
blank() {
	rm -f disc
	"$discern" vdrive create --quiet --media dvd+r --sectors 20000 disc >/dev/null || failed "make a blank"
}

# burn CODE WHAT ARGUMENT…: on a fresh disc, standard input as it is
burn() {
	expected=$1
	what=$2
	shift 2
	blank
	code=0
	timeout 100 "$discern" vdrive run --drive sr0=disc -- "$discern" burn "$@" >out 2>err || code=$?
	equal "$what" "$code" "$expected" || show_output
}

# reads_back WHAT FILE: dd reads the same bytes from the disc
reads_back() {
	"$discern" vdrive run --drive sr0=disc -- dd if=/dev/sr0 of=back bs=2048 \
		count=$((($(stat -c %s "$2") + 2047) / 2048)) 2>dd.err || cat dd.err
	truncate -s "$(stat -c %s "$2")" back
	same "$1" back "$2"
}

# --- compressed files ---
gzip -1k d.iso
xz -0k d.iso
zstd -q1k d.iso
bzip2 -1k d.iso
lz4 -q1k d.iso d.iso.lz4 2>/dev/null
mkdir folder && cp d.iso folder && echo text >folder/readme.txt
zip -q1r d.zip folder
files='d.iso.gz d.iso.xz d.iso.zst d.iso.bz2 d.iso.lz4 d.zip'
wrong=$(echo "$sum" | tr 0-9a-f 1-9a-f0)
mkdir inner file wrong bad cut
for file in $files; do
	# With a sum of what is in it, with one of the file, and with a wrong one; damaged in the middle, and cut off.
	cp "$file" inner && cp "$file" file && cp "$file" wrong && cp "$file" bad
	printf '\125\252' | dd of=bad/"$file" bs=1 seek=1500000 conv=notrunc status=none
	head -c 1500000 "$file" >cut/"$file"
done
echo "$sum  d.iso" >inner/SHA256SUMS
(cd file && sha256sum d.* >SHA256SUMS)
for file in $files; do echo "$wrong  $file"; done >wrong/SHA256SUMS
blank
# shellcheck disable=SC2016,SC2086  # the inner shell's variables, and words
"$discern" vdrive run --drive sr0=disc -- sh -c '
	discern=$1
	shift
	for file; do
		for kind in inner file wrong bad cut; do
			"$discern" burn --dry-run $kind/$file >$kind/$file.out 2>$kind/$file.err || echo $? >$kind/$file.code
		done
	done' sh "$discern" $files
for file in $files; do
	contains "$file: a checksum of what is in it is compared" inner/"$file".out "SHA-256 good (SHA256SUMS)"
	contains "$file: a checksum of the file is compared" file/"$file".out "SHA-256 good (SHA256SUMS, of the compressed file)"
	equal "$file: a wrong checksum" "$(cat wrong/"$file".code)" 1
	contains "$file: is told" wrong/"$file".err "differs from SHA256SUMS"
	equal "$file: damage is noticed" "$(cat bad/"$file".code)" 1
	contains "$file: and told" bad/"$file".err "damaged"
	equal "$file: what is cut off is noticed" "$(cat cut/"$file".code)" 1
	burn 0 "$file is burned" "$file"
	printed "$file: every sector is compared" "every sector equals the image"
	reads_back "$file: dd reads the image" d.iso
done
with_drive disc "$discern" verify d.iso.xz sr0 >out 2>err && code=0 || code=$?
equal "discern verify takes a compressed image" "$code" 0 || show_output
burn 0 "a typed checksum of what is in it" --dry-run --sha256="$sum" d.iso.xz
burn 0 "a typed checksum of the file" --dry-run --sha256="$(sha256sum <d.iso.xz | cut -c1-64)" d.iso.xz
printed "is told as such" "as given, of the compressed file"
burn 1 "a wrong typed checksum" --dry-run --sha256="$wrong" d.iso.xz
head -c 1M /dev/urandom | gzip -1 >noise.gz
burn 1 "what is compressed and no image" noise.gz
complained "is told from a file that is none" "is compressed, and what is in it is no disc image"
burn 0 "with --any-file the compressed file is burned as it is" --any-file noise.gz
reads_back "byte for byte" noise.gz
cp d.iso folder/e.iso
zip -q0r two.zip folder
burn 1 "an archive with two images" --dry-run two.zip
complained "is not guessed at" "2 images among 3 files"
head -c 200M /dev/zero | zstd -q1 >bomb.zst
burn 5 "what unpacks to more than the disc has" bomb.zst
complained "stops as soon as it is" "unpacks to more than 41.0 MB"

# --- pipes ---
mkfifo fifo
cat d.iso >fifo &
burn 0 "a pipe with a volume in it" - sr0 <fifo
wait
printed "is burned in the size that comes" "standard input, 3.5"
printed "and read back by its SHA-256" "the SHA-256 of all of it is that of what was burned"
reads_back "dd reads what came" d.iso
cat d.iso >fifo &
burn 0 "a pipe by its name, with its checksum" --sha256="$sum" fifo
wait
cat d.iso >fifo &
burn 1 "a pipe that brings something else" --sha256="$wrong" - <fifo
wait
complained "is told" "the SHA-256 of what came is $sum"
burn 0 "a file as standard input" - <d.iso
make_iso large.iso 6 LARGE
large=$(stat -c %s large.iso)
cat large.iso >fifo &
burn 0 "a pipe longer than what is read ahead" - <fifo
wait
printed "its size is what its volume says" "as its volume says"
reads_back "all of it is there" large.iso
cat large.iso >fifo &
burn 0 "the size may be given" --size="$large" --json - <fifo
wait
printed "the JSON tells of the pipe" '"kind": "pipe"'
printed "the JSON has the digest of the disc" "\"disc_sha256\": \"$(sha256sum <large.iso | cut -c1-64)\""
head -c 5000000 large.iso >fifo &
burn 1 "a pipe that ends early" - <fifo
wait
complained "is told" "ended after 5000000 bytes, of $large that were expected"
complained "with the disc's state" "nothing was written to the disc"
{
	cat large.iso
	head -c 100000 /dev/zero
} >fifo &
burn 0 "a pipe that goes on with zeros" - <fifo
wait
cat large.iso large.iso >fifo 2>/dev/null &
burn 1 "a pipe that goes on" - <fifo
wait
complained "is told" "the pipe goes on behind the $large bytes that were burned"
{
	head -c 5000000 large.iso
	exec sleep 60
} >fifo &
stalled=$!
burn 1 "a pipe that stalls" --pipe-timeout=1 - <fifo
complained "is told" "nothing came through the pipe for 1 second, after 5000000 bytes"
complained "with the disc's state" "nothing was written to the disc"
kill "$stalled" 2>/dev/null
wait
head -c 5000000 /dev/urandom >noise
cat noise >fifo &
burn 1 "a pipe without a volume" - <fifo
wait
cat noise >fifo 2>/dev/null &
burn 0 "with its size and --any-file" --size=5000000 --any-file - <fifo
wait
reads_back "is burned byte for byte" noise
: >fifo &
burn 1 "an empty pipe" - <fifo
wait

# --- folders ---
mkdir -p "tree/a folder/below"
head -c 1500000 /dev/urandom >tree/noise
echo text >"tree/a folder/a text.txt"
ln -s noise tree/link
chmod 640 tree/noise
touch -d 2001-02-03T04:05:06Z tree/noise
burn 0 "a folder" --files tree
printed "its label is its name" '"tree"'
"$discern" vdrive run --drive sr0=disc -- dd if=/dev/sr0 of=tree.iso bs=2048 2>dd.err || cat dd.err
isoinfo -d -i tree.iso >info
contains "isoinfo finds the label" info "Volume id: tree"
xorriso -osirrox on -indev tree.iso -extract / out.tree >xorriso.log 2>&1 || cat xorriso.log
ok "xorriso takes the same files out" diff -r tree out.tree
equal "with links" "$(readlink out.tree/link)" noise
equal "modes and times" "$(stat -c '%a %Y' out.tree/noise)" "640 $(stat -c %Y tree/noise)"
contains "and long names for Windows" info "Joliet"
isoinfo -J -f -i tree.iso >names
contains "as they are" names "/a folder/a text.txt"
burn 0 "with another label" --files --label="An archive of 2026" --json tree
printed "which is taken" '"label": "An archive of 2026"'
burn 1 "a file instead of a folder" --files d.iso
mkdir empty
burn 0 "an empty folder" --files empty

# changes WHAT SOURCE COMMAND…: the command is run in the midst of the burn, held up by a slow write
changes() {
	what=$1
	source=$2
	shift 2
	blank
	: >err
	# shellcheck disable=SC2086  # an option and a name
	"$discern" vdrive run --drive "sr0=disc" --fault 'sr0: write skip=15 count=1 delay=2000' -- \
		"$discern" burn --progress json $source >out 2>err &
	for _ in $(seq 200); do
		grep -qE '"phase": "write", "done_bytes": [1-9]' err && break
		sleep 0.1
	done
	"$@"
	code=0
	wait $! || code=$?
	equal "$what is an error" "$code" 1 || show_output
	equal "$what is not called done" "$(grep -cE '^(good|burned)' out)" 0
}
append() {
	echo more >>"$1"
}
changes "a file of the folder that changes" "--files tree" append tree/noise
complained "is named" "tree/noise: was changed"
changes "a compressed file that changes" d.iso.xz append d.iso.xz
complained "is named" "d.iso.xz: its size changed"

# --- two drives at once ---
for source in "--files tree" "d.iso.zst"; do
	blank && mv disc other && blank
	# shellcheck disable=SC2086  # an option and a name
	exits 0 "$source in two drives at once" timeout 100 "$discern" vdrive run --drive sr0=disc --drive sr1=other -- \
		"$discern" burn $source sr0 sr1
done
reads_back "dd reads the image from one" d.iso
mv other disc
reads_back "and from the other" d.iso
# shellcheck disable=SC2016  # expanded by the inner shell
exits 1 "a pipe in two drives" sh -c 'cat d.iso | "$0" burn - sr0 sr1' "$discern"

# --- a signal while the pipe brings nothing ---
blank
{
	head -c 5000000 large.iso
	exec sleep 60
} >fifo &
stalled=$!
: >err
# shellcheck disable=SC2016  # expanded by the inner shell
"$discern" vdrive run --drive "sr0=disc" -- \
	sh -c '"$0" burn --progress json fifo & echo $! >pid; wait $!' "$discern" >out 2>err &
burning=$!
for _ in $(seq 200); do
	grep -qE '"phase": "write"' err && break
	sleep 0.1
done
kill -TERM "$(cat pid)"
code=0
wait $burning || code=$?
kill $stalled 2>/dev/null
equal "a signal stops it" "$code" 143 || show_output
exits 2 "a size that is none" "$discern" burn --size=much - sr0
exits 2 "a label without --files" "$discern" burn --label=x d.iso
exits 2 "a checksum of what --files makes" "$discern" burn --files --sha256="$sum" tree
exits 1 "a size that is not the file's" "$discern" burn --dry-run --size=1000 d.iso
# shellcheck disable=SC2016  # expanded there
exits 1 "a size that is less than what comes" sh -c '"$0" burn --dry-run --size=200000 - sr0 <d.iso' "$discern"
complained "is told" "standard input: more came than the 200000 bytes that --size says"
