#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The library exports what the public headers declare, no more and no less, keeps no variables, and its headers
# stand alone.
. "${srcdir:-.}/tests/support/functions.sh"
requires nm objdump "${CC:-cc}"

sed -nE 's/^\t(discern_[a-z0-9_]+);$/\1/p' "$source_folder/src/libdiscern.map" | sort >map
# A declaration begins in the first column; the name is what stands before the first parenthesis.
sed -nE 's/^[a-z][a-z0-9_ ]*[ *](discern_[a-z0-9_]+)\(.*/\1/p' "$source_folder"/include/discern/*.h | sort >headers
ok "the symbol map names the functions of the headers" diff -u headers map
if [ -e "$build_folder/.libs/libdiscern.so" ]; then
	nm -D --defined-only "$build_folder/.libs/libdiscern.so" | sed -nE 's/.* T ([^@]+).*/\1/p' | sort >exported
	ok "libdiscern.so exports just these" diff -u headers exported

	# Writable data would be shared by all drives of a process. libburn has a state for the whole process, so its
	# adapter remembers who uses it.
	for layer in base disc drive image fs job_rip job_burn job_verify; do
		objdump -t "$build_folder/.libs/lib$layer.a" 2>/dev/null | awk -v layer="$layer" '
			/file format/ { file = $1 }
			/ O (\.data|\.data\.rel(\.local)?|\.bss|\.tdata|\.tbss|\*COM\*)[ \t]/ { print layer, file, $NF }'
	done >variables
	equal "the library keeps no variables but one" "$(cat variables)" "drive libdrive_la-session.o: the_burner"
fi

for header in "$source_folder"/include/discern/*.h; do
	name=$(basename "$header")
	echo "#include <discern/$name>" >alone.c
	ok "discern/$name stands alone" "${CC:-cc}" -std=c99 -Wall -Wextra -Wpedantic -Werror -fsyntax-only \
		-I"$source_folder/include" alone.c
	if command -v c++ >/dev/null; then
		cp alone.c alone.cc
		ok "discern/$name is C++ as well" c++ -Wall -Wextra -Werror -fsyntax-only -I"$source_folder/include" alone.cc
	fi
done
