#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Watching, with the real program, real repositories, a real git daemon on loopback:
# each kind of ordinary weather, and what is in the store and the mirror behind it. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
kvmperf=$PWD/${B:-build}/kvmperf
T=$(mktemp -d)
daemon=
trap '[ -z "$daemon" ] || kill "$daemon"; rm -rf "$T"' EXIT
export HOME=$T GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t
n=0
clock=1000000000
up=$T/up.git

ok() {
	n=$((n + 1))
	if [ "$1" = "$2" ]; then
		echo "ok $n - $3"
	else
		echo "not ok $n - $3"
		printf '# got:      %s\n# expected: %s\n' "$1" "$2"
		sed 's/^/# /' "$T/out" "$T/err"
	fi
}

# commit REF FILE [PARENT...]: a commit that changes one file; moves the ref, sets $new.
commit() {
	local ref=$1 file=$2 p=()
	shift 2
	clock=$((clock + 1))
	export GIT_AUTHOR_DATE="$clock +0000" GIT_COMMITTER_DATE="$clock +0000" GIT_INDEX_FILE=$T/index
	rm -f "$T/index"
	[ $# -eq 0 ] || git -C "$up" read-tree "$1"
	git -C "$up" update-index --add --cacheinfo \
		"100644,$(echo $clock | git -C "$up" hash-object -w --stdin),$file"
	for parent; do p+=(-p "$parent"); done
	new=$(git -C "$up" commit-tree "${p[@]}" -m "change $clock" "$(git -C "$up" write-tree)")
	git -C "$up" update-ref "$ref" "$new"
}

# config NAME URL REF [LINE...]
config() {
	printf '[host a]\ndriver = qemu\n[branch %s]\nrepository = %s\nref = %s\n' "$1" "$2" "$3"
	shift 3
	[ $# -eq 0 ] || printf '%s\n' "$@"
}

watch() { "$kvmperf" watch --config "$T/conf" --state "$T/s" "$@" >"$T/out" 2>"$T/err"; }
db() { sqlite3 "$T/s/kvmperf.db" "$1"; }
jobs() { db 'SELECT count(*) FROM jobs'; }
# The last jobs, as "new<base", by what they were made of.
last_job() {
	db "SELECT n.oid || '<' || b.oid FROM jobs j JOIN commits n ON n.id = j.new_commit
		JOIN commits b ON b.id = j.base_commit ORDER BY j.id DESC LIMIT 1"
}
mirror() { git -C "$(echo "$T"/s/mirrors/*.git)" "$@"; }

git init -q --bare "$up"
commit refs/heads/next Makefile
root=$new
commit refs/heads/next arch/arm64/kvm/a.c "$root"
first=$new
config b "$up" next >"$T/conf"
watch
ok "$? $(jobs) $(last_job)" "0 1 $first<$root" 'a new branch: its tip is tested against its parent'
watch
ok "$? $(jobs)" '0 1' 'again is harmless'
commit refs/heads/next virt/kvm/b.c "$first"
second=$new
commit refs/heads/next drivers/x.c "$second"
third=$new
commit refs/heads/next README "$third"
tip=$new
watch
ok "$(jobs) $(last_job)" "3 $second<$first" 'the tip and what touches the paths, against the measured'
db 'DELETE FROM job_steps; DELETE FROM jobs; UPDATE branches SET tip = ""' 2>/dev/null
watch
ok "$(jobs)" 1 'a store that forgot its tips asks for the tip alone'

commit refs/heads/next arch/arm64/kvm/c.c "$first"
watch
ok "$(jobs) $(last_job) $(grep -c 'was forced' "$T/out")" "2 $new<$first 1" 'a forced update is told and its tip tested'
ok "$(mirror cat-file -t "$tip")" commit 'what was forced away stays in the mirror'

git -C "$up" update-ref 'refs/heads/kvm-arm64/selftest/misc-6,4.y' "$tip"
git -C "$up" update-ref refs/heads/topic "$tip"
config topics "$up" 'refs/heads/kvm-arm64/*' 'baseline = merge-base next' >"$T/conf"
watch
ok "$(db "SELECT ref FROM branches WHERE ref LIKE '%misc%'") $(jobs)" \
	'refs/heads/kvm-arm64/selftest/misc-6,4.y 3' 'names with slashes, commas and dots are watched'
ok "$(last_job)" "$tip<$first" 'the baseline is where the branch left the other'
git -C "$up" update-ref -d refs/heads/topic
git -C "$up" update-ref -d 'refs/heads/kvm-arm64/selftest/misc-6,4.y'
git -C "$up" update-ref refs/heads/topic/below "$first"
watch
ok "$? $(db "SELECT gone FROM branches WHERE ref LIKE '%misc%'")" '0 1' 'a deleted ref is gone'
ok "$(mirror rev-parse refs/heads/topic/below 2>&1)" "$first" 'a folder may take the place of a branch'

git -C "$up" update-ref refs/heads/file "$(echo x | git -C "$up" hash-object -w --stdin)" 2>/dev/null ||
	echo x | git -C "$up" hash-object -w --stdin >"$up/refs/heads/file"
watch
first_rc=$?
watch
ok "$first_rc $? $(mirror for-each-ref refs/heads/file)" '0 0 ' 'a branch that is no commit is left out'
rm -f "$up/refs/heads/file"

git -C "$up" tag -a -m one kvmarm-6.5 "$first"
config tagged "$up" topic/tagged 'baseline = tag kvmarm-*' >"$T/conf"
commit refs/heads/topic/tagged arch/arm64/kvm/d.c "$tip"
watch
ok "$(last_job)" "$new<$first" 'the baseline is the newest tag of a pattern'

config b "$up" next 'what = paths' 'cap = 2' >"$T/conf"
db 'DELETE FROM job_steps; DELETE FROM jobs;' # a new day
from=$(git -C "$up" rev-parse next)
for i in 1 2 3 4; do commit refs/heads/next arch/arm64/kvm/e$i.c "$from"; from=$new; done
watch
ok "$(jobs) $(grep -c cap "$T/out")" '2 1' 'no more than the cap a day, and it is told'
commit refs/heads/next arch/arm64/kvm/f.c "$from"
watch
ok "$(jobs) $(db 'SELECT tip FROM branches WHERE ref = "refs/heads/next"')" "2 $from" \
	'a full day keeps the tip for the next'
db 'UPDATE jobs SET created_unix_ms = 0'
watch
ok "$(jobs) $(last_job)" "3 $new<$from" 'the next day goes on'

before=$(mirror for-each-ref | sort | sha256sum)
mv "$up" "$T/away.git"
watch
ok "$? $(grep -c 'check the address' "$T/err")" '1 1' 'a repository that is away is told'
ok "$(db 'SELECT failures, problem IS NOT NULL, next_unix_ms > 0 FROM repositories')" '1|1|1' \
	'and left alone for a while'
watch
ok "$(db 'SELECT failures FROM repositories')" 2 'failures are counted'
git init -q --bare "$up"
watch
ok "$? $(grep -c 'shows no branch' "$T/err")" '1 1' 'an emptied repository is taken for broken'
ok "$(mirror for-each-ref | sort | sha256sum)" "$before" 'the last good state stays'
rm -rf "$up"
mv "$T/away.git" "$up"
watch
ok "$? $(db 'SELECT failures, problem FROM repositories')" '0 0|' 'a good look ends the failures'

git clone -q --bare --depth 1 --branch next "file://$up" "$T/shallow.git" 2>/dev/null
config s "$T/shallow.git" next >"$T/conf"
watch
rc=$?
ok "$rc $(grep -c 'cannot fetch' "$T/err")" '1 1' 'a shallow server is an error, not a broken mirror'
for url in git://127.0.0.1:1/x https://127.0.0.1:1/x ssh://127.0.0.1:1/x; do
	config u "$url" next >"$T/conf"
	watch
	ok "$? $(db "SELECT count(*) FROM repositories WHERE url = '$url' AND failures = 1")" '1 1' \
		"a server that is away: ${url%%:*}"
done

port=$((20000 + RANDOM % 20000))
git daemon --listen=127.0.0.1 --port=$port --base-path="$T" --export-all --reuseaddr "$T" \
	2>/dev/null &
daemon=$!
for _ in $(seq 50); do (exec 3<>/dev/tcp/127.0.0.1/$port) 2>/dev/null && break; sleep 0.1; done
config d "git://127.0.0.1:$port/up.git" next "reference = $T/ref.git" >"$T/conf"
git clone -q --bare "$up" "$T/ref.git"
rm -rf "$T/s"
watch
ok "$? $(jobs)" '0 1' 'over the network, with a reference repository'
ok "$(mirror rev-parse next) $(find "$T"/s/mirrors/*.git/objects -name '*.pack' | wc -l)" \
	"$(git -C "$up" rev-parse next) 0" 'nothing is fetched that the reference has'
config d "git://127.0.0.1:$port/none.git" next >"$T/conf"
watch
ok "$? $(grep -c 'check the address' "$T/err")" '1 1' 'a repository that a server does not have is told'
config d "https://127.0.0.1:$port/up.git" next >"$T/conf"
watch
ok "$?" 1 'a server that speaks no TLS is an error'

config b "$up" next >"$T/conf"
rm -rf "$T/s"
mkdir -p "$T/s/mirrors"
watch
m=$(echo "$T"/s/mirrors/*.git)
rm -rf "$m"
mkdir -p "$m.new/objects" # killed while it was made
watch
ok "$? $(mirror rev-parse next)" "0 $(git -C "$up" rev-parse next)" 'a first clone that was cut off starts over'
mkdir -p "$m/refs/heads" && : >"$m/refs/heads/torn" # a power cut: made, and never written
touch "$m/refs/heads/next.lock" "$m/packed-refs.lock" "$m/objects/pack/tmp_pack_x1" "$m/objects/pack/pack-0.idx"
commit refs/heads/next arch/arm64/kvm/g.c "$(git -C "$up" rev-parse next)"
watch
ok "$? $(mirror rev-parse next) $(find "$m" -name '*.lock' -o -name '*git2*' -o -name 'tmp_*' -o -name 'pack-0.*' -o -name torn)" \
	"0 $new " 'what a killed fetch left behind is cleared away'
for i in $(seq 40); do
	echo "pack $i" | git -C "$m" hash-object -w --stdin | git -C "$m" pack-objects -q objects/pack/pack >"$T/out"
done
find "$m/objects" -path '*/??/*' -type f -delete
lost=$(echo 'pack 7' | git hash-object --stdin)
commit refs/heads/next arch/arm64/kvm/p.c "$(git -C "$up" rev-parse next)"
watch
ok "$? $(($(find "$m/objects/pack" -name '*.pack' | wc -l) < 10))" '0 1' 'many packs become few'
ok "$(mirror cat-file -t "$lost") $(mirror rev-parse next)" "blob $new" 'and nothing is thrown away, whoever leads to it'
ok "$(mirror fsck --no-dangling 2>&1 | grep -v '^notice: HEAD')" '' 'the mirror is whole'
config b "$up" next "kernel-config = $T/none.config" 'plan = dirty-log-emulated' >"$T/conf"
"$kvmperf" check-config --config "$T/conf" >"$T/out" 2>"$T/err"
ok "$? $(grep -c 'branch b.*none.config' "$T/err")" '1 1' 'a kernel configuration that is not there is told'
printf 'CONFIG_KVM=y\n' >"$T/none.config"
"$kvmperf" check-config --config "$T/conf" >"$T/out" 2>"$T/err"
ok "$?" 0 'one that is there is good'
commit refs/heads/next arch/arm64/kvm/h.c "$(git -C "$up" rev-parse next)"
watch
ok "$(db 'SELECT kernel_config FROM jobs ORDER BY id DESC LIMIT 1')" "$T/none.config" \
	'the kernels of a branch are built with its configuration'
config b "$up" 'no/*/such/*' >"$T/conf"
watch
ok "$? $(grep -c 'conf:5: ref = ' "$T/err")" '1 1' 'a bad pattern is told with file and line'
: >"$T/conf"
printf '[host a]\ndriver = qemu\n' >"$T/conf"
watch
ok "$? $(grep -c 'nothing is watched' "$T/err")" '1 1' 'nothing to watch is told'
"$kvmperf" check-config --config plans/example.conf >"$T/out" 2>"$T/err"
ok "$? $(grep -c '^  branch ' "$T/out")" '0 2' 'the example configuration is good'
echo "1..$n"
