#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A machine that measures itself: each boot ends the service, and the one that starts
# in the next kernel goes on. The machine and its systemd are a stand-in
# (tests/fakebin/machine-here); kernels, store, link and pages are real. TAP.
#
#	CUTS=N		power cuts at random moments (2); SEED=N for others
set -u
cd "$(dirname "$0")/../.." || exit 2
B=${B:-build}
T=$(mktemp -d)
machine=
trap 'stop_machine; rm -rf "$T"' EXIT
. tests/pipeline/lab
lab_repository "$T/r.git" || exit 1
lab_commit "$T/r.git" next 110 'KVM: arm64: slower' || exit 1
lab_plan "$T/lab.plan"
printf '6.12.1-golden' >"$T/golden"

# configure STATE
configure() {
	printf '[service]\nretry-delay = 1s\n[host here]\ndriver = local\naddress = %s\n' \
		"$1/socket" >"$T/conf"
}

# start_machine STATE: switched on, it starts the service.
start_machine() {
	configure "$1"
	mkdir -p "$1/hosts/here"
	"$B/fakebin/machine-here" "$1/socket" "$1/hosts/here" "$T/golden" \
		"$B/kvmperfd" --state "$1" --config "$T/conf" >"$T/service.out" 2>"$T/service.log" &
	machine=$!
}

stop_machine() {
	[ -n "$machine" ] || return 0
	kill -TERM "$machine" 2>/dev/null
	wait "$machine"
	local rc=$?
	machine=
	return $rc
}

# measure STATE OPTION...: a job for this machine.
measure() {
	local state=$1
	shift
	configure "$state"
	lab_queue "$state" "$T/r.git" next~1 "${NEW:-next}" "$T/lab.plan" --host here --boots 2 "$@"
}

undisturbed() {
	measure "$T/calm" && start_machine "$T/calm" && lab_await "$T/calm" && stop_machine
}
ok 'a machine measures itself, four boots, without a hand on it' undisturbed
ok 'the job is done' lab_sql_is "$T/calm" "SELECT outcome FROM jobs" 'done'
ok 'each boot was entered once, two of each kernel' lab_sql_is "$T/calm" \
	"SELECT group_concat(n) FROM (SELECT count(*) || state AS n FROM boots GROUP BY side, state)" 2done,2done
ok 'by kexec from golden into the kernel that was built' lab_sql_is "$T/calm" \
	"SELECT count(*) FROM boots b JOIN kernels k ON k.id = b.kernel_id JOIN departures d ON d.boot_row = b.id
	 WHERE b.release = k.release AND b.build_id = k.build_id AND b.cmdline = d.cmdline
	 AND d.golden_release = '6.12.1-golden' AND d.old_boot_id <> b.boot_id" 4
ok 'in one lab session' lab_sql_is "$T/calm" 'SELECT count(*) FROM sessions WHERE ended_unix_ms IS NOT NULL' 1
ok 'no host is held' lab_sql_is "$T/calm" 'SELECT count(*) FROM leases' 0
ok 'its page is there' grep -rq 'KVM: arm64: slower' "$T/calm/site"
ok 'the job says where it was' sh -c "'$B/kvmperf' why 1 --state '$T/calm' --config '$T/conf' | grep -q 'takes host here'"
lab_dump "$T/calm" >"$T/calm.dump"

# A power cut at moments that the seed gives; at the end nothing is lost or doubled.
cuts() {
	local state=$T/cuts i
	RANDOM=${SEED:-1}
	measure "$state" && start_machine "$state" || return 1
	for ((i = 0; i < ${CUTS:-2}; i++)); do
		local boots
		boots=$(lab_sql "$state" "SELECT count(*) FROM boots WHERE state = 'done'")
		sleep "0.$(printf '%03d' $((RANDOM % 900)))"
		kill -USR1 "$machine"
		[ "$i" = 0 ] || lab_until "$state" "SELECT 1 WHERE (SELECT count(*) FROM boots WHERE state = 'done') > ${boots:-0}
			OR NOT EXISTS (SELECT 1 FROM jobs WHERE state <> 'ended')" || return 1
	done
	lab_await "$state" && stop_machine || return 1
	lab_dump "$state" >"$T/dump"
	diff "$T/calm.dump" "$T/dump"
}
ok "power cuts at ${CUTS:-2} random moments lose and double nothing" cuts
ok 'and leave nothing running' no_orphans "$T/cuts"

# The service alone is killed; STATES="boot trial restore" for more than one.
killed_in() {
	local state=$T/in-$1
	measure "$state" && start_machine "$state" &&
		lab_until "$state" "SELECT 1 FROM job_steps WHERE state = '$1'" || return 1
	kill -KILL "$(cat "/proc/$machine/task/$machine/children")"
	lab_await "$state" && stop_machine || return 1
	lab_dump "$state" >"$T/dump"
	diff "$T/calm.dump" "$T/dump"
}
for name in ${STATES:-trial}; do
	ok "the service is killed in state $name, and comes to the same end" killed_in $name
done

lab_commit "$T/r.git" panics 100 'KVM: arm64: panics' 'const char more[] = "stand-in:panic";' || exit 1
panics() {
	NEW=panics measure "$T/panics" && start_machine "$T/panics" && lab_await "$T/panics" && stop_machine
}
ok 'a kernel that never comes up ends the job' panics
ok 'as the kernel, after three resets that might have been power cuts' lab_sql_is "$T/panics" \
	"SELECT outcome || ' ' || j.failure || ' ' || j.symptom || ' ' || (SELECT count(*) FROM boots WHERE side = 'B')
	 FROM jobs j" 'failed kernel reset 3'

by_hand() {
	configure "$T/hand"
	"$B/kvmperf" run --state "$T/hand" --config "$T/conf" --repo "$T/r.git" --base next~1 --new next \
		--plan "$T/lab.plan" --host here
}
ok 'a command does not measure the machine it runs on' refuses 'use|leave it to the service with --queue' by_hand
echo "1..$n"
