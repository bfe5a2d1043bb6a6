#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Boots Debian's stock kernel in QEMU, without KVM, with this machine's own root file system read-only under an overlay
# that is thrown away, and runs one script there as root: vm.sh SCRIPT [QEMU-OPTION…]
#
# The script finds this machine's / in $HOST, SCRIPT's own arguments in nothing: what it needs comes in VM_ENV, words
# NAME=VALUE. modprobe works, /tmp and /run are empty. Its output goes to stdout and its exit code is ours; 125 means
# that the guest did not come to its end. VM_DIR (default: .vm) keeps the kernel between runs.
# VM_MEMORY in MiB, VM_SECONDS until the guest is given up. Without SCRIPT the kernel is fetched, and no more.
set -eu
script=
[ $# -eq 0 ] || { script=$(readlink -f "$1") && shift; }
mkdir -p "${VM_DIR:-.vm}"
folder=$(cd "${VM_DIR:-.vm}" && pwd)

# The kernel that Debian's linux-image-amd64 stands for.
fetch_kernel() {
	image=$(apt-cache depends linux-image-amd64 | awk '/Depends: linux-image/ { print $2; exit }')
	[ -n "$image" ] || { echo "vm.sh: apt-cache knows no linux-image-amd64" >&2 && return 1; }
	rm -rf "$folder/fetch"
	mkdir "$folder/fetch"
	(cd "$folder/fetch" && apt-get -q download "$image" >&2 && dpkg -x "$image"_*.deb kernel)
	rm -rf "$folder/kernel"
	mv "$folder/fetch/kernel" "$folder/kernel"
	rm -r "$folder/fetch"
}

# busybox, and the modules that reach this machine's files.
make_initramfs() {
	root=$(mktemp -d)
	mkdir -p "$root/bin" "$root/mod" "$root/ro" "$root/rw" "$root/new" "$root/proc" "$root/sys" "$root/dev"
	cp "$(command -v busybox)" "$root/bin/busybox"
	for applet in sh mount mkdir insmod sed ln uname switch_root; do
		ln -s busybox "$root/bin/$applet"
	done
	for module in 9p 9pnet_virtio overlay virtio_pci; do
		modprobe -d "$folder/kernel" -S "$release" --show-depends "$module"
	done | awk '/^insmod/ && !seen[$2]++ { print $2 }' >"$root/modules"
	while read -r file; do
		cp "$file" "$root/mod/"
		basename "$file" >>"$root/mod/order"
	done <"$root/modules"
	cp "$(dirname "$0")/init" "$root/init"
	chmod 755 "$root/init"
	(cd "$root" && find . | cpio -o -H newc 2>/dev/null | gzip -1) >"$folder/initrd.new"
	mv "$folder/initrd.new" "$folder/initrd.gz"
	rm -r "$root"
}

[ -e "$folder/kernel/boot" ] || fetch_kernel
release=$(ls "$folder/kernel/lib/modules")
[ -e "$folder/kernel/lib/modules/$release/modules.dep" ] || depmod -b "$folder/kernel" "$release"
[ -n "$script" ] || exit 0
make_initramfs
# The words for the guest in a file, as a kernel's command line takes no blanks.
# shellcheck disable=SC2086  # words, each on its line
printf '%s\n' ${VM_ENV:-} >"$folder/environment"
# Of what an emulated processor does, most is to translate code: once for all processes where it lies at the same address in
# each, and without what guards against other tenants. A second processor takes as much again, to flush what both remember.
timeout -k 5 "${VM_SECONDS:-300}" qemu-system-x86_64 -accel tcg -m "${VM_MEMORY:-2048}" -smp 1 \
	-nographic -no-reboot -net none -kernel "$folder/kernel/boot/vmlinuz-$release" -initrd "$folder/initrd.gz" \
	-virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap "$@" \
	-append "console=ttyS0 quiet panic=-1 norandmaps mitigations=off vm_script=$script vm_folder=$folder" </dev/null |
	sed -u 's/\r//g' | tee "$folder/console"
code=$(sed -n 's/^guest exit \([0-9]*\)$/\1/p' "$folder/console")
exit "${code:-125}"
