/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_NAMES_H
#define STORE_NAMES_H

#include "io/db.h"

/* The names of rows: 1 and *ret (the caller frees), or 0 when there is no such row. */
int name_of_host(struct db *db, int64_t id, char **ret, struct err *err);
int name_of_branch(struct db *db, int64_t id, char **ret, struct err *err);

#endif
