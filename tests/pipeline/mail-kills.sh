#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The service is killed (SIGKILL) between the steps of sending a mail, at places that a
# seed chooses: before or after each call that touches network or disk, it alone or
# together with the child that sends. Every mail must arrive, under its one Message-ID,
# and none again that the store knew as sent. TAP.
#
#	KILLS=N		so many (100); SEED=N for others
set -u
cd "$(dirname "$0")/../.." || exit 2
B=${B:-build}
T=$(mktemp -d)
smtp=
trap 'stop_service; [ -z "$smtp" ] || kill "$smtp"; rm -rf "$T"' EXIT
. tests/pipeline/lab
python=/usr/bin/python3
if ! $python -c 'import aiosmtpd' 2>/dev/null; then
	echo "ok 1 - the service is killed while it sends # SKIP python3-aiosmtpd is not installed"
	echo "1..1"
	exit 0
fi
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$T/key" -out "$T/cert" -days 2 \
	-subj /CN=localhost -addext subjectAltName=DNS:localhost >/dev/null 2>&1
(umask 077; printf 'secret-word\n' >"$T/password")
: >"$T/port"
$python tests/pipeline/smtp_server.py "$T/cert" "$T/key" bot secret-word "$T/box" 250 \
	>"$T/port" 2>"$T/smtp.log" &
smtp=$!
wait_for '^[0-9]' "$T/port" || exit 1
cat >"$T/conf" <<END
[host emulated]
driver = qemu
[mail]
from = Lab bot <bot@lab.example>
to = list@example.org
smtp = smtp://localhost:$(cat "$T/port")
ca-file = $T/cert
user = bot
password-file = $T/password
END
state=$T/state
store=$state/kvmperf.db
"$B/kvmperf" mail --state "$state" --config "$T/conf" >/dev/null || exit 1

# add NUMBER: a mail that is due.
add() {
	sqlite3 -cmd '.timeout 10000' "$store" "INSERT INTO outbox (kind, message_id, sender,
		recipients, subject, message, state, next_unix_ms, created_unix_ms, updated_unix_ms)
		VALUES ('test', 'm$1@lab', 'bot@lab.example', 'ann@example.org', 's',
		'Message-Id: <m$1@lab>' || char(10) || 'Subject: s' || char(10, 10) || '.' || char(10) ||
		'text' || char(10), 'waiting', $1, 1, 1)"
}

# Message-IDs in the box, one a delivery, sorted.
deliveries() { sed -n 's/\r$//; s/^Message-Id: <\(.*\)>$/\1/p' "$T"/box/* 2>/dev/null | sort; }

# killed AT WHEN WHOM: a service that dies; returns when it is dead.
killed() {
	timeout 60 env LD_PRELOAD="$PWD/$B/preload/kill_at.so" KILL_AT="$1" KILL_WHEN="$2" \
		KILL_WHOM="$3" KILL_STEPS="$T/steps" ASAN_OPTIONS=verify_asan_link_order=0 \
		"$B/kvmperfd" --state "$state" --config "$T/conf" >>"$T/service.out" 2>>"$T/service.log" &
	wait $! 2>/dev/null
	[ $? -eq 137 ]
}

# An undisturbed child says how many steps there are.
add 0
ok 'a service that is killed after its mail was sent' killed 0 before both
ok 'has sent it' lab_sql_is "$state" 'SELECT state FROM outbox' sent
steps=$(cat "$T/steps")
ok 'sending takes many steps' [ "${steps:-0}" -gt 20 ]

RANDOM=${SEED:-1}
rounds=${KILLS:-100}
: >"$T/known"
kill_often() {
	local i
	for ((i = 1; i <= rounds; i++)); do
		add $i || return 1
		killed $((RANDOM % steps + 1)) "$( ((RANDOM % 2)) && echo before || echo after)" \
			"$( ((RANDOM % 2)) && echo both || echo service)" || return 1
		# what the store knows as sent, with its deliveries until now
		lab_sql "$state" "SELECT message_id FROM outbox WHERE state = 'sent'" | sort >"$T/sent"
		deliveries | join - "$T/sent" | uniq -c | sed "s/^/$i /" >>"$T/known"
	done
}
ok "it is killed $rounds times, seed ${SEED:-1}" kill_often
finish() {
	start_service "$state" &&
		lab_until "$state" "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE state <> 'sent')" &&
		stop_service
}
ok 'a service that is left alone sends the rest' finish
deliveries | uniq -c | awk '{ print $2, $1 }' >"$T/last"
ok 'every mail has arrived, each under its one Message-ID' \
	[ "$(wc -l <"$T/last")" -eq $((rounds + 1)) ]
ok 'none came again after the store knew it as sent' awk '
	NR == FNR { last[$1] = $2; next }
	$2 != last[$3] { print "kill " $1 ": " $3 " was sent, came " $2 " times, then " last[$3]; bad = 1 }
	END { exit bad }' "$T/last" "$T/known"
ok 'most kills met a mail on its way' [ "$(grep -c . "$T/known")" -gt "$rounds" ]
ok 'the store is whole' lab_sql_is "$state" 'PRAGMA integrity_check' ok
ok 'nothing is left behind' no_orphans "$state"
echo "# notice: $(deliveries | wc -l) deliveries of $((rounds + 1)) mails, $rounds kills over $steps steps"
echo "1..$n"
