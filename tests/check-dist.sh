#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The archive of make dist holds every file of the repository.
. "${srcdir:-.}/tests/support/functions.sh"
requires git
if [ ! -e "$source_folder/.git" ]; then
	echo "# skipped: $source_folder is not a repository"
	exit 77
fi

# What is of use in the repository only.
git -C "$source_folder" ls-files | grep -vxE '\.ci/.*|\.gitignore' | sort >tracked
ok "make distdir" make -s -C "$build_folder" distdir distdir="$work/dist"
(cd dist && find . ! -type d | sed 's|^\./||' | sort) >packed
equal "the archive holds every file" "$(comm -23 tracked packed)" ""
