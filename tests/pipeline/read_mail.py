#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads a report out of a mailbox and holds it against the store: nothing of
kvmperf's own is used to parse it.
usage: read_mail.py message|table|thread MAILDIR STORE"""
import email
import email.policy
import glob
import math
import re
import sqlite3
import statistics
import sys

what, box, store = sys.argv[1:4]
db = sqlite3.connect('file:%s?mode=ro' % store, uri=True)
stored, message_id, recipients, subject = db.execute(
    "SELECT message, message_id, recipients, subject FROM outbox WHERE kind = 'report'").fetchone()
mails = {}
for path in glob.glob(box + '/*'):
    raw = open(path, 'rb').read()
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    assert parsed['Message-ID'] not in mails, 'twice: %s' % parsed['Message-ID']
    mails[parsed['Message-ID']] = (raw, parsed)
raw, mail = mails['<%s>' % message_id]
body = mail.get_content()


def check_message():
    sent = stored.encode()
    assert raw.endswith(sent), 'the server stored something else'  # after its own headers
    assert not mail.defects, mail.defects
    for name, value in mail.items():
        assert not getattr(value, 'defects', ()), (name, value.defects)
    assert mail.get_content_type() == 'text/plain'
    assert mail.get_content_charset() == 'utf-8'
    assert mail['Content-Transfer-Encoding'] == '8bit'
    assert mail['Auto-Submitted'] == 'auto-generated'
    assert mail['Subject'] == subject, mail['Subject']
    assert re.match(r'\[r:next\] \[KVM: arm64\]  [0-9a-f]{10}:  dirty_log_perf_test\.\S+ '
                    r'\d+\.\d% regression', subject), subject
    sender = mail['From'].addresses[0]
    assert (sender.display_name, sender.addr_spec) == ('Läb böt', 'bot@lab.example')
    people = [a for field in ('To', 'Cc') for a in mail[field].addresses]
    assert [a.addr_spec for a in people] == recipients.split('\n'), people
    assert 'Doe, Jane' in [a.display_name for a in people], people
    assert message_id == db.execute('SELECT message_id FROM events').fetchone()[0]
    assert 'Jürgen' in body and '| Closes: https://lore.example/kvmarm/%s\n' % message_id in body
    header = raw[-len(sent):].split(b'\n\n')[0]
    assert b'iso-8859' not in header.lower() and b'=?utf-8?' in header.lower()
    assert all(len(line) <= 998 and line.isascii() for line in header.split(b'\n'))
    # Prose is short; what must stay whole is allowed to be long.
    whole = ('commit: ', '| Closes:', 'https://', 'command: ')
    for line in body.split('\n'):
        assert len(line) <= 78 or line.startswith(whole) or '("' in line, line


def kinds():
    """Boot values (not logs) of the report's comparison: cell -> side -> list."""
    cells = {}
    for scenario, mode, metric, unit, side, log in db.execute(
            "SELECT s.scenario, s.mode, s.metric, s.unit, b.side, v.log_value FROM boot_values v "
            "JOIN series s ON s.id = v.series_id JOIN boots b ON b.id = v.boot_id "
            "JOIN event_comparisons e ON e.comparison_id = b.comparison_id AND e.role = 'opened' "
            "WHERE b.state = 'done'"):
        bits = re.match(r'PA-bits:(\d+), *VA-bits:(\d+), *(\d+K)', mode)
        if not bits:
            continue  # the negative control runs no guest
        pa, va, page = bits.groups()
        name = '%s_%s.%s.%s/%s/%s' % (metric, 'us' if unit == 's' else 'insn', scenario, pa, va, page)
        scale = 1e6 if unit == 's' else 1
        cells.setdefault(name, {}).setdefault(side, []).append(scale * math.exp(log))
    return cells


ROW = re.compile(r'^(.{10})( ±.{3}%| {6})(.{10})(%) (.{10})( ±.{3}%| {6})  (\S+)$')


def printed(value):
    """The column rules: two decimals below 1000, else cut to an integer."""
    return 0.005 if value < 1000 else 1 if value <= 1e8 else value * 1e-3


def check_side(text, spread, values, name):
    mean = statistics.fmean(values)
    assert abs(float(text) - mean) <= printed(mean) + 1e-9 * mean, (name, text, mean)
    percent = 100 * statistics.pstdev(values) / mean
    if spread.strip():
        assert percent > 2 and abs(int(spread[2:5]) - percent) <= 1, (name, spread, percent)
    else:
        assert percent <= 2 + 1e-6, (name, percent)
    return mean


def check_table():
    cells = kinds()
    lines = body.split('\n')
    at = lines.index('         %stddev     %change         %stddev')
    base, new = db.execute("SELECT a.oid, b.oid FROM events e JOIN commits a ON a.id = e.from_commit "
                           "JOIN commits b ON b.id = e.to_commit").fetchone()
    assert lines[at - 2] == '%s %s ' % (base[:16], new[:27]), lines[at - 2]
    assert lines[at - 1] == '-' * 16 + ' ' + '-' * 27 + ' '
    assert lines[at + 1] == '             \\          |                \\  '
    rows = 0
    for line in lines[at + 2:]:
        if not line:
            break
        a, a_spread, change, _, b, b_spread, name = ROW.match(line).groups()
        left = check_side(a, a_spread, cells[name]['A'], name)
        right = check_side(b, b_spread, cells[name]['B'], name)
        assert abs(float(change) - 100 * (right - left) / left) <= 0.05 + 1e-9, (name, change)
        rows += 1
    assert 1 <= rows <= 30, rows


def check_thread():
    answer_id, answer_subject = db.execute(
        "SELECT message_id, subject FROM outbox WHERE kind = 'bisect'").fetchone()
    answer = mails['<%s>' % answer_id][1]
    assert answer['In-Reply-To'] == '<%s>' % message_id, answer['In-Reply-To']
    assert answer['References'].split()[-1] == '<%s>' % message_id
    assert answer['Subject'] == answer_subject and answer_subject.startswith('Re: [r:next] '), answer_subject
    assert not answer.defects, answer.defects
    culprit = db.execute('SELECT c.oid FROM events e JOIN commits c ON c.id = e.culprit').fetchone()[0]
    assert '\ncommit: %s ("KVM: arm64: Jürgen' % culprit in answer.get_content()


{'message': check_message, 'table': check_table, 'thread': check_thread}[what]()
