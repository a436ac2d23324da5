/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_FINGERPRINT_H
#define BASE_FINGERPRINT_H

#include <stddef.h>
#include <stdint.h>

/*
 * A short hash to notice that something has changed: FNV-1a, 64 bits. Not
 * against someone who wants two things to look the same (io/hash.h is).
 */
typedef uint64_t fingerprint;

#define FINGERPRINT_INIT 14695981039346656037u

/* What follows is hashed behind what `print` stands for. */
fingerprint fingerprint_bytes(fingerprint print, const void *bytes, size_t count);
fingerprint fingerprint_text(fingerprint print, const char *text); /* its end included; NULL */
fingerprint fingerprint_int(fingerprint print, int64_t value);

#endif
