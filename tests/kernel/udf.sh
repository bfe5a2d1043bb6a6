#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# UDF volumes that the kernel has written: which files are damaged, held against where it says that they lie (FIBMAP).
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
modprobe -a loop udf fuse
mkdir -p /media/udf

# fill FOLDER: many small files, some in pieces, a folder of several sectors, hard links, deleted files, odd names
fill() {
	mkdir -p "$1/many" "$1/deep/a/b/c/d/e/f/g/h" "$1/empty"
	# In one program, as each takes long to start here. The pieces are written in turn, so that they lie apart; with a hole.
	perl -e '
		open(my $noise, "<", "/dev/urandom") or die $!;
		sub put {
			my ($how, $path, $n) = @_;
			read($noise, my $bytes, $n);
			open(my $file, $how, "$ARGV[0]/$path") or die "$path: $!";
			print $file $bytes;
			close($file) or die "$path: $!";
		}
		my $name = "many/a file with quite a long name, number ";
		put(">", "$name$_", $_ * 300) for 1 .. 60;
		unlink(map { "$ARGV[0]/$name$_" } grep { /[37]$/ } 1 .. 60);
		for (1 .. 15) {
			put(">>", $_, 6144) for qw(one two three);
			system("sync", "-f", $ARGV[0]);
		}' "$1"
	truncate -s +300000 "$1/two"
	head -c 5000 /dev/urandom >>"$1/two"
	head -c 1000000 /dev/urandom >"$1/deep/a/b/c/d/e/f/g/h/deepest"
	ln "$1/deep/a/b/c/d/e/f/g/h/deepest" "$1/linked"
	printf 'small' >"$1/Größe 漢字"
	: >"$1/nothing"
}

# Where the kernel says that the blocks of all files are (ioctl FIBMAP): "block 1 path".
list_extents() {
	find "$1" -type f -size +0 | perl -ne '
		chomp; my $path = $_;
		open(my $file, "<", $path) or die "$path: $!";
		for (my $block = 0; $block * 2048 < -s $file; $block++) {
			my $number = pack("i", $block);
			ioctl($file, 1, $number) or last;
			$number = unpack("i", $number);
			print "$number 1 ", substr($path, length("'"$1"'")), "\n" if $number > 0;
		}'
}

# volume NAME MOUNT-OPTIONS MKUDFFS-OPTION…
volume() {
	name=$1
	options=$2
	shift 2
	rm -f disc.img
	ok "$name: mkudffs" mkudffs --new-file --blocksize=2048 "$@" disc.img 24000
	ok "$name: mount" mount -o "loop,$options" -t udf disc.img /media/udf
	fill /media/udf
	umount /media/udf
	ok "$name: mount again" mount -o loop,ro -t udf disc.img /media/udf
	list_extents /media/udf >extents
	n_files=$(find /media/udf -type f | wc -l)
	umount /media/udf
	# Bad sectors: in the data of files, as the others do not concern FIBMAP.
	awk '{ for (i = 0; i < $2; i++) print $1 + i }' extents | sort -nu | shuf -n 40 --random-source=/bin/bash | sort -n >bad
	sed 's/.*/sr0: read lba=& sense=3\/11\/05/' bad >rules
	rm -f out.iso out.iso.map
	exits 3 "$name: rip" "$discern" vdrive run --drive sr0=disc.img,kind=cd-rom --faults rules -- \
		"$discern" rip --json --retries 0 -o out.iso
	cp out told
	awk 'FNR == NR { bad[$1] = 1; next }
		{ for (i = $1; i < $1 + $2; i++) if (i in bad) { path = $0; sub(/^[0-9]+ [0-9]+ /, "", path); n[path]++ } }
		END { for (path in n) print n[path], path }' bad extents | sort >expected
	jq -r '.damaged_files[] | select(.folder | not) | "\(.bad_sectors) \(.path)"' told | sort >found
	same "$name: the damaged files are those that the kernel's map gives" found expected
	[ "$(wc -l <found)" -gt 3 ]
	equal "$name: they are several" $? 0
	equal "$name: all files are counted" "$(jq .files told)" "$n_files"
	equal "$name: all folders are read" "$(jq .unread_folders told)" 0
}

volume "1.02 on a DVD-RAM" noadinicb --media-type=dvdram --udfrev=1.02
volume "1.50 with sparing tables" noadinicb --media-type=dvdrw --udfrev=1.50 --spartable=2 --ad=long
volume "2.01 with embedded files" adinicb --media-type=dvdram --udfrev=2.01
