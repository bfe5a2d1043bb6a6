#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Ripping damaged discs on a virtual clock: the least time, the limits, discs that are bad by design.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/rip.sh
. "$source_folder/tests/support/rip.sh"
requires_vdrive
requires sg_raw

head -c 64M /dev/zero | openssl enc -aes-128-ctr -K 00 -iv 00 >disc.img 2>/dev/null

# told KEY: what the clock file of the last run says
told() {
	sed -nE "s/^sr0 (.* )?$1=([0-9]+).*/\2/p" clock
}

# damaged RULE ARGUMENT…: discern rip of a damaged DVD
damaged() {
	rule=$1
	shift
	run "$discern" vdrive run --virtual-clock --clock-file clock --drive sr0=disc.img,kind=dvd-rom --fault "sr0: $rule" \
		-- "$discern" rip -o out.iso "$@"
}

fresh() {
	rm -f out.iso out.iso.map out.iso.part
}

# Every sector that the map calls good equals the disc's.
true_claims() {
	file=out.iso
	[ -e "$file" ] || file=out.iso.part
	claims_are_true "$1" "$file" out.iso.map disc.img
}

# --- what gives in to a lower speed, and what to many tries ---
damaged 'ring lba=4000-4799 severity=1 dead=0 seed=1'
equal "a ring in which nothing is dead is read as a whole" "$code" 0
same "rightly" out.iso disc.img
equal "as the drive counts as well" "$(told delivered)" 32768
fresh
damaged 'ring lba=4000-4799 severity=1 dead=1 seed=1' -v
equal "one in which all is dead is not" "$code" 3
printed "and how many are missing is told" "800 sectors could not be read"
complained "with -v, what was tried" "with the drive's own retries"
true_claims "dead ring"
dead_seconds=$(told seconds)
fresh
damaged 'ring lba=4000-4799 severity=1 dead=1 seed=1' --retries 0
equal "without retries the same is missing" "$(grep -vc '^#' out.iso.map)" 4
[ "$(told seconds)" -lt $((dead_seconds / 4)) ]
equal "in much less time" $? 0
fresh

# --- what was set in the drive ---
cat >asks.sh <<-'END'
	sg_raw -b -r 64 -o before /dev/sr0 5a 08 01 00 00 00 00 00 40 00
	"$1" rip -o out.iso
	sg_raw -b -r 64 -o after /dev/sr0 5a 08 01 00 00 00 00 00 40 00
END
run "$discern" vdrive run --drive sr0=disc.img,kind=dvd-rom --fault 'sr0: ring lba=4000-4799 severity=1 dead=1 seed=1' \
	-- sh asks.sh "$discern"
equal "the drive tries as often by itself as before" "$(od -An -tx1 after)" "$(od -An -tx1 before)"
contains "the mode page was there" before "$(printf '\001\012')"
fresh

# --- drives that do not let themselves be set ---
for refusal in '0x55 sense=5/26/00' '0xB6 sense=5/20/00; 0xBB sense=5/20/00'; do
	echo "sr0: ring lba=4000-4799 severity=1 dead=0 seed=1" >refusing
	echo "$refusal" | tr ';' '\n' | sed 's/^ */sr0: /' >>refusing
	run "$discern" vdrive run --virtual-clock --drive sr0=disc.img,kind=dvd-rom --faults refusing -- "$discern" rip -v -o out.iso
	[ "$code" -eq 0 ] || [ "$code" -eq 3 ]
	equal "$refusal: the rip comes to its end" $? 0
	complained "$refusal: in the ways that are left" "with the drive's own retries"
	[ "$code" -eq 0 ] || true_claims "$refusal"
	fresh
done

# --- limits ---
damaged 'ring lba=4000-6399 severity=1 dead=0.5 seed=2' --max-time 2m
equal "a limit of time ends it with code 8" "$code" 8
complained "and it says so" "stopped after 2:00, as asked"
[ "$(told seconds)" -ge 120 ] && [ "$(told seconds)" -le 180 ]
equal "by the drive's clock" $? 0
ok "what was read is kept" test -e out.iso.part
true_claims "limit of time"
damaged 'ring lba=4000-6399 severity=1 dead=0.5 seed=2' --stop-after-no-progress 10m
equal "without progress it ends too" "$code" 8
damaged 'read lba=0 sense=3/11/05 count=1'
equal "the same command goes on, and completes it on a cleaned disc" "$code" 0
same "rightly" out.iso disc.img
fresh
exits 2 "no time" "$discern" rip --max-time soon
exits 2 "no time either" "$discern" rip --stop-after-no-progress 0

# --- by design ---
damaged 'design count=60 length=4 dead=1 seed=3'
equal "a disc with many short bad places" "$code" 3
complained "is recognised" "the disc seems to be made so"
design_seconds=$(told seconds)
fresh
damaged 'design count=60 length=4 dead=1 seed=3' --retries 2
equal "--retries tries them all" "$code" 3
[ "$(told seconds)" -gt $((design_seconds * 3)) ]
equal "which takes its time" $? 0
