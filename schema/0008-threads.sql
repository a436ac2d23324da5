-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- Posted series that were applied, so that the same one is applied once, to one
-- base, however often it is asked for and wherever branches have gone since.

CREATE TABLE threads (
	id                INTEGER PRIMARY KEY,
	message_id        TEXT NOT NULL,            -- of the cover letter, or first patch; hostile
	version           INTEGER NOT NULL,
	digest            TEXT NOT NULL,            -- of what its patches say
	wanted            TEXT NOT NULL,            -- full id of the base that was asked for, '' when none
	subject           TEXT NOT NULL,            -- hostile
	base              TEXT NOT NULL,            -- full commit ids
	commits           TEXT NOT NULL,            -- one a line, in order; the last is the tip
	why               TEXT NOT NULL,            -- how the base was found, a sentence; hostile
	remark            TEXT NOT NULL,            -- what else a reader should know; hostile
	applied_unix_ms   INTEGER NOT NULL,
	UNIQUE (message_id, version, digest, wanted)
) STRICT;
