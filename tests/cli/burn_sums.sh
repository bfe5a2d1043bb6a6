#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What discern burn holds an image against before it burns: lists of checksums, signatures on them, and checksums that the
# image holds itself. Most is seen in dry runs, in front of one blank disc.
. "${srcdir:-.}/tests/support/functions.sh"
requires gpg implantisomd5 checkisomd5 xz
requires_vdrive
requires_built GPGME LIBARCHIVE

make_iso d.iso 1 SUMS
new_disc() {
	rm -f disc
	"$discern" vdrive create --quiet --media dvd+r --sectors 5000 disc >/dev/null || exit 1
}
new_disc
HOME=$work/home
GNUPGHOME=$work/home/.gnupg
export HOME GNUPGHOME
mkdir "$HOME" && mkdir -m 700 "$GNUPGHOME"

# check CODE WHAT OPTION…: a dry run, and how it ends
check() {
	expected=$1
	what=$2
	shift 2
	exits "$expected" "$what" timeout 60 "$discern" vdrive run --drive sr0=disc -- "$discern" burn --dry-run "$@" d.iso
}

# make_key NAME FOLDER EXPIRY [OPTION]: a key in a home of its own
make_key() {
	mkdir -m 700 "$2"
	# shellcheck disable=SC2086  # one option or none
	gpg --homedir "$2" --batch --quiet --pinentry-mode loopback --passphrase '' ${4:-} --quick-gen-key "$1" ed25519 \
		sign "$3" 2>gpg.err || cat gpg.err
	gpg --homedir "$2" --batch --with-colons --list-keys 2>gpg.err | sed -n 's/^fpr:*\([0-9A-F]*\):.*/\1/p' | head -n 1 >"$2/fpr"
	gpg --homedir "$2" --batch --export >"$2/keys.gpg"
}
sign() {
	home=$1
	shift
	gpg --homedir "$home" --batch --yes --quiet --pinentry-mode loopback --passphrase '' "$@" 2>gpg.err || cat gpg.err
}

make_key 'Ann Example <ann@example.org>' ann never
make_key 'Bob Example <bob@example.org>' bob never
make_key 'Old Example <old@example.org>' old 2020-02-01 --faked-system-time=20200101T000000
sum=$(sha256sum <d.iso | cut -c1-64)

# --- none, named, not named, without a sum ---
check 0 "without a list it goes on"
printed "that there is none is said" "no list beside it to compare with"
echo "$sum  other.iso" >SHA256SUMS
check 0 "a list that does not name it"
printed "is told from no list" "not compared: SHA256SUMS does not name it"
echo "0123456789abcdef  d.iso" >SHA256SUMS
check 1 "a list that names it without a checksum stops it"
complained "as such" "without a checksum that makes sense"
sha256sum d.iso >SHA256SUMS
check 0 "a list that names it"
printed "and is right" "SHA-256 good (SHA256SUMS)"
printed "that nobody signed it is said" "SHA256SUMS is not signed"
check 1 "an unsigned list, where a signature is required" --require-signature
complained "says so" "there is no signature"
sed 's/^..../0000/' SHA256SUMS >SHA256SUMS.new && mv SHA256SUMS.new SHA256SUMS
check 1 "a list that is wrong stops it"
complained "both sums are told" "$sum"

# --- signatures beside the list ---
sha256sum d.iso >SHA256SUMS
for suffix in gpg sign asc sig; do
	sign ann --detach-sign "$([ $suffix = asc ] && echo --armor || echo --no-armor)" --output SHA256SUMS.$suffix SHA256SUMS
	check 0 ".$suffix: a good signature by a key of the keyring named" --keyring=ann/keys.gpg --require-signature
	printed ".$suffix: who signed is told" "signature good (SHA256SUMS.$suffix): Ann Example <ann@example.org>"
	printed ".$suffix: and which key" "key $(cat ann/fpr) in $work/ann/keys.gpg"
	rm SHA256SUMS.$suffix
