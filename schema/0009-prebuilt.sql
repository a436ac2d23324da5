-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- Kernels that were not built here but handed over by the lab's own hook.

ALTER TABLE kernels ADD COLUMN prebuilt INTEGER NOT NULL DEFAULT 0 CHECK (prebuilt IN (0, 1));
