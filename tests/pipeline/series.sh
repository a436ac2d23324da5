#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Posted series on real repositories: what git sends, kvmperf applies to the same
# trees; what no patch may do is refused with a sentence. Prints TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
kvmperf=$PWD/${B:-build}/kvmperf
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
export HOME=$T XDG_STATE_HOME=$T/state GIT_CONFIG_NOSYSTEM=1
n=0
ok() {
	local sentence=$1 said
	shift
	n=$((n + 1))
	if said=$("$@" 2>&1); then echo "ok $n - $sentence"; else
		echo "not ok $n - $sentence"
		printf '%s\n' "$said" | sed 's/^/# /' | head -n 15
	fi
}
git() { command git -C "$T/repo" -c user.name='J. Ö. Doe' -c user.email=j@example.org "$@"; }
series() { "$kvmperf" series --state "$T/s" --repo "$T/repo" "$@"; }
# says PATTERN FILE [OPTION...]: it is refused with one line like the pattern.
says() {
	local pattern=$1
	shift
	series --dry-run "$@" 2>"$T/err" && return 1
	cat "$T/err"
	[ "$(wc -l <"$T/err")" -eq 1 ] && grep -qE -- "$pattern" "$T/err"
}
ref() { git for-each-ref --format='%(refname)' refs/kvmperf/series | tail -n 1; }

command git init -q -b main "$T/repo"
seq 30 >"$T/repo/a"
seq 5 >"$T/repo/b"
git add a b && git commit -qm base
sed -i 's/^10$/ten/' "$T/repo/a" && git commit -qam 'KVM: one' -m 'Why one.'
git mv b c && printf '#!/bin/sh\n' >"$T/repo/x" && chmod +x "$T/repo/x" && git add x
git commit -qam 'KVM: two' && chmod +x "$T/repo/a" && printf 'x' >>"$T/repo/c"
sed -i 1d "$T/repo/a" && git commit -qam 'KVM: three'
base=$(git rev-parse main~3)
git format-patch -q -v2 --cover-letter --thread --base="$base" -o "$T/out" main~3
cat "$T"/out/*.patch >"$T/v2.mbox"
git checkout -q -b next "$base"

ok 'what git sends is applied' series --dry-run "$T/v2.mbox"
ok 'it has the tree of what was sent' test "$(git rev-parse "$(ref)^{tree}")" = "$(git rev-parse 'main^{tree}')"
ok 'authors, dates and messages are kept' test "$(git log --format='%an %ae %ad %B' "$base..$(ref)")" = \
	"$(git log --format='%an %ae %ad %B' "$base..main")"
tip=$(git rev-parse "$(ref)")
ok 'the base is the one that it names' sh -c "$kvmperf series --state $T/s --repo $T/repo --dry-run $T/v2.mbox | grep -q 'base ${base:0:12}.*names it'"
ok 'the same series gives the same commits' test "$(git rev-parse "$(ref)")" = "$tip"
seq 3 >"$T/repo/new" && { printf 'top\n'; cat "$T/repo/b"; } >"$T/b2" && git add new && git commit -qm other
ok 'the repository, its work tree and its branches are not touched' test -z "$(git status --porcelain)"
sed '/^base-commit/d' "$T/v2.mbox" >"$T/nobase.mbox"
ok 'a series without a base is tried on HEAD' sh -c "$kvmperf series --state $T/s --repo $T/repo --dry-run $T/nobase.mbox | grep -q 'names none.*HEAD'"
sed -i 's/^9$/nine/' "$T/repo/a" && git commit -qam conflict
ok 'a conflict names patch, file, hunk and line' says 'patch 1/3 on .*a: hunk 1 \(@@ -7,7\) does not apply: line 9 should be "9" and is "nine"' \
	--base HEAD "$T/v2.mbox"
cat "$T"/out/*-0001-*.patch "$T"/out/*-0003-*.patch >"$T/gap.mbox"
ok 'a missing patch is told' says 'patch 2 of 3 is missing' "$T/gap.mbox"
ok 'another version is told' says 'no version 7' --version 7 "$T/v2.mbox"
ok 'an unknown base is told' says 'no commit "nowhere"' --base nowhere "$T/v2.mbox"
sed '/^base-commit/d' "$T/v2.mbox" >"$T/lost.mbox"
ok 'a conflict without a base tells the hunk first, then what to do' says \
	'^kvmperf series: patch 1/3 on .*a: hunk 1.*; the series names no base-commit.*: give --base$' --state "$T/new" "$T/lost.mbox"
# evil NAME LINES: a patch mail with these lines as its diff.
evil() { printf 'From: A <a@b.c>\nMessage-ID: <%s@x>\nSubject: [PATCH] %s\n\nwhy\n---\n%b' "$1" "$1" "$2" >"$T/$1.mbox"; }
evil above 'diff --git a/../y b/../y\nnew file mode 100644\n--- /dev/null\n+++ b/../y\n@@ -0,0 +1 @@\n+a\n'
ok 'a path outside the tree is refused' says 'no path inside the tree' "$T/above.mbox"
evil link 'diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc\n'
ok 'a symbolic link is refused' says ': patch 1/1: l would be a symbolic link' "$T/link.mbox"
evil sub 'diff --git a/s b/s\nnew file mode 160000\n--- /dev/null\n+++ b/s\n@@ -0,0 +1 @@\n+Subproject commit 1\n'
ok 'a submodule is refused' says 'submodule' "$T/sub.mbox"
evil binary 'diff --git a/p b/p\nnew file mode 100644\nindex 0..1\nGIT binary patch\nliteral 1\n'
ok 'a binary patch is refused' says ': patch 1/1: p is binary' "$T/binary.mbox"
printf 'From: A <a@b.c>\nSubject: [PATCH 1/1000] x\n\n---\n' >"$T/many.mbox"
ok 'a thousand patches are refused' says '1000 patches, more than 500' "$T/many.mbox"
head -c 100M /dev/zero | tr '\0' 'a' >"$T/huge.mbox"
ok 'a patch of 100 MB is refused' says 'huge.mbox is larger than 64 MiB' "$T/huge.mbox"
ok 'b4 gets an empty array while nothing is measured' test \
	"$(series --format b4 "$T/v2.mbox")" = '[]'
ok 'a report of what was not measured is refused' sh -c "! $kvmperf series --state $T/s --repo $T/repo --report $T/v2.mbox"
ok 'the series and each of its patches are queued' test \
	"$(series --queue --each-patch "$T/v2.mbox" | grep -c '^job [0-9]*$')" -eq 4
ok 'and asked for again, not once more' test \
	"$(series --queue --each-patch "$T/v2.mbox" | grep -c 'has asked the same')" -eq 4
tip_of() { series --state "$T/$1" --dry-run "$T/nobase.mbox" | grep '^tip '; }
was=$(tip_of s)
git checkout -q --detach "$base" && git commit -q --allow-empty -m later
ok 'a base that was a guess stays when HEAD has moved' test "$(tip_of s)" = "$was"
ok 'for who asks the first time it is the new HEAD' test "$(tip_of other)" != "$was"
echo "1..$n"
