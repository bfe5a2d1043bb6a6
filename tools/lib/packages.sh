# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Debian packages for the scripts of this folder: which are needed, and their installation.

# Compiling discern.
# shellcheck disable=SC2034  # for the scripts that source this file
build_packages=(autoconf automake gcc gpg libarchive-dev libburn-dev libc6-dev libcmocka-dev libexpat1-dev libfuse3-dev libgpgme-dev
	libisofs-dev libjansson-dev liblzma-dev libsndfile1-dev libssl-dev libsystemd-dev libtool libudev-dev libzstd-dev make pkg-config
	zlib1g-dev)
# The virtual drive, and the programs that the demo shows beside discern.
# shellcheck disable=SC2034
demo_packages=(fuse3 grub-rescue-pc wodim xorriso)
# All tests: the second compiler, the checkers, and the programs that act as referee.
# shellcheck disable=SC2034
test_packages=(busybox-static bzip2 cd-paranoia cdrdao cdrskin clang codespell cpio dbus-bin dbus-daemon dvd+rw-tools eject flac
	gddrescue genisoimage gnupg growisofs icedax isomd5sum jq kmod libcdio-utils libclang-rt-dev libxml2-utils lz4 man-db open-iscsi procps python3
	python3-dbusmock qemu-system-x86 sg3-utils shellcheck tcmu-runner tgt
	udev udftools umockdev universal-ctags util-linux valgrind xxd xz-utils zip zstd)

is_installed() {
	dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

# install_packages WHY PACKAGE…: says which of them are missing and why they are needed, and installs them
install_packages() {
	local why=$1 package
	local missing=()
	shift
	if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
		echo "This is no Debian: please see to it that what these packages hold is there: $*" >&2
		return 0
	fi
	for package in "$@"; do
		is_installed "$package" || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	echo "These Debian packages are missing, $why; installing them now:"
	printf '  %s\n' "${missing[@]}"
	if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
		echo "There is no sudo here: as root, run: apt-get install ${missing[*]}" >&2
		return 1
	fi
	as_root apt-get -q update
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "${missing[@]}"
}
