-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- Events: what people are told, once, and what became of it; and the mails that
-- tell it. An event and its mail are written in one transaction.

-- "committer: Name <address>" and "reviewed-by: ...", one a line, from the
-- commit's message; hostile.
ALTER TABLE commits ADD COLUMN people TEXT NOT NULL DEFAULT '';

-- One change: branch, range of commits, direction. rules/lifecycle.c has the
-- table of states; 'new' waits for evidence that may be told.
CREATE TABLE events (
	id                INTEGER PRIMARY KEY,
	branch            TEXT NOT NULL,            -- '': of no branch; hostile
	repository        TEXT NOT NULL DEFAULT '', -- URL people fetch it from; hostile
	from_commit       INTEGER NOT NULL REFERENCES commits (id), -- newest known without the change
	to_commit         INTEGER NOT NULL REFERENCES commits (id), -- oldest known with it
	culprit           INTEGER REFERENCES commits (id), -- the one commit, when it is known
	direction         TEXT NOT NULL CHECK (direction IN ('regressed', 'improved')),
	state             TEXT NOT NULL CHECK (state IN ('new', 'confirmed', 'acknowledged', 'invalid',
				'wontfix', 'fixed-seen', 'closed')),
	emulated          INTEGER NOT NULL CHECK (emulated IN (0, 1)), -- instructions, not time
	metric            TEXT NOT NULL,            -- of the headline: "clear-first"
	title             TEXT NOT NULL,            -- "clear dirty log, first pass"
	unit              TEXT NOT NULL,
	change            REAL NOT NULL,            -- R - 1 over all judged cells of the metric
	low               REAL NOT NULL,            -- 95 % interval
	high              REAL NOT NULL,
	cells_flagged     INTEGER NOT NULL,
	cells_judged      INTEGER NOT NULL,
	sentence          TEXT NOT NULL,            -- the verdict in words
	attached          INTEGER NOT NULL DEFAULT 0, -- later kernels that showed it again
	level_unix_ms     INTEGER,                  -- since then it is the branch's level
	told              TEXT NOT NULL DEFAULT '' CHECK (told IN ('', 'mail', 'digest')),
	message_id        TEXT NOT NULL UNIQUE,     -- of its thread, chosen first; without <>
	opened_unix_ms    INTEGER NOT NULL,
	updated_unix_ms   INTEGER NOT NULL
) STRICT;

CREATE INDEX events_by_branch ON events (branch, state);

-- Its rows: the flagged cells, on each host that showed it.
CREATE TABLE event_cells (
	event_id          INTEGER NOT NULL REFERENCES events (id),
	host_id           INTEGER NOT NULL REFERENCES hosts (id),
	scenario          TEXT NOT NULL,
	mode              TEXT NOT NULL,
	metric            TEXT NOT NULL,
	unit              TEXT NOT NULL,
	change            REAL NOT NULL,            -- R - 1
	low               REAL NOT NULL,
	high              REAL NOT NULL,
	minimum           REAL NOT NULL,            -- minimum effect that applied, as R - 1
	base_value        REAL NOT NULL,            -- geometric mean over boots, in the unit
	new_value         REAL NOT NULL,
	PRIMARY KEY (event_id, host_id, scenario, mode, metric)
) STRICT, WITHOUT ROWID;

-- The story: every change of state and whatever else happened to it.
CREATE TABLE event_steps (
	id                INTEGER PRIMARY KEY,
	event_id          INTEGER NOT NULL REFERENCES events (id),
	unix_ms           INTEGER NOT NULL,
	who               TEXT NOT NULL,            -- 'kvmperf', or a person; hostile
	why               TEXT NOT NULL,            -- a sentence; hostile
	state_from        TEXT NOT NULL,            -- '' for the first
	state_to          TEXT NOT NULL             -- equal to state_from: something to know only
) STRICT;

CREATE INDEX event_steps_by_event ON event_steps (event_id, id);

-- Evidence. 'opened': the confirm that began it; 'merged': the same range on
-- another host; 'attached': a later kernel shows it too; 'still': measured again
-- against the event's own base; 'fixed': it is gone; 'bisect': names the commit;
-- 'differs': another host does not show it.
CREATE TABLE event_comparisons (
	event_id          INTEGER NOT NULL REFERENCES events (id),
	comparison_id     INTEGER NOT NULL REFERENCES comparisons (id),
	role              TEXT NOT NULL CHECK (role IN ('opened', 'merged', 'attached', 'still', 'fixed',
				'bisect', 'differs')),
	unix_ms           INTEGER NOT NULL,
	PRIMARY KEY (event_id, comparison_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX event_comparisons_by_comparison ON event_comparisons (comparison_id);

-- Mails, whole. 'dry' is written while nobody is configured to get it. 'sending'
-- is committed before the attempt: after a crash it is sent again under the same
-- Message-ID, because no confirmation was stored.
CREATE TABLE outbox (
	id                INTEGER PRIMARY KEY,
	event_id          INTEGER REFERENCES events (id),
	kind              TEXT NOT NULL CHECK (kind IN ('report', 'bisect', 'fixed', 'still', 'digest',
				'test', 'owner')),
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

CREATE INDEX outbox_due ON outbox (next_unix_ms) WHERE state IN ('waiting', 'sending');
CREATE INDEX outbox_by_event ON outbox (event_id, id);
