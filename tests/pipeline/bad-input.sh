#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Whatever a user gets wrong before a machine is touched: one clear sentence, a
# non-zero status, nothing half done. The real program, real repositories. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
kvmperf=$PWD/${B:-build}/kvmperf
T=$(mktemp -d)
trap 'umount -q "$T/small" 2>/dev/null; rm -rf "$T"' EXIT
export HOME=$T XDG_STATE_HOME=$T/state
n=0

# says STATUS PATTERN SENTENCE COMMAND...: the command ends with that status, prints
# exactly one line on stderr (two with usage), and it matches.
says() {
	local status=$1 pattern=$2 sentence=$3 rc
	shift 3
	n=$((n + 1))
	"$@" >"$T/out" 2>"$T/err"
	rc=$?
	if [ $rc -eq "$status" ] && grep -qE -- "$pattern" "$T/err" &&
		[ "$(wc -l <"$T/err")" -le 2 ]; then
		echo "ok $n - $sentence"
	else
		echo "not ok $n - $sentence"
		echo "# status $rc, expected $status and /$pattern/; stderr:"
		sed 's/^/# /' "$T/err" | head -n 10
	fi
}

git init -q -b main "$T/repo"
git -C "$T/repo" -c user.name=t -c user.email=t@t commit -q --allow-empty -m one
run=("$kvmperf" run --state "$T/s")

says 2 'no command "frobnicate"' 'an unknown command is named' "$kvmperf" frobnicate
says 2 '\-\-frob is not an option' 'an unknown option is named' "$kvmperf" run --frob
says 2 'repo, --base and --new' 'what must be given is told' "${run[@]}"
says 2 'whole number from 1 to 100' 'boots want a number' "${run[@]}" --boots many
says 1 "$T/none" 'a missing repository is named' "${run[@]}" --repo "$T/none" --base a --new b
says 1 "$T/s" 'a folder that is no repository is named' "${run[@]}" --repo "$T/s" --base a --new b
says 1 'v9\.9' 'an unknown commit is named' "${run[@]}" --repo "$T/repo" --base main --new v9.9
says 1 'no plan "nope".*dirty-log' 'an unknown plan lists the shipped ones' \
	"${run[@]}" --repo "$T/repo" --base main --new main --plan nope
says 1 'no host "tx2"' 'an unknown host is named' \
	"${run[@]}" --repo "$T/repo" --base main --new main --host tx2

# plan LINE: a plan with one more line at its end; prints its path.
plan() {
	{ cat tests/e2e/one.plan; printf '%s\n' "$1"; } >"$T/bad.plan"
	echo "$T/bad.plan"
}
check=("$kvmperf" check-config --plan)
says 1 'bad.plan:[0-9]+: unknown key "memmory", did you mean "memory"' \
	'an unknown key of a plan is told with line and neighbour' "${check[@]}" "$(plan 'memmory = x')"
says 1 'bad.plan:[0-9]+: unknown section "scenarios"' 'an unknown section is told' \
	"${check[@]}" "$(plan "$(printf '[scenarios x]\nargs = -b 1M')")"
says 1 'args is given twice' 'a key given twice is told' "${check[@]}" "$(plan 'args = -b 8M')"
printf '[host a]\ndriver = kvm\n' >"$T/bad.conf"
says 1 'bad.conf:2: driver = "kvm".*qemu' 'a bad driver lists the good ones' \
	"$kvmperf" check-config --config "$T/bad.conf"
says 1 'nowhere.conf' 'a missing configuration file is named' \
	"$kvmperf" check-config --config "$T/nowhere.conf"

says 1 'database .*nothing.db' 'a missing store is named' "$kvmperf" compare --db "$T/nothing.db" aaaa bbbb
printf 'this is not a database, not at all, and long enough to be looked at' >"$T/junk.db"
says 1 'junk.db.*right file' 'a file that is no store is told' "$kvmperf" compare --db "$T/junk.db" aaaa bbbb
"$kvmperf" publish --state "$T/s" >/dev/null 2>&1
says 1 'no commit aaaa was measured' 'a commit that was never measured is told' \
	"$kvmperf" compare --state "$T/s" aaaa bbbb
sqlite3 "$T/s/kvmperf.db" 'PRAGMA user_version = 999'
says 1 'schema 999.*newer kvmperf' 'a store of a newer program is refused' \
	"$kvmperf" compare --state "$T/s" aaaa bbbb

mkdir "$T/small"
if mount -t tmpfs -o size=64k none "$T/small" 2>/dev/null; then
	says 1 'disk is full|No space left' 'a full disk is told' "$kvmperf" publish --state "$T/small/s"
else
	n=$((n + 1))
	echo "ok $n - # SKIP a full disk is told: mounting needs root"
fi
"$kvmperf" demo --state "$T/d" --source "$T/none.tar.xz" >/dev/null 2>&1
says 1 'none.tar.xz' 'a missing source archive is named' "$kvmperf" demo --state "$T/d" --source "$T/none.tar.xz"
head -c 100000 /dev/urandom >"$T/noise.tar.xz"
says 1 'noise.tar.xz' 'an archive that is none is named' "$kvmperf" demo --state "$T/d" --source "$T/noise.tar.xz"
n=$((n + 1))
if [ -e "$T/d/repos/demo.git" ]; then echo "not ok $n - a failed import leaves no repository"; else echo "ok $n - a failed import leaves no repository"; fi
echo "1..$n"
