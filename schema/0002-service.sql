-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- The service: what is watched, what is to be done, who holds which host; and
-- the boot values, which screens, histories and pages read.

-- A watched ref: one row a configured branch and ref that its pattern met.
CREATE TABLE branches (
	id                INTEGER PRIMARY KEY,
	name              TEXT NOT NULL,            -- of the section: [branch NAME]
	repository        TEXT NOT NULL,            -- URL
	ref               TEXT NOT NULL,            -- full: refs/heads/kvm-arm64/topic; hostile
	tip               TEXT NOT NULL DEFAULT '', -- last tip that was looked at; '': never
	gone              INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1)), -- deleted upstream
	updated_unix_ms   INTEGER,                  -- when the tip moved last
	UNIQUE (name, ref)
) STRICT;

-- How the polling of a repository goes.
CREATE TABLE repositories (
	id                INTEGER PRIMARY KEY,
	url               TEXT NOT NULL UNIQUE,
	polled_unix_ms    INTEGER,                  -- last good poll
	next_unix_ms      INTEGER NOT NULL DEFAULT 0,
	failures          INTEGER NOT NULL DEFAULT 0, -- in a row
	problem           TEXT                      -- of the last poll, NULL: none
) STRICT;

-- What sort of evidence a comparison takes. 'fixed': boots were fixed before;
-- 'confirm': fresh interleaved boots, look by look; 'screen': boots of the new
-- kernel against the stored baseline of its branch; 'aa': a confirm of a kernel
-- with itself; 'control': the negative control.
ALTER TABLE comparisons ADD COLUMN kind TEXT NOT NULL DEFAULT 'fixed'
	CHECK (kind IN ('fixed', 'confirm', 'screen', 'aa', 'control'));
UPDATE comparisons SET kind = 'confirm' WHERE confirm = 1;

-- State says where a job is, outcome how it went. The next state is committed
-- before its work starts; rules/course.c has the table of states.
CREATE TABLE jobs (
	id                INTEGER PRIMARY KEY,
	kind              TEXT NOT NULL CHECK (kind IN ('screen', 'confirm', 'fixed', 'aa', 'check')),
	state             TEXT NOT NULL CHECK (state IN ('queued', 'fetch', 'build', 'ready', 'boot',
				'trial', 'restore', 'record', 'judge', 'publish', 'ended')),
	outcome           TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'done', 'failed', 'cancelled')),
	failure           TEXT NOT NULL DEFAULT 'none',
	symptom           TEXT NOT NULL DEFAULT 'none',
	reason            TEXT,                     -- one sentence for people
	wish              TEXT NOT NULL DEFAULT '' CHECK (wish IN ('', 'pause', 'cancel')),
	priority          INTEGER NOT NULL DEFAULT 0, -- higher first, then newest commit first
	commit_time_s     INTEGER NOT NULL DEFAULT 0, -- of the new commit
	origin            TEXT NOT NULL,            -- 'watch', 'hand', 'screen', 'history', 'bisect', 'series', 'idle'
	parent_job        INTEGER REFERENCES jobs (id), -- the screen that asked for this confirm, ...
	branch_id         INTEGER REFERENCES branches (id),
	repository        TEXT NOT NULL,            -- path of the git repository that has the commits
	base_commit       INTEGER REFERENCES commits (id),
	new_commit        INTEGER REFERENCES commits (id),
	plan              TEXT NOT NULL,            -- name of a shipped plan, or path of a file
	kernel_config     TEXT NOT NULL DEFAULT '', -- path of a configuration fragment; '': the shipped one
	boots             INTEGER NOT NULL DEFAULT 0, -- a side; 0: as the plan says
	wanted_host       TEXT NOT NULL DEFAULT '', -- a host's name or a tag; '': any
	host_id           INTEGER REFERENCES hosts (id), -- the one that was chosen, for good
	comparison_id     INTEGER REFERENCES comparisons (id),
	boot_row          INTEGER REFERENCES boots (id), -- the boot at hand, in boot, trial, restore, record
	attempts          INTEGER NOT NULL DEFAULT 0, -- of the phase at hand
	not_before_unix_ms INTEGER NOT NULL DEFAULT 0, -- back-off
	created_unix_ms   INTEGER NOT NULL,
	updated_unix_ms   INTEGER NOT NULL,
	change            INTEGER NOT NULL          -- one more than any job had: who reads jobs above the
	                                            -- last number that he saw has missed nothing
) STRICT;

