-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- The negative control of every boot is a process of scenario 'control'; what it
-- says about a comparison is here, beside what the base kernel says. Changes are
-- logs; NULL: there was too little to tell. A lab session whose comparison is not
-- 'steady' is discarded: its boots are part of no level, history or spread.

CREATE TABLE host_checks_new (
	comparison_id     INTEGER PRIMARY KEY REFERENCES comparisons (id),
	verdict           TEXT NOT NULL CHECK (verdict IN ('steady', 'control', 'baseline', 'aa',
				'all cells')),
	aa                INTEGER NOT NULL CHECK (aa IN (0, 1)), -- equal images: an A/A run
	flagged           INTEGER NOT NULL,         -- cells that were flagged, or would have been
	control           REAL,                     -- the negative control against its own history
	baseline          REAL,                     -- the base kernel against its own history
	drift             REAL,                     -- of the base kernel, first to last boot of a lab session
	drift_moved       INTEGER NOT NULL CHECK (drift_moved IN (0, 1)), -- it is more than noise
	between_kernels   REAL,                     -- the negative control, new kernel against base
	between_half      REAL,                     -- half of its 95 % interval
	between_moved     INTEGER NOT NULL DEFAULT 0 CHECK (between_moved IN (0, 1)),
	checked_unix_ms   INTEGER NOT NULL
) STRICT;

INSERT INTO host_checks_new (comparison_id, verdict, aa, flagged, control, baseline, drift,
	drift_moved, checked_unix_ms)
	SELECT comparison_id, verdict, aa, flagged, control, baseline, drift, drift_moved,
	checked_unix_ms FROM host_checks;
DROP TABLE host_checks;
ALTER TABLE host_checks_new RENAME TO host_checks;
CREATE INDEX host_checks_aa ON host_checks (checked_unix_ms) WHERE aa = 1;
