# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Completion of discern(1) for bash; needs bash-completion.

_discern_drives()
{
	local drive names=()
	for drive in /dev/sr[0-9]*; do
		[[ -e $drive ]] && names+=("$drive" "${drive#/dev/}")
	done
	mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "${names[*]}" -- "$cur")
}

_discern_own_options()
{
	case $1 in
	rip) echo "--audio --raw --subchannel --dat --format --offset --accuraterip --output --compress --as-is --retries --max-time --stop-after-no-progress --reconnect --cool-down --paranoid --sums --no-raw --speed --no-manifest --report --skip-done --watch --no-verify" ;;
	load | eject) echo "--wait" ;;
	report) echo "--output" ;;
	verify) echo "--manifest --session --offset --no-cd-text" ;;
	blank) echo "--full --dry-run" ;;
	format) echo "--defect-management --restricted-overwrite --quick --full --dry-run" ;;
	burn) echo "--dry-run --overwrite --any-file --no-verify --sha256 --checksum --speed --buffer --eject --receipt --no-receipt --copies --queue --mode --multi --append --simulate --defect-management --stream-recording --keyring --require-signature --files --label --size --pipe-timeout --audio --gap --no-cd-text --write-offset" ;;
	copy) echo "--via --on-the-fly --pipe-timeout --receipt --force --offset --subchannel --read-speed --retries --speed --buffer --write-offset --no-verify --no-cd-text --overwrite --eject" ;;
	vdrive) _discern_vdrive_options "${words[2]}" ;;
	esac
}

_discern_vdrive_options()
{
	case $1 in
	create) echo "--media --sectors" ;;
	attach) echo "--name --kind --empty --fault --faults --real-time --virtual-clock --clock-file --foreground --option" ;;
	insert) echo "--kind" ;;
	detach) echo "--force" ;;
	run) echo "--drive --fault --faults --real-time --virtual-clock --clock-file" ;;
	esac
}

# Completes the value of the option before the cursor; false if it takes none.
_discern_value()
{
	case $1 in
	--progress) mapfile -t COMPREPLY < <(compgen -W "auto bar plain json none" -- "$cur") ;;
	--media) mapfile -t COMPREPLY < <(compgen -W "cd-r cd-rw dvd-r dvd-r-dl dvd-rw dvd-rw-overwrite dvd+r dvd+r-dl dvd+rw dvd-ram bd-r bd-r-dl bd-r-tl bd-r-ql bd-re bd-re-dl bd-re-tl" -- "$cur") ;;
	--accuraterip | --queue | --record | --report | --manifest | --receipt | --output | -o | --drive | --faults | --clock-file | --keyring | --via) _filedir ;;
	--format) mapfile -t COMPREPLY < <(compgen -W "flac wav cue" -- "$cur") ;;
	--kind) mapfile -t COMPREPLY < <(compgen -W "cd-rom dvd-rom bd-rom" -- "$cur") ;;
	--mode) mapfile -t COMPREPLY < <(compgen -W "auto sao tao dao incremental" -- "$cur") ;;
	--defect-management | --stream-recording) mapfile -t COMPREPLY < <(compgen -W "on off" -- "$cur") ;;
	--name | --session | --offset | --progress-fd | --retries | --max-time | --stop-after-no-progress | --speed | --buffer | --sha256 | --checksum | --sectors | --fault | --reconnect | --cool-down | --label | --pipe-timeout | --size | --gap | --write-offset | --read-speed) ;;
	*) return 1 ;;
	esac
}

# Drives that are attached: their sockets tell.
_discern_vdrive_names()
{
	local sockets=(/run/discern/*.socket)
	sockets=("${sockets[@]##*/}")
	mapfile -t COMPREPLY < <(compgen -W "${sockets[*]%.socket} all" -- "$cur")
}

_discern_vdrive()
{
	if [[ $cword -eq 2 ]]; then
		mapfile -t COMPREPLY < <(compgen -W "attach create detach eject fault insert list run" -- "$cur")
		return
	fi
	if [[ $cword -eq 3 && ${words[2]} == fault ]]; then
		mapfile -t COMPREPLY < <(compgen -W "add list remove clear" -- "$cur")
		return
	fi
	case ${words[2]} in
	eject | detach) _discern_vdrive_names ;;
	fault) _discern_vdrive_names && _filedir ;;
	insert) _discern_vdrive_names && _filedir ;;
	list) ;;
	*) _filedir ;;
	esac
}

_discern()
{
	local cur prev words cword split command
	local commands="drives info rip burn copy verify blank format eject load report vdrive help"
	local common="--json --progress --progress-fd --record --yes --quiet --verbose --help"

	_init_completion -s || return
	command=${words[1]}
	if [[ $cword -eq 1 ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$commands --help --version" -- "$cur")
		return
	fi
	_discern_value "$prev" && return
	[[ ${split-} == true ]] && return
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_discern_own_options "$command") $common" -- "$cur")
		return
	fi
	case $command in
	help) mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$cur") ;;
	vdrive) _discern_vdrive ;;
	burn | verify | info) _filedir && _discern_drives ;;
	rip | copy | blank | format | eject | load) _discern_drives ;;
	report) _filedir json ;;
	esac
}

complete -F _discern discern
