# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh disable=SC2154,SC2094,SC2046  # from the environment; sed writes a new file; a word or two
# Run by tests/cli/burn_moments.sh inside of one session of virtual drives, whose sr0 has a.disc and the rules in the file
# "rules". Each line of the file "cases" is a job that goes wrong: WHAT|EXIT CODES|HOW|RULE. What the job ended
# with is checked, and then that the same drive burns the next disc to "good". Prints "ok - …" and "not ok - …".
set -u

start=0
# Where the drive's disc lies; an exchanged one has another place.
slot=a.disc
n=0
reasons=
wrong() {
	reasons="$reasons; $1"
}

# put_in FILE: another disc, as a person changes it
put_in() {
	"$discern" eject sr0 >swap.log 2>&1
	mv "$1" "$slot"
	"$discern" load sr0 >>swap.log 2>&1
}

# put_in_copy FILE: a disc like this one
put_in_copy() {
	cp --sparse=always "$1" new.disc
	put_in new.disc
}

# after_begin MS COMMAND…: so long after the drive has taken the first sectors, or, of other jobs, after their begin
after_begin() {
	ms=$1
	shift
	for _ in $(seq 200); do
		grep -qE '"phase": "(write|blank|format)", "done_bytes": ([1-9]|null)' err && break
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.02
	done
	sleep "$(printf '0.%03d' "$ms")"
	# On a busy machine the moment may come when all is written.
	if grep -qE '"phase": "(close|verify)"' err || ! kill -0 "$pid" 2>/dev/null; then
		is_late=yes
	fi
	"$@"
}

# make_victim: a copy of what is burned, which something is done to. Sets victim, what to burn, and harmed, the file
make_victim() {
	victim=victim harmed=victim
	rm -f victim
	if [ -n "${tracks:-}" ]; then
		victim=victim.cue
		sed 's/all.wav/victim/' "$image" >victim.cue
		cp "${image%/*}/all.wav" victim
	elif [ -n "$image" ]; then
		cp "$image" victim
	fi
}

# run_job HOW: sets code
run_job() {
	how=${1%%:*}
	moment=${1#*:}
	code=0
	is_late=
	# shellcheck disable=SC2086  # the job is words
	case $how in
	ends) head -c "$moment" "$image" | timeout 100 $job --size="$(wc -c <"$image")" - >out 2>err || code=$? ;;
	stalls)
		mkfifo pipe
		{ head -c "$moment" "$image"; exec sleep 60; } >pipe &
		feeder=$!
		timeout 100 $job --pipe-timeout=1 --size="$(wc -c <"$image")" - <pipe >out 2>err || code=$?
		kill "$feeder" 2>/dev/null
		rm pipe
		;;
	# Its bytes are those of the small one and zeros behind; no check of it, which would be of what the volume says.
	unreadable)
		ln -sf /dev/fd/9 victim
		victim=victim
		if [ -n "${tracks:-}" ]; then
			victim=victim.cue
			printf 'FILE "victim" BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n' >victim.cue
		fi
		$job --any-file "$victim" >out 2>err &
		pid=$!
		after_begin "$moment" sh -c 'echo "read sense=3/11/05" >unreadable'
		wait "$pid" || code=$?
		: >unreadable
		;;
	shrinks | changes | grows | TERM | INT)
		make_victim
		$job $(case $how in TERM | INT) echo "$image" ;; *) echo "$victim" ;; esac) >out 2>err &
		pid=$!
		case $how in
		shrinks) after_begin "$moment" truncate -s "$((moment * 2048))" "$harmed" ;;
		grows) after_begin "$moment" dd if=/dev/zero of="$harmed" bs=2048 count=10 oflag=append conv=notrunc status=none ;;
		changes) after_begin "$moment" dd if=/dev/zero of="$harmed" bs=2048 seek="$((moment + 40))" count=1 conv=notrunc status=none ;;
		*) after_begin "$moment" kill -"$how" "$pid" 2>/dev/null ;;
		esac
		wait "$pid" || code=$?
		;;
	*) timeout 100 $job $image >out 2>err || code=$? ;;
	esac
}

