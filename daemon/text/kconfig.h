/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_KCONFIG_H
#define TEXT_KCONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/*
 * A kernel configuration: the .config that the kernel's make wrote, or a
 * fragment that it starts from. Both have lines `CONFIG_NAME=value` and
 * `# CONFIG_NAME is not set`; any other comment says nothing.
 */
struct kconfig_option {
	char *name;  /* "CONFIG_KVM" */
	char *value; /* "y", "0x10", "\"text\"" with its quotes; NULL: not set (also for n) */
};

/* Sorted by name, each name once. Owns its strings; kconfig_clear() frees them. */
struct kconfig {
	struct kconfig_option *options;
	size_t count;
};

#define KCONFIG_INIT    \
	{               \
		NULL, 0 \
	}

/*
 * Reads size_bytes of text, which need not end in NUL. An option given twice
 * has its last value, as in the kernel. -EINVAL and a sentence with `where`
 * (a file name) and the line for anything that is neither a comment nor an
 * option; -EFBIG for more than 16 MB.
 */
int kconfig_parse(const char *text, size_t size_bytes, const char *where, struct kconfig *ret,
	struct err *err);

/* The value of "CONFIG_NAME"; NULL when it is not set or not there. Borrowed. */
const char *kconfig_value(const struct kconfig *config, const char *name);

/*
 * Did every option of the fragment survive? Returns false and in *ret_sentence
 * (the caller frees) the options that did not, at most five of them by name:
 * "CONFIG_KEXEC=y became not set, ...". An empty text is as good as none.
 */
bool kconfig_holds(
	const struct kconfig *config, const struct kconfig *fragment, char **ret_sentence);

/*
 * A configuration text may begin with a whole .config that the options after
 * this line are laid over. Only those are asked for: what the base says and the
 * kernel changes is nobody's loss.
 */
#define KCONFIG_ON_TOP "\n# ---- kvmperf: asked for, on top of the above ----\n"

/* The part of a text that is asked for: all of it when there is no base. Borrowed. */
const char *kconfig_asked(const char *text);

/*
 * Does what is asked for say otherwise than what is needed? Returns true and in
 * *ret_sentence (the caller frees) the first option: "CONFIG_KVM: not set is
 * asked for, y is needed".
 */
bool kconfig_clashes(
	const struct kconfig *asked, const struct kconfig *needed, char **ret_sentence);

/*
 * What a configuration is made on top of, in the first line of its file:
 * "# kvmperf-base: running" or a path. NULL: on nothing. The caller frees.
 */
char *kconfig_base(const char *text);

/*
 * The text that a configuration is identified by; the caller frees. It has the
 * options that are set, sorted, one a line, without those that describe the
 * compiler and linker (CONFIG_CC_VERSION_TEXT, CONFIG_AS_VERSION, ...): the
 * toolchain is recorded by itself. So a new kernel that only offers more
 * options, all of them off, has the same configuration as the one before it.
 */
char *kconfig_identity(const struct kconfig *config);

/*
 * May a change of this path of the source tree change what a configuration
 * becomes? Errs on the side of yes; of a path that ends in a slash, which
 * stands for everything below, and of "" it always says so.
 */
bool kconfig_depends_on(const char *path);

void kconfig_clear(struct kconfig *config);

#define auto_kconfig __attribute__((cleanup(kconfig_clear)))

#endif
