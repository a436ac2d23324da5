#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A whole site from a made-up store with hostile names everywhere: what is in it, and
# what a second publish writes. The real program. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
B=${B:-build}
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
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

publish() { "$B/kvmperf" publish --state "$T" "$@"; }
fill() { "$B/bench/fill_store" "$T/kvmperf.db" "$@" 8; }
pages() { find "$T/site" -name '*.html' | sort; }
stamps() { find "$T/site" -type f ! -name .pages -printf '%P %T@ %s\n' | sort; }
sums() { (cd "$1" && find . -type f ! -name .pages -print0 | sort -z | xargs -0 sha256sum); }

html_is_valid() {
	pages | xargs -n 40 tidy -q -e --drop-empty-elements no --warn-proprietary-attributes no 2>&1 |
		grep -E 'line [0-9]+ column|Error' | head -n 20 | grep . && return 1
	return 0
}

# What the front page, the page and the terminal say of a comparison is one sentence.
same_words() {
	local sides words data
	sides=$(sqlite3 "$T/kvmperf.db" "SELECT x.oid || ' ' || y.oid FROM comparisons c
		JOIN commits x ON x.id = c.base_commit JOIN commits y ON y.id = c.new_commit
		WHERE c.kind = '$1' AND c.state = 'done' ORDER BY c.id DESC LIMIT 1")
	# shellcheck disable=SC2086
	words=$("$B/kvmperf" compare --state "$T" $sides >"$T/words"; head -n 1 "$T/words")
	data=$(find "$T/site/c" -name "$(echo "$sides" | awk '{ print substr($1, 1, 12) ".." substr($2, 1, 12) }').json")
	[ -n "$words" ] && [ "$(jq -r .sentence "$data")" = "$words" ] &&
		grep -qF "$(sed "s/&/\&amp;/g; s/'/\&#39;/g; s/\"/\&quot;/g; s/>/\&gt;/g; s/</\&lt;/g" <<<"${words:0:60}")" "${data%.json}.html" &&
		jq -e --arg words "$words" 'any(.comparisons[]; .sentence == $words)' "$T/site/index.json" >/dev/null &&
		return 0
	echo "terminal: $words; JSON: $(jq -r .sentence "$data")"
	return 1
}

fill 0 26 || exit 1
ok 'a site is written from the store alone' publish
[ -f "$T/site/index.html" ] || { echo 'Bail out! there is no site'; exit 1; }
ok 'links lead somewhere, names are harmless, data is as the schemas say' \
	tests/site/check "$T/site" docs/schema
ok 'tidy has nothing to say of any page' html_is_valid
for kind in screen confirm aa; do
	ok "terminal, page, JSON and index say the same of a comparison of kind $kind" same_words "$kind"
done
stamps >"$T/before"
publish >/dev/null
stamps >"$T/after"
ok 'what did not change is not written again' cmp "$T/before" "$T/after"
fill 26 27
publish >/dev/null
stamps >"$T/grown"
changed() { comm -13 "$T/before" "$T/grown" | grep -vE '^(c|k|b|h|r|e)/|^index|^events' | grep . && return 1; return 0; }
few() { [ "$(comm -13 "$T/before" "$T/grown" | grep -c '^[bk]/.*html ')" -le 6 ]; }
ok 'one more kernel changes nothing that is shared' changed
ok 'and only a few boots and kernels' few
publish --site "$T/fresh" >/dev/null
sums "$T/site" >"$T/first"
sums "$T/fresh" >"$T/second"
ok 'a site that grew has the same bytes as one that is written at once' diff "$T/first" "$T/second"
# A publish that is killed, after so many hundredths of a second: the site before it was
# whole, so whatever can be come to is whole.
killed() {
	local half=$T/half at
	mkdir "$half"
	"$B/bench/fill_store" "$half/kvmperf.db" 0 4 8 || return 1
	"$B/kvmperf" publish --state "$half" >/dev/null || return 1
	"$B/bench/fill_store" "$half/kvmperf.db" 4 12 8 || return 1
	tests/site/check "$half/site" || return 1
	for at in $(shuf -i 1-90 -n 4); do
		"$B/kvmperf" publish --state "$half" >/dev/null 2>&1 &
		sleep "0.$(printf %02d "$at")"
		kill -KILL $! 2>/dev/null
		wait $! 2>/dev/null
		tests/site/check "$half/site" || { echo "killed after 0.$at s"; return 1; }
	done
	"$B/kvmperf" publish --state "$half" >/dev/null || return 1
	# thousands of comparisons later: the older ones are listed in a file of their own
	sqlite3 "$half/kvmperf.db" "INSERT INTO comparisons (id, host_id, plan_id, base_commit,
		new_commit, recipe, branch, boots_wanted, confirm, state, created_unix_ms, updated_unix_ms,
		kind) SELECT 3000, host_id, plan_id, new_commit, base_commit, recipe, branch, 1, 0,
		'running', 1, 1, 'fixed' FROM comparisons WHERE id = 2" || return 1
	"$B/kvmperf" publish --state "$half" >/dev/null || return 1
	jq -e '.older == ["index.0.json"] and (.comparisons | length) == 1' "$half/site/index.json" || return 1
	"$B/kvmperf" publish --state "$half" --site "$half/whole" >/dev/null || return 1
	tests/site/check "$half/site" docs/schema && sums "$half/site" >"$T/ended" &&
		sums "$half/whole" | diff "$T/ended" -
}
ok 'links hold whenever a publish is killed, and the next one ends it' killed
in_turn() {
	local pids=() pid
	for _ in 1 2 3; do
		publish --site "$T/shared" >/dev/null 2>&1 &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do wait "$pid" || return 1; done
	sums "$T/shared" >"$T/second"
	diff "$T/first" "$T/second"
}
ok 'three that publish at once take turns' in_turn
rm "$T/site/method.html" "$(pages | grep /k/ | head -n 1)"
publish >/dev/null
sums "$T/site" >"$T/second"
ok 'a page that was lost comes back' diff "$T/first" "$T/second"
mkdir "$T/bin"
printf '#!/bin/sh\nexit 1\n' >"$T/bin/gnuplot"
chmod +x "$T/bin/gnuplot"
without() { PATH="$T/bin:$PATH" publish --site "$T/plain" && grep -q 'The plots are missing' -r "$T/plain/h"; }
ok 'a gnuplot that fails leaves tables and a notice' without
missing() {
	mkdir "$T/empty" && PATH=$T/empty "$B/kvmperf" publish --state "$T" --site "$T/bare" &&
		grep -q 'The plots are missing: ' -r "$T/bare/h" && grep -q '<table' -r "$T/bare/h" &&
		tests/site/check "$T/bare" docs/schema
}
ok 'and so does one that is missing' missing
again() { publish --site "$T/plain" && ! grep -rq 'The plots are missing' "$T/plain"; }
ok 'and is made good for when it works' again
# Every state that a comparison can be in, each on its page as the terminal says it.
# says COMPARISON WORDS [MORE]: first on the page of a comparison, then MORE below it; the same
# in the terminal and the data.
says() {
	local host sides page data words
	IFS='|' read -r host sides < <(sqlite3 "$S/kvmperf.db" "SELECT h.name, x.oid || ' ' || y.oid
		FROM comparisons c JOIN hosts h ON h.id = c.host_id JOIN commits x ON x.id = c.base_commit
		JOIN commits y ON y.id = c.new_commit WHERE c.id = ($1)")
	page=$(find "$S/site/c" -name "${sides:0:12}..$(cut -c 42-53 <<<"$sides").html" |
		grep -F "/c/${host:0:6}")
	data=${page%.html}.json
	# shellcheck disable=SC2086
	words=$("$B/kvmperf" compare --state "$S" $sides | head -n 1)
	grep -m 1 -A 12 '<h1>' "$page" >"$T/top" && head -n 1 "$T/top" | grep -qE "<h1>$2" &&
		grep -qE "<title>$2" "$page" && jq -r .sentence "$data" | grep -qE "^$2" &&
		grep -qE "^$2" <<<"$words" && { [ -z "${3:-}" ] || grep -qE -- "$3" "$page"; } && return 0
	cat "$T/top"
	echo "terminal: $words; data: $(jq -r .sentence "$data")"
	return 1
}
S=$T/states
mkdir "$S"
cp "$T/kvmperf.db" "$S"
cp -a "$T/site" "$S"
newest() { echo "SELECT max(c.id) FROM comparisons c LEFT JOIN screens s ON s.comparison_id = c.id WHERE $1"; }
first_confirm="SELECT min(id) FROM comparisons WHERE kind = 'confirm'"
sqlite3 "$S/kvmperf.db" "
	INSERT INTO jobs (id, kind, state, origin, repository, plan, new_commit, comparison_id,
		created_unix_ms, updated_unix_ms, change)
		SELECT 1, 'screen', 'ended', 'watch', 'r', 'p', new_commit, id, 1, 1, 1
		FROM comparisons WHERE id = ($(newest "s.answer = 'confirm'"));
	INSERT INTO jobs (id, kind, state, priority, origin, repository, plan, parent_job, new_commit,
		created_unix_ms, updated_unix_ms, change)
		SELECT 2, 'confirm', 'queued', 1, 'screen', 'r', 'p', 1, new_commit, 1, 1, 2
		FROM jobs UNION ALL
		SELECT 3, 'fixed', 'ready', 9, 'hand', 'r', 'p', NULL, NULL, 1, 1, 3;
	UPDATE comparisons SET state = 'running' WHERE id = ($(newest "kind = 'confirm'"));
	UPDATE kernels SET toolchain = 'gcc 13.1', built_unix_ms = built_unix_ms + 1 WHERE commit_id =
		(SELECT new_commit FROM comparisons WHERE id = ($first_confirm));
	UPDATE host_checks SET verdict = 'control', control = ln(1.034) WHERE aa = 1"
"$B/kvmperf" publish --state "$S" >/dev/null
ok 'nothing suspicious: what is excluded, by how many boots' says "$(newest "s.answer = 'quiet'
	AND c.branch = 'kvmarm/next' AND c.host_id = 1 AND c.new_commit < 23")" \
	'NO CHANGE SEEN, 3 boots against 20 baseline boots; slowdowns above [0-9.]+ % are excluded in every cell'
ok 'a suspicion: where its confirm waits' says "$(newest "s.answer = 'confirm'")" \
	'SUSPICIOUS, 12 cells; confirm queued as number 2 on altra-03'
ok 'between two looks: preliminary' says "$(newest "c.kind = 'confirm'")" \
	'LOOK 2 OF 3 with 4\+4 boots; preliminary, may change: Slower: clear dirty log, first pass'
ok 'a baseline that is too small: what is there of it' says "$(newest "c.id = 4")" \
	'COLLECTING BASELINE, 8 of 8 boots, 3 of 4 lab sessions; no verdicts yet'
ok 'the image of the base' says "$(newest "c.id = 1")" \
	'SAME BUILD as the base \(image hash [0-9a-f]{12}\)'
ok 'a machine that moved' says "$(newest "c.kind = 'aa'")" \
	'NOT JUDGED: the negative control moved by \+3\.4 %' 'else it would have said: Both kernels'
ok 'two toolchains' says "$first_confirm" \
	'NOT COMPARABLE: toolchain aarch64-linux-gnu-gcc 12\.2\.0 against gcc 13\.1'
ok 'a kernel that does not boot: a link to its boots' says "$(newest "c.state = 'failed'")" \
	'Failed: ' 'x panics at boot</b>|href="#failed"'
ok 'numbers of an emulated host: what they are, in the second line' says "$(newest 'c.host_id = 2')" \
	'COLLECTING BASELINE' '<p class="emulated">instructions executed, emulated host, not time</p>'
empty() {
	mkdir "$T/none" && "$B/kvmperf" publish --state "$T/none" && tests/site/check "$T/none/site" docs/schema
}
ok 'an empty store is a site too' empty
echo "1..$n"
