-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- The branch of a job that no watched ref asked for: as somebody named it, for levels and
-- pages. '': none, or that of branch_id. Hostile.
ALTER TABLE jobs ADD COLUMN branch TEXT NOT NULL DEFAULT '';
