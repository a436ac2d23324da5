/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_IMPORT_H
#define IO_IMPORT_H

#include <stdint.h>

#include "base/err.h"

/*
 * Makes a bare git repository of one commit from a source archive, such as the
 * linux-source-*.tar.xz of Debian or a tar file of kernel.org. libarchive
 * reads, `git fast-import` writes; nothing is unpacked on the way.
 */
struct import_order {
	const char *archive; /* tar, plain or compressed with xz, gzip, bzip2 or zstd */
	const char *repo;    /* folder to make; must not exist */
	const char *branch;  /* that gets the commit: "kvmarm-demo/next" */
	const char *message; /* of the commit */
	/* Called now and then with the bytes of the archive read so far; may be NULL. */
	void (*on_progress)(int64_t done_bytes, int64_t total_bytes, void *data);
	void *data;
};

/*
 * The one folder that all names in the archive begin with is left out. The
 * commit's author is fixed and its date is that of the archive's first entry,
 * so that one archive always gives one commit id.
 *
 * Refuses (-EPROTO) names that are absolute or contain "..", ".git", control
 * characters or an empty part, hard links, and anything but files, folders
 * and symbolic links. -EEXIST when the repository is there already. Works in
 * REPO.new and renames at the end: an import that was interrupted (-EINTR
 * after a request to stop) leaves nothing under the final name.
 */
int import_archive(const struct import_order *order, struct err *err);

#endif
