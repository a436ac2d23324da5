-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- How a host is known to be the one that it was, and how often it failed.

ALTER TABLE hosts ADD COLUMN failures INTEGER NOT NULL DEFAULT 0; -- of the machine or its link, in a row
ALTER TABLE hosts ADD COLUMN machine TEXT;     -- what it was at its first good check (rules/machine.h); NULL: not known
ALTER TABLE hosts ADD COLUMN score_us INTEGER; -- how long the runner's piece of work took then; NULL: not known
