-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- Every comparison tells how many A/A runs there were before it.

CREATE INDEX host_checks_aa ON host_checks (checked_unix_ms) WHERE aa = 1;
