-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- What the pages look things up by.

CREATE INDEX comparisons_by_new ON comparisons (new_commit);
CREATE INDEX kernels_by_image ON kernels (image_hash);
CREATE INDEX series_by_family ON series (scenario, metric);