CREATE INDEX jobs_open ON jobs (priority DESC, commit_time_s DESC, id) WHERE state <> 'ended';
CREATE INDEX jobs_by_change ON jobs (change);
CREATE INDEX jobs_by_commit ON jobs (new_commit);

-- The story of a job: every change of state, every failure and retry.
CREATE TABLE job_steps (
	id                INTEGER PRIMARY KEY,
	job_id            INTEGER NOT NULL REFERENCES jobs (id),
	unix_ms           INTEGER NOT NULL,
	state             TEXT NOT NULL,            -- the one that was entered, or was tried again
	text              TEXT NOT NULL             -- a sentence for people; hostile
) STRICT;

CREATE INDEX job_steps_by_job ON job_steps (job_id, id);

-- A host is one job's at a time, for as long as its lab session lasts.
CREATE TABLE leases (
	host_id           INTEGER PRIMARY KEY REFERENCES hosts (id),
	job_id            INTEGER NOT NULL UNIQUE REFERENCES jobs (id),
	taken_unix_ms     INTEGER NOT NULL
) STRICT;

-- Of the service as a whole: one row.
CREATE TABLE service (
	id                INTEGER PRIMARY KEY CHECK (id = 1),
	paused            INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)) -- nothing new is started
) STRICT;
INSERT INTO service (id) VALUES (1);

-- Health: 'unknown' until the first check, 'ok', or 'quarantined' with a reason.
ALTER TABLE hosts ADD COLUMN health TEXT NOT NULL DEFAULT 'unknown'
	CHECK (health IN ('unknown', 'ok', 'quarantined'));
ALTER TABLE hosts ADD COLUMN health_reason TEXT;
ALTER TABLE hosts ADD COLUMN health_unix_ms INTEGER;

CREATE TABLE host_steps (                          -- checks, rescues, quarantines
	id                INTEGER PRIMARY KEY,
	host_id           INTEGER NOT NULL REFERENCES hosts (id),
	unix_ms           INTEGER NOT NULL,
	what              TEXT NOT NULL CHECK (what IN ('check', 'rescue', 'quarantine', 'release')),
	text              TEXT NOT NULL
) STRICT;

-- Everything that must be equal for two boot values to be comparable.
CREATE TABLE epochs (
	id                INTEGER PRIMARY KEY,
	host_id           INTEGER NOT NULL REFERENCES hosts (id),
	plan_id           INTEGER NOT NULL REFERENCES plans (id),
	recipe            TEXT NOT NULL,
	test_id           INTEGER NOT NULL REFERENCES tests (id),
	machine           TEXT NOT NULL,            -- hash over the facts that define the machine
	UNIQUE (host_id, plan_id, recipe, test_id, machine)
) STRICT;

-- One cell through time, within one epoch.
CREATE TABLE series (
	id                INTEGER PRIMARY KEY,
	epoch_id          INTEGER NOT NULL REFERENCES epochs (id),
	scenario          TEXT NOT NULL,
	mode              TEXT NOT NULL,
	metric            TEXT NOT NULL,
	unit              TEXT NOT NULL,
	judged            INTEGER NOT NULL CHECK (judged IN (0, 1)),
	UNIQUE (epoch_id, scenario, mode, metric)
) STRICT;

-- The one number per boot and cell, as a natural logarithm: derived from the
-- samples by rules/measures.c and rebuilt from them at any time.
CREATE TABLE boot_values (
	series_id         INTEGER NOT NULL REFERENCES series (id),
	boot_id           INTEGER NOT NULL REFERENCES boots (id),
	log_value         REAL NOT NULL,
	PRIMARY KEY (series_id, boot_id)
) STRICT, WITHOUT ROWID;
