#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A machine that is not what it was, and a kernel that differs in more than KVM, as
# the service meets them: the negative control of every boot tells both. Real git,
# make, link, store and pages; a stand-in for QEMU (tests/fakebin). TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
B=${B:-build}
T=$(mktemp -d)
trap 'stop_service; rm -rf "$T"' EXIT
. tests/pipeline/lab
S=$T/s
lab_repository "$T/r.git" || exit 1
for i in 1 2 3 4 5; do
	lab_commit "$T/r.git" next 100 "KVM: arm64: nothing $i" "/* $i */" || exit 1
done
lab_commit "$T/r.git" other 106 'everything slower' \
	'const char more[] = "stand-in:control=106";' || exit 1
lab_plan "$T/lab.plan"
printf '[service]\nretry-delay = 1s\n[host emulated]\ndriver = qemu\n[mail]\nowner = lab@example.org\n' \
	>"$T/conf"
base=$(git -C "$T/r.git" rev-parse next~5)

# measured NEW [OPTION...]: a job against the first commit, to its end.
measured() {
	local new=$1
	shift
	lab_queue "$S" "$T/r.git" next~5 "$new" "$T/lab.plan" "$@" && start_service "$S" &&
		lab_await "$S" && stop_service
}

quiet() {
	local i
	for i in 4 3 2; do
		lab_queue "$S" "$T/r.git" next~5 "next~$i" "$T/lab.plan" || return 1
	done
	start_service "$S" && lab_await "$S" && stop_service
}
ok 'three comparisons on a machine that is as it was' quiet
ok 'every boot has its control' lab_sql_is "$S" "SELECT count(*) FROM boots b WHERE NOT EXISTS (SELECT 1
	FROM boot_values v JOIN series s ON s.id = v.series_id WHERE v.boot_id = b.id AND s.metric = 'control')" 0
ok 'and the machine is steady' lab_sql_is "$S" \
	"SELECT group_concat(verdict), max(abs(control)) < 0.01, max(abs(between_kernels)) < 0.01, sum(between_moved)
		FROM host_checks" 'steady,steady,steady|1|1|0'
shown() {
	"$B/kvmperf" compare --state "$S" "$base" "$(git -C "$T/r.git" rev-parse next~2)" >"$T/compare"
	grep -qE 'control [+-]0\.[0-9] % \+- [0-9]\.[0-9] % without KVM' "$T/compare" || { cat "$T/compare"; return 1; }
}
ok 'kvmperf compare shows the control' shown

page_of() { # NEW
	echo "$S/site/c/emulated/${base:0:12}..$(git -C "$T/r.git" rev-parse "$1" | cut -c1-12).html"
}
ok 'so does its page' grep -q 'control loop, new against base' "$(page_of next~2)"
ok 'the control has a history, which the host leads to' grep -q 'control/control.html' "$S/site/h/emulated.html"

# Everything takes 5 % more on this machine from now on, whatever the kernel.
echo 105 >"$S/hosts/emulated/drift"
ok 'the machine moves' measured next~1
ok 'its control tells' lab_sql_is "$S" \
	"SELECT verdict, round(100 * control), between_moved FROM host_checks ORDER BY comparison_id DESC LIMIT 1" \
	'control|5.0|0'
ok 'the host is in quarantine' lab_sql_is "$S" 'SELECT health, health_reason FROM hosts' \
	'quarantined|comparison 4: the negative control moved'
ok 'its owner is told, and nobody else' lab_sql_is "$S" 'SELECT kind, subject FROM outbox' \
	'owner|[kvmperf] host emulated is in quarantine'
ok 'the page says so' grep -q 'NOT JUDGED: the negative control moved by +5.0 %' "$(page_of next~1)"

waits() {
	lab_queue "$S" "$T/r.git" next~5 next "$T/lab.plan" && start_service "$S" || return 1
	sleep 2
	stop_service
	lab_sql_is "$S" 'SELECT count(*) FROM comparisons' 4
}
ok 'no job gets it' waits
released() {
	"$B/kvmperf" hosts release emulated --why 'new firmware' --state "$S" --config "$T/conf" &&
		start_service "$S" && lab_await "$S" && stop_service
}
ok 'its owner releases it and the job goes on' released
ok 'what it is now is not held against it' lab_sql_is "$S" 'SELECT c.verdict, h.health FROM host_checks c, hosts h
	ORDER BY comparison_id DESC LIMIT 1' 'steady|ok'

ok 'a kernel that is slower in everything is measured' measured other --confirm
ok 'its control differs: the machine is not blamed' lab_sql_is "$S" \
	"SELECT verdict, round(100 * between_kernels), between_moved FROM host_checks ORDER BY comparison_id DESC LIMIT 1" \
	'steady|6.0|1'
ok 'and nor is KVM: the event waits' lab_sql_is "$S" "SELECT state, (SELECT count(*) FROM event_steps s
	WHERE s.event_id = e.id AND s.why LIKE '%not KVM alone%') FROM events e" 'new|1'
ok 'which its page shows' grep -q 'x moved: not KVM alone' \
	"$(page_of other)"
echo "1..$n"
