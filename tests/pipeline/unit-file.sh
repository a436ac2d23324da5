#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The units, as systemd reads them. TAP.
cd "$(dirname "$0")/../.." || exit 2
B=${B:-build}
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
if ! command -v systemd-analyze >/dev/null; then
	echo 'ok 1 - # SKIP there is no systemd-analyze'
	echo 1..1
	exit
fi
verify() {
	local unit
	for unit in systemd/*.service systemd/*.socket; do
		sed "s|^ExecStart=/usr/bin/|ExecStart=$PWD/$B/|; s|^ExecStart=/usr/lib/kvmperf/|ExecStart=$PWD/$B/lib/|" \
			"$unit" >"$T/${unit##*/}"
	done
	said=$(systemd-analyze verify --man=no "$T"/*.service "$T"/*.socket 2>&1 | grep 'kvmperf')
	[ -z "$said" ]
}
if verify; then
	echo 'ok 1 - systemd takes the units without a word'
else
	echo 'not ok 1 - systemd takes the units without a word'
	sed 's/^/# /' <<<"$said"
fi
level=$(systemd-analyze security --offline=yes --threshold=100 "$T/kvmperfd.service" 2>/dev/null |
	sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/\1/p')
told=$(sed -n 's/^tells is .*(\([0-9.]*[0-9]\) of the file alone).*/\1/p' man/kvmperfd.8)
if [ -n "$level" ] && awk "BEGIN { exit !($level <= $told) }"; then
	echo "ok 2 - its exposure is at most what the manual says, $told"
else
	echo "not ok 2 - its exposure is at most what the manual says, $told"
	echo "# it is \"$level\""
fi
limit=$(sed -n 's/.*HOST_STOP_S = \([0-9]*\).*/\1/p' daemon/model/host.h)
if grep -qx 'TimeoutStopSec=5min' systemd/kvmperfd.service && [ "$limit" -le 240 ] &&
	grep -qx 'KillMode=mixed' systemd/kvmperfd.service; then
	echo 'ok 3 - a stop has the time that a host takes back to golden, and children are told once'
else
	echo 'not ok 3 - a stop has the time that a host takes back to golden, and children are told once'
	echo "# the limit is \"$limit\" s"
fi
echo 1..3
