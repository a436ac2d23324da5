/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/pack.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/mem.h"
#include "sys/fs.h"

#define FILE_MAX ((size_t)1 << 30)

struct pack {
	struct archive *archive;
	const char *path;
	size_t root_bytes; /* of the folder's name and the slash behind it */
};

static int fault(const struct pack *pack, struct err *err)
{
	const char *why = archive_error_string(pack->archive);
	int code = archive_errno(pack->archive);

	return err_set(err, code > 0 ? -code : -EIO, "cannot write %s: %s", pack->path,
		why ? why : "unknown error");
}

static int write_one(
	const struct pack *pack, const FTSENT *found, const char *target, struct err *err)
{
	struct archive_entry *entry = archive_entry_new();
	auto_free char *content = NULL;
	size_t bytes = 0;
	int r = 0;

	archive_entry_set_pathname(entry, found->fts_path + pack->root_bytes);
	archive_entry_set_mode(entry, found->fts_statp->st_mode);
	archive_entry_set_mtime(entry, 0, 0);
	if (target)
		archive_entry_set_symlink(entry, target);
	else if (found->fts_info == FTS_F)
		r = fs_read(found->fts_path, FILE_MAX, &content, &bytes, err);
	archive_entry_set_size(entry, (la_int64_t)bytes);
	if (r == 0 && (archive_write_header(pack->archive, entry) != ARCHIVE_OK ||
			      archive_write_data(pack->archive, content ? content : "",
				      bytes) != (la_ssize_t)bytes))
		r = fault(pack, err);
	archive_entry_free(entry);
	return r;
}

static int add(const struct pack *pack, const FTSENT *found, struct err *err)
{
	char target[4096];
	ssize_t length;

	switch (found->fts_info) {
	case FTS_D:
		return found->fts_level ? write_one(pack, found, NULL, err) : 0;
	case FTS_F:
		return write_one(pack, found, NULL, err);
	case FTS_SL:
	case FTS_SLNONE:
		length = readlink(found->fts_path, target, sizeof(target) - 1);
		if (length < 0)
			return err_sys(err, -errno, "cannot read %s", found->fts_path);
		target[length] = '\0';
		return target[0] == '/' || strstr(target, "..")
			       ? 0
			       : write_one(pack, found, target, err);
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		return err_sys(err, -found->fts_errno, "cannot read %s", found->fts_path);
	default:
		return 0;
	}
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int write_all(struct pack *pack, const char *folder, struct err *err)
{
	char *roots[] = {(char *)(uintptr_t)folder, NULL};
	FTSENT *found;
	FTS *tree;
	int r = 0;

	if (archive_write_set_format_ustar(pack->archive) != ARCHIVE_OK ||
		archive_write_add_filter_gzip(pack->archive) != ARCHIVE_OK ||
		archive_write_set_filter_option(pack->archive, "gzip", "timestamp", NULL) !=
			ARCHIVE_OK ||
		archive_write_open_filename(pack->archive, pack->path) != ARCHIVE_OK)
		return fault(pack, err);
	tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	if (!tree)
		return err_sys(err, -errno, "cannot read %s", folder);
	while (r == 0 && (found = fts_read(tree)))
		r = add(pack, found, err);
	fts_close(tree);
	if (r == 0 && archive_write_close(pack->archive) != ARCHIVE_OK)
		r = fault(pack, err);
	return r;
}

int pack_folder(const char *folder, const char *path, struct err *err)
{
	auto_free char *fresh = mem_printf("%s.new", path);
	struct pack pack = {archive_write_new(), fresh, strlen(folder) + 1};
	int r = pack.archive ? write_all(&pack, folder, err)
			     : err_set(err, -ENOMEM, "cannot make %s", path);

	archive_write_free(pack.archive);
	if (r == 0 && rename(fresh, path) < 0)
		r = err_sys(err, -errno, "cannot rename %s to %s", fresh, path);
	if (r < 0)
		unlink(fresh);
	return r;
}
