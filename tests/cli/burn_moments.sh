#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2030,SC2031,SC2154  # each part has its own work; functions.sh and burn_cd.sh set the others
# All that can go wrong while a disc is burned, at random moments, on each family of media: the end is honest, with
# the right exit code, what happened and what to do; nothing is called good that another program does not find so; and the
# same drive takes the next disc. DISCERN_MOMENTS=N tries N moments of each failure on each family (10 take a quarter of an
# hour); without it a few in all are tried, so that each failure and each family has its turn. DISCERN_SEED=N repeats a run.
# DISCERN_FAMILIES="cd-r dvd-rw-format" takes some families only, DISCERN_FAILURES="image|pipe" some failures.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
# shellcheck source=tests/support/media.sh
. "$source_folder/tests/support/media.sh"
requires_vdrive
# shellcheck source=tests/support/burn_cd.sh
. "$source_folder/tests/support/burn_cd.sh"
requires dd truncate seq xorrisofs

seed=${DISCERN_SEED:-5}
n_moments=${DISCERN_MOMENTS:-0}
echo "# DISCERN_SEED=$seed"

make_iso small.iso 3 SMALL
mkdir tiny
echo "a text" >tiny/text
xorrisofs -quiet -o tiny.iso tiny 2>xorrisofs.log || exit 1
n_sectors=$(($(wc -c <small.iso) / 2048))
export discern dump

# Failures: WHAT|EXIT CODES|HOW|RULE, with @L a sector, @N a number below 3, @T a time in ms, @B a number of bytes.
# Exit code 0 stands where a drive may get over it; the disc is compared then.
cat >burns <<'END'
write error|SPARE|plain|write lba=@L write-error
write error, once|SPARE|plain|write lba=@L count=1 write-error
power calibration error||plain|write lba=@L count=1 calibration-error
underrun|0 1|plain|write lba=@L count=1 underrun
underrun without protection|SPARE|plain|write lba=@L count=1 sense=3/0C/09
medium taken out|5|plain|write lba=@L count=1 remove
medium exchanged|1 4|plain|write lba=@L count=1 exchange=@D
tray opened|5|plain|write lba=@L count=1 tray
bus reset||plain|write lba=@L count=1 host=reset
reset told|0 1|plain|write lba=@L count=1 sense=6/29/00
lost command||plain|write lba=@L count=1 host=time-out
drive gone||plain|write lba=@L count=1 host=gone
drive unplugged||plain|write lba=@L unplug
power loss||plain|write lba=@L count=1 power-loss
flush fails||plain|0x35 sense=3/0C/00
a later flush fails|0 1|plain|0x35 skip=@N count=1 sense=3/0C/00
close fails|0 1|plain|0x5b skip=@N sense=3/72/03
drive hangs|0|plain|write lba=@L count=1 delay=2500
drive hangs too long|0 1|plain|0x35 skip=@N count=1 host=time-out
image shrinks||shrinks:@T|write delay=25
image changes||changes:@T|write delay=25
image cannot be read||unreadable:@T|write delay=5
pipe ends||ends:@B|
pipe stalls||stalls:@B|
TERM|143|TERM:@T|write delay=25
INT|130|INT:@T|write delay=25
END

# An image in a file system of its own, which can fail; larger than what burn reads ahead.
# Whole sectors of 2048 and of 2352 bytes.
truncate -s 75264000 large.iso
dd if=small.iso of=large.iso conv=notrunc status=none

# Of a disc that is gone libburn would wait for ever.
cat >changes <<'END'
fails|1|plain|OP sense=3/0C/00
is refused|1 5|plain|OP sense=5/24/00
medium taken out|5|plain|OP count=1 remove
lost command|1|plain|OP count=1 host=time-out
bus reset|1|plain|OP count=1 host=reset
drive hangs|0|plain|OP count=1 delay=2000
TERM|0 143|TERM:@T|OP count=1 delay=1500
END

# choose FILE LIST INDEX OPERATION: the cases of a family; of all only a few if none were asked for
choose() {
	grep -E "^(${DISCERN_FAILURES:-.})" "$2" | awk -F '|' -v OFS='|' -v seed="$seed" -v moments="$n_moments" -v index_="$3" -v op="$4" -v n="$n_sectors" \
		-v family="$family" -v folder="$PWD" -v every="${5:-10}" '
		function below(limit) { return int(rand() * limit) }
		function one(line,    part, spare) {
			gsub("@L", below(n), line); gsub("@N", below(3), line); gsub("@D", folder, line)
			gsub("@T", below(700), line); gsub("@B", 40000 + below((n - 30) * 2048), line); gsub("OP", op, line)
			split(line, part, "|")
			spare = family ~ /^(dvd-ram|bd-)/ ? "0 1" : "1"
			if (part[2] == "") part[2] = 1
			if (part[2] == "SPARE") part[2] = spare
			print part[1], part[2], part[3], part[4]
		}
		BEGIN { srand(seed + index_ * 1000) }
		{ lines[NR] = $0 }
		# One of so many, another one in each family and run; or all of them, moment after moment.
		END {
			for (moment = 0; moment < (moments > 0 ? moments : 1); moment++)
				for (i = 1; i <= NR; i++)
					if (moments > 0 || (i + index_ + seed) % every == 0) one(lines[i])
		}' >"$1"
}