# holds_first: the disc has the image that it had before the job
holds_first() {
	n_first=$(($(wc -c <tiny.iso) / 2048))
	dd if=/dev/sr0 of=back bs=2048 count=$n_first 2>dd.log
	cmp -s back tiny.iso
}

# equals_image: what another program reads from the disc
equals_image() {
	if [ -n "${tracks:-}" ]; then
		# The file is whole when the drive has let go of it.
		"$discern" eject sr0 >eject.log 2>&1
		"$dump" "$slot" sectors 0 2700 >back
		cmp -s back "$tracks"
	elif [ -z "$image" ]; then
		case $job in
		*" blank "*) ! holds_first ;;
		esac
	else
		[ "$base" = blank.disc ] || start=$(sed -n 's/^ *"start_lba": \([0-9]*\),*$/\1/p' out | head -n 1)
		dd if=/dev/sr0 of=back bs=2048 skip="$start" count="$(($(wc -c <"$image") / 2048))" 2>dd.log
		cmp -s back "$image"
	fi
}

# check_end EXIT-CODES: how the job ended is honest
check_end() {
	case " $1 ${is_late:+0 4} " in
	*" $code "*) ;;
	*) wrong "exit code $code instead of $1" ;;
	esac
	if [ "$code" -eq 0 ]; then
		equals_image || wrong "good, but the disc is not what it should be"
		return
	fi
	# A difference is a result, and no error: the report tells of it.
	if [ "$code" -eq 4 ]; then
		grep -q '"verdict": "different"' out || wrong "no verdict that is different"
		return
	fi
	grep -q '^discern: ' err || wrong "nothing is said of what happened"
	grep -q '^  hint: ' err || wrong "nothing is said of what to do"
	grep -qE '"verdict": "(good|simulated|done)"' out && wrong "a verdict that is good"
	if grep -q '^  hint: what the disc held before is still there' err; then
		holds_first || wrong "what the disc held before is not there any more"
	fi
	[ ! -e receipt ] || grep -qE '^ *"verdict": "(failed|not verified|different|unreadable)"' receipt ||
		wrong "the receipt does not say that it failed"
	# A sanitizer's findings, and signals.
	grep -q 'ERROR: \|runtime error' err && wrong "a sanitizer found something"
}

# take_next: the same drive, the next disc
take_next() {
	put_in_copy blank.disc
	rm -f receipt
	"$discern" burn --json --progress none --no-receipt tiny.iso >next.out 2>next.err ||
		wrong "the next disc is not burned: $(tail -n 3 swap.log next.err | tr '\n' ' ')"
	grep -q '"verdict": "good"' next.out || wrong "the next disc is not good"
}

# While the drive is away, the next disc waits for the next session.
if [ -e unplugged ]; then
	rm unplugged
	take_next
	[ -z "$reasons" ] || echo "not ok - $family: the drive that is plugged in again$reasons"
fi
while IFS='|' read -r what codes how rule; do
	sed -i 1d cases
	reasons=
	rm -f receipt
	: >err
	put_in_copy "$base"
	case $rule in
	*exchange=*)
		n=$((n + 1))
		cp --sparse=always blank.disc "other$n.disc"
		rule=$rule/other$n.disc
		slot=$PWD/other$n.disc
		;;
	esac
	printf '%s\n' "$rule" >rules
	run_job "$how"
	: >rules
	check_end "$codes"
	echo "$family|$what|$code|$rule $how|$(grep -v '^{' err | tr '\n' ' ')" >>told
	case $rule in
	*unplug*) : >unplugged ;;
	*) take_next ;;
	esac
	if [ -z "$reasons" ]; then
		echo "ok - $family: $what: exit code $code ($rule $how)"
	else
		echo "not ok - $family: $what ($rule $how)$reasons"
		sed 's/^/# err: /' err | grep -v '"phase"' | tail -n 8
	fi
	[ ! -e unplugged ] || exit 0
done <cases
