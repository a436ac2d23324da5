-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- Jobs that wait for a host, and their place among them from 1: in the order in which
-- they begin (jobs_open). The front page, a site's map and the sentence of a screen
-- tell the same place.
CREATE VIEW jobs_waiting AS
SELECT id, row_number() OVER (ORDER BY priority DESC, commit_time_s DESC, id) AS place
FROM jobs WHERE state <> 'ended' AND state IN ('queued', 'fetch', 'build', 'ready');
