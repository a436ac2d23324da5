-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- Answers to posted series: found by the Message-ID of any of their mails, and
-- sent in reply to the cover letter when somebody says so.

ALTER TABLE threads ADD COLUMN line TEXT NOT NULL DEFAULT '';      -- subject as it was sent; hostile
ALTER TABLE threads ADD COLUMN patch_ids TEXT NOT NULL DEFAULT ''; -- Message-IDs, one a line, in order; hostile

-- The outbox with one more kind of mail: a check cannot be altered in place.
CREATE TABLE outbox_new (
	id                INTEGER PRIMARY KEY,
	event_id          INTEGER REFERENCES events (id),
	kind              TEXT NOT NULL CHECK (kind IN ('report', 'bisect', 'fixed', 'still', 'digest',
				'test', 'owner', 'series')),
	message_id        TEXT NOT NULL UNIQUE,     -- without <>
	in_reply_to       TEXT NOT NULL DEFAULT '',
	refs              TEXT NOT NULL DEFAULT '', -- References, blanks between
	sender            TEXT NOT NULL,            -- envelope address
	recipients        TEXT NOT NULL,            -- envelope addresses, one a line
	subject           TEXT NOT NULL,            -- decoded
	message           TEXT NOT NULL,            -- as it is sent, with LF
	state             TEXT NOT NULL CHECK (state IN ('dry', 'waiting', 'sending', 'sent', 'parked')),
	attempts          INTEGER NOT NULL DEFAULT 0,
	next_unix_ms      INTEGER NOT NULL,         -- not before
	answer            TEXT NOT NULL DEFAULT '', -- last answer of the server; hostile
	created_unix_ms   INTEGER NOT NULL,
	updated_unix_ms   INTEGER NOT NULL
) STRICT;

INSERT INTO outbox_new SELECT id, event_id, kind, message_id, in_reply_to, refs, sender, recipients,
	subject, message, state, attempts, next_unix_ms, answer, created_unix_ms, updated_unix_ms FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_new RENAME TO outbox;

CREATE INDEX outbox_due ON outbox (next_unix_ms) WHERE state IN ('waiting', 'sending');
CREATE INDEX outbox_by_event ON outbox (event_id, id);
CREATE INDEX outbox_by_answered ON outbox (in_reply_to);
