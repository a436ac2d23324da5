/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/image.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

enum { MAGIC_AT = 56, HEADER_BYTES = 64 };

/* The bytes of a hexadecimal name; the caller frees. */
static uint8_t *bytes_of(const char *hex, size_t *ret_count)
{
	size_t count = strlen(hex) / 2;
	uint8_t *bytes = mem_new(count + 1, 1);

	for (size_t i = 0; i < count; i++) {
		unsigned int byte = 0;

		sscanf(hex + 2 * i, "%2x", &byte);
		bytes[i] = (uint8_t)byte;
	}
	*ret_count = count;
	return bytes;
}

const char *image_flaw(
	const void *image, size_t size_bytes, const char *release, const char *build_id)
{
	static const uint8_t gzip[] = {0x1f, 0x8b};
	auto_free char *banner = mem_printf("Linux version %s ", release);
	size_t id_bytes;
	auto_free uint8_t *id = bytes_of(build_id, &id_bytes);

	if (size_bytes > sizeof(gzip) && memcmp(image, gzip, sizeof(gzip)) == 0)
		return "it is compressed; kexec takes the flat arch/arm64/boot/Image";
	if (size_bytes < HEADER_BYTES || memcmp((const char *)image + MAGIC_AT, "ARM\x64", 4))
		return "it is no arm64 kernel image (arch/arm64/boot/Image)";
	if (!memmem(image, size_bytes, banner, strlen(banner)))
		return "the kernel in it has another release than the manifest says";
	if (!memmem(image, size_bytes, id, id_bytes))
		return "the kernel in it has another build-id than the manifest says";
	return NULL;
}

size_t image_blank(void *image, size_t size_bytes, const void *what, size_t what_bytes)
{
	char *at = image, *end = at + size_bytes;
	size_t count = 0;

	if (what_bytes == 0)
		return 0;
	while ((at = memmem(at, (size_t)(end - at), what, what_bytes))) {
		memset(at, 0, what_bytes);
		at += what_bytes;
		count++;
	}
	return count;
}

void image_blank_names(
	void *image, size_t size_bytes, const char *localversion, const char *build_id)
{
	size_t count;
	auto_free uint8_t *bytes = bytes_of(build_id, &count);

	image_blank(image, size_bytes, localversion, strlen(localversion));
	image_blank(image, size_bytes, bytes, count);
}
