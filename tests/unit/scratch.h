/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <unistd.h>

#include "support.h"

#include "base/mem.h"
#include "sys/fs.h"

/* A new folder; the caller frees the path after scratch_remove(). */
static inline char *scratch_make(void)
{
	char *path = mem_strdup("/tmp/kvmperf-test-XXXXXX");

	assert_non_null(mkdtemp(path));
	return path;
}

static inline void scratch_remove(char *path)
{
	assert_int_equal(fs_remove_tree(path, NULL), 0);
	free(path);
}

#define auto_scratch __attribute__((cleanup(scratch_remove_ptr)))

static inline void scratch_remove_ptr(char **path)
{
	scratch_remove(*path);
}

static inline void scratch_write(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

#endif
