#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Mail, with the real program and a real SMTP server (aiosmtpd) on loopback with
# TLS and a password: what arrives is parsed by Python's email package; a server
# that refuses, drops the line, asks to come back. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
kvmperf=$PWD/${B:-build}/kvmperf
server=$PWD/tests/pipeline/smtp_server.py
T=$(mktemp -d)
pid=
stop() { [ -z "$pid" ] || { kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; }; pid=; }
trap 'stop; rm -rf "$T"' EXIT
export HOME=$T
python=/usr/bin/python3 # the one that Debian's packages are for
n=0
ok() { # SENTENCE COMMAND...
	local sentence=$1
	shift
	n=$((n + 1))
	if "$@" >"$T/said" 2>&1; then
		echo "ok $n - $sentence"
	else
		echo "not ok $n - $sentence"
		sed 's/^/# /' "$T/said" "$T/out" 2>/dev/null | head -n 30
	fi
}
if ! $python -c 'import aiosmtpd' 2>/dev/null; then
	echo "ok 1 - mail is sent # SKIP python3-aiosmtpd is not installed"
	echo "1..1"
	exit 0
fi

openssl req -x509 -newkey rsa:2048 -nodes -keyout "$T/key" -out "$T/cert" -days 2 \
	-subj /CN=localhost -addext subjectAltName=DNS:localhost >/dev/null 2>&1
printf 'secret-word\n' >"$T/password"
chmod 600 "$T/password"

# start SCRIPT: answers of the server to the ends of DATA, one after the other.
start() {
	stop
	rm -f "$T/port"
	$python "$server" "$T/cert" "$T/key" bot secret-word "$T/box" "$1" >"$T/port" 2>"$T/server.log" &
	pid=$!
	for _ in $(seq 100); do [ -s "$T/port" ] && break; sleep 0.1; done
	config "$(cat "$T/port")"
}
config() {
	cat >"$T/conf" <<-END
	[host emulated]
	driver = qemu
	[mail]
	from = Lab bot <bot@lab.example>
	to = list@example.org
	owner = owner@lab.example
	smtp = smtp://localhost:$1
	ca-file = ${ca:-$T/cert}
	user = bot
	password-file = $T/password
	END
}
mail() { timeout 60 "$kvmperf" mail --config "$T/conf" --state "$T/state" "$@" >"$T/out" 2>&1; }
sql() { sqlite3 -cmd '.timeout 10000' "$T/state/kvmperf.db" "$1"; }
due() { sql "UPDATE outbox SET next_unix_ms = 0 WHERE state = 'waiting'"; }
state_is() { [ "$(sql "SELECT state FROM outbox WHERE id = $1")" = "$2" ] || { sql "SELECT id, state, answer FROM outbox"; false; }; }
arrived() { cat "$T"/box/* 2>/dev/null | grep -c '^Message-Id: '; }

start 250
ok 'a test mail is sent over TLS with a password' mail --test ann@example.org
ok 'and stored as sent' state_is 1 sent
ok 'it arrives once, as it was stored, and parses' $python - "$T" <<'END'
import email, email.policy, glob, sqlite3, sys
files = glob.glob(sys.argv[1] + '/box/*')
assert len(files) == 1, files
raw = open(files[0], 'rb').read()
m = email.message_from_bytes(raw, policy=email.policy.default)
row = sqlite3.connect(sys.argv[1] + '/state/kvmperf.db').execute(
    'SELECT message, message_id, recipients FROM outbox').fetchone()
assert m['Message-ID'] == '<%s>' % row[1], m['Message-ID']
assert m['To'] == 'ann@example.org' and row[2] == 'ann@example.org'
assert m['Auto-Submitted'] == 'auto-generated'
assert raw.replace(b'\r\n', b'\n').rstrip() == row[0].encode().rstrip()
assert m.get_content_charset() == 'utf-8' and m.get_content_type() == 'text/plain'
assert not m.defects, m.defects
END
ok 'the password is in no output' sh -c "! grep -rq secret-word '$T/out' '$T/state'"

chmod 644 "$T/password"
ok 'a password file that others can read stops it' mail --test ann@example.org
ok 'and the reason is told' grep -q 'chmod 600' "$T/out"
chmod 600 "$T/password"
ca=/etc/ssl/certs/ca-certificates.crt
start 250
due
mail --send
ok 'a server that cannot be verified gets nothing' state_is 2 waiting
unset ca

start 451,250
due
mail --send
ok 'an answer of 451 is tried again later' state_is 2 waiting
due
mail --send
ok 'and sent then' state_is 2 sent

start 550,250
mail --test bob@example.org
ok 'a 550 parks the mail' state_is 3 parked
ok 'and the owner is told' state_is 4 sent
ok 'a parked mail is sent when asked' mail --retry 3
ok 'and arrives' state_is 3 sent

start drop,250
mail --test cid@example.org
ok 'a line that drops after DATA is no answer' state_is 5 waiting
due
mail --send
ok 'the mail is sent again under its one Message-ID' state_is 5 sent
stop
mail --test dan@example.org
ok 'a server that is not there is asked later' state_is 6 waiting

start 250
due
mail --send
# The service sends what is due by itself, and its log tells when it cannot.
insert() { # MESSAGE-ID
	sql "INSERT INTO outbox (kind, message_id, sender, recipients, subject, message, state,
		next_unix_ms, created_unix_ms, updated_unix_ms) VALUES ('test', '$1',
		'bot@lab.example', 'ann@example.org', 's', 'Subject: s' || char(10, 10), 'waiting', 0, 0, 0)"
}
insert service@lab
"${kvmperf}d" --config "$T/conf" --state "$T/state" >"$T/out" 2>&1 &
child=$!
for _ in $(seq 150); do
	[ "$(sql "SELECT state FROM outbox WHERE message_id = 'service@lab'")" = sent ] && break
	sleep 0.2
done
ok 'the service sends what is due' \
	[ "$(sql "SELECT state FROM outbox WHERE message_id = 'service@lab'")" = sent ]
stop
insert later@lab
for _ in $(seq 150); do
	grep -q 'mail: 1 to be tried again' "$T/out" && break
	sleep 0.2
done
ok 'and its log tells that it cannot' grep -q 'mail: 1 to be tried again, 0 parked: .*connect' "$T/out"
kill $child
wait $child 2>/dev/null
echo "1..$n"
