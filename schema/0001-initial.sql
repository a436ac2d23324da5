-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- branch -> commit -> kernel -> boot -> process -> values: one table a step.
-- Times are milliseconds since 1970 (UTC) in columns named *_unix_ms. Failure
-- and symptom hold the names of base/failure.h. Columns named *_z hold zlib
-- streams (io/zip.h).

CREATE TABLE commits (
	id            INTEGER PRIMARY KEY,
	oid           TEXT NOT NULL UNIQUE,
	tree          TEXT NOT NULL,
	parent        TEXT NOT NULL,              -- first parent, '' for a root
	subject       TEXT NOT NULL,              -- hostile
	author        TEXT NOT NULL,              -- hostile
	commit_time_s INTEGER NOT NULL
) STRICT;

CREATE TABLE kernels (
	id            INTEGER PRIMARY KEY,
	commit_id     INTEGER NOT NULL REFERENCES commits (id),
	recipe        TEXT NOT NULL,              -- hash over configuration input and toolchain
	toolchain     TEXT NOT NULL,
	failure       TEXT NOT NULL,              -- 'none': it was built
	symptom       TEXT NOT NULL,
	reason        TEXT,
	config_hash   TEXT,
	release       TEXT,
	build_id      TEXT,
	image_hash    TEXT,
	image_path    TEXT,
	log_path      TEXT,
	built_unix_ms INTEGER NOT NULL,
	UNIQUE (commit_id, recipe)
) STRICT;

CREATE TABLE hosts (
	id            INTEGER PRIMARY KEY,
	name          TEXT NOT NULL UNIQUE,
	driver        TEXT NOT NULL,
	emulated      INTEGER NOT NULL CHECK (emulated IN (0, 1))
) STRICT;

CREATE TABLE plans (
	id            INTEGER PRIMARY KEY,
	hash          TEXT NOT NULL UNIQUE,
	name          TEXT NOT NULL,
	text          TEXT NOT NULL               -- the plan file as it was read
) STRICT;

CREATE TABLE tests (
	id            INTEGER PRIMARY KEY,
	sha256        TEXT NOT NULL UNIQUE,
	path          TEXT NOT NULL,
	source_oid    TEXT NOT NULL,              -- commit whose tree it was built from
	built_unix_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE comparisons (
	id              INTEGER PRIMARY KEY,
	host_id         INTEGER NOT NULL REFERENCES hosts (id),
	plan_id         INTEGER NOT NULL REFERENCES plans (id),
	base_commit     INTEGER NOT NULL REFERENCES commits (id),
	new_commit      INTEGER NOT NULL REFERENCES commits (id),
	recipe          TEXT NOT NULL,
	branch          TEXT,
	test_id         INTEGER REFERENCES tests (id),
	boots_wanted    INTEGER NOT NULL CHECK (boots_wanted > 0),  -- a side
	confirm         INTEGER NOT NULL CHECK (confirm IN (0, 1)), -- look by look, else all at once
	state           TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed')),
	failure         TEXT NOT NULL DEFAULT 'none',
	symptom         TEXT NOT NULL DEFAULT 'none',
	reason          TEXT,
	created_unix_ms INTEGER NOT NULL,
	updated_unix_ms INTEGER NOT NULL
) STRICT;

-- One unbroken piece of work on one host.
CREATE TABLE sessions (
	id              INTEGER PRIMARY KEY,
	comparison_id   INTEGER NOT NULL REFERENCES comparisons (id),
	started_unix_ms INTEGER NOT NULL,
	ended_unix_ms   INTEGER
) STRICT;

-- One entry into a kernel by kexec; the unit of replication.
CREATE TABLE boots (
	id              INTEGER PRIMARY KEY,
	comparison_id   INTEGER NOT NULL REFERENCES comparisons (id),
	session_id      INTEGER NOT NULL REFERENCES sessions (id),
	sequence        INTEGER NOT NULL,         -- 1.. in order of execution
	side            TEXT NOT NULL CHECK (side IN ('A', 'B')),
	kernel_id       INTEGER NOT NULL REFERENCES kernels (id),
	state           TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'lost')),
	failure         TEXT NOT NULL DEFAULT 'none',
	symptom         TEXT NOT NULL DEFAULT 'none',
	reason          TEXT,
	boot_id         TEXT,                     -- of the kernel, random per boot
	release         TEXT,
	build_id        TEXT,
	cmdline         TEXT,
	kvm_mode        TEXT,
	taint           INTEGER,
	kexec_ms        INTEGER,
	facts_z         BLOB,
	dmesg_z         BLOB,
	console_z       BLOB,
	started_unix_ms INTEGER NOT NULL,
	ended_unix_ms   INTEGER,
	UNIQUE (comparison_id, sequence)
) STRICT;

-- One execution of the test binary within a boot.
CREATE TABLE processes (
	id              INTEGER PRIMARY KEY,
	boot_id         INTEGER NOT NULL REFERENCES boots (id),
	scenario        TEXT NOT NULL,
	mode            TEXT NOT NULL,            -- "PA-bits:40, VA-bits:48, 4K pages"
	ordinal         INTEGER NOT NULL,         -- 1..; warm-up processes count down from 0
	command         TEXT NOT NULL,
	exit_status     INTEGER NOT NULL,         -- -1: ended by a signal
	signal          INTEGER NOT NULL,
	chunk_bytes     INTEGER NOT NULL,         -- eager-split chunk size read back, -1 unknown
	calls_dropped   INTEGER NOT NULL,         -- ioctls without an instruction count
	failure         TEXT NOT NULL,
	symptom         TEXT NOT NULL,
	reason          TEXT,
	output_z        BLOB NOT NULL,            -- stdout, raw
	errors_z        BLOB NOT NULL,            -- stderr, raw
	started_unix_ms INTEGER NOT NULL,
	duration_ms     INTEGER NOT NULL,
	UNIQUE (boot_id, scenario, mode, ordinal)
) STRICT;

-- What is measured. unit: 's', 'instructions', 'calls'.
CREATE TABLE quantities (
	id              INTEGER PRIMARY KEY,
	name            TEXT NOT NULL UNIQUE,
	unit            TEXT NOT NULL
) STRICT;

-- Every raw value. iteration is 0 for a value a process has once, else 1...
CREATE TABLE samples (
	process_id      INTEGER NOT NULL REFERENCES processes (id),
	quantity_id     INTEGER NOT NULL REFERENCES quantities (id),
	iteration       INTEGER NOT NULL,
	value           REAL NOT NULL,
	PRIMARY KEY (process_id, quantity_id, iteration)
) STRICT, WITHOUT ROWID;

CREATE INDEX boots_by_kernel ON boots (kernel_id);
CREATE INDEX comparisons_by_commits ON comparisons (base_commit, new_commit);
