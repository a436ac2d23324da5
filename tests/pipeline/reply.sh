#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a posted series is answered: the text, the check of b4 review, and the mail
# in reply to its cover letter, after a measurement on a stand-in for QEMU. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
B=${B:-build}
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
. tests/pipeline/lab

r=$T/r.git
lab_repository "$r" && git -C "$r" branch topic next || exit 1
lab_commit "$r" topic 100 'KVM: arm64: Prepare' 'int t[] = {1};' || exit 1
lab_commit "$r" topic 88 'KVM: arm64: Split later' 'int t[] = {1};' || exit 1
GIT_COMMITTER_NAME=lab GIT_COMMITTER_EMAIL=lab@localhost git -C "$r" format-patch -q -v3 \
	--cover-letter --thread --base="$(git -C "$r" rev-parse next)" -o "$T/out" next..topic
sed -i 's/\*\*\* SUBJECT HERE \*\*\*/KVM: arm64: Split pages späť/' "$T"/out/*cover*
cover=$(sed -n 's/^Message-I[dD]: <\(.*\)>/\1/p' "$T"/out/*cover*)
sed -i '/^From: /,/^Date: /{/^Date: /!d}; s/^Date: /From: =?UTF-8?q?Kim=2C_the_T=C3=A9ster?= <kim@example.org>\n&/' "$T"/out/*cover*
cat "$T"/out/*.patch >"$T/v3.mbox"
lab_plan "$T/lab.plan"
conf() { printf '[host emulated]\ndriver = qemu\n[mail]\nsite = https://perf.example/kvm/\n%b' "$1" >"$T/conf"; }
conf ''
series() { "$B/kvmperf" series --state "$T/s" --config "$T/conf" --repo "$r" "$@"; }
check() { "$B/kvmperf" series --state "$T/s" --config "$T/conf" --format b4 -; } # as b4 review calls it
json() { [ -s "$T/json" ] && jq -e "$1" "$T/json" || { cat "$T/json"; return 1; }; }
said() { grep -qE -- "$2" "$1" || { cat "$1"; return 1; }; }
silent() { [ "$(check <"$1")" = '[]' ]; }
preview() { "$B/kvmperf" mail --state "$T/s" --config "$T/conf" --preview "$1" >"$T/mail"; }

ok 'a reply to what was not measured is refused' refuses 'version 3 was not measured here; .* without --reply' \
	series --reply "$T/v3.mbox"
ok 'b4 is silent about a mail that nobody has taken in' silent "$T"/out/*cover*
ok 'the series and its patches are measured' series --plan "$T/lab.plan" --each-patch "$T/v3.mbox"

series --format b4 "$T/v3.mbox" >"$T/json"
ok 'b4 gets tool, status, summary, url and details, and nothing else' json 'length == 1 and
	(.[0] | keys) == ["details", "status", "summary", "tool", "url"] and .[0].status == "pass" and
	.[0].url == "https://perf.example/kvm/" + (.[0].url | capture("(?<p>c/emulated/[0-9a-f]{12}..[0-9a-f]{12}.html)$").p)'
ok 'the url is that of a page' test -f "$T/s/site/$(jq -r '.[0].url' "$T/json" | sed 's|https://perf.example/kvm/||')"
cp "$T/json" "$T/whole"
check <"$(echo "$T"/out/*cover*)" >"$T/json"
ok 'the cover letter on standard input gets the same' cmp "$T/json" "$T/whole"
check <"$(echo "$T"/out/*0001*)" >"$T/json"
ok 'a patch gets its own answer' json '.[0].url != null and (.[0].summary | test("ewer") | not)'
ok 'what is no mail gets a sentence' refuses 'standard input' check </dev/null
series --report --each-patch "$T/v3.mbox" >"$T/report"
ok 'the report tells each patch' said "$T/report" '^Patch 2/2 \([0-9a-f]{12}\): .*ewer'
ok 'and where its page is' said "$T/report" '^https://perf.example/kvm/c/emulated/'
series --format json "$T/v3.mbox" >"$T/json"
ok 'programs get the comparison' json '.format == "kvmperf.comparison"'

ok 'what an emulated host shows is mailed to nobody' refuses 'emulated = yes' series --reply "$T/v3.mbox"
conf 'emulated = yes\n'
ok 'without a server the reply is written' series --reply --each-patch "$T/v3.mbox"
ok 'and stays dry' lab_sql_is "$T/s" 'SELECT state FROM outbox' dry
ok 'a second one is refused' refuses 'mail 1 answers this series already' series --reply "$T/v3.mbox"
conf 'emulated = yes\nfrom = bot@lab.example\nto = events@example.org\nsmtp = smtp://localhost:9\nquiet-hours = 0-23
series-cc = list@example.org, KIM@example.org\n'
ok 'told again it is written again' series --reply --again --each-patch "$T/v3.mbox"
ok 'and waits for the service' lab_sql_is "$T/s" "SELECT state || ' ' || recipients FROM outbox WHERE id = 2" \
	$'waiting kim@example.org\nlist@example.org'
preview 2
ok 'it is in the thread of the cover letter' said "$T/mail" "^In-Reply-To: <$cover>"
ok 'it is one mail of plain text' /usr/bin/python3 - "$T/mail" "$cover" <<'END'
import email, email.policy, sys
m = email.message_from_bytes(open(sys.argv[1], 'rb').read(), policy=email.policy.default)
assert m['References'] == '<%s>' % sys.argv[2], m['References']
assert m['Subject'] == 'Re: [PATCH v3 0/2] KVM: arm64: Split pages sp\u00e4\u0165', m['Subject']
assert [a.addr_spec for a in m['To'].addresses] == ['kim@example.org'], m['To']
assert 'list@example.org' in m['Cc'] and 'events@example.org' not in str(m['Cc']) + str(m['To'])
text = m.get_content()
assert 'kvmperf tested version 3 of this series (2 patches).' in text, text
assert 'instructions executed, emulated host, not time' in text
assert 'Patch 1/2' in text and '\n-- \n' in text
assert not m.defects, m.defects
END
sed '/^Message-I[dD]:/d' "$T/v3.mbox" >"$T/noid.mbox"
ok 'mails without a Message-ID cannot be answered' refuses 'no Message-ID that could be answered' \
	series --reply "$T/noid.mbox"
echo "1..$n"
