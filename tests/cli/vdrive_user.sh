#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Virtual drives of an ordinary user, and who may open them.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
head -c 1001472 /dev/urandom >one.iso
if [ "$(id -u)" -ne 0 ]; then
	as_user() { "$@"; }
else
	requires setpriv
	chmod 755 "$work"
	mkdir theirs && chown 65534:65534 theirs
	as_user() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
	# The build folder may be closed to others: libtool's program and libraries come along.
	mkdir bin
	cp -L "$build_folder/.libs/discern" bin/ 2>/dev/null || cp -L "$discern" bin/
	cp -L "$build_folder"/.libs/*.so* bin/
	LD_LIBRARY_PATH=$work/bin
	export LD_LIBRARY_PATH
	discern=$work/bin/discern
fi
if ! as_user "$discern" vdrive run --drive sr0= -- true 2>err; then
	echo "# skipped: an ordinary user may not do this here: $(cat err)"
	exit 77
fi
run as_user "$discern" vdrive run --drive sr0=one.iso --drive sr1= -- sh -c 'id -u; stat -c %F:%u:%a /dev/sr0; cat /dev/sr0 | cksum'
uid=$(as_user id -u)
equal "a user gets drives of their own" "$(cat out)" "$uid
block special file:$uid:660
$(cksum <one.iso)"
run as_user "$discern" vdrive run --drive sr0=one.iso,mode=000 -- cat /dev/sr0
equal "a drive that may not be opened" "$code" 1
complained "says so" "Permission denied"

[ "$(id -u)" -eq 0 ] || exit 0
run "$discern" vdrive run --drive sr0=one.iso -- setpriv --reuid=65534 --regid=65534 --clear-groups cat /dev/sr0
complained "root's drive is not for others" "Permission denied"
run "$discern" vdrive run --drive sr0=one.iso,mode=664 -- setpriv --reuid=65534 --regid=65534 --clear-groups \
	sh -c 'cat /dev/sr0 | cksum'
equal "unless its mode lets them" "$(cat out)" "$(cksum <one.iso)"
run "$discern" vdrive run --drive sr0=one.iso,uid=65534,mode=600 -- setpriv --reuid=65534 --regid=65534 --clear-groups \
	sh -c 'cat /dev/sr0 | cksum'
equal "or it is theirs" "$(cat out)" "$(cksum <one.iso)"
