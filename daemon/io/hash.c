/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/hash.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/mem.h"

static void to_hex(const unsigned char *digest, unsigned int size, char *ret_hex)
{
	for (unsigned int i = 0; i < size && 2 * i + 2 < HASH_HEX_BYTES; i++)
		snprintf(ret_hex + 2 * i, 3, "%02x", digest[i]);
}

void hash_bytes(const void *data, size_t size_bytes, char ret_hex[HASH_HEX_BYTES])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int size = 0;
	int ok = EVP_Digest(data, size_bytes, digest, &size, EVP_sha256(), NULL);

	assert(ok == 1);
	to_hex(digest, size, ret_hex);
}

static int digest_fd(int fd, EVP_MD_CTX *context)
{
	char chunk[65536];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		EVP_DigestUpdate(context, chunk, (size_t)n);
	}
	return 0;
}

int hash_file(const char *path, char ret_hex[HASH_HEX_BYTES], struct err *err)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int size = 0;
	EVP_MD_CTX *context;
	int r;

	if (fd < 0)
		return err_sys(err, -errno, "cannot read %s", path);
	context = EVP_MD_CTX_new();
	if (!context || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1) {
		EVP_MD_CTX_free(context);
		return err_set(err, -ENOTSUP, "libcrypto offers no SHA-256");
	}
	r = digest_fd(fd, context);
	EVP_DigestFinal_ex(context, digest, &size);
	EVP_MD_CTX_free(context);
	if (r < 0)
		return err_sys(err, r, "cannot read %s", path);
	to_hex(digest, size, ret_hex);
	return 0;
}
