#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The service over its whole way: real git, real make and compiler on a tiny tree,
# the real link to a stand-in for QEMU (tests/fakebin), the real store and pages. It
# is killed in every state, and at random moments; what it comes to must not differ.
# TAP.
#
#	KILLS=N		random moments (8); SEED=N for others
set -u
cd "$(dirname "$0")/../.." || exit 2
B=${B:-build}
T=$(mktemp -d)
trap 'stop_service; rm -rf "$T"' EXIT
. tests/pipeline/lab
lab_repository "$T/r.git" || exit 1
lab_commit "$T/r.git" next 110 'KVM: arm64: slower' || exit 1
lab_plan "$T/lab.plan"
printf '[service]\nretry-delay = 1s\n[host emulated]\ndriver = qemu\n' >"$T/conf"

# A fixed job and a confirm of the same two commits: every state is met.
add_jobs() {
	lab_queue "$1" "$T/r.git" next~1 next "$T/lab.plan" &&
		lab_queue "$1" "$T/r.git" next~1 next "$T/lab.plan" --confirm
}

undisturbed() {
	add_jobs "$T/calm" && start_service "$T/calm" && lab_await "$T/calm" && stop_service
}
ok 'two jobs end without a hand on them' undisturbed
ok 'both are done' lab_sql_is "$T/calm" "SELECT count(*) FROM jobs WHERE outcome = 'done' AND origin = 'hand'" 2
ok 'the slower kernel is found slower' sh -c "'$B/kvmperf' compare --state '$T/calm' \
	'$(git -C "$T/r.git" rev-parse next~1)' '$(git -C "$T/r.git" rev-parse next)' | grep -q '16 regressed'"
ok 'its page is there' grep -rq 'KVM: arm64: slower' "$T/calm/site"
ok 'no host is held' lab_sql_is "$T/calm" 'SELECT count(*) FROM leases' 0
ok 'every lab session has ended' lab_sql_is "$T/calm" \
	'SELECT count(*) FROM sessions WHERE ended_unix_ms IS NULL' 0
lab_dump "$T/calm" >"$T/calm.dump"

# same STATE: the service ends what it finds there, and the store is the undisturbed one.
same() {
	start_service "$1" && lab_await "$1" && stop_service || return 1
	lab_dump "$1" >"$T/dump"
	diff "$T/calm.dump" "$T/dump" || return 1
	lab_sql_is "$1" 'SELECT count(*) FROM leases' 0 &&
		lab_sql_is "$1" 'SELECT count(*) FROM sessions WHERE ended_unix_ms IS NULL' 0 &&
		no_orphans "$1"
}

# killed_in STATE_NAME: SIGKILL as soon as a job is in that state.
killed_in() {
	local state=$T/in-$1
	add_jobs "$state" && start_service "$state" || return 1
	lab_until "$state" "SELECT 1 FROM job_steps WHERE state = '$1'" || return 1
	kill_service
	same "$state"
}
for name in fetch build ready boot trial restore record judge publish; do
	ok "killed in state $name it goes on to the same end" killed_in $name
	rm -rf "$T/in-$name"
done

# killed_often SEED: five times at moments that the seed gives.
killed_often() {
	local state=$T/often-$1 i
	RANDOM=$1
	add_jobs "$state" || return 1
	for i in 1 2 3 4 5; do
		start_service "$state" || return 1
		sleep "0.$(printf '%03d' $((RANDOM % 700)))"
		kill_service
	done
	same "$state"
}
for ((i = 0; i < ${KILLS:-2}; i++)); do
	ok "killed at five random moments, seed $((${SEED:-1} + i)), it goes on to the same end" \
		killed_often $((${SEED:-1} + i))
	rm -rf "$T/often-$((${SEED:-1} + i))"
done

echo "1..$n"
