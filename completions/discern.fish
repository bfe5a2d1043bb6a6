# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of discern(1) for fish.

set -l commands drives info rip burn copy verify blank format eject load report vdrive help

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
complete -c discern -n "not __fish_seen_subcommand_from $commands" -a copy -d 'copy a disc to another one and verify it'
complete -c discern -n "not __fish_seen_subcommand_from $commands" -a verify -d 'compare a disc with an image'
complete -c discern -n "not __fish_seen_subcommand_from $commands" -a blank -d 'erase a rewritable disc'
complete -c discern -n "not __fish_seen_subcommand_from $commands" -a format -d 'format a rewritable disc'
complete -c discern -n "not __fish_seen_subcommand_from $commands" -a eject -d 'open the tray of a drive'
complete -c discern -n "not __fish_seen_subcommand_from $commands" -a load -d 'close the tray of a drive'
complete -c discern -n "not __fish_seen_subcommand_from $commands" -a report -d 'make a page of HTML from a manifest'
complete -c discern -n "not __fish_seen_subcommand_from $commands" -a vdrive -d 'make and use virtual drives'
complete -c discern -n "not __fish_seen_subcommand_from $commands" -a help -d 'tell how a command is used'
complete -c discern -n "__fish_seen_subcommand_from help" -a "$commands"

# Operands
complete -c discern -n "__fish_seen_subcommand_from info burn report verify vdrive" -F
complete -c discern -n "__fish_seen_subcommand_from info rip burn copy verify blank format eject load" -a "(__discern_drives)" -d drive
complete -c discern -n "__fish_seen_subcommand_from vdrive" -a "attach create detach eject fault insert list run"

