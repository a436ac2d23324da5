/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/*
 * Memory that cannot run out: these end the process with a message when the
 * system has none left (state is on disk, systemd restarts us), so callers
 * never test their result. The caller frees what it gets with free(3).
 */
void *mem_new(size_t count, size_t size_bytes); /* zeroed; count * size is checked */
void *mem_grow(void *old, size_t count, size_t size_bytes);
char *mem_strdup(const char *text); /* NULL gives NULL */
char *mem_strndup(const char *text, size_t max_bytes);
char *mem_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
void *mem_copy(const void *from, size_t size_bytes); /* one NUL byte follows the copy */

#define MEM_NEW(type, count) ((type *)mem_new((count), sizeof(type)))

/* Cleanup attributes: the variable owns what it points to until the scope ends. */
void mem_free_ptr(void *pointer_to_pointer);
void mem_close_fd(int *fd); /* ignores negative descriptors */

#define auto_free  __attribute__((cleanup(mem_free_ptr)))
#define auto_close __attribute__((cleanup(mem_close_fd)))

/* Hands the content over and leaves the variable empty: NULL, or -1 for a descriptor. */
#define take_ptr(p)                            \
	({                                     \
		__typeof__(p) *_ptr_ = &(p);   \
		__typeof__(p) _took_ = *_ptr_; \
		*_ptr_ = NULL;                 \
		_took_;                        \
	})
static inline int take_fd(int *fd)
{
	int took = *fd;

	*fd = -1;
	return took;
}

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
