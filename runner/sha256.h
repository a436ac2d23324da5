/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUNNER_SHA256_H
#define RUNNER_SHA256_H

#include <stddef.h>
#include <stdint.h>

/*
 * SHA-256 (FIPS 180-4), because a static program with no library but libc has
 * none, and a file that came over the link must be proved.
 */
struct sha256 {
	uint32_t state[8];
	uint64_t size_bytes;
	unsigned char block[64];
};

#define SHA256_HEX_BYTES 65

void sha256_init(struct sha256 *sha);
void sha256_add(struct sha256 *sha, const void *bytes, size_t count);
void sha256_end(struct sha256 *sha, char ret_hex[SHA256_HEX_BYTES]); /* lower case */

#endif
