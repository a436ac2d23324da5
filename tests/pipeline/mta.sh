#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The whole way of a report, with a real mail server (tests/pipeline/mta): the
# service measures a slower kernel, opens an event, and mails over TLS with a
# password; what lies in the mailbox is parsed by Python's email package and its
# table is read back into the numbers of the store. Then what a real server refuses.
# TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
B=${B:-build}
T=$(mktemp -d)
trap 'stop_service; mta_stop; rm -rf "$T"' EXIT
. tests/pipeline/lab
. tests/pipeline/mta
python=/usr/bin/python3

if ! mta_make bot secret-word >"$T/why"; then
	why=$(head -n 1 "$T/why")
	echo "ok 1 - a report reaches a real mail server # SKIP $why"
	echo "# notice: no report was sent to a real mail server: $why"
	echo "1..1"
	exit 0
fi
mta_start || exit 1

lab_repository "$T/r.git" || exit 1
lab_commit "$T/r.git" next 110 "KVM: arm64: Jürgen's split, ein langer Betreff über alles, was länger als eine Zeile ist" || exit 1
lab_plan "$T/lab.plan"
(umask 077; printf 'secret-word\n' >"$T/password")
cat >"$T/conf" <<END
[service]
retry-delay = 1s
[host emulated]
driver = qemu
[branch next]
repository = $T/r.git
ref = next
plan = $T/lab.plan
[mail]
from = Läb böt <bot@lab.example>
to = KVM list <kvmarm@lists.example>
cc = "Doe, Jane" <jane@example.org>
cc-commit = author
owner = owner@lab.example
emulated = yes
archive = https://lore.example/kvmarm
site = https://lab.example/kvmperf
smtp = smtp://localhost:$mta_port
ca-file = $mta_root/etc/cert
user = bot
password-file = $T/password
END
mail() { timeout 60 "$B/kvmperf" mail --config "$T/conf" --state "$T/state" "$@" >"$T/out" 2>&1; }
due() { sqlite3 "$T/state/kvmperf.db" "UPDATE outbox SET next_unix_ms = 0 WHERE state = 'waiting'"; }
says() { grep -q -- "$1" "$T/out" || { cat "$T/out"; return 1; }; }
ends() { lab_sql_is "$T/state" "SELECT state FROM outbox ORDER BY id DESC LIMIT 1" "$1"; }

# A confirm that somebody asked for, as one of the watched branch.
ask_confirm() {
	"$B/kvmperf" watch --config "$T/conf" --state "$T/state" >/dev/null &&
		sqlite3 "$T/state/kvmperf.db" 'DELETE FROM job_steps; DELETE FROM jobs' &&
		lab_queue "$T/state" "$T/r.git" next~1 next "$T/lab.plan" --confirm &&
		sqlite3 "$T/state/kvmperf.db" 'UPDATE jobs SET branch_id = (SELECT id FROM branches)'
}
measured_and_told() {
	ask_confirm &&
		start_service "$T/state" && lab_until "$T/state" "SELECT 1 FROM outbox WHERE state = 'sent'"
}
ok 'the service measures a slower kernel and mails it' measured_and_told
ok 'the mail arrives' mta_arrived 1
ok 'the event was confirmed and told by mail' lab_sql_is "$T/state" 'SELECT state, told FROM events' 'confirmed|mail'
ok 'the log tells of it' wait_for "event 1 on next: More instructions" "$T/service.log"
ok 'over TLS and with the password' grep -q 'P=esmtpsa X=TLS.*A=plain:bot' "$mta_root/var/log/exim4/mainlog"
ok 'what lies in the mailbox is what was stored, and parses' \
	$python tests/pipeline/read_mail.py message "$mta_box/new" "$T/state/kvmperf.db"
ok 'its table reads back into the numbers of the store' \
	$python tests/pipeline/read_mail.py table "$mta_box/new" "$T/state/kvmperf.db"
ok 'a bisect follows, and its answer is mailed' lab_until "$T/state" \
	"SELECT 1 FROM outbox WHERE kind = 'bisect' AND state = 'sent'"
ok 'it arrives' mta_arrived 2
ok 'in the thread of the report' \
	$python tests/pipeline/read_mail.py thread "$mta_box/new" "$T/state/kvmperf.db"
stop_service

# A real server's refusals.
mail --test nobody@example.org
ok 'an address that does not exist parks the mail' says 'parked, 550 5.1.1'
: >"$mta_root/var/log/grey"
mail --test grey@example.org
ok 'a greylisted mail is tried again later' says 'waiting, 451 4.7.1'
rm "$mta_root/var/log/grey"
due
ok 'and taken then' mail --send
ok 'and stored as sent' ends sent
(umask 077; printf 'wrong-word\n' >"$T/password")
mail --test ann@example.org
ok 'a wrong password is no reason to give up the mail' ends waiting
due
sed -i 's|^ca-file.*|ca-file = /etc/ssl/certs/ca-certificates.crt|' "$T/conf"
ok 'a server that cannot be verified' mail --send
ok 'gets nothing' ends waiting
ok 'neither password is in any output, log or store' \
	sh -c "! grep -rlaE 'secret-word|wrong-word|c2VjcmV0LXdvcmQ|AGJvdAB' '$T/state' '$T/out' '$T/service.out' '$T/service.log'"
(umask 077; printf 'secret-word\n' >"$T/password")
sed -i "s|^ca-file.*|ca-file = $mta_root/etc/cert|" "$T/conf"
due
ok 'with the right ones' mail --send
ok 'it is sent' ends sent
sed -i "s|^smtp = .*|smtp = smtps://localhost:$mta_tls_port|" "$T/conf"
mail --test ann@example.org
ok 'TLS from the first byte does as well' ends sent
sed -i "s|^smtp = .*|smtp = smtp://localhost:$mta_port|; s|^user.*|tls = none|; /^password/d" "$T/conf"
mail --test ann@example.org
ok 'a server that wants TLS and a password refuses who has neither' says 'parked, 530 5.7.0'
ok 'nobody got a mail twice' sh -c \
	"! cat '$mta_box'/new/* | grep -a '^Message-Id' | sort | uniq -d | grep ."
echo "# notice: $(ls "$mta_box/new" | wc -l) mails through $(chroot "$mta_root" /usr/sbin/exim4 -bV | sed 's/ #.*//; q')"
echo "1..$n"
