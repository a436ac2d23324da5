/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_HASH_H
#define IO_HASH_H

#include <stddef.h>

#include "base/err.h"

/* SHA-256 in lower-case hexadecimal; libcrypto does the work. */
#define HASH_HEX_BYTES 65

void hash_bytes(const void *data, size_t size_bytes, char ret_hex[HASH_HEX_BYTES]);
int hash_file(const char *path, char ret_hex[HASH_HEX_BYTES], struct err *err);

#endif
