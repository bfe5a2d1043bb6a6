#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The unit templates of systemd and the rules for udev, by the programs that read them.
. "${srcdir:-.}/tests/support/functions.sh"
requires systemd-analyze

for template in rip vdrive; do
	unit="$build_folder/systemd/discern-$template@.service"
	[ -e "$unit" ] || continue
	# What is not installed yet is not looked for.
	sed -e "s|^ExecStart=[^ ]*discern|ExecStart=/bin/true|; s|^ExecStopPost=-[^ ]*discern|ExecStopPost=-/bin/true|" \
		-e '/^Documentation/d' "$unit" >"discern-$template@sr0.service"
	ok "discern-$template@.service" systemd-analyze verify "./discern-$template@sr0.service"
	equal "discern-$template@.service has no mistakes" "$(cat err)" ""
	contains "discern-$template@.service names the program in full" "$unit" "ExecStart=/"
done
if udevadm verify --help >/dev/null 2>&1; then
	for rules in "$build_folder"/udev/*.rules.example; do
		cp "$rules" "$(basename "$rules" .example)"
		ok "$(basename "$rules")" udevadm verify --resolve-names=never "./$(basename "$rules" .example)"
	done
fi
