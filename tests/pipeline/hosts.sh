#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Several hosts, and one that fails: it goes into quarantine, its owner is told, its
# job goes elsewhere, and it comes back by hand. The real programs, with the stand-in
# for QEMU. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
B=${B:-build}
T=$(mktemp -d)
trap 'stop_service; rm -rf "$T"' EXIT
. tests/pipeline/lab

lab_repository "$T/r.git" || exit 1
lab_commit "$T/r.git" next 110 'KVM: arm64: slower' || exit 1
lab_plan "$T/lab.plan"
cat >"$T/conf" <<C
[service]
retry-delay = 1s
aa-every = 0
[mail]
from = bot@lab.example
owner = owner@lab.example
[host anvil]
driver = qemu
[host bench]
driver = qemu
C
S=$T/s
k() { "$B/kvmperf" "$1" --state "$S" --config "$T/conf" "${@:2}"; }
prints() { "${@:2}" | tee "$T/said" | grep -qE -- "$1" || { cat "$T/said"; return 1; }; }

mkdir -p "$S/hosts/anvil" && touch "$S/hosts/anvil/broken"
lab_queue "$S" "$T/r.git" next~1 next "$T/lab.plan" || exit 1
ok 'the service starts' start_service "$S"
ok 'the job ends although its first host does not come up' lab_await "$S"
ok 'as done, on the other host' lab_sql_is "$S" "SELECT j.outcome || ' ' || h.name FROM jobs j
	JOIN hosts h ON h.id = j.host_id" 'done bench'
ok 'all its boots were there' lab_sql_is "$S" "SELECT DISTINCT h.name FROM boots b
	JOIN comparisons c ON c.id = b.comparison_id JOIN hosts h ON h.id = c.host_id WHERE b.state = 'done'" bench
ok 'the host is in quarantine, with the reason' prints '^anvil +qemu +quarantined +free +it failed 3 times in a row' k hosts
ok 'its story tells each failure' prints 'rescue +.*golden kernel does not come up' k hosts story anvil
ok 'the other one was checked when it was enrolled' prints 'check +golden 6.12.1' k hosts story bench
ok 'its owner has a letter' lab_sql_is "$S" "SELECT count(*) || ' ' || max(subject) FROM outbox WHERE kind = 'owner'" \
	'1 [kvmperf] host anvil is in quarantine'
ok 'the journal has a line' wait_for 'error: host anvil is in quarantine: it failed 3 times' "$T/service.log"
lab_queue "$S" "$T/r.git" next~1 next "$T/lab.plan" --host anvil --again || exit 1
ok 'a job that wants it waits' lab_until "$S" "SELECT 1 FROM jobs WHERE id = 2 AND state IN ('queued', 'ready')"
ok 'and why says so' prints 'quarantine' k why 2
rm "$S/hosts/anvil/broken"
ok 'it is given back by hand' k hosts release anvil --why 'a new fan'
ok 'and measures' lab_until "$S" "SELECT 1 FROM jobs WHERE id = 2 AND outcome = 'done'"
ok 'its failures are forgotten' lab_sql_is "$S" "SELECT failures FROM hosts WHERE name = 'anvil'" 0
ok 'the service stops' stop_service
ok 'what the machine is, is known' lab_sql_is "$S" \
	"SELECT count(*) FROM hosts WHERE machine LIKE '%memory: 2097152 KiB%' AND score_us IS NULL" 2
ok 'it is checked again by hand' prints 'bench: fit: golden 6.12.1.*kexec loads' k hosts check bench
echo 'kexec: kexec_file_load failed: Device or resource busy' >"$S/hosts/bench/check"
ok 'one that cannot load kernels any more is not fit' refuses 'bench is not fit' k hosts check bench
ok 'and in quarantine, with the reason' prints '^bench +qemu +quarantined +free +golden cannot load a kernel: .*busy' k hosts
rm "$S/hosts/bench/check"
ok 'it is given back' k hosts release bench --why 'firmware'
sqlite3 "$S/kvmperf.db" "UPDATE hosts SET machine = replace(machine, '2097152', '4194304') WHERE name = 'anvil'"
ok 'a machine that has lost memory is not fit' refuses 'anvil is not fit' k hosts check anvil
ok 'and told so' prints 'anvil +qemu +quarantined .*it had "memory: 4194304 KiB", and has "memory: 2097152 KiB"' k hosts
ok 'nothing is left behind' no_orphans "$S"
echo "1..$n"
