/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sha256.h"

#include <endian.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
static const uint32_t k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};
/* clang-format on */

static inline uint32_t turn(uint32_t x, int bits)
{
	return x >> bits | x << (32 - bits);
}

/* One round. The names of the eight words go round instead of their values. */
#define ROUND(a, b, c, d, e, f, g, h, i)                                                      \
	do {                                                                                  \
		uint32_t t = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) +                   \
			     (g ^ (e & (f ^ g))) + k[i] + w[i];                               \
		d += t;                                                                       \
		h = t + (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (c & (a ^ b))); \
	} while (0)

static void mix(uint32_t *state, const unsigned char *block)
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4],
		 f = state[5], g = state[6], h = state[7], w[64];

	memcpy(w, block, 64);
	for (int i = 0; i < 16; i++)
		w[i] = be32toh(w[i]);
	for (int i = 16; i < 64; i++)
		w[i] = w[i - 16] + w[i - 7] +
		       (turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3) +
		       (turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10);
	for (int i = 0; i < 64; i += 8) {
		ROUND(a, b, c, d, e, f, g, h, i);
		ROUND(h, a, b, c, d, e, f, g, i + 1);
		ROUND(g, h, a, b, c, d, e, f, i + 2);
		ROUND(f, g, h, a, b, c, d, e, i + 3);
		ROUND(e, f, g, h, a, b, c, d, i + 4);
		ROUND(d, e, f, g, h, a, b, c, i + 5);
		ROUND(c, d, e, f, g, h, a, b, i + 6);
		ROUND(b, c, d, e, f, g, h, a, i + 7);
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
	state[5] += f;
	state[6] += g;
	state[7] += h;
}

void sha256_init(struct sha256 *sha)
{
	static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

	memset(sha, 0, sizeof(*sha));
	memcpy(sha->state, start, sizeof(start));
}

void sha256_add(struct sha256 *sha, const void *bytes, size_t count)
{
	const unsigned char *at = bytes;

	while (count) {
		size_t have = (size_t)(sha->size_bytes % 64);
		size_t part = 64 - have < count ? 64 - have : count;

		if (part == 64) {
			mix(sha->state, at);
		} else {
			memcpy(sha->block + have, at, part);
			if (have + part == 64)
				mix(sha->state, sha->block);
		}
		sha->size_bytes += part;
		at += part;
		count -= part;
	}
}

void sha256_end(struct sha256 *sha, char ret_hex[SHA256_HEX_BYTES])
{
	uint64_t size_bits = sha->size_bytes * 8;
	unsigned char length[8];

	for (int i = 0; i < 8; i++)
		length[i] = (unsigned char)(size_bits >> (56 - 8 * i));
	sha256_add(sha, "\x80", 1);
	while (sha->size_bytes % 64 != 56)
		sha256_add(sha, "", 1);
	sha256_add(sha, length, sizeof(length));
	for (int i = 0; i < 8; i++)
		snprintf(ret_hex + 8 * i, 9, "%08x", sha->state[i]);
}
