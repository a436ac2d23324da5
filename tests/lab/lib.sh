# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the scenarios of make lab share. What takes long is kept in lab/: the
# distribution, the kernels, and how long each thing took. To be sourced in the top
# folder, as root.
B=${B:-build}
L=${LAB:-lab}
mkdir -p "$L/ssh"
L=$(realpath "$L")
port=${LAB_PORT:-2299}
controller=$L/controller
base=next
n=0

# ok SENTENCE COMMAND...
ok() {
	local sentence=$1 begun=$SECONDS
	shift
	n=$((n + 1))
	if "$@" >"$L/ok-$port.out" 2>&1; then
		echo "ok $n - $sentence # $((SECONDS - begun)) s"
	else
		echo "not ok $n - $sentence # $((SECONDS - begun)) s"
		tail -n 40 "$L/ok-$port.out" | sed 's/^/# /'
	fi
}

# ---- keys: ours, and the machine's, which is known before we meet ----

make_keys() {
	local key
	for key in id host; do
		[ -e "$L/ssh/$key" ] || ssh-keygen -q -t ed25519 -N '' -C lab -f "$L/ssh/$key" || return
	done
	echo "[127.0.0.1]:$port $(cut -d ' ' -f 1,2 "$L/ssh/host.pub")" >"$L/ssh/known_hosts-$port"
	cat >"$L/ssh/config-$port" <<C
Host debian
	HostName 127.0.0.1
	Port $port
	User root
	IdentityFile $L/ssh/id
	IdentitiesOnly yes
	UserKnownHostsFile $L/ssh/known_hosts-$port
	StrictHostKeyChecking yes
	# A way in costs the emulated machine two seconds.
	ControlMaster auto
	ControlPath $L/ssh/master-$port
	ControlPersist 10m
	ServerAliveInterval 3
C
}

guest() { ssh -F "$L/ssh/config-$port" -o BatchMode=yes -o ConnectTimeout=10 debian "$@" </dev/null; }

give() { scp -q -F "$L/ssh/config-$port" -o BatchMode=yes "$@" debian:/root/ </dev/null; }

# ---- kernels, cross-built here by the service ----

oid() { git -C "$L/linux.git" rev-parse "$1"; }

write_controller_conf() {
	printf '[service]\nretry-delay = 20s\naa-every = 0\n[host debian]\ndriver = ssh\nssh-config = %s\ngolden-limit = 5m\n' \
		"$L/ssh/config-$port" >"$L/controller.conf"
}

# queue_all: a job of each kernel against the base, on the machine over ssh.
queue_all() {
	local new
	cat plans/emulated.config tests/lab/lab.config >"$L/kernel.config"
	for new in "$@"; do
		"$B/kvmperf" run --queue --state "$controller" --config "$L/controller.conf" \
			--repo "$L/linux.git" --base "$base" --new "$new" --plan tests/lab/lab.plan \
			--host debian --kernel-config "$L/kernel.config" || return
	done
}

# A kernel that finds its disk and network only with modules, in a store of its own.
queue_modular() {
	{ grep -v MODULES plans/emulated.config && cat tests/lab/lab.config tests/lab/modular.config; } >"$L/modular.config"
	"$B/kvmperf" noise debian --queue --state "$L/modular" --config "$L/controller.conf" \
		--repo "$L/linux.git" --base modular --plan tests/lab/lab.plan --kernel-config "$L/modular.config"
}

# not_built STATE
not_built() {
	sqlite3 -readonly -cmd '.timeout 5000' "$1/kvmperf.db" \
		"SELECT count(*) FROM jobs WHERE state IN ('queued', 'fetch', 'build')"
}