done
sign ann --detach-sign --armor --output SHA256SUMS.asc SHA256SUMS
gpg --homedir ann --batch --armor --export >ann/keys.asc
check 0 "a keyring in armor" --keyring=ann/keys.asc --require-signature
check 0 "an unknown key is told, and it goes on" --keyring=bob/keys.gpg
printed "its ID is told" "its key $(cat ann/fpr) is not in the keyring"
printed "and how to get it" "gpg --recv-keys $(cat ann/fpr)"
check 1 "an unknown key, where a good signature is required" --keyring=bob/keys.gpg --require-signature
complained "says which" "unknown key $(cat ann/fpr)"
check 0 "an empty keyring of the user's own"
printed "knows no key either" "is not in the keyring"
gpg --batch --quiet --import ann/keys.gpg 2>gpg.err || cat gpg.err
check 0 "the user's own keyring is the default" --json
printed "the JSON has the state" '"state": "good"'
printed "the JSON has the fingerprint" "\"fingerprint\": \"$(cat ann/fpr)\""
printed "the JSON has the trust" '"trust": "unknown"'
echo "# more" >>SHA256SUMS
check 1 "a list that was changed after it was signed stops it"
complained "as a bad signature" "its signature SHA256SUMS.asc is bad: this is not what Ann Example"
check 1 "the same list by a keyring named" --keyring=ann/keys.gpg
sha256sum d.iso >SHA256SUMS
echo "no signature" >SHA256SUMS.asc
check 0 "what is no signature is told, and it goes on"
printed "as such" "signature not checked (SHA256SUMS.asc)"
check 1 "what is no signature is not enough" --require-signature
rm SHA256SUMS.asc
check 1 "a keyring that is not there" --keyring=missing.gpg
complained "says so" "there is no such keyring"
sign ann --detach-sign --output SHA256SUMS.gpg SHA256SUMS
check 1 "what is no keyring" --keyring=d.iso

# --- signed in clear ---
rm SHA256SUMS SHA256SUMS.gpg
{
	echo "# d.iso: some bytes"
	echo "SHA256 (d.iso) = $sum"
} >plain
sign ann --clear-sign --output Project-1-CHECKSUM plain
check 0 "a list that is signed in clear" --keyring=ann/keys.gpg --require-signature
printed "is good" "SHA-256 good (Project-1-CHECKSUM)"
sed "s/some bytes/more bytes/" Project-1-CHECKSUM >new && mv new Project-1-CHECKSUM
check 1 "one that was changed" --keyring=ann/keys.gpg
complained "is a bad signature" "is bad"
sign ann --clear-sign --output Project-1-CHECKSUM plain
{
	echo "SHA256 (e.iso) = $sum"
	cat Project-1-CHECKSUM
} >new && mv new Project-1-CHECKSUM
mv d.iso e.iso
exits 0 "what stands around what is signed" timeout 60 "$discern" vdrive run --drive sr0=disc -- \
	"$discern" burn --dry-run --keyring=ann/keys.gpg e.iso
printed "does not count" "Project-1-CHECKSUM does not name it"
mv e.iso d.iso
rm Project-1-CHECKSUM

