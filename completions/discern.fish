# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of discern(1) for fish.

set -l commands drives info rip burn verify eject load vdrive help

function __discern_drives
    for drive in /dev/sr[0-9]*
        echo $drive
        string replace /dev/ '' $drive
    end
end

complete -c discern -f
complete -c discern -n "not __fish_seen_subcommand_from $commands" -l version -d 'print the version'
complete -c discern -n "not __fish_seen_subcommand_from $commands" -a drives -d 'list drives and what is in them'
complete -c discern -n "not __fish_seen_subcommand_from $commands" -a info -d 'tell what a disc or an image is'
complete -c discern -n "not __fish_seen_subcommand_from $commands" -a rip -d 'read a disc into an image'
complete -c discern -n "not __fish_seen_subcommand_from $commands" -a burn -d 'write an image onto a disc and verify it'
complete -c discern -n "not __fish_seen_subcommand_from $commands" -a verify -d 'compare a disc with an image'
complete -c discern -n "not __fish_seen_subcommand_from $commands" -a eject -d 'open the tray of a drive'
complete -c discern -n "not __fish_seen_subcommand_from $commands" -a load -d 'close the tray of a drive'
complete -c discern -n "not __fish_seen_subcommand_from $commands" -a vdrive -d 'make and use virtual drives'
complete -c discern -n "not __fish_seen_subcommand_from $commands" -a help -d 'tell how a command is used'
complete -c discern -n "__fish_seen_subcommand_from help" -a "$commands"

# Operands
complete -c discern -n "__fish_seen_subcommand_from info burn verify vdrive" -F
complete -c discern -n "__fish_seen_subcommand_from info rip burn verify eject load" -a "(__discern_drives)" -d drive
complete -c discern -n "__fish_seen_subcommand_from vdrive" -a "create run"

# Options of every command
complete -c discern -n "__fish_seen_subcommand_from $commands" -l json -d 'print the result as JSON'
complete -c discern -n "__fish_seen_subcommand_from $commands" -l progress -x -a 'auto bar plain json none' -d 'how to show progress'
complete -c discern -n "__fish_seen_subcommand_from $commands" -l progress-fd -x -d 'progress as JSON lines to this file descriptor'
complete -c discern -n "__fish_seen_subcommand_from $commands" -l record -r -F -d 'write every drive command and answer to a file'
complete -c discern -n "__fish_seen_subcommand_from $commands" -s y -l yes -d 'answer every question with yes'
complete -c discern -n "__fish_seen_subcommand_from $commands" -s q -l quiet -d 'no progress, no notes'
complete -c discern -n "__fish_seen_subcommand_from $commands" -s v -l verbose -d 'tell reasons and decisions'
complete -c discern -s h -l help -d 'tell how it is used'

# Options of one command
complete -c discern -n "__fish_seen_subcommand_from rip" -s o -l output -r -F -d 'file to make'
complete -c discern -n "__fish_seen_subcommand_from rip" -l retries -x -d 'times that an unreadable sector is tried again'
