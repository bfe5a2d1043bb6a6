dnl SPDX-License-Identifier: GPL-3.0-or-later
dnl AX_DISCERN_WARNINGS: fills WARN_CFLAGS with those warnings that the compiler knows.
AC_DEFUN([AX_DISCERN_WARNINGS], [
WARN_CFLAGS=
for flag in -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wold-style-definition \
	-Wcast-qual -Wformat=2 -Wswitch-enum -Wvla -Wpointer-arith -Wwrite-strings -Wundef \
	-Wlogical-op -Wduplicated-cond -Wnull-dereference -Wimplicit-fallthrough
do
	saved_CFLAGS=$CFLAGS
	CFLAGS="$CFLAGS -Werror $flag"
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM()], [WARN_CFLAGS="$WARN_CFLAGS $flag"])
	CFLAGS=$saved_CFLAGS
done
AC_SUBST([WARN_CFLAGS])
])
