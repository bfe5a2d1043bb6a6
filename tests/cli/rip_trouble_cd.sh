#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Drives in trouble while they read a CD raw or its audio, with several seeds: no false data, the reason told, the job
# resumable. They hang, reset, answer short, lie about the size, or are gone in the middle.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/rip.sh
. "$source_folder/tests/support/rip.sh"
requires_vdrive
requires_built SNDFILE
requires flac

"$build_folder/tests/support/sound_make" all 900 1 || exit 1
head -c 1M /dev/zero | openssl enc -aes-128-ctr -K 00 -iv 00 >data.img 2>/dev/null
mixed_sheet data.img >mixed.cue

# in_trouble RULES OPTION…: rips, in a drive with these faults, which are divided by semicolons
in_trouble() {
	printf 'sr0: %s\n' "$1" | sed 's/; */\nsr0: /g' >faults
	shift
	run "$discern" vdrive run --drive sr0=mixed.cue --faults faults -- "$discern" rip -v -o it "$@" sr0
}

# What was told as good is so, and in a drive that works the same command comes to its end.
finish() {
	[ "$code" -eq 0 ] || exits 0 "$1: --$2, gone on with" with_drive mixed.cue "$discern" rip "--$2" -o it sr0
	if [ "$2" = raw ]; then
		same "$1: --$2, every byte" it.bin whole.bin
	else
		flac --silent --decode --stdout --force-raw-format --endian=little --sign=signed it/*.flac >got
		same "$1: --$2, every sample" got all.raw
	fi
	rm -rf it it.*
}

ok "the disc" with_drive mixed.cue "$discern" rip --raw -o whole sr0

# --- trouble that passes ---
for seed in 1 2; do
	rules=
	for what in host=time-out host=reset host=error short=2352 short=0 sense=6/29/00 sense=2/04/01 sense=b/00/00 status=8; do
		rules="$rules; read skip=30 probability=0.05 seed=$seed$((seed + ${#rules})) count=2 $what"
	done
	for kind in raw audio; do
		in_trouble "${rules#; }" --$kind
		equal "seed $seed: --$kind, it is got over" "$code" 0
		finish "seed $seed" $kind
	done
done

# --- for good: never called good, and the reason told ---
while read -r trouble words; do
	for kind in raw audio; do
		in_trouble "read skip=60 $trouble" --$kind --retries 0
		equal "$trouble: --$kind, not called good" "$([ "$code" -ne 0 ] && echo yes)" yes
		contains "$trouble: --$kind, the reason" err "$words"
		finish "$trouble" $kind
	done
done <<'END'
unplug the connection to the drive
remove medium not present
host=time-out did not answer in time
short=512 only 512 of
END

# --- a size that is not so: tracks are where the table of contents has them ---
for n in 1 4000000000; do
	for kind in raw audio; do
		in_trouble "capacity capacity=$n" --$kind
		equal "a drive that says $n: --$kind" "$code" 0
		finish "a drive that says $n" $kind
	done
done

# --- sub-channels beside sound: in the same pass where the drive takes that, else in one of their own ---
for rules in 'read lba=0 count=1 delay=1' '0xBE skip=60 count=1 sense=5/24/00'; do
	in_trouble "$rules" --raw --subchannel
	equal "$rules: sub-channels" "$code" 0
	cp err "told.${rules%% *}"
	mv it.sub "sub.${rules%% *}"
	finish "$rules" raw
done
same "sub-channels are the same in a pass of their own" sub.read sub.0xBE
equal "which a drive does not need" "$(grep -c 'that did not come with the data' told.read)" 0
contains "but one that refuses" told.0xBE "that did not come with the data"
