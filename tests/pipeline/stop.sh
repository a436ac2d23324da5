#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Who is stopped in the middle of a test leaves the host on its golden kernel: the
# service, a command, a job that is cancelled. The real programs, with the stand-in for
# QEMU, which notes each kernel that it enters. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
B=${B:-build}
T=$(mktemp -d)
command=
trap 'stop_service; [ -z "$command" ] || kill -KILL "$command"; rm -rf "$T"' EXIT
. tests/pipeline/lab

lab_repository "$T/r.git" || exit 1
lab_commit "$T/r.git" hangs 100 'KVM: arm64: hangs' 'const char more[] = "stand-in:run-hang";' || exit 1
lab_plan "$T/lab.plan"
printf '[service]\nretry-delay = 1s\n[host emulated]\ndriver = qemu\n' >"$T/conf"
S=$T/s

# Which kernel the machine has entered last: golden's command line has no mark.
last_is_golden() { tail -n 1 "$S/hosts/emulated/entered" | grep -v kvmperf.boot=; }
last_is_the_test_kernel() { tail -n 1 "$S/hosts/emulated/entered" | grep kvmperf.boot=; }
said() { grep -qE -- "$1" "$2" || { cat "$2"; return 1; }; }

# measured JOB: until its kernel is in the middle of its test, in a boot that is new.
measured() {
	lab_until "$S" "SELECT 1 FROM jobs j JOIN boots b ON b.comparison_id = j.comparison_id AND b.state = 'running'
		AND b.side = 'B' JOIN processes p ON p.boot_id = b.id WHERE j.id = $1 AND j.state = 'trial'
		AND b.id > ${last:-0}" &&
		last=$(lab_sql "$S" 'SELECT max(id) FROM boots') && last_is_the_test_kernel
}

lab_queue "$S" "$T/r.git" next hangs "$T/lab.plan" || exit 1
start_service "$S"
ok 'a kernel is in the middle of its test' measured 1
ok 'the service is stopped' stop_service
ok 'the machine has entered golden before that' last_is_golden
ok 'and the journal says so' said 'host emulated is back on its golden kernel' "$T/service.log"
ok 'nothing is left behind' no_orphans "$S"

start_service "$S"
ok 'the boot is repeated' measured 1
ok 'it is cancelled' "$B/kvmperf" cancel 1 --state "$S"
ok 'and ends' lab_until "$S" "SELECT 1 FROM jobs WHERE id = 1 AND outcome = 'cancelled'"
ok 'the machine has entered golden' last_is_golden

lab_queue "$S" "$T/r.git" next hangs "$T/lab.plan" --again || exit 1
touch "$S/hosts/emulated/deaf"
ok 'a machine that does not listen' measured 2
insisted() {
	kill -TERM "$service"
	wait_for 'goes back to its golden kernel first' "$S/jobs/2/boot.log" || return 1
	stop_service
}
ok 'is left as it is when stopping is asked for twice' insisted
ok 'which is told' said 'may still run a test kernel: .* asked for twice' "$T/service.log"
ok 'and was the case' last_is_the_test_kernel
ok 'nothing is left behind' no_orphans "$S"
rm "$S/hosts/emulated/deaf"

S=$T/hand
by_hand() {
	"$B/kvmperf" run --state "$S" --config "$T/conf" --repo "$T/r.git" --base next --new hangs \
		--plan "$T/lab.plan" >"$T/run.out" 2>&1 &
	command=$!
	lab_until "$S" "SELECT 1 FROM boots b JOIN processes p ON p.boot_id = b.id WHERE b.state = 'running' AND b.side = 'B'"
}
interrupted() {
	kill -INT $command
	wait $command
	local rc=$?
	command=
	[ $rc -eq 130 ] || { echo "exit status $rc"; return 1; }
}
ok 'the same by hand' by_hand
ok 'Ctrl-C ends the command' interrupted
ok 'on golden' last_is_golden
ok 'which it says, and how to go on' said \
	'stopped; host emulated is back on its golden kernel; the same command goes on' "$T/run.out"
echo "1..$n"
