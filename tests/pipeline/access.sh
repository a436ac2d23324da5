#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Repositories that want to know who asks: a real HTTPS server with a password and
# authorities of its own, a real sshd with keys, both on loopback; who is not let in
# is told, left alone for a while, and keeps what was fetched before. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
kvmperf=$PWD/${B:-build}/kvmperf
server=$PWD/tests/pipeline/git_https.py
T=$(mktemp -d)
pids=
trap '[ -z "$pids" ] || kill $pids; rm -rf "$T"' EXIT
export HOME=$T GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t
unset SSH_AUTH_SOCK
n=0
clock=1000000000

ok() { # GOT EXPECTED SENTENCE
	n=$((n + 1))
	if [ "$1" = "$2" ]; then
		echo "ok $n - $3"
	else
		echo "not ok $n - $3"
		printf '# got:      %s\n# expected: %s\n' "$1" "$2"
		sed 's/^/# /' "$T/out" "$T/err"
	fi
}
up=$T/up.git
commit() { # sets $new
	clock=$((clock + 1))
	new=$(GIT_AUTHOR_DATE="$clock +0000" GIT_COMMITTER_DATE="$clock +0000" git -C "$up" commit-tree \
		${new:+-p "$new"} -m "change $clock" "$(git -C "$up" hash-object -t tree -w /dev/null)")
	git -C "$up" update-ref refs/heads/next "$new"
}
# config URL [LINE...]
config() {
	printf '[host a]\ndriver = qemu\n[branch b]\nrepository = %s\nref = next\n' "$1"
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@"
}
watch() { "$kvmperf" watch --config "$T/conf" --state "$T/s" "$@" >"$T/out" 2>"$T/err"; }
db() { sqlite3 "$T/s/kvmperf.db" "$1"; }
mirror() { git -C "$(echo "$T"/s/mirrors/*.git)" "$@"; }
await_port() { for _ in $(seq 100); do (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return; sleep 0.1; done; }

new=
git init -q --bare -b next "$up"
commit

# ---- https ----

cert() { # NAME: a certificate of its own authority, for localhost
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$T/$1.key" -out "$T/$1.pem" -days 2 -subj "/CN=localhost" \
		-addext subjectAltName=DNS:localhost >/dev/null 2>&1
}
cert ca
cert other
/usr/bin/python3 "$server" "$T/ca.pem" "$T/ca.key" bot 'long word: $x' "$T" "$T/log" >"$T/port" 2>"$T/server.err" &
pids=$!
for _ in $(seq 100); do [ -s "$T/port" ] && break; sleep 0.1; done
url=https://localhost:$(cat "$T/port")/up.git
printf 'long word: $x\n' >"$T/password"
printf 'short word\n' >"$T/wrong"
chmod 600 "$T/password" "$T/wrong"
as() { config "$url" "user = bot" "password-file = $T/$1" "ca-file = $T/$2.pem" >"$T/conf"; }

config "$url" >"$T/conf"
watch
ok "$? $(grep -c "check the server's certificate" "$T/err")" '1 1' 'a server that nobody vouches for is refused'
as password other
watch
ok "$? $(grep -c True "$T/log" 2>/dev/null)" '1 ' 'and one of other authorities; the password stays here'
as password ca
watch
ok "$? $(mirror rev-parse next) $(db 'SELECT failures FROM repositories')" "0 $new 0" \
	'with its authority, user and password it is fetched'
# The same by the service, whose children do it, with a password that systemd has given.
mkdir "$T/given" && cp "$T/password" "$T/given/git"
config "$url" 'user = bot' 'password-file = credential:git' "ca-file = $T/ca.pem" >"$T/conf"
CREDENTIALS_DIRECTORY=$T/given "${kvmperf}d" --config "$T/conf" --state "$T/given.s" >"$T/out" 2>"$T/err" &
for _ in $(seq 200); do ls "$T"/given.s/mirrors/*.git/refs/heads/next >/dev/null 2>&1 && break; sleep 0.05; done
kill $! && wait $!
ok "$? $(git -C "$(echo "$T"/given.s/mirrors/*.git)" rev-parse next)" "0 $new" 'by the service with a credential of systemd, too'
as password ca
commit
was=$(mirror rev-parse next)
as wrong ca
watch
ok "$? $(grep -c 'check the address, and the key or password' "$T/err")" '1 1' 'a wrong password is told'
ok "$(db 'SELECT failures, next_unix_ms > unixepoch() * 1000 + 600000 FROM repositories')" '1|1' \
	'once, and left alone for a quarter of an hour'
ok "$(mirror rev-parse next)" "$was" 'the last good state stays'
ok "$(grep -c short "$T/out" "$T/err" "$T"/s/mirrors/*/transport.log 2>/dev/null | grep -vc ':0')" 0 'the password is told nobody'
config "$url" "ca-file = $T/ca.pem" >"$T/conf"
watch
ok "$? $(grep -c 'check the address, and the key or password' "$T/err")" '1 1' 'so is none'
chmod 644 "$T/password"
as password ca
watch
ok "$? $(grep -c 'chmod 600' "$T/err")" '1 1' 'a password that others can read is not used'
chmod 600 "$T/password"
watch
ok "$? $(mirror rev-parse next) $(db 'SELECT failures FROM repositories')" "0 $new 0" 'with the right one it goes on'
rm -rf "$T/s"
url=${url/up.git/elsewhere/up.git} as password ca
watch
ok "$? $(grep -c 'cannot redirect' "$T/err")" '1 1' 'a password does not follow where a server points'
config "http://git.example.org/x" 'user = bot' "password-file = $T/password" >"$T/conf"
watch
ok "$? $(grep -c 'for https:// only' "$T/err")" '1 1' 'nor goes it over a line without TLS'

