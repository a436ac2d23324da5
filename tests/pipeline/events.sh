#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What kvmperf events, event N and the verbs on events print and store, over a made-up
# store with hostile names in it. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
B=${B:-build}
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
. tests/pipeline/lab

"$B/bench/fill_store" "$T/kvmperf.db" 0 60 6 || exit 1
kvmperf() { "$B/kvmperf" "$@" --state "$T"; }
# prints PATTERN COMMAND...: it succeeds and prints such a line.
prints() {
	local pattern=$1
	shift
	"$@" >"$T/out" 2>&1 && grep -qE -- "$pattern" "$T/out" || { cat "$T/out"; return 1; }
}
lines() { [ "$("${@:2}" 2>&1 | wc -l)" -eq "$1" ] || { "${@:2}"; return 1; }; }
story() { lab_sql_is "$T" "SELECT who || ': ' || why || ': ' || state_from || ' to ' || state_to
	FROM event_steps WHERE event_id = $1 ORDER BY id DESC LIMIT 1" "$2"; }
# Nothing that a terminal would obey.
is_tame() { ! LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80[\xae\xac]' "$T/out"; }

ok 'open events are listed, and how right the alarms were' lines 5 kvmperf events
ok 'newest first' prints '^ +7  acknowledged  kvmarm/next  [0-9a-f]{12}\.\.[0-9a-f]{12}  Regressed' kvmperf events
ok 'precision is told' prints '^all events: 7 told, 4 agreed with, 1 invalid, 2 not yet answered: precision 80 %$' kvmperf events
ok 'all are listed when asked' prints '^ +3  invalid ' kvmperf events --all
ok 'with how right they were, month by month' prints '^2025-03: 7 told, ' kvmperf events --all
ok 'those of one branch' lines 9 kvmperf events --all --branch kvmarm/next
ok 'another branch has none' prints '^no open events' kvmperf events --branch "x' OR 1 --"
ok 'as JSON' sh -c "'$B/kvmperf' events --all --format json --state '$T' |
	jq -e 'length == 7 and .[0].id == 7 and .[0].direction == \"regressed\" and .[0].change == 0.101'"
ok 'one event is shown with its range' prints '^with it +[0-9a-f]{40}  KVM: arm64: change number' kvmperf event 1
ok 'its cells' prints '^ +\+10\.0 %  \[\+8\.0, \+12\.0\]  clear-first 4k PA-bits:36' kvmperf event 1
ok 'its evidence' prints '^  comparison [0-9]+, opened: ' kvmperf event 1
ok 'and its story, in which hostile words are tame' is_tame
ok 'an event that is not there is an error' refuses 'there is no event 99' kvmperf event 99
ok 'and so is a word that is no number' refuses '"1x" is no number of an event' kvmperf event 1x

ok 'a word without a reason is refused' refuses 'please give a reason with --why' kvmperf ack 1
ok 'an event is acknowledged' prints '^event 1 is acknowledged now$' kvmperf ack 1 --why 'mine' --who ann
ok 'with who and why' story 1 'ann: mine: confirmed to acknowledged'
ok 'when is stored too' lab_sql_is "$T" "SELECT unix_ms / 1000 > strftime('%s', 'now') - 600 FROM event_steps
	ORDER BY id DESC LIMIT 1" 1
ok 'again is refused, and why' refuses 'event 1 is acknowledged: it cannot become acknowledged' \
	kvmperf ack 1 --why again
ok 'a false alarm is marked' prints 'is invalid now' kvmperf invalid 1 --why "a fan
stood still" --who bob
ok 'and shown' prints 'invalid +bob: a fan stood still$' kvmperf event 1
ok 'it counts in the precision' prints '4 agreed with, 2 invalid' kvmperf events
ok 'and is not open' sh -c "! '$B/kvmperf' events --state '$T' | grep '^ *1 '"
ok 'it is opened again' prints 'is confirmed now' kvmperf reopen 1 --why 'the fan was fine' --who ann
ok 'with who and why' story 1 'ann: the fan was fine: invalid to confirmed'
ok 'nobody will mend one' prints 'is wontfix now' kvmperf wontfix 1 --why 'worth it' --who ann
ok 'somebody agreed' prints '^all events: 7 told, 5 agreed with, 1 invalid, 1 not yet answered: precision 83 %$' kvmperf events
ok 'who it was is $USER else' sh -c "USER=cid '$B/kvmperf' reopen 1 --why x --state '$T'"
ok 'and stored' story 1 'cid: x: wontfix to confirmed'
# What the service does every hour.
ok 'the service closes what has been fixed for long' prints '^events: 2 closed$' \
	"$B/kvmperfd" phase mail - --state "$T"
ok 'and tells why' prints 'closed +kvmperf: fixed for 14 days$' kvmperf event 5
ok 'a regression stays open' lab_sql_is "$T" 'SELECT state FROM events WHERE id = 6' confirmed
ok 'an unknown verb is no command' refuses 'there is no command "close"' kvmperf close 1
for verb in events event ack; do
	ok "$verb tells its options" sh -c "'$B/kvmperf' $verb --help | grep -q '^usage: kvmperf '"
done
echo "1..$n"
