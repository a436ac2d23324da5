/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_MANIFEST_H
#define TEXT_MANIFEST_H

#include <stddef.h>

#include "base/err.h"

/*
 * What lies beside a kernel's image and says what it is, as "key: value" lines:
 *
 *	commit: 40 or 64 hexadecimal digits
 *	release: what uname -r will say
 *	build-id: the GNU build-id of vmlinux, hexadecimal
 *	toolchain: first line of the compiler's --version
 *
 * Empty lines, lines that begin with # and keys of other writers say nothing.
 * kvmperf writes one beside each kernel that it builds, so that its folder can
 * be handed to another kvmperf as it is.
 */
struct manifest {
	char *commit, *release, *build_id, *toolchain;
};

/*
 * Reads size_bytes of text. where is a file name, for sentences. -EINVAL for a
 * line that is none, a key that is missing or given twice, and a value that
 * cannot be one; *ret is untouched then. The caller clears it.
 */
int manifest_parse(const char *text, size_t size_bytes, const char *where, struct manifest *ret,
	struct err *err);

char *manifest_text(const struct manifest *manifest); /* the caller frees */
void manifest_clear(struct manifest *manifest);

#define auto_manifest __attribute__((cleanup(manifest_clear)))

#endif
