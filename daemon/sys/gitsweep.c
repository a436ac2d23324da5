/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/gitsweep.h"

#include <ftw.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "string/str.h"

enum { FOLDERS_OPEN = 16 };

static bool ends_as_pack(const char *name)
{
	return text_ends(name, ".pack") || text_ends(name, ".idx") ||
	       text_ends(name, ".keep") || text_ends(name, ".rev") ||
	       text_ends(name, ".bitmap") || text_ends(name, "multi-pack-index");
}

/* An index whose pack was never put beside it is as good as none. */
static bool lacks_pack(const char *path)
{
	auto_free char *pack = NULL;

	if (!text_ends(path, ".idx"))
		return false;
	pack = mem_printf("%.*s.pack", (int)(strlen(path) - 4), path);
	return access(pack, F_OK) < 0;
}

/* Whatever is locked, half written, or a ref that leads nowhere, is left over. */
static int sweep_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	const char *name = path + ftw->base;

	if (type != FTW_F)
		return 0;
	if (text_ends(name, ".lock") || text_starts(name, "tmp_") || strstr(name, "_git2_") ||
		(st->st_size == 0 && strstr(path, "/refs/")) ||
		(strstr(path, "/objects/pack/") && (!ends_as_pack(name) || lacks_pack(path))))
		unlink(path);
	return 0;
}

void git_sweep(const char *path)
{
	nftw(path, sweep_one, FOLDERS_OPEN, FTW_PHYS);
}
