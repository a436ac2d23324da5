/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "io/db.h"

/*
 * Brings a database to the newest schema: the files schema/NNNN-name.sql that
 * are part of the program run in order, each with its user_version in one
 * transaction. A failed upgrade rolls back and leaves the file as it was. A
 * database of a newer program is refused with -EPROTO.
 */
int schema_apply(struct db *db, const char *path, struct err *err);

#endif
