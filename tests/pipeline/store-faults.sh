#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The store of the service on a full disk, read-only, locked by another process, of a
# newer schema, damaged: it says so clearly, loses nothing, and goes on or refuses to
# start, as fits. The real programs, with the stand-in for QEMU. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
B=${B:-build}
T=$(mktemp -d)
trap 'stop_service; umount -q "$T/disk" 2>/dev/null; rm -rf "$T"' EXIT
. tests/pipeline/lab

lab_repository "$T/r.git" || exit 1
lab_commit "$T/r.git" next 110 'KVM: arm64: slower' || exit 1
lab_plan "$T/lab.plan"
printf '[service]\nretry-delay = 1s\n[host emulated]\ndriver = qemu\n' >"$T/conf"
add() { lab_queue "$1" "$T/r.git" next~1 next "$T/lab.plan"; }
calmly() { add "$1" && start_service "$1" && lab_await "$1" && stop_service; }
serve() { "$B/kvmperfd" --state "$1" --config "$T/conf"; }
is_same() { lab_dump "$1" >"$T/dump" && diff "$T/calm.dump" "$T/dump"; }

ok 'a job ends' calmly "$T/calm"
lab_dump "$T/calm" | sed 's/|[0-9]*$//' >"$T/calm.dump"
# What was tried again is no difference here.
is_same() { lab_dump "$1" | sed 's/|[0-9]*$//' >"$T/dump" && diff "$T/calm.dump" "$T/dump"; }

cp -a "$T/calm" "$T/newer"
sqlite3 "$T/newer/kvmperf.db" 'PRAGMA user_version = 999'
ok 'a store of a newer program is refused' refuses 'schema 999.*newer kvmperf' serve "$T/newer"
ok 'and not touched' test "$(sqlite3 "$T/newer/kvmperf.db" 'PRAGMA user_version')" = 999

cp -a "$T/calm" "$T/junk"
rm -f "$T/junk"/kvmperf.db-*
printf 'this was a database once, and is long enough to be looked at as one, alas' |
	dd of="$T/junk/kvmperf.db" conv=notrunc status=none
ok 'a file that is no store is refused' refuses 'kvmperf.db.*right file' serve "$T/junk"

cp -a "$T/calm" "$T/torn"
sqlite3 "$T/torn/kvmperf.db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
page=$(sqlite3 "$T/torn/kvmperf.db" "SELECT rootpage FROM sqlite_schema WHERE name = 'jobs'")
dd if=/dev/zero of="$T/torn/kvmperf.db" bs=4096 seek=$((page - 1)) count=1 conv=notrunc status=none
ok 'a damaged one ends the service with a word on what to do' \
	refuses 'malformed; restore it from a backup' timeout 30 "$B/kvmperfd" --state "$T/torn" --config "$T/conf"

# locked: another process writes for long; the service waits, says so, and goes on.
locked() {
	local state=$T/locked holder
	add "$state" || return 1
	"$B/kvmperf" pause --all --state "$state" && start_service "$state" || return 1
	mkfifo "$T/hold"
	sqlite3 "$state/kvmperf.db" <"$T/hold" >/dev/null &
	holder=$!
	exec 7>"$T/hold"
	"$B/kvmperf" resume --all --state "$state" || return 1
	echo 'BEGIN IMMEDIATE; UPDATE service SET paused = 0; ' >&7
	LAB_LIMIT=30 wait_for 'locked|another kvmperf' "$T/service.log"
	local told=$?
	echo 'ROLLBACK;' >&7
	exec 7>&-
	wait $holder
	[ $told -eq 0 ] && lab_await "$state" && stop_service && is_same "$state"
}
ok 'locked by another process it says so, waits, and goes on to the same end' locked

mkdir "$T/disk"
if mount -t tmpfs -o size=24m none "$T/disk" 2>/dev/null; then
	full() {
		local state=$T/disk/s
		add "$state" && "$B/kvmperf" pause --all --state "$state" && start_service "$state" || return 1
		dd if=/dev/zero of="$T/disk/filler" bs=1k status=none 2>/dev/null
		"$B/kvmperf" resume --all --state "$state" 2>/dev/null || {
			# Even that finds no room: the service is told so as soon as there is some.
			truncate -s -64k "$T/disk/filler"
			"$B/kvmperf" resume --all --state "$state" || return 1
		}
		wait_for 'full|No space' "$T/service.log" || return 1
		rm "$T/disk/filler"
		lab_await "$state" && stop_service && is_same "$state"
	}
	ok 'on a full disk it says so, and goes on to the same end when there is room' full
	stop_service
	umount "$T/disk"

	read_only() {
		mount -t tmpfs none "$T/disk" && cp -a "$T/calm" "$T/disk/s" &&
			mount -o remount,ro "$T/disk" || return 1
		refuses 'read-only|Read-only' serve "$T/disk/s"
	}
	ok 'a read-only store is refused' read_only
else
	n=$((n + 1))
	echo "ok $n - # SKIP full and read-only disks: mounting needs root"
fi
echo "1..$n"
