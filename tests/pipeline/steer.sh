#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Steering the service from the command line: add, show, pause, resume, cancel, retry,
# why, log, reload, completion. The real programs, with the stand-in for QEMU. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
B=${B:-build}
T=$(mktemp -d)
trap 'stop_service; rm -rf "$T"' EXIT
. tests/pipeline/lab

lab_repository "$T/r.git" || exit 1
lab_commit "$T/r.git" next 110 'KVM: arm64: slower' || exit 1
lab_commit "$T/r.git" next 100 'KVM: arm64: does not build' '#error on purpose' || exit 1
lab_commit "$T/r.git" late 100 'KVM: arm64: panics' 'const char more[] = "stand-in:run-panic";' || exit 1
lab_plan "$T/lab.plan"
printf '[service]\nretry-delay = 1s\n[host emulated]\ndriver = qemu\n' >"$T/conf"
S=$T/s
k() { "$B/kvmperf" "$1" --state "$S" --config "$T/conf" "${@:2}"; }
add() { lab_queue "$S" "$T/r.git" "$1" "$2" "$T/lab.plan" "${@:3}"; }
json() { k status --format json | jq -e "$1" >/dev/null; }
# prints PATTERN COMMAND...
prints() { "${@:2}" | tee "$T/said" | grep -qE -- "$1" || { cat "$T/said"; return 1; }; }

ok 'a job is added without a service' add next~2 next~1
ok 'the same question is not asked twice' prints 'asked the same already' \
	k run --queue --repo "$T/r.git" --base next~2 --new next~1 --plan "$T/lab.plan"
ok 'status says that nothing runs' prints 'does not run' k status
ok 'why says so, too' prints 'kvmperfd does not run' k why 1
ok 'a queued job is cancelled at once' k cancel 1
ok 'and is ended then' json '.ended[0].outcome == "cancelled"'
ok 'it cannot be cancelled twice' refuses 'has ended' k cancel 1
ok 'it is begun anew' k retry 1
ok 'what is no job is told' refuses 'no number of a job' k cancel one
ok 'a job that is not there is told' refuses 'no job 4711' k why 4711

k pause --all >/dev/null
ok 'a paused service starts' start_service "$S"
ok 'status says that it is paused' prints 'paused' k status
ok 'a second service on the state is refused' refuses 'another kvmperfd' \
	"$B/kvmperfd" --state "$S" --config "$T/conf"
sleep 1.5
ok 'nothing is begun' lab_sql_is "$S" "SELECT state FROM jobs" queued
ok 'it is resumed' k resume --all
ok 'and the job ends' lab_await "$S"
ok 'as done' json '.ended[0] | .outcome == "done" and (.sentence | contains("instructions"))'
ok 'no line of status is wider than 80 columns' sh -c \
	"'$B/kvmperf' status --state '$S' --config '$T/conf' | awk 'length(\$0) > 80 { exit 1 }'"
ok 'why tells its boots and its verdict' prints 'boot 4 of A: 8 processes' k why 1
ok 'log tells what was built' prints 'built kernel 6.12.1' k log 1 build
ok 'a phase that has no log is told' refuses 'no log of phase' k log 1 nonsense

add next~1 next
ok 'a kernel that does not build ends its job' lab_await "$S"
ok 'classified, with a reason' json '.ended[0] | .outcome == "failed" and .failure == "build" and
	.symptom == "compile" and (.reason | test("x.c:[0-9]+"))'
ok 'why names the fault' prints 'by the fault of: build' k why 2

ok 'the branch of a job is what --new names, when that is a branch' \
	lab_sql_is "$S" "SELECT group_concat(branch) FROM jobs" ',next'

add next~2 next~1 --again --branch topic/6.12,x
ok 'a job that boots' lab_until "$S" "SELECT 1 FROM job_steps WHERE job_id = 3 AND state = 'trial'"
k pause 3 >/dev/null
ok 'is of the branch that --branch says' lab_sql_is "$S" \
	"SELECT branch FROM comparisons WHERE id = (SELECT comparison_id FROM jobs WHERE id = 3)" topic/6.12,x
ok 'pauses after its boot, and its host is free' lab_until "$S" \
	"SELECT 1 FROM jobs WHERE id = 3 AND state = 'ready' AND wish = 'pause' AND NOT EXISTS (SELECT 1 FROM leases)"
ok 'and is cancelled' k cancel 3
ok 'at once, as nothing runs' lab_until "$S" "SELECT 1 FROM jobs WHERE id = 3 AND outcome = 'cancelled'"

add next~2 late
ok 'a kernel that panics in the middle of a test ends its job' lab_await "$S"
ok 'and is told to have panicked, not to have gone' json '.ended[0] | .outcome == "failed" and
	.failure == "kernel" and .symptom == "panic"'

printf '[host emulated]\ndriver = teleport\n' >"$T/conf"
kill -HUP $service
ok 'an invalid configuration is told at reload' wait_for 'the old one stays.*teleport' "$T/service.log"
printf '[host emulated]\ndriver = qemu\n[host other]\ndriver = qemu\n' >"$T/conf"
kill -HUP $service
ok 'a valid one is read' wait_for 'was read again' "$T/service.log"
ok 'with its hosts' lab_until "$S" "SELECT 1 FROM hosts WHERE name = 'other'"
ok 'the service stops with status 0' stop_service
ok 'nothing is left behind' no_orphans "$S"

complete_words() {
	PATH=$PWD/$B:$PATH bash -c '. completion/kvmperf.bash
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		compopt() { :; }
		_kvmperf; echo "${COMPREPLY[@]}"' bash "$@"
}
ok 'commands are completed' prints '^status$' complete_words kvmperf stat
ok 'options are completed' prints '^--watch$' complete_words kvmperf status --w
all_options() {
	local command option
	for command in $("$B/kvmperf" --help | sed -n 's/^  \([a-z][a-z-]*\)  *.*/\1/p'); do
		complete_words kvmperf "$command" -- | tr ' ' '\n' >"$T/words"
		for option in $("$B/kvmperf" "$command" --help | grep -E '^ +--' | grep -oE -- '--[a-z-]+'); do
			grep -qxF -- "$option" "$T/words" || echo "$command $option"
		done
	done
}
ok 'every option of every command is' sh -c "test -z '$(all_options)'"
ok 'words of an option are completed' prints '^json$' complete_words kvmperf status --format j
ok 'jobs are completed' prints '3' complete_words kvmperf why --state "$S" ''
echo "1..$n"
