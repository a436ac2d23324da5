/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/cpio.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/mem.h"
#include "sys/fs.h"

#define FILE_MAX (256 * 1024 * 1024)

static int fault(struct archive *archive, const char *path, struct err *err)
{
	const char *why = archive_error_string(archive);
	int code = archive_errno(archive);

	return err_set(err, code > 0 ? -code : -EIO, "cannot write initramfs %s: %s", path,
		why ? why : "unknown error");
}

static int write_entry(struct archive *archive, const struct cpio_entry *entry, int64_t inode,
	const char *path, struct err *err)
{
	static const unsigned types[] = {
		[CPIO_FOLDER] = AE_IFDIR,
		[CPIO_FILE] = AE_IFREG,
		[CPIO_CHARACTER] = AE_IFCHR,
	};
	auto_free char *content = NULL;
	struct archive_entry *header;
	size_t size = 0;
	int r = 0;

	if (entry->kind == CPIO_FILE)
		r = fs_read(entry->from_path, FILE_MAX, &content, &size, err);
	if (r < 0)
		return err_note(err, "cannot make the initramfs");
	header = archive_entry_new();
	archive_entry_set_pathname(header, entry->name);
	archive_entry_set_filetype(header, types[entry->kind]);
	archive_entry_set_perm(header, (mode_t)entry->mode);
	archive_entry_set_size(header, (la_int64_t)size);
	archive_entry_set_ino64(header, inode);
	archive_entry_set_nlink(header, entry->kind == CPIO_FOLDER ? 2 : 1);
	archive_entry_set_mtime(header, 0, 0);
	archive_entry_set_rdevmajor(header, (dev_t)entry->device_major);
	archive_entry_set_rdevminor(header, (dev_t)entry->device_minor);
	if (archive_write_header(archive, header) != ARCHIVE_OK ||
		archive_write_data(archive, content ? content : "", size) != (la_ssize_t)size)
		r = fault(archive, path, err);
	archive_entry_free(header);
	return r;
}

static int write_all(struct archive *archive, const char *path,
	const struct cpio_entry *entries, size_t count, struct err *err)
{
	int r = 0;

	if (archive_write_set_format_cpio_newc(archive) != ARCHIVE_OK ||
		archive_write_add_filter_none(archive) != ARCHIVE_OK ||
		archive_write_open_filename(archive, path) != ARCHIVE_OK)
		return fault(archive, path, err);
	for (size_t i = 0; i < count && r == 0; i++)
		r = write_entry(archive, &entries[i], (int64_t)i + 1, path, err);
	if (r == 0 && archive_write_close(archive) != ARCHIVE_OK)
		r = fault(archive, path, err);
	return r;
}

int cpio_write(
	const char *path, const struct cpio_entry *entries, size_t count, struct err *err)
{
	auto_free char *fresh = mem_printf("%s.new", path);
	struct archive *archive = archive_write_new();
	int r = archive ? write_all(archive, fresh, entries, count, err)
			: err_set(err, -ENOMEM, "cannot make the initramfs %s", path);

	archive_write_free(archive);
	if (r == 0 && rename(fresh, path) < 0)
		r = err_sys(err, -errno, "cannot rename %s to %s", fresh, path);
	if (r < 0)
		unlink(fresh);
	return r;
}
