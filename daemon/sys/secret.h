/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_SECRET_H
#define SYS_SECRET_H

#include "base/err.h"

/*
 * Reads a password: a file of one line that nobody but its owner may read (mode 0600), or
 * a systemd credential ("credential:NAME"). The caller frees with secret_free().
 */
int secret_read(const char *name, char **ret, struct err *err);

/* Wipes and frees; NULL is fine. */
void secret_free(char *secret);

#define auto_secret __attribute__((cleanup(secret_free_ptr)))
static inline void secret_free_ptr(char **secret)
{
	secret_free(*secret);
}

#endif
