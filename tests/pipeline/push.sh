#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# From a push to a watched repository to verdict and page, without a hand on it: the
# screen of the new kernel against the level of its branch, the confirm that it asks
# for, the page. The real programs and repositories, with the stand-in for QEMU. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
B=${B:-build}
T=$(mktemp -d)
trap 'stop_service; rm -rf "$T"' EXIT
. tests/pipeline/lab

lab_repository "$T/r.git" || exit 1
lab_plan "$T/lab.plan"
cat >"$T/conf" <<C
[service]
retry-delay = 1s
[host emulated]
driver = qemu
[branch next]
repository = file://$T/r.git
ref = refs/heads/next
interval = 10s
what = paths
paths = x.c
cap = 20
plan = $T/lab.plan
C
S=$T/s

# The level of a branch takes eight boots from four lab sessions.
for i in 1 2 3 4; do
	lab_commit "$T/r.git" next 100 "KVM: arm64: commit $i" "int c$i;" || exit 1
done
begin() { start_service "$S" && lab_until "$S" 'SELECT 1 FROM jobs'; }
ok 'the tip of a new branch is measured' begin
ok 'as a screen' lab_await "$S"
# pushed SUBJECT: until the commit is found, and all that it asks for has ended.
pushed() {
	lab_until "$S" "SELECT 1 FROM jobs j JOIN commits c ON c.id = j.new_commit WHERE c.subject = '$1'" &&
		lab_await "$S"
}
harmless() {
	local i
	git clone -q --bare "$T/r.git" "$T/theirs.git" || return 1
	for i in 1 2 3 4; do
		lab_commit "$T/theirs.git" next 100 "KVM: arm64: harmless $i" "int p$i;" || return 1
	done
	git -C "$T/theirs.git" push -q "$T/r.git" next && pushed 'KVM: arm64: harmless 4'
}
slower() {
	lab_commit "$T/r.git" next 110 'KVM: arm64: ten percent more' && pushed 'KVM: arm64: ten percent more'
}
ok 'four harmless commits are pushed and measured' harmless
ok 'nothing was suspicious' lab_sql_is "$S" "SELECT count(*) FROM jobs WHERE kind <> 'screen'" 0
ok 'a slower kernel is pushed and measured' slower
ok 'its screen asks for a confirm' lab_sql_is "$S" \
	"SELECT count(*) FROM jobs c JOIN jobs s ON s.id = c.parent_job WHERE c.kind = 'confirm' AND
	 c.origin = 'screen' AND s.kind = 'screen' AND c.outcome = 'done'" 1
verdict() {
	"$B/kvmperf" status --state "$S" --config "$T/conf" --format json |
		jq -e '.ended[0] | .kind == "confirm" and (.sentence | test("(More instructions|REGRESSED)"))'
}
ok 'the verdict is there' verdict
ok 'and the page' grep -rlq 'ten percent more' "$S/site"
ok 'no host is held' lab_sql_is "$S" 'SELECT count(*) FROM leases' 0
ok 'the service stops' stop_service
ok 'nothing is left behind' no_orphans "$S"
echo "1..$n"
