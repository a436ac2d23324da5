/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/fingerprint.h"

#include <string.h>

fingerprint fingerprint_bytes(fingerprint print, const void *bytes, size_t count)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < count; i++)
		print = (print ^ p[i]) * 1099511628211u;
	return print;
}

fingerprint fingerprint_text(fingerprint print, const char *text)
{
	/* no text is another thing than an empty one */
	return text ? fingerprint_bytes(print, text, strlen(text) + 1)
		    : fingerprint_bytes(print, "\xFF", 1);
}

fingerprint fingerprint_int(fingerprint print, int64_t value)
{
	return fingerprint_bytes(print, &value, sizeof(value));
}
