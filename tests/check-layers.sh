#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Holds every #include against the layers of doc/architecture.md, and looks for printing and exiting in the library.
. "${srcdir:-.}/tests/support/functions.sh"
cd "$source_folder" || exit 1

# nothing WHAT: the file "found" of $work, lines that break a rule, is empty
nothing() {
	found=$(cat "$work/found")
	if [ -z "$found" ]; then
		passed "$1"
	else
		failed "$1"
		echo "$found" | sed 's/^/# /'
	fi
}

# layer FOLDER ALLOWED…: what the files of src/FOLDER may include of our own
layer() {
	folder=$1
	shift
	allowed=$(echo "$*" | tr ' ' '|')
	grep -rsnE '^#include "' --include='*.[ch]' "src/$folder" | grep -vE "#include \"(($allowed)/|config\.h\")" >"$work/found"
	nothing "src/$folder includes only: $*"
}

layer base base
layer disc disc base
layer drive drive disc base
layer fs fs disc base
layer rip rip fs drive disc base
layer burn burn fs drive disc base
layer verify verify fs drive disc base
layer vdrive vdrive disc base
layer ui ui disc base
layer cli cli ui vdrive disc base

grep -rnE '^#include [<"]' --include='*.h' include | grep -vE '<(discern/[a-z_]+|std(bool|def|int))\.h>' >"$work/found"
nothing "public headers include only each other, stdbool, stddef and stdint"

# adapter HEADERS FILE…: a foreign library's header stands in these files only
adapter() {
	headers=$1
	shift
	grep -rnE "^#include <$headers" --include='*.[ch]' src include |
		grep -vE "^($(echo "$*" | tr ' ' '|'))" >"$work/found"
	nothing "<$headers> is included in $* only"
}

# libisofs delivers its images through a type of libburn's.
adapter libburn/ src/drive/libburn/ src/fs/libisofs.c:
adapter libisofs/ src/fs/libisofs.c:
adapter fuse src/vdrive/frontend_fuse
adapter openssl/ src/base/hash.c:
adapter jansson src/ui/
adapter sndfile src/disc/sound_file.c: src/disc/sound_writer.c:
adapter libudev src/drive/drive_list.c:
adapter archive src/disc/packed_archive.c:
adapter gpgme src/burn/signature.c:
adapter expat src/rip/dat_file.c:

# libburn prints on stderr what its adapter turns into messages, so the adapter may touch that stream.
library="src/base src/disc src/drive src/fs src/rip src/burn src/verify"
# shellcheck disable=SC2086  # several folders
grep -rsnE '(^|[^a-z_])(v?printf|puts|putchar|perror|psignal|exit|_exit|abort|assert) ?\(|std(out|err)' \
	--include='*.[ch]' $library | grep -vE ':[[:space:]]*(/?\*|//)|^src/drive/libburn/.*stderr' >"$work/found"
nothing "the library neither prints nor exits"
