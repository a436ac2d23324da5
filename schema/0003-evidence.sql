-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- What screens and confirms leave behind for those that follow them.

-- The epoch of a boot whose values are in boot_values; NULL: not recorded (yet).
ALTER TABLE boots ADD COLUMN epoch_id INTEGER REFERENCES epochs (id);
CREATE INDEX boots_by_epoch ON boots (epoch_id, started_unix_ms);
CREATE INDEX boot_values_by_boot ON boot_values (boot_id);

-- What a screen answered when its boots were enough.
CREATE TABLE screens (
	comparison_id     INTEGER PRIMARY KEY REFERENCES comparisons (id),
	answer            TEXT NOT NULL CHECK (answer IN ('collect', 'quiet', 'confirm')),
	triggers          INTEGER NOT NULL,         -- cells that asked for the confirm
	judged_unix_ms    INTEGER NOT NULL
) STRICT;

-- The cells of the confirm that a screen asks for, fixed by data that are not used again.
CREATE TABLE families (
	screen_id         INTEGER NOT NULL REFERENCES screens (comparison_id),
	scenario          TEXT NOT NULL,
	mode              TEXT NOT NULL,
	metric            TEXT NOT NULL,
	PRIMARY KEY (screen_id, scenario, mode, metric)
) STRICT, WITHOUT ROWID;

-- The screen that asked for this confirm; NULL: all judged cells are its family.
ALTER TABLE comparisons ADD COLUMN screen_id INTEGER REFERENCES screens (comparison_id);

-- A cell that a finished comparison flagged. From its new kernel on the branch
-- has another level: 'open' until that level is the branch's, 'accepted' then;
-- 'void' when it was a mistake, or the level came back.
CREATE TABLE moves (
	comparison_id     INTEGER NOT NULL REFERENCES comparisons (id),
	series_id         INTEGER NOT NULL REFERENCES series (id),
	state             TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'void')),
	PRIMARY KEY (comparison_id, series_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX moves_by_series ON moves (series_id);
