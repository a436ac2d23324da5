#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# kvmperf noise with a kernel source that builds in a moment and the stand-in for
# QEMU: a real A/A comparison, in one lab session and in two. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
B=${B:-build}
T=$(mktemp -d)
trap 'stop_service; rm -rf "$T"' EXIT
export HOME=$T
. tests/pipeline/lab

lab_repository "$T/r" && lab_commit "$T/r" next 100 'Linux 6.12.1' || exit 1
lab_plan "$T/lab.plan"
noise() { "$B/kvmperf" noise emulated --repo "$T/r" --plan "$T/lab.plan" --state "$T/s" "$@"; }
kept() { noise "$@" >"$T/text" 2>"$T/progress" || { cat "$T/text" "$T/progress"; return 1; }; }
json() { noise --format json "$@" >"$T/json" 2>"$T/progress" || { cat "$T/progress"; return 1; }; }
is() { jq -e "$1" "$T/json" || { cat "$T/json"; return 1; }; }
boots() { [ "$(sqlite3 "$T/s/kvmperf.db" 'SELECT count(*) FROM boots')" = "$1" ]; }
valid() {
	python3 -c 'import json, sys, jsonschema
jsonschema.validate(json.load(open(sys.argv[1])), json.load(open(sys.argv[2])))' "$T/json" docs/schema/noise.json
}

ok 'a kernel is measured against itself' kept --boots 4
ok 'one lab session tells nothing of others, and says so' grep -q 'run it again tomorrow' "$T/text"
ok 'nothing was flagged' grep -q '^cells is found sooner. 0 cells would' "$T/text"
ok 'a comparison of the kind aa is in the store' \
	[ "$(sqlite3 "$T/s/kvmperf.db" "SELECT kind, state, base_commit = new_commit FROM comparisons")" = 'aa|done|1' ]
ok 'asked again, nothing is measured' json --boots 4
ok '(four boots)' boots 4
ok 'the numbers are valid JSON of their schema' valid
ok 'boots, processes and lab sessions are told' is '.boots == 4 and .processes == 2 and .lab_sessions == 1'
ok 'every judged metric has what can be seen, less with fewer boots' \
	is '[.metrics[] | .middle.sizes | map(.detectable_effect) | .[0] >= .[1] and .[1] >= .[2] and .[2] > 0.019] | length > 0 and all'
ok 'more boots are added' json --boots 6
ok '(six boots)' boots 6
ok 'another lab session is one of its own' json --boots 4 --again
ok '(ten boots)' boots 10
ok 'and all boots of the kernel count' is '.boots == 10 and .lab_sessions >= 2 and .metrics[0].middle.sd_session != null'
ok 'a host that is not there is named' refuses 'no host "moon"' "$B/kvmperf" noise moon --repo "$T/r" \
	--plan "$T/lab.plan" --state "$T/s"
ok 'a repository must be given' refuses 'repo must be given' "$B/kvmperf" noise emulated

# What the service does for a host that is its own machine.
printf '[host emulated]\ndriver = qemu\n' >"$T/conf"
queued() { kept --queue --config "$T/conf" --state "$T/q" "$@"; }
ok 'the service is asked' queued
ok 'a job is left to it' grep -q '^job 1 is left to the service' "$T/text"
ok 'asked again, no second one' queued
ok '(it says so)' grep -q '^job 1 has asked for it already' "$T/text"
ok 'the service measures' start_service "$T/q"
ok '(to the end)' lab_await "$T/q"
stop_service
ok 'the same command prints what it measured' queued
ok '(ten boots)' grep -q '^10 boots of 2 processes in 1 lab session;' "$T/text"
echo "1..$n"