# build STATE: the builder works ahead of a host that is not there yet.
build() {
	local daemon
	[ "$(not_built "$1")" = 0 ] && return
	"$B/kvmperfd" --state "$1" --config "$L/controller.conf" >>"$1.log" 2>&1 &
	daemon=$!
	while kill -0 $daemon 2>/dev/null && [ "$(not_built "$1")" != 0 ]; do sleep 2; done
	kill -TERM $daemon 2>/dev/null
	wait $daemon
	[ "$(not_built "$1")" = 0 ]
}
# drop_job JOB: its kernels stay.
drop_job() { "$B/kvmperf" cancel --state "$controller" --config "$L/controller.conf" "$1"; }
# One at a time, because it does not work far ahead of a host. The last three jobs stay,
# for scenario_ssh.
build_kernels() {
	local i
	write_controller_conf
	if [ ! -e "$controller/kvmperf.db" ]; then
		for i in 1 2 3 4; do
			queue_all "level-$i" && build "$controller" && drop_job "$i" || return
		done
		queue_all slower panic hang || return
	fi
	build "$controller"
}
build_modular() {
	[ -e "$L/modular/kvmperf.db" ] || queue_modular || return
	build "$L/modular"
}

# kernel_of COMMIT [STATE]: the folder of its kernel.
kernel_of() { echo "${2:-$controller}"/kernels/"$(oid "$1" | cut -c 1-12)"-*; }

# ---- the image ----

# What lies beside the distribution: the repository that is watched, kernels, the hook.
make_overlay() {
	local to=$L/overlay name
	rm -rf "$to"
	mkdir -p "$to/srv/kernels" "$to/srv/tests" "$to/etc/ssh" "$to/etc/kvmperf" "$to/root/.ssh" || return
	cp -a "$L/linux.git" "$to/srv/linux.git" || return
	git -C "$to/srv/linux.git" update-ref -d refs/heads/watched 2>/dev/null
	for name in "$base" level-{1..4} slower panic hang; do
		mkdir -p "$to/srv/kernels/$(oid $name)" &&
			cp "$(kernel_of $name)"/{image,config,manifest} "$to/srv/kernels/$(oid $name)/" || return
	done
	cp "$controller"/tests/*/dirty_log_perf_test "$to/srv/tests/" || return
	cp "$L/ssh/host" "$to/etc/ssh/ssh_host_ed25519_key" && cp "$L/ssh/host.pub" "$to/etc/ssh/ssh_host_ed25519_key.pub" &&
		cp "$L/ssh/id.pub" "$to/root/.ssh/authorized_keys" || return
	chmod 700 "$to/root/.ssh"
	cp tests/lab/lab.plan "$to/etc/kvmperf/lab.plan" && cp tests/lab/local.conf "$to/etc/kvmperf/kvmperf.conf"
}

# REUSE=1 takes the image that is there.
make_image() {
	[ -n "${REUSE:-}" ] && [ -e "$L/debian.img" ] && return
	make_overlay && tests/lab/image "$L" "$L/debian.img" "$L/overlay"
}

# ---- the machine ----

machine=
# power_on NAME: a machine of its own, with a fresh disk.
power_on() {
	M=$L/run/$1
	rm -rf "$M"
	mkdir -p "$M"
	cp --sparse=always --reflink=auto "$L/debian.img" "$M/disk.img" || return
	resume
}

# resume: switched on with the disk that it has.
resume() {
	tests/lab/machine "$(kernel_of "$base")/image" "$M/disk.img" "$M" "$port" &
	machine=$!
}

power_off() {
	[ -n "$machine" ] || return 0
	kill -TERM "$machine" 2>/dev/null
	wait "$machine" 2>/dev/null
	machine=
}

# up [SECONDS]: until sshd answers.
up() {
	local end=$((SECONDS + ${1:-240}))
	while ! guest true 2>/dev/null; do
		[ $SECONDS -lt $end ] || { tail -n 30 "$M/console.log"; return 1; }
		sleep 2
	done
}

# guest_sql SQL: the store of the machine itself; quiet while it is between two kernels.
guest_sql() { guest sqlite3 -readonly -cmd "'.timeout 5000'" /var/lib/kvmperf/kvmperf.db "\"$1\"" 2>/dev/null; }

# guest_until SECONDS SQL: until the query gives a row.
guest_until() {
	local end=$((SECONDS + $1))
	while [ -z "$(guest_sql "$2")" ]; do
		[ $SECONDS -lt $end ] || { echo "waited in vain for: $2"; guest kvmperf status; guest journalctl -u kvmperfd -n 30 --no-pager; return 1; }
		sleep 5
	done
}

# guest_is SQL VALUE
guest_is() {
	local got
	got=$(guest_sql "$1")
	[ "$got" = "$2" ] || { echo "$1 gives \"$got\", expected \"$2\""; return 1; }
}
