#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A lab machine over ssh: a real sshd on loopback with keys and a configuration of its
# own, ssh, sftp and the real driver; the runner that is pushed is a stand-in, which
# keeps the kernel that "runs" in a file. The service measures there, is stopped in the
# middle of a test and leaves the machine on golden, and goes on. TAP. Root.
set -u
cd "$(dirname "$0")/../.." || exit 2
B=${B:-build}
T=$(mktemp -d)
sshd=
trap 'stop_service; [ -z "$sshd" ] || kill "$sshd"; rm -rf "$T"' EXIT
. tests/pipeline/lab
if ! [ -x /usr/sbin/sshd ] || [ "$(id -u)" != 0 ]; then
	echo 'ok 1 - a lab machine over ssh # SKIP there is no sshd, or we may not start it'
	echo 1..1
	exit
fi

lab_repository "$T/r.git" || exit 1
lab_commit "$T/r.git" next 110 'KVM: arm64: slower' || exit 1
lab_commit "$T/r.git" hangs 100 'KVM: arm64: hangs' 'const char more[] = "stand-in:run-hang";' || exit 1
lab_plan "$T/lab.plan"
S=$T/s
there=$S/machines/lab # the counter's store is two folders up
mkdir -p "$there" "$T/lib" && printf '6.12.1-golden' >"$there/golden"

# The runner that is pushed.
ln -s "$PWD/$B"/lib/* "$T/lib/" && rm "$T/lib/kvmperf-runner" &&
	cp "$B/fakebin/runner-over-ssh" "$T/lib/kvmperf-runner" || exit 1
export KVMPERF_LIBDIR=$T/lib

start_sshd() {
	local port
	mkdir -p /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f "$T/host" && ssh-keygen -q -t ed25519 -N '' -f "$T/user" || return 1
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	cat >"$T/sshd_config" <<-C
		Port $port
		ListenAddress 127.0.0.1
		HostKey $T/host
		AuthorizedKeysFile $T/user.pub
		PidFile none
		StrictModes no
		UsePAM no
		PasswordAuthentication no
		PermitRootLogin yes
		Subsystem sftp internal-sftp
	C
	printf 'Host lab\n\tHostName 127.0.0.1\n\tPort %s\n\tIdentityFile %s\n\tIdentitiesOnly yes\n\tUserKnownHostsFile %s\n' \
		"$port" "$T/user" "$T/known" >"$T/client"
	echo "[127.0.0.1]:$port $(cat "$T/host.pub")" >"$T/known"
	/usr/sbin/sshd -D -e -f "$T/sshd_config" >"$T/sshd.log" 2>&1 &
	sshd=$!
	wait_for 'Server listening' "$T/sshd.log"
}
ok 'an sshd of its own listens' start_sshd
printf '[service]\nretry-delay = 1s\n[host lab]\ndriver = ssh\nssh-config = %s\nrunner-folder = %s\ngolden-limit = 5s\n' \
	"$T/client" "$there" >"$T/conf"

runs_golden() { sed -n 2p "$there/kernel" | grep -x golden; }
runs_test_kernel() { sed -n 2p "$there/kernel" | grep kvmperf.boot=; }
measured() {
	lab_until "$S" "SELECT 1 FROM jobs j JOIN boots b ON b.comparison_id = j.comparison_id AND b.state = 'running'
		AND b.side = 'B' JOIN processes p ON p.boot_id = b.id WHERE j.id = $1 AND j.state = 'trial'" && runs_test_kernel
}

lab_queue "$S" "$T/r.git" next~1 next "$T/lab.plan" --boots 1 || exit 1
ok 'the service starts' start_service "$S"
ok 'it measures there' lab_await "$S"
ok 'as done, two boots into the kernels that were built' lab_sql_is "$S" "SELECT outcome, (SELECT count(*) FROM boots b
	JOIN kernels k ON k.id = b.kernel_id WHERE b.state = 'done' AND b.release = k.release AND b.cmdline LIKE '%kvmperf.boot=%')
	FROM jobs" 'done|2'
ok 'the machine is on golden' runs_golden

lab_queue "$S" "$T/r.git" next~1 hangs "$T/lab.plan" --boots 1 || exit 1
ok 'a kernel is in the middle of its test' measured 2
ok 'the service is stopped' stop_service
ok 'the machine is on golden' runs_golden
ok 'and the journal says so' wait_for 'host lab is back on its golden kernel' "$T/service.log"
ok 'nothing is left behind' no_orphans "$S"
ok 'the service starts again' start_service "$S"
ok 'and repeats the boot' lab_until "$S" "SELECT 1 FROM boots WHERE side = 'B' AND state = 'lost'"
ok 'the job is cancelled' "$B/kvmperf" cancel 2 --state "$S"
ok 'and ends' lab_until "$S" "SELECT 1 FROM jobs WHERE id = 2 AND outcome = 'cancelled'"
ok 'with the machine on golden' runs_golden
ok 'and free' lab_sql_is "$S" 'SELECT count(*) FROM leases' 0

# One that does not reboot when it is asked to: the next rung is the emergency key.
touch "$there/stubborn"
lab_queue "$S" "$T/r.git" next~1 next "$T/lab.plan" --boots 1 --again || exit 1
ok 'a machine that does not go down is measured' lab_await "$S"
ok 'as done' lab_sql_is "$S" 'SELECT outcome FROM jobs WHERE id = 3' 'done'
ok 'because sysrq brought it back' lab_sql_is "$S" \
	"SELECT count(*) FROM host_steps WHERE what = 'rescue' AND text LIKE 'asked to reboot: % goes on answering; reset by sysrq: golden is back'" 2
ok 'with a check after each' lab_sql_is "$S" "SELECT count(*) FROM host_steps WHERE what = 'check'" 3
ok 'the service stops' stop_service
ok 'nothing is left behind' no_orphans "$S"
echo "1..$n"
