#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Threads are fetched from a real web server on loopback, politely: one request,
# kept, asked for news only, and nothing while the archive wants to be left alone.
# Prints TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
kvmperf=$PWD/${B:-build}/kvmperf
T=$(mktemp -d)
A=$T/archive
mkdir "$A"
python3 tests/pipeline/archive.py "$A" &
server=$!
trap 'kill $server 2>/dev/null; rm -rf "$T"' EXIT
for _ in $(seq 100); do [ -s "$A/port" ] && break; sleep 0.1; done
export HOME=$T XDG_STATE_HOME=$T/state GIT_CONFIG_NOSYSTEM=1 no_proxy=127.0.0.1
lore=http://127.0.0.1:$(cat "$A/port")/all
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
series() { "$kvmperf" series --state "$T/s" --repo "$T/repo" --lore "$lore" --dry-run "$@"; }
# says PATTERN WORD...: it is refused with one line like the pattern.
says() {
	local pattern=$1
	shift
	series "$@" 2>"$T/err" && return 1
	cat "$T/err"
	[ "$(wc -l <"$T/err")" -eq 1 ] && grep -qE -- "$pattern" "$T/err"
}
# remarks PATTERN WORD: it goes on with its copy, and says so.
remarks() { series "$2" >"$T/out" 2>&1 && cat "$T/out" && grep -qE "$1.*a copy from before is used" "$T/out"; }
asked() { wc -l <"$A/log"; }
last() { tail -n 1 "$A/log"; }
mood() { echo "$*" >"$A/mood"; }

git() { command git -C "$T/repo" -c user.name=J -c user.email=j@example.org "$@"; }
command git init -q -b main "$T/repo"
seq 30 >"$T/repo/a" && git add a && git commit -qm base
sed -i 's/^10$/ten/' "$T/repo/a" && git commit -qam 'KVM: one'
printf 'From mboxrd@z Thu Jan  1 00:00:00 1970\nMessage-ID: <s/1+x@h>\n' >"$T/mbox"
git format-patch -1 --stdout | sed 1d >>"$T/mbox"
gzip -9c "$T/mbox" >"$A/s_1+x@h.gz"
git reset -q --hard HEAD~1

ok 'a Message-ID is fetched and applied' series '<s/1+x@h>'
ok 'with one request, which says who asks' sh -c \
	"test $(asked) -eq 1 && grep -qxE '200 /all/s%2F1\+x@h/t.mbox.gz kvmperf/[0-9.]+' '$A/log'"
ok 'its URL is the same thread' series "$lore/s%2F1+x@h/T/#u"
ok 'it asks for news only' sh -c "test $(asked) -eq 2 && test '$(last | cut -c1-3)' = 304"
ok 'a report asks nothing' sh -c "'$kvmperf' series --state '$T/s' --repo '$T/repo' --lore '$lore' \
	--format b4 '<s/1+x@h>' | grep -qxF '[]' && test \$(wc -l <'$A/log') -eq 2"
ok 'a mail that is not there is told' says 'the archive has no mail no@h' no@h
mood cut
ok 'half a file is told' says 't.mbox.gz: .*(cut|damaged|end)' "$lore/s%2F1+x@h/" --base nowhere
mood html
ok 'a page in the place of a thread is told, with a way out' says '"text/html" came: open the' other@h
mood big
ok 'a file that is too large is refused' says 'more than 16 MiB' other@h
mood down
ok 'an archive that is down is left alone' says 'wants no request before 20' other@h
before=$(asked)
mood
ok 'and is not asked again, for other threads neither' says 'wants no request before' third@h
ok 'no request was made' test "$(asked)" -eq "$before"
ok 'what is kept is used meanwhile' remarks 'wants no request before' '<s/1+x@h>'
rm "$T"/s/threads/*.wait
mood busy 1000
ok 'Retry-After is heeded' remarks 'wants no request before' '<s/1+x@h>'
ok 'for as long as it says' sh -c "w=\$(cat '$T'/s/threads/*.wait) && d=\$((w / 1000 - \$(date +%s))) &&
	test \$d -gt 900 && test \$d -le 1000"
rm "$T"/s/threads/*.wait
mood busy 99999999
ok 'but no longer than a day' sh -c "! '$kvmperf' series --state '$T/s' --repo '$T/repo' --lore '$lore' other@h &&
	test \$((\$(cat '$T'/s/threads/*.wait) / 1000 - \$(date +%s))) -le 86400"
rm "$T"/s/threads/*.wait
mood
kill $server
wait $server 2>/dev/null
ok 'without a network the copy is used' remarks '127.0.0.1' '<s/1+x@h>'
ok 'and without a copy that is told' says '127.0.0.1.*onnect' other@h
ok 'other schemes are refused' says 'only http' 'file:///etc/a@b'
ok 'an address without a mail is refused' says 'holds no Message-ID' "$lore/"
ok 'an archive that is none is refused' says 'is no archive' --lore nowhere a@b
ok 'the series was stored once' test "$(sqlite3 "$T/s/kvmperf.db" 'SELECT count(*) FROM threads')" -eq 1
echo "1..$n"
