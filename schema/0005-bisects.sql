-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- The search for the commit behind a change, step by step (model/bisect.h).

CREATE TABLE bisects (
	id                INTEGER PRIMARY KEY,
	event_id          INTEGER,                  -- row of events; NULL: by hand
	repository        TEXT NOT NULL,            -- path
	host              TEXT NOT NULL,
	plan              TEXT NOT NULL,            -- name of a shipped plan, or path of a file
	kernel_config     TEXT NOT NULL,            -- path of a configuration fragment; '': the shipped one
	recipe            TEXT NOT NULL,
	good_commit       INTEGER NOT NULL REFERENCES commits (id),
	bad_commit        INTEGER NOT NULL REFERENCES commits (id),
	paths             TEXT NOT NULL,            -- pathspecs, blank between; '': all commits
	queued            INTEGER NOT NULL CHECK (queued IN (0, 1)), -- the service does the steps
	aligned           INTEGER NOT NULL CHECK (aligned IN (0, 1)), -- layout control with functions at 64 bytes
	state             TEXT NOT NULL CHECK (state IN ('running', 'done', 'cancelled')),
	scenario          TEXT,                     -- the chosen cell; NULL until the ends differ
	mode              TEXT,
	metric            TEXT,
	unit              TEXT,
	d                 REAL NOT NULL DEFAULT 0,  -- its change, as log
	sd                REAL NOT NULL DEFAULT 0,  -- between boots of one kernel
	df                REAL NOT NULL DEFAULT 0,
	answer            TEXT NOT NULL DEFAULT '' CHECK (answer IN ('', 'commit', 'range')),
	low_commit        INTEGER REFERENCES commits (id), -- the change came after this one,
	high_commit       INTEGER REFERENCES commits (id), -- up to this one: it, when the answer is a commit
	revert_commit     INTEGER REFERENCES commits (id),
	reason            TEXT,                     -- why a range; what the proof of a commit consists of
	created_unix_ms   INTEGER NOT NULL,
	updated_unix_ms   INTEGER NOT NULL
) STRICT;

CREATE INDEX bisects_by_event ON bisects (event_id);

-- A step is there before its work begins; ended_unix_ms says that it is over.
CREATE TABLE bisect_steps (
	id                INTEGER PRIMARY KEY,
	bisect_id         INTEGER NOT NULL REFERENCES bisects (id),
	number            INTEGER NOT NULL,         -- 1..
	kind              TEXT NOT NULL CHECK (kind IN ('ends', 'test', 'descend', 'widen', 'proof',
				'rebuilt', 'aligned', 'revert')),
	base_commit       INTEGER NOT NULL REFERENCES commits (id), -- what commit_id was compared with
	commit_id         INTEGER NOT NULL REFERENCES commits (id),
	parent            INTEGER NOT NULL DEFAULT 0, -- descend: which one
	comparison_id     INTEGER REFERENCES comparisons (id),
	job_id            INTEGER REFERENCES jobs (id),
	tries             INTEGER NOT NULL DEFAULT 0, -- that the host or the link spoiled
	word              TEXT NOT NULL DEFAULT '' CHECK (word IN ('', 'good', 'bad', 'skip', 'weak')),
	same_commit       INTEGER REFERENCES commits (id), -- whose image it has, and whose answer
	builds            INTEGER NOT NULL DEFAULT 0,
	boots             INTEGER NOT NULL DEFAULT 0,
	evidence          REAL NOT NULL DEFAULT 0,
	change            REAL NOT NULL DEFAULT 0,  -- of the chosen cell, as R - 1
	reason            TEXT,
	begun_unix_ms     INTEGER NOT NULL,
	ended_unix_ms     INTEGER,
	UNIQUE (bisect_id, number)
) STRICT;

CREATE INDEX bisect_steps_by_job ON bisect_steps (job_id);
