#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# In the guest: runs the scripts of the topics, each with a time limit, and says how long each took.
# shellcheck disable=SC2154  # from run.sh: SOURCE, BUILD, MEDIA, TOPICS
for folder in "$SOURCE" "$BUILD" "$MEDIA"; do
	# The host's /tmp is hidden behind ours.
	[ -d "$folder" ] || { mkdir -p "$folder" && mount --bind "$HOST$folder" "$folder"; }
done
srcdir=$SOURCE top_builddir=$BUILD discern=$BUILD/discern
# The wrapper of libtool takes a second each time under emulation.
if [ -x "$BUILD/.libs/discern" ]; then
	discern=$BUILD/.libs/discern
	export LD_LIBRARY_PATH="$BUILD/.libs"
fi
export srcdir top_builddir discern MEDIA
# A missing program is a failure here: run.sh has looked.
export CI=yes
ip link set lo up
modprobe -a sr_mod sg
mkdir /media/disc
failed=0
for topic in ${TOPICS//,/ }; do
	begun=$SECONDS
	timeout -k 10 600 bash "$SOURCE/tests/kernel/$topic.sh" </dev/null || { failed=1 && echo "not ok - kernel/$topic.sh ended well"; }
	echo "# kernel/$topic.sh: $((SECONDS - begun)) s"
done
[ "$failed" -eq 0 ] || dmesg | tail -n 40 | sed 's/^/# /'
exit $failed
