#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the service tells the journal, read from a socket in the journal's place: a
# confirmed regression comes with the MESSAGE_ID that the manual names. In a mount
# name space of its own, so it needs root. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
B=${B:-build}
T=$(mktemp -d)
outer=
trap '[ -z "$outer" ] || kill "$outer" 2>/dev/null; wait; rm -rf "$T"' EXIT
. tests/pipeline/lab
if ! unshare -m true 2>/dev/null; then
	echo "ok 1 - the journal is told # SKIP a mount name space needs root"
	echo "1..1"
	exit 0
fi

cat >"$T/listen.py" <<'END'
import os, socket, sys
os.makedirs('/run/systemd/journal')
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind('/run/systemd/journal/socket')
open(sys.argv[1], 'w').close()
while True:
    entry = s.recv(1 << 16).decode('utf-8', 'replace')
    open(sys.argv[1], 'a').write(' | '.join(entry.split('\n')) + '\n')
END
cat >"$T/inside" <<END
mount -t tmpfs none /run || exit 1
/usr/bin/python3 "$T/listen.py" "$T/entries" &
listener=\$!
while [ ! -e "$T/entries" ]; do sleep 0.05; done
: >"$T/stderr"
JOURNAL_STREAM=\$(stat -c %d:%i "$T/stderr") \
	"$B/kvmperfd" --state "$T/state" --config "$T/conf" >"$T/stdout" 2>>"$T/stderr" &
service=\$!
trap 'kill \$service \$listener' TERM
wait \$service
kill \$listener
END
lab_repository "$T/r.git" && lab_commit "$T/r.git" next 110 'KVM: arm64: slower' || exit 1
lab_plan "$T/lab.plan"
printf '[host emulated]\ndriver = qemu\n' >"$T/conf"
mkdir "$T/state"
"$B/bench/fill_store" "$T/state/kvmperf.db" 0 40 6 || exit 1
unshare -m sh "$T/inside" &
outer=$!
touch "$T/stderr"
ok 'the service tells the journal that it serves' wait_for 'MESSAGE=kvmperfd .* serves .*PRIORITY=6' "$T/entries"
ok 'what was confirmed before is no news' sh -c "! grep -q MESSAGE_ID=3b0c42e7abc24427b9202e3f2c5a0c04 '$T/entries'"
confirm() {
	sqlite3 -cmd '.timeout 10000' "$T/state/kvmperf.db" "INSERT INTO event_steps (event_id, unix_ms,
		who, why, state_from, state_to) VALUES ($1, 1, 'kvmperf', 'boots', 'new', 'confirmed')"
}
confirm 2
ok 'a confirmed regression has the MESSAGE_ID of the manual' wait_for \
	'MESSAGE=event 2 on kvmarm/next: Regressed.*PRIORITY=4.*MESSAGE_ID=3b0c42e7abc24427b9202e3f2c5a0c04' \
	"$T/entries"
ok 'the kernel is a field' sh -c "grep 'MESSAGE=event 2' '$T/entries' | grep -qE 'KERNEL=[0-9a-f]{40}'"
ok 'the manual names it' grep -q 3b0c42e7abc24427b9202e3f2c5a0c04 man/kvmperfd.8
lab_queue "$T/state" "$T/r.git" next~1 next "$T/lab.plan" || exit 1
measured="KERNEL=$(git -C "$T/r.git" rev-parse next)"
ok 'a move of a job has its job and kernel' wait_for "MESSAGE=job [0-9]+: builds .*JOB=[0-9]+ .*$measured" "$T/entries"
ok 'where it has one, its host' wait_for "MESSAGE=job [0-9]+: measures .*HOST=emulated .*$measured" "$T/entries"
ok 'nothing goes to stderr besides' sh -c "[ ! -s '$T/stderr' ]"
kill "$outer"
wait "$outer" 2>/dev/null
outer=
echo "1..$n"
