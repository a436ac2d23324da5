/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_SUPPORT_H
#define TESTS_SUPPORT_H

/* What every unit test includes: cmocka with its prerequisites, and our own asserts. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* cmocka 1.1.5 compares doubles as floats. Tolerance is absolute. */
#define assert_near(got, want, tolerance)                                                      \
	do {                                                                                   \
		double _got_ = (got), _want_ = (want);                                         \
		if (!(fabs(_got_ - _want_) <= (tolerance)))                                    \
			fail_msg("%s is %.17g, expected %.17g within %g", #got, _got_, _want_, \
				(double)(tolerance));                                          \
	} while (0)

/* Tolerance relative to the expected value. */
#define assert_close(got, want, relative) \
	assert_near(got, want, (relative)*fabs((double)(want)))

/* Path of a file of the shared test vectors, or NULL (then the test skips with a notice). */
static inline const char *shared_vector(const char *name, char *path, size_t size)
{
	const char *base = getenv("KVMPERF_SHARED");
	FILE *file;

	snprintf(path, size, "%s/data/%s", base ? base : "../shared", name);
	file = fopen(path, "re");
	if (!file) {
		fprintf(stderr, "# notice: %s is absent, its vectors are skipped\n", path);
		return NULL;
	}
	fclose(file);
	return path;
}

#endif
