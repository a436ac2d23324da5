/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_PATHS_H
#define TEXT_PATHS_H

#include "string/strv.h"

/*
 * Paths of a source tree against patterns such as "arch/arm64/kvm" and
 * "arch/arm64/include/asm/kvm*". A pattern means a file, or a folder with all
 * that is in it. *, ? and [...] stand for text within one part of the path,
 * never for a slash.
 */
enum paths_answer {
	PATHS_NONE,    /* neither the path nor anything below it */
	PATHS_BENEATH, /* something below it may be meant */
	PATHS_MEANT,   /* it is meant, with all that is below it */
};

enum paths_answer paths_ask(const struct strv *patterns, const char *path);

#endif
