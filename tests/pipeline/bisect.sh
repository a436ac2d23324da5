#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Bisects with the real programs, by hand and by the service, which is killed on
# the way: real git, real make and compiler on a tiny tree, the real link to a
# stand-in for QEMU. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
B=${B:-build}
T=$(mktemp -d)
trap 'stop_service; rm -rf "$T"' EXIT
. tests/pipeline/lab
n=0

ok() {
	local sentence=$1 said
	shift
	n=$((n + 1))
	if said=$("$@" 2>&1); then
		echo "ok $n - $sentence"
	else
		echo "not ok $n - $sentence"
		printf '%s\n' "$said" | tail -n 30 | sed 's/^/# /'
	fi
}

# Percent of the usual instructions, subject, a line of source far from the percent.
# Commit 4 gives the image of commit 3, commit 5 does not build, commit 7 is slow.
r=$T/r.git
lab_repository "$r" || exit 1
good=$(git -C "$r" rev-parse next)
c=0
add() { c=$((c + 1)) && lab_commit "$r" next "$1" "$2" $'\n\n\n\n'"$3" && git -C "$r" tag "c$c" next; }
add 100 'a table' 'int t[] = {1};' || exit 1
add 100 'another table' 'int t[] = {1, 2};'
add 100 'a longer table' 'int t[] = {1, 2, 3};'
add 100 'a comment' 'int t[] = {1, 2, 3}; /* three */'
add 100 'a word too many' 'int int t[] = {1, 2, 3};'
add 100 'mended' 'int t[] = {1, 2, 3, 4};'
add 115 'KVM: arm64: slower' 'int t[] = {1, 2, 3, 4};'
add 115 'a table at the end' 'int t[] = {4};'
add 115 'the tip' 'int t[] = {5};'
slow=$(git -C "$r" rev-parse c7)
lab_plan "$T/lab.plan"
printf '[service]\nretry-delay = 1s\n[host emulated]\ndriver = qemu\n' >"$T/conf"

# search STATE [OPTION...]
search() {
	local state=$1
	shift
	"$B/kvmperf" bisect "$good" next --state "$state" --repo "$r" --plan "$T/lab.plan" \
		--config "$T/conf" --paths '' "$@"
}

# answer STATE: "commit 1234..., 8 steps".
answer() {
	lab_sql "$1" "SELECT answer || ' ' || (SELECT oid FROM commits c WHERE c.id = high_commit)
		FROM bisects WHERE state = 'done'"
}

answer_is() {
	local got
	got=$(answer "$1")
	[ "$got" = "$2" ] || {
		echo "the answer is \"$got\", expected \"$2\""
		"$B/kvmperf" bisect --state "$1" --show 1
		return 1
	}
}

said() { grep -qE -- "$2" "$1" || { cat "$1"; return 1; }; }

ok 'by hand it comes to an answer' sh -c "$(declare -f search); B='$B' good=$good r='$r' T='$T'; search '$T/hand' >'$T/hand.out' 2>&1 || { cat '$T/hand.out'; exit 1; }"
ok 'it is the slow commit' answer_is "$T/hand" "commit $slow"
ok 'with its proof, and its revert' said "$T/hand.out" \
	'made it slower: fresh interleaved boots of it and its parent .* differ by .*; its revert on the bad end changes that by -'
ok 'every step is printed' said "$T/hand.out" '^ *[0-9]+  proof: '
ok 'asked again it answers at once, and boots nothing' sh -c "$(declare -f search); B='$B' good=$good r='$r' T='$T'
	search '$T/hand' | grep -c 'boot . of' | grep -qx 0"
ok 'the list has it' sh -c "'$B/kvmperf' bisect --state '$T/hand' --list | grep -q 'made it slower'"

# A short history whose middle panics when it is entered: a skip, told as that, and the
# commit behind it is found; with functions aligned as a control.
git -C "$r" branch -q short "$good"
short() { lab_commit "$r" short "$1" "$2" $'\n\n\n\n'"$3"; }
short 100 'KVM: arm64: Panic' 'const char p[] = "stand-in:panic";'
broken=$(git -C "$r" rev-parse short)
short 100 'KVM: arm64: Panic no more' 'int t[] = {7};'
short 115 'KVM: arm64: slower' 'int t[] = {7};'
controlled() {
	"$B/kvmperf" bisect "$good" short --state "$T/short" --repo "$r" --plan "$T/lab.plan" \
		--config "$T/conf" --paths '' --aligned >"$T/short.out" 2>&1 || { cat "$T/short.out"; return 1; }
}
ok 'a bisect over a kernel that panics comes to an answer' controlled
ok 'which is the slow commit' answer_is "$T/short" "commit $(git -C "$r" rev-parse short)"
ok 'the kernel that panics is skipped, with what was seen' said "$T/short.out" \
	"${broken:0:12}.*skip.*panic"
ok 'it was booted' lab_sql_is "$T/short" "SELECT count(*) > 0 FROM boots b JOIN kernels k ON k.id = b.kernel_id
	JOIN commits c ON c.id = k.commit_id WHERE c.oid = '$broken' AND b.failure = 'kernel'" 1
ok 'suspect and parent are measured with functions aligned' said "$T/short.out" '^ *[0-9]+  control: .*functions aligned'
ok 'which the answer tells' said "$T/short.out" 'also with functions aligned to 64 bytes'
ok 'by kernels of their own that were built so' test "$(grep -lx CONFIG_DEBUG_FORCE_FUNCTION_ALIGN_64B=y \
	"$T"/short/kernels/*/config 2>/dev/null | wc -l)" -eq 2

# The same by the service. queued STATE: the steps are its jobs.
queued() { search "$1" --queue >"$T/queue.out" && said "$T/queue.out" "is the service's now"; }
ended() { lab_until "$1" "SELECT 1 FROM bisects WHERE state <> 'running'"; }

# killed STATE: SIGKILL in each of the first steps.
killed() {
	local i
	queued "$1" || return 1
	for i in 1 2 3; do
		start_service "$1" && lab_until "$1" "SELECT 1 FROM bisects WHERE state <> 'running' UNION
			SELECT 1 FROM boots WHERE (SELECT count(*) FROM bisect_steps) >= $i" || return 1
		sleep "0.$((i * 7 % 10))"
		kill_service
	done
	start_service "$1" && ended "$1" && lab_await "$1" && stop_service
}
ok 'the service comes to an answer, although it is killed on the way' killed "$T/killed"
ok 'to the same one' answer_is "$T/killed" "commit $slow"
ok 'its steps were jobs' lab_sql_is "$T/killed" \
	"SELECT count(*) > 4 FROM bisect_steps s JOIN jobs j ON j.id = s.job_id WHERE j.origin = 'bisect'" 1
ok 'an image that has answered cost no boot' lab_sql_is "$T/killed" \
	'SELECT count(*) FROM bisect_steps WHERE same_commit IS NOT NULL AND boots > 0' 0
ok 'no step is open, no host is held' lab_sql_is "$T/killed" 'SELECT
	(SELECT count(*) FROM bisect_steps WHERE ended_unix_ms IS NULL) + (SELECT count(*) FROM leases)' 0

# The ends the wrong way round: one sentence, and the bisect is over.
backwards() {
	"$B/kvmperf" bisect next "$good" --state "$T/hand" --repo "$r" --plan "$T/lab.plan" --config "$T/conf" 2>&1
}
ok 'ends the wrong way round are refused with a sentence' sh -c "$(declare -f backwards); B='$B' good=$good r='$r' T='$T'
	backwards | grep -q 'give the good commit first'"
echo "1..$n"