# --- keys that have expired or were revoked, and signatures on the image itself ---
sign ann --detach-sign --output d.iso.sig d.iso
check 0 "a signature on the image itself" --keyring=ann/keys.gpg --require-signature
printed "is good" "signature good (d.iso.sig)"
rm d.iso.sig
sha256sum d.iso >SHA256SUMS
sign old --faked-system-time=20200102T000000 --detach-sign --output SHA256SUMS.gpg SHA256SUMS
check 0 "a key that has expired" --keyring=old/keys.gpg
printed "is told" "signature fits (SHA256SUMS.gpg), but the key has expired: Old Example"
check 1 "and is not enough" --keyring=old/keys.gpg --require-signature
sign ann --detach-sign --output SHA256SUMS.gpg SHA256SUMS
sed 's/^:---/---/' ann/openpgp-revocs.d/*.rev >revoke.asc
sign ann --import revoke.asc
gpg --homedir ann --batch --export >ann/revoked.gpg
check 1 "a key that was revoked stops it" --keyring=ann/revoked.gpg
complained "as such" "by a key that has been revoked"
rm SHA256SUMS SHA256SUMS.gpg

# --- checksums in the image ---
implantisomd5 -f d.iso >implant.log 2>&1 || cat implant.log
ok "checkisomd5 finds it right" checkisomd5 d.iso
check 0 "a checksum of isomd5sum"
printed "is compared" "MD5 good (its own, by isomd5sum)"
cp d.iso kept.iso
size=$(stat -c %s d.iso)
printf changed | dd of=d.iso bs=1 seek=$((size / 2)) conv=notrunc status=none
exits 1 "checkisomd5 finds it wrong" checkisomd5 d.iso
check 1 "an image that differs from its own checksum is not burned"
complained "as such" "differs from the checksum that it holds itself"
mv kept.iso d.iso

exits 0 "it is burned" timeout 60 "$discern" vdrive run --drive sr0=disc -- "$discern" burn --no-receipt d.iso
ok "checkisomd5 finds the disc right" with_drive disc checkisomd5 /dev/sr0

new_disc

# --- tagmedia's, by its documentation: what is signed is the field with the checksum ---
# put FILE OFFSET: standard input goes there
put() {
	dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
field=33651 block=300
zeros() {
	head -c "$1" /dev/zero
}
cp d.iso plain.iso
n_sectors=$(($(stat -c %s d.iso) / 2048))
{
	printf '7984fc91-a43f-4e45-bf27-6d3aa08b24cf\n'
	zeros 2011
} | put d.iso $((block * 2048))
cp d.iso bare.iso
zeros 512 | put bare.iso 0
printf '%512s' '' | put bare.iso $field
zeros 4096 | put bare.iso $(((n_sectors - 2) * 2048))
printf '%-512s' "check=1;pad=2;sha256sum=$(sha256sum <bare.iso | cut -c1-64);signature=$((block * 4))" | put d.iso $field
printf 'a boot record' | put d.iso 0
check 0 "a checksum by tagmedia, that nobody has signed"
printed "is compared" "SHA-256 good (its own, by checkmedia)"
check 1 "which is not enough where a signature is required" --keyring=bob/keys.gpg --require-signature
tail -c +$((field + 1)) d.iso | head -c 512 >field
sign bob --armor --detach-sign --output field.asc field
put d.iso $((block * 2048 + 64)) <field.asc
check 0 "and one that somebody has signed" --keyring=bob/keys.gpg --require-signature
printed "by whom is told" "Bob Example"
printed "and what" "in the image"
check 0 "a key that is unknown" --keyring=ann/keys.gpg
printed "is told as such" "is not in the keyring"
check 1 "and is not enough" --keyring=ann/keys.gpg --require-signature
new_disc
exits 0 "it is burned" timeout 60 "$discern" vdrive run --drive sr0=disc -- \
	"$discern" burn --no-receipt --keyring=bob/keys.gpg --require-signature d.iso
sed 's/check=1/check=0/' field >other
sign bob --yes --armor --detach-sign --output field.asc other
put d.iso $((block * 2048 + 64)) <field.asc
check 1 "a signature of something else" --keyring=bob/keys.gpg
complained "is bad" "its signature in the image is bad: this is not what Bob Example"
printf changed | put d.iso 500000
check 1 "what was changed afterwards" --keyring=bob/keys.gpg
complained "differs" "differs from the checksum that it holds itself (SHA-256, by checkmedia)"
mv plain.iso d.iso
new_disc

# --- what follows the end ---
truncate -s +307200 d.iso
check 0 "zeros behind the end"
printed "are told" "behind the end of its volume: 307 kB of zeros"
echo more >>d.iso
check 0 "other data behind the end"
printed "are told as such" "behind the end of its volume: 307 kB of other data"

for home in ann bob old; do
	gpgconf --homedir $home --kill all
done