# Drive 9 of a session around the session: for programs within that it is a file, whose sectors may turn out unreadable.
with_failing_file() {
	: >unreadable
	"$discern" vdrive run --drive sr9=../large.iso --faults unreadable -- sh -c 'exec "$@" 9</dev/sr9' - "$@"
}

# session: cases until there are none left; the drive that was unplugged is plugged in by the next session
session() {
	cp "$work/../tiny.iso" .
	"$discern" vdrive create --quiet --media "$media" --sectors 70016 blank.disc >create.log
	cp blank.disc a.disc
	: >rules
	while [ -s cases ] || [ -e unplugged ]; do
		with_failing_file timeout 3000 "$discern" vdrive run --drive sr0=a.disc --faults rules -- \
			sh "$source_folder/tests/support/moments.sh" || failed "$family: the session came to its end"
	done
	cat told >>"$work/../told"
	echo "# done"
}

# The tests of one family; image, job and base are what moments.sh needs.
fails() {
	list=$1
	shift
	choose cases "../$list" "$@"
	# A sector of the session to come is not known: so many writes instead. What is no plain file has its own tests.
	case $family in
	*-append) sed -i 's/ lba=\([0-9]*\)/ skip=\1/; s/ skip=[0-9]*\([0-9][0-9]\)/ skip=\1/; s/skip=\([5-9]\)\([0-9]\)/skip=\2/' cases ;;
	cd-tracks) sed -i '/|\(ends\|stalls\):/d' cases ;;
	esac
	export family media image job base tracks
	session
}

burns_fail() {
	image=$work/../small.iso
	job="$discern burn --json --progress json --receipt receipt"
	base=blank.disc
	fails burns "$1" ""
}

tracks_fail() {
	image=$work/../disc.cue
	tracks=$work/../all.raw
	job="$discern burn --json --progress json"
	base=blank.disc
	fails burns "$1" ""
}

# A disc that was burned before
burned() {
	"$discern" vdrive create --quiet --media "$media" --sectors 70016 burned.disc >create.log
	"$discern" vdrive run --drive sr0=burned.disc -- "$discern" burn --quiet --no-receipt "$@" ../tiny.iso >burned.out ||
		failed "$family: burn a disc beforehand"
	base=burned.disc
}

append_fails() {
	image=$work/../small.iso
	job="$discern burn --json --progress json --append --any-file"
	burned --multi
	fails burns "$1" ""
}

prepare_fails() {
	image=
	job="$discern $2 --yes --json --progress json sr0"
	burned
	fails changes "$1" "$2" 5
}

# family NAME COMMAND…: the part of a family, if it is one that is wanted
family() {
	case " ${DISCERN_FAMILIES:-$1} " in
	*" $1 "*) part "$@" ;;
	esac
}

tracks=
index=0
for media in cd-r cd-rw dvd-r dvd-rw dvd-rw-overwrite dvd+r dvd+rw dvd-ram bd-r bd-re; do
	index=$((index + 1))
	family=$media
	family "$family" burns_fail "$index"
done
n_sectors=2700
index=11
media=cd-r
family=cd-tracks
family "$family" tracks_fail "$index"
n_sectors=$(($(wc -c <small.iso) / 2048))
# These fail as the others do: fewer of their cases will do.
n_moments=$(((n_moments + 2) / 3))
for media in cd-r dvd-r dvd+r bd-r; do
	index=$((index + 1))
	family=$media-append
	family "$family" append_fails "$index"
done
for media in cd-rw dvd-rw; do
	index=$((index + 1))
	family=$media-blank
	family "$family" prepare_fails "$index" blank
done
for media in dvd-rw dvd-ram bd-re; do
	index=$((index + 1))
	family=$media-format
	family "$family" prepare_fails "$index" format
done
wait_for_parts
echo "# exit codes: $(cut -d '|' -f 3 told | sort | uniq -c | awk '{ printf "%s%d times %s", (NR > 1 ? ", " : ""), $1, $2 }')"
[ -z "${TOLD:-}" ] || cp told "$TOLD"