# Options of burn
complete -c discern -n "__fish_seen_subcommand_from burn" -l audio -d 'burn files of sound, each as a track'
complete -c discern -n "__fish_seen_subcommand_from burn" -l gap -x -d 'seconds of silence between tracks'
complete -c discern -n "__fish_seen_subcommand_from burn copy verify" -l no-cd-text -d 'without CD-TEXT'
complete -c discern -n "__fish_seen_subcommand_from burn copy" -l write-offset -x -d 'samples that the drive writes late'
complete -c discern -n "__fish_seen_subcommand_from copy verify" -l offset -x -d 'samples that the drive reads late'
complete -c discern -n "__fish_seen_subcommand_from copy" -l via -r -F -d 'keep the image under this name'
complete -c discern -n "__fish_seen_subcommand_from copy" -l on-the-fly -d 'burn while reading, without a file'
complete -c discern -n "__fish_seen_subcommand_from copy" -l pipe-timeout -x -d 'seconds that the source may bring nothing'
complete -c discern -n "__fish_seen_subcommand_from copy" -l force -d 'burn though not all could be read'
complete -c discern -n "__fish_seen_subcommand_from copy" -l subchannel -d 'copy sub-channels R to W as well'
complete -c discern -n "__fish_seen_subcommand_from copy" -l read-speed -x -d 'speed of reading in x'
complete -c discern -n "__fish_seen_subcommand_from copy" -l retries -x -d 'rounds over what cannot be read'
complete -c discern -n "__fish_seen_subcommand_from copy" -l speed -x -d 'speed of writing in x'
complete -c discern -n "__fish_seen_subcommand_from copy" -l buffer -x -d 'memory between file and drive in MiB'
complete -c discern -n "__fish_seen_subcommand_from copy" -l no-verify -d 'do not read the copy back'
complete -c discern -n "__fish_seen_subcommand_from copy" -l overwrite -d 'burn over what an overwritable disc holds'
complete -c discern -n "__fish_seen_subcommand_from copy" -l eject -d 'open the tray at the end'
complete -c discern -n "__fish_seen_subcommand_from burn" -l dry-run -d 'say what would be done, and stop there'
complete -c discern -n "__fish_seen_subcommand_from burn" -l overwrite -d 'burn over what an overwritable disc holds'
complete -c discern -n "__fish_seen_subcommand_from burn" -l no-verify -d 'do not read the disc back'
complete -c discern -n "__fish_seen_subcommand_from burn" -l sha256 -x -d 'the SHA-256 that the image has to have'
complete -c discern -n "__fish_seen_subcommand_from burn" -l checksum -x -d 'the checksum that the image has to have'
complete -c discern -n "__fish_seen_subcommand_from burn" -l any-file -d 'burn a file that is no disc image'
complete -c discern -n "__fish_seen_subcommand_from burn" -l speed -x -a 'max 1x 2x 4x 8x 16x' -d 'at most this speed'
complete -c discern -n "__fish_seen_subcommand_from burn" -l buffer -x -d 'memory between file and drive in MiB'
complete -c discern -n "__fish_seen_subcommand_from burn" -l keyring -r -F -d 'public keys that may have signed'
complete -c discern -n "__fish_seen_subcommand_from burn" -l require-signature -d 'burn nothing without a good signature'
complete -c discern -n "__fish_seen_subcommand_from burn" -l files -d 'burn the files of a folder'
complete -c discern -n "__fish_seen_subcommand_from burn" -l label -x -d 'label of the image made of a folder'
complete -c discern -n "__fish_seen_subcommand_from burn" -l size -x -d 'how much comes through a pipe'
complete -c discern -n "__fish_seen_subcommand_from burn" -l pipe-timeout -x -d 'seconds that a pipe may bring nothing'
complete -c discern -n "__fish_seen_subcommand_from burn" -l receipt -r -F -d 'tell in this file how the disc came about'
complete -c discern -n "__fish_seen_subcommand_from burn" -l copies -x -d 'burn so many discs'
complete -c discern -n "__fish_seen_subcommand_from burn" -l queue -r -F -d 'burn what this file names'
complete -c discern -n "__fish_seen_subcommand_from burn" -l no-receipt -d 'leave no receipt beside the image'
complete -c discern -n "__fish_seen_subcommand_from burn" -l eject -d 'open the tray at the end'

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
complete -c discern -n "__fish_seen_subcommand_from rip" -l compress -x -a "zstd xz gz" -d 'compress the image'
complete -c discern -n "__fish_seen_subcommand_from rip" -l as-is -d 'image a copy-protected disc as it is'
complete -c discern -n "__fish_seen_subcommand_from rip" -l audio -d 'the tracks of an audio CD'
complete -c discern -n "__fish_seen_subcommand_from rip" -l format -x -a 'flac wav cue bin bin-per-track ccd toc' -d 'what to make of audio, or of --raw'
complete -c discern -n "__fish_seen_subcommand_from rip" -l raw -d 'every sector of a CD, with a sheet'
complete -c discern -n "__fish_seen_subcommand_from rip" -l subchannel -d 'with --raw, the sub-channels as well'
complete -c discern -n "__fish_seen_subcommand_from rip" -l dat -r -F -d 'Logiqx dat to look the tracks up in'
complete -c discern -n "__fish_seen_subcommand_from rip" -l offset -x -d 'samples that the drive reads late'
complete -c discern -n "__fish_seen_subcommand_from rip" -l accuraterip -r -F -d 'file of AccurateRip to compare with'
complete -c discern -n "__fish_seen_subcommand_from rip" -l retries -x -d 'rounds over what cannot be read'
complete -c discern -n "__fish_seen_subcommand_from rip" -l max-time -x -d 'stop after this time'
complete -c discern -n "__fish_seen_subcommand_from rip" -l stop-after-no-progress -x -d 'stop when nothing more comes for so long'
complete -c discern -n "__fish_seen_subcommand_from rip" -l paranoid -d 'read every sector twice'
complete -c discern -n "__fish_seen_subcommand_from rip" -l reconnect -x -d 'wait so long for a drive that drops out'
complete -c discern -n "__fish_seen_subcommand_from rip" -l no-raw -d 'read CDs without the checksums of their sectors'
complete -c discern -n "__fish_seen_subcommand_from rip burn" -l speed -x -d 'speed in x'
complete -c discern -n "__fish_seen_subcommand_from rip" -l skip-done -d 'nothing if there is an image of this disc'
complete -c discern -n "__fish_seen_subcommand_from rip" -l watch -d 'rip each disc that is put in'
complete -c discern -n "__fish_seen_subcommand_from rip" -l no-verify -d 'do not compare discs with their images'
complete -c discern -n "__fish_seen_subcommand_from load eject" -l wait -d 'until a disc is in, or out'
complete -c discern -n "__fish_seen_subcommand_from rip" -l no-manifest -d 'leave no manifest beside the image'
complete -c discern -n "__fish_seen_subcommand_from rip" -l report -r -F -d 'page of HTML to make'
complete -c discern -n "__fish_seen_subcommand_from verify" -l manifest -r -F -d 'compare with the SHA-256 in this manifest'
complete -c discern -n "__fish_seen_subcommand_from report" -s o -l output -r -F -d 'page to make'
complete -c discern -n "__fish_seen_subcommand_from burn" -l mode -x -a 'auto sao tao dao incremental' -d 'write mode'
complete -c discern -n "__fish_seen_subcommand_from burn" -l multi -d 'leave the disc open for another session'
complete -c discern -n "__fish_seen_subcommand_from burn" -l append -d 'add a session to an open disc'
complete -c discern -n "__fish_seen_subcommand_from burn" -l simulate -d 'burn with the laser at the power of reading'
complete -c discern -n "__fish_seen_subcommand_from burn" -l stream-recording -x -a 'auto on off' -d 'full speed without replacing bad places'
complete -c discern -n "__fish_seen_subcommand_from burn format" -l defect-management -x -a 'on off' -d 'spare areas for bad places'
complete -c discern -n "__fish_seen_subcommand_from format" -l restricted-overwrite -d 'make a DVD-RW writable anywhere'
complete -c discern -n "__fish_seen_subcommand_from format" -l quick -d 'only what is needed'
complete -c discern -n "__fish_seen_subcommand_from blank format" -l full -d 'all of the disc'
complete -c discern -n "__fish_seen_subcommand_from blank format" -l dry-run -d 'say what would be done, and stop there'
complete -c discern -n "__fish_seen_subcommand_from verify" -l session -x -a last -d 'compare only this session'
complete -c discern -n "__fish_seen_subcommand_from create" -s m -l media -x -a 'cd-r cd-rw dvd-r dvd-r-dl dvd-rw dvd-rw-overwrite dvd+r dvd+r-dl dvd+rw dvd-ram bd-r bd-r-dl bd-r-tl bd-r-ql bd-re bd-re-dl bd-re-tl' -d 'kind of disc'
complete -c discern -n "__fish_seen_subcommand_from create" -s s -l sectors -x -d 'size in sectors of 2048 bytes'
complete -c discern -n "__fish_seen_subcommand_from run" -s d -l drive -r -F -d 'a drive and its medium, srN=MEDIUM'
complete -c discern -n "__fish_seen_subcommand_from run" -s f -l fault -x -d 'a fault, srN: RULE'
complete -c discern -n "__fish_seen_subcommand_from run attach" -l faults -r -F -d 'faults, one a line'
complete -c discern -n "__fish_seen_subcommand_from run attach" -l real-time -d 'take as long as a real drive'
complete -c discern -n "__fish_seen_subcommand_from run attach" -l virtual-clock -d 'count how long a real drive takes'
complete -c discern -n "__fish_seen_subcommand_from run attach" -l clock-file -r -F -d 'file for what the clock tells'
complete -c discern -n "__fish_seen_subcommand_from fault" -a "add list remove clear"
complete -c discern -n "__fish_seen_subcommand_from vdrive; and __fish_seen_subcommand_from attach" -s n -l name -x -d 'name of the drive'
complete -c discern -n "__fish_seen_subcommand_from vdrive; and __fish_seen_subcommand_from attach insert" -s k -l kind -x -a 'cd-rom dvd-rom bd-rom' -d 'what an image is'
complete -c discern -n "__fish_seen_subcommand_from vdrive; and __fish_seen_subcommand_from attach" -s e -l empty -d 'no medium'
complete -c discern -n "__fish_seen_subcommand_from vdrive; and __fish_seen_subcommand_from attach" -l foreground -d 'stay as the process of the drive'
complete -c discern -n "__fish_seen_subcommand_from vdrive; and __fish_seen_subcommand_from attach" -s o -l option -x -a 'read-offset= write-offset= overread= c2=no cdtext=no fua=no vendor= product= revision= serial=' -d 'what the drive is'
complete -c discern -n "__fish_seen_subcommand_from vdrive; and __fish_seen_subcommand_from detach" -l force -d 'also a drive that is in use'
