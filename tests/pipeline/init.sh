#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# kvmperf init and doctor on machines that are folders: what is written is valid, and
# nothing is overwritten. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
kvmperf=$PWD/${B:-build}/kvmperf
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
export HOME=$T
n=0

# ok SENTENCE COMMAND...: the command succeeds.
ok() {
	local sentence=$1
	shift
	n=$((n + 1))
	if "$@" >"$T/out.new" 2>"$T/err.new"; then
		echo "ok $n - $sentence"
	else
		echo "not ok $n - $sentence"
		sed 's/^/# /' "$T/out.new" "$T/err.new" | head -n 20
	fi
	mv "$T/out.new" "$T/out" # the command may have looked at the last one's
	mv "$T/err.new" "$T/err"
}

not() { ! "$@"; }

# A server as /proc and /sys show it; hugepages in kB.
server() {
	local root=$1
	mkdir -p "$root"/{proc/sys/kernel,sys/kernel/mm/hugepages/hugepages-1048576kB,dev,boot,run/systemd/system}
	echo aarch64 >"$root/proc/sys/kernel/arch"
	echo 6.1.0-28-arm64 >"$root/proc/sys/kernel/osrelease"
	echo altra-03 >"$root/proc/sys/kernel/hostname"
	echo 0 >"$root/proc/sys/kernel/kexec_load_disabled"
	printf 'processor\t: %d\nCPU part\t: 0xd0c\n\n' {0..79} >"$root/proc/cpuinfo"
	echo 'MemTotal: 263767808 kB' >"$root/proc/meminfo"
	echo 'root=/dev/sda2 ro' >"$root/proc/cmdline"
	printf 'CONFIG_KEXEC_FILE=y\nCONFIG_HOTPLUG_CPU=y\n' >"$root/boot/config-6.1.0-28-arm64"
	touch "$root/dev/kvm" "$root/dev/watchdog0"
}

server "$T/good"
server "$T/bad"
echo '# CONFIG_KEXEC_FILE is not set' >"$T/bad/boot/config-6.1.0-28-arm64"
conf=$T/etc/kvmperf/kvmperf.conf

ok 'a configuration is written, folder and all' \
	"$kvmperf" init --root "$T/good" --output "$conf"
ok 'what is written is valid' "$kvmperf" check-config --config "$conf"
ok 'the machine itself is the host' grep -q 'host altra-03: local' "$T/out"
ok 'its kernels are laid over its own' sh -c '"$1" check-config --config "$2" |
	grep -q "over the configuration of the kernel that runs here"' - "$kvmperf" "$conf"
sed 's|^#prebuilt = .*|prebuilt = /nowhere/hook|' "$conf" >"$T/hook.conf"
ok 'a hook that is not there is told before it is needed' sh -c '"$1" check-config --config "$2" |
	grep -q "warning: /nowhere/hook is not there"' - "$kvmperf" "$T/hook.conf"
ok 'the branch that it proposes is valid when it is taken into use' \
	sh -c 'sed "/^#\[branch/,/^#baseline/s/^#//" "$1" >"$2" && "$3" check-config --config "$2" && grep -q ^plan "$2"' \
	- "$conf" "$T/used.conf" "$kvmperf"
cp "$conf" "$T/before"
ok 'it is not overwritten' not "$kvmperf" init --root "$T/bad" --output "$conf"
ok 'and the way out is told' grep -q -- '--force replaces it' "$T/err"
ok 'nothing was touched' cmp "$conf" "$T/before"
ok '--force replaces it' "$kvmperf" init --root "$T/bad" --output "$conf" --force
ok 'what is missing is told at once' grep -q -- '-> set CONFIG_KEXEC_FILE=y' "$T/err"
ok 'what it was is kept' cmp "$conf.old" "$T/before"
ok 'a machine without kexec has a valid configuration too' \
	"$kvmperf" check-config --config "$conf"
ok 'the terminal is a place as well' sh -c '"$1" init --root "$2" --output - | grep -q "^driver = local"' \
	- "$kvmperf" "$T/good"
ok 'doctor lets the good one pass' "$kvmperf" doctor --root "$T/good" --for local
ok 'and not the other' not "$kvmperf" doctor --root "$T/bad" --for local
echo "1..$n"
