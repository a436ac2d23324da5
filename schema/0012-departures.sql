-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- A machine that measures itself ends our process when it enters a kernel. What is
-- known when golden is left, for the process that goes on in the next kernel.

CREATE TABLE departures (
	boot_row          INTEGER PRIMARY KEY REFERENCES boots (id),
	cmdline           TEXT NOT NULL,            -- of the kernel that is entered
	old_boot_id       TEXT NOT NULL,            -- of the golden kernel that is left
	golden_release    TEXT NOT NULL
) STRICT;
