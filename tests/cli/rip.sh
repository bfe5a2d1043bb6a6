#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# discern rip on the virtual drive: the right bytes and name, bad sectors, going on after every kind of stop.
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/rip.sh
. "$source_folder/tests/support/rip.sh"
requires_vdrive
make_iso disc.iso 12 RIP_TEST
sectors=$(($(stat -c %s disc.iso) / 2048))

# ---- a good disc ----

ok "rip by label" with_drive disc.iso "$discern" rip sr0
printed "the label is told" "RIP_TEST"
printed "SHA-256 is told" "$(sha256sum <disc.iso | cut -d ' ' -f 1)"
printed "MD5 is told" "$(md5sum <disc.iso | cut -d ' ' -f 1)"
same "the image equals the disc" RIP_TEST.iso disc.iso
absent "no other file stays" RIP_TEST.iso.part RIP_TEST.iso.map
ok "rip again" with_drive disc.iso "$discern" rip --speed 4x
same "the second image has a number" RIP_TEST-2.iso disc.iso
exits 1 "an image named is never overwritten" with_drive disc.iso "$discern" rip -o RIP_TEST.iso
complained "it is named" "RIP_TEST.iso: exists"
ok "JSON" with_drive disc.iso "$discern" rip --json -o json.iso
printed "JSON: SHA-256" "\"sha256\": \"$(sha256sum <disc.iso | cut -d ' ' -f 1)\""
printed "JSON: size" "\"image_bytes\": $((sectors * 2048))"
printed "JSON: a candidate" '"source": "ISO 9660"'
ok "reasons" with_drive disc.iso "$discern" rip -v -o reasons.iso
complained "-v: candidates" "$sectors sectors by READ CAPACITY"
rm -f ./*.iso.part json.iso reasons.iso RIP_TEST-2.iso RIP_TEST.iso

# ---- wrong usage ----

exits 2 "no number of retries" "$discern" rip --retries=x
exits 2 "no speed" "$discern" rip --speed=fast
exits 2 "a folder is no image" "$discern" rip -o /tmp/

# ---- twenty bad sectors, for each size of a unit: CD 1, DVD 16, BD 32 ----

for kind in cd-rom dvd-rom bd-rom; do
	exits 3 "$kind: 20 bad sectors" "$discern" vdrive run --drive "sr0=disc.iso,kind=$kind" \
		--fault 'sr0: read lba=16-17 sense=3/11/05' --fault 'sr0: read lba=500-509 sense=3/11/05' \
		--fault 'sr0: read lba=1023-1025 sense=3/02/00' --fault 'sr0: read lba=2000 sense=3/11/00' \
		--fault "sr0: read lba=$((sectors - 4))-$((sectors - 1)) sense=3/11/05" \
		-- "$discern" rip --retries 1 -o bad.iso
	printed "$kind: they are counted" "20 sectors could not be read"
	grep -v '^#' bad.iso.map | sed 1d | grep -v '+$' >found
	printf '0x%08X  0x%08X  -\n' $((16 * 2048)) 4096 $((500 * 2048)) 20480 $((1023 * 2048)) 6144 \
		$((2000 * 2048)) 2048 $(((sectors - 4) * 2048)) 8192 >expected
	same "$kind: exactly these are bad in the map" found expected
	equal "$kind: the image has its full size" "$(stat -c %s bad.iso)" $((sectors * 2048))
	claims_are_true "$kind" bad.iso bad.iso.map
	if command -v ddrescuelog >/dev/null; then
		ok "$kind: ddrescuelog reads the map" ddrescuelog -t bad.iso.map
		equal "$kind: ddrescuelog lists 20 sectors" "$(ddrescuelog -b2048 -l- bad.iso.map | wc -l)" 20
	fi
	exits 3 "$kind: still bad" "$discern" vdrive run --drive "sr0=disc.iso,kind=$kind" \
		--fault 'sr0: read lba=505 sense=3/11/05' -- "$discern" rip --retries 0 -o bad.iso
	printed "$kind: one is left" "LBA 505"
	ok "$kind: the fault gone, the same command completes it" \
		"$discern" vdrive run --drive "sr0=disc.iso,kind=$kind" -- "$discern" rip -o bad.iso
	printed "$kind: its SHA-256 is told" "$(sha256sum <disc.iso | cut -d ' ' -f 1)"
	same "$kind: the image equals the disc" bad.iso disc.iso
	absent "$kind: the map is gone" bad.iso.map bad.iso.part
	rm bad.iso
done

ok "a sector that fails three times is got by trying again" \
	"$discern" vdrive run --drive sr0=disc.iso --fault 'sr0: read lba=700 count=3 sense=3/11/05' \
	-- "$discern" rip -o retried.iso
same "retried: the image equals the disc" retried.iso disc.iso
rm retried.iso

# ---- stops ----

# Reads of descriptors stay fast, so that even the shortest run gets somewhere.
slow='sr0: read lba=300-6000 delay=100'

# Stops the rip ten times at different moments, by force and by asking; every map must tell the truth.
cat >stops.sh <<'EOS'
signal=$1
n=0
for tenths in 4 7 3 5 9 2 6 4 5 3; do
	"$discern" rip -o stopped.iso sr0 >/dev/null 2>>stop.err &
	sleep "$((tenths / 10)).$((tenths % 10))"
	kill "-$signal" $! 2>/dev/null
	wait $!
	echo "$?" >>codes
	[ -e stopped.iso ] && break
	n=$((n + 1))
	cp stopped.iso.map "map.$n" 2>/dev/null && cp stopped.iso.part "part.$n"
done
exit 0
EOS
export discern
for signal in KILL TERM; do
	rm -f codes
	ok "$signal at ten moments" "$discern" vdrive run --drive sr0=disc.iso --fault "$slow" -- sh stops.sh "$signal"
	for map in map.*; do
		claims_are_true "$signal, stop ${map#map.}" "part.${map#map.}" "$map"
	done
	ok "$signal: gone on to the end" with_drive disc.iso "$discern" rip -o stopped.iso
	same "$signal: the image equals the disc" stopped.iso disc.iso
	absent "$signal: no other file stays" stopped.iso.part stopped.iso.map
	rm -f stopped.iso map.* part.*
done
equal "TERM: exit code 143" "$(head -n 1 codes)" 143

# A shell's background jobs ignore Ctrl-C until the program itself asks for it, which it has done when the map is there.
cat >interrupt.sh <<'EOS'
"$discern" rip -o stopped.iso sr0 2>stop.err &
while [ ! -e stopped.iso.map ]; do sleep 0.05; done
sleep 0.3
kill -INT $!
wait $!
EOS
exits 130 "Ctrl-C: exit code" "$discern" vdrive run --drive sr0=disc.iso --fault "$slow" -- sh interrupt.sh
contains "Ctrl-C: how to go on" stop.err "the same command"
claims_are_true "Ctrl-C" stopped.iso.part stopped.iso.map
ok "Ctrl-C: gone on to the end" with_drive disc.iso "$discern" rip -o stopped.iso
same "Ctrl-C: the image equals the disc" stopped.iso disc.iso
rm stopped.iso

# ---- the wrong disc ----

exits 3 "a job with bad sectors" "$discern" vdrive run --drive sr0=disc.iso \
	--fault 'sr0: read lba=700 sense=3/11/05' -- "$discern" rip --sums=none -o job.iso
claims_are_true "a job with bad sectors" job.iso job.iso.map disc.iso
equal "without checksums its map has all else" "$(grep -c '+$' job.iso.map)" 2
make_iso other.iso 12 RIP_TEST
exits 7 "another disc is refused" with_drive other.iso "$discern" rip -o job.iso
complained "it says why" "another disc"
ok "the right disc is taken" with_drive disc.iso "$discern" rip -o job.iso
same "the wrong disc left no trace" job.iso disc.iso
rm job.iso

exits 7 "disc changed while it is read" "$discern" vdrive run --drive sr0=disc.iso \
	--fault 'sr0: read lba=3000-3100 sense=6/28/00' -- "$discern" rip -o changed.iso
ok "changed back" with_drive disc.iso "$discern" rip -o changed.iso
same "changed back: the image equals the disc" changed.iso disc.iso
rm changed.iso

exits 6 "a protected sector" "$discern" vdrive run --drive sr0=disc.iso,kind=dvd-rom \
	--fault 'sr0: read lba=3000 sense=5/6f/03' -- "$discern" rip -o protected.iso
complained "protected: it says so" "copy-protected"
absent "protected: no image" protected.iso

# ---- a job begun by ddrescue ----

if command -v ddrescue >/dev/null; then
	ok "ddrescue leaves a job" with_drive disc.iso ddrescue -q -b2048 -s 5Mi /dev/sr0 dd.iso dd.iso.map
	ok "discern goes on with it" with_drive disc.iso "$discern" rip -o dd.iso
	same "ddrescue's job: the image equals the disc" dd.iso disc.iso
	absent "ddrescue's job: the map is gone" dd.iso.map
fi