# ---- ssh ----

if [ -x /usr/sbin/sshd ] && { [ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd; }; then
	port=$((20000 + RANDOM % 20000))
	for key in host user stranger; do ssh-keygen -q -t ed25519 -N '' -f "$T/$key"; done
	cp "$T/user.pub" "$T/authorized"
	chmod 700 "$T"
	cat >"$T/sshd_config" <<-END
		Port $port
		ListenAddress 127.0.0.1
		HostKey $T/host
		AuthorizedKeysFile $T/authorized
		PidFile none
		PasswordAuthentication no
		StrictModes no
		UsePAM no
	END
	/usr/sbin/sshd -D -e -f "$T/sshd_config" 2>"$T/sshd.log" &
	pids="$pids $!"
	await_port $port
	printf '[127.0.0.1]:%s %s\n' $port "$(cut -d' ' -f1,2 "$T/host.pub")" >"$T/known"
	printf '[127.0.0.1]:%s %s\n' $port "$(cut -d' ' -f1,2 "$T/stranger.pub")" >"$T/imposter"
	# with KEY KNOWN_HOSTS
	with() {
		printf 'IdentityFile %s\nIdentitiesOnly yes\nUserKnownHostsFile %s\nGlobalKnownHostsFile none\n' \
			"$T/$1" "$T/$2" >"$T/ssh_config"
		config "ssh://$(id -un)@127.0.0.1:$port$up" "ssh-config = $T/ssh_config" >"$T/conf"
	}
	rm -rf "$T/s"
	with user known
	watch
	ok "$? $(mirror rev-parse next)" "0 $new" 'over ssh, with the key that the configuration names, it is fetched'
	commit
	was=$(mirror rev-parse next)
	with stranger known
	watch
	ok "$? $(grep -c 'check the address, and the key or password' "$T/err")" '1 1' 'a key that is not let in is told'
	ok "$(db 'SELECT failures FROM repositories') $(mirror rev-parse next)" "1 $was" 'the last good state stays'
	with user imposter
	watch
	ok "$? $(grep -c 'known_hosts' "$T/err")" '1 1' 'a server with another key than it had is refused'
	with user known
	watch
	ok "$? $(mirror rev-parse next) $(db 'SELECT failures FROM repositories')" "0 $new 0" 'with the right ones it goes on'
	config "ssh://$(id -un)@127.0.0.1:$port$T/none.git" "ssh-config = $T/ssh_config" >"$T/conf"
	watch
	ok "$? $(grep -c 'check the address' "$T/err")" '1 1' 'a repository that is not there is told'
else
	echo "# notice: no sshd here"
fi
echo "1..$n"
