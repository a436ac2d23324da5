/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A kernel image, which whoever wrote the kernel wrote: a release, a NUL, the image. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char build_id[] = "00112233445566778899aabbccddeeff00112233";
	auto_free char *release = mem_strndup((const char *)data, size);
	size_t used = strlen(release) < size ? strlen(release) + 1 : size;
	auto_free char *image = mem_copy(data + used, size - used);

	image_flaw(image, size - used, release, build_id);
	image_blank_names(image, size - used, release, build_id);
	if (release[0] && memmem(image, size - used, release, strlen(release)))
		abort();
	return 0;
}
