/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_PACK_H
#define IO_PACK_H

#include "base/err.h"

/*
 * Packs what is in a folder, with names below it, as a compressed tar archive
 * (libarchive does the work): folders, files and symbolic links, in the order of
 * their names, all root's and of the time 0, so that equal content gives equal
 * bytes. Links that lead out of the folder are left out. path is replaced as a
 * whole.
 */
int pack_folder(const char *folder, const char *path, struct err *err);

#endif
