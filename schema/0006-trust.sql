-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- How far a finished comparison with interleaved boots speaks for its host.
-- Changes are logs; NULL: there was too little to tell.

CREATE TABLE host_checks (
	comparison_id     INTEGER PRIMARY KEY REFERENCES comparisons (id),
	verdict           TEXT NOT NULL CHECK (verdict IN ('steady', 'control', 'baseline', 'all cells')),
	aa                INTEGER NOT NULL CHECK (aa IN (0, 1)), -- equal images: an A/A run
	flagged           INTEGER NOT NULL,         -- cells that were flagged, or would have been
	control           REAL,                     -- the negative control against its own history
	baseline          REAL,                     -- the base kernel against its own history
	drift             REAL,                     -- of the base kernel, first to last boot of a lab session
	drift_moved       INTEGER NOT NULL CHECK (drift_moved IN (0, 1)), -- it is more than noise
	checked_unix_ms   INTEGER NOT NULL
) STRICT;
