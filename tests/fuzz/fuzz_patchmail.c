/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rules/diff.h"
#include "rules/place.h"
#include "text/patchmail.h"
#include "text/treepath.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_file(const struct diff_file *file)
{
	if (!file->old_path && !file->new_path)
		abort();
	if ((file->old_path && !treepath_is_inside(file->old_path)) ||
		(file->new_path && !treepath_is_inside(file->new_path)))
		abort();
	for (size_t i = 0; i < file->hunk_count; i++)
		if (file->hunks[i].old_count < 0 || file->hunks[i].new_count < 0)
			abort();
}

/* What was read, written and read again, is the same; then it is placed into the input. */
static void check_diff(struct diff *diff, const char *text, size_t bytes)
{
	auto_str struct str written = STR_INIT, again = STR_INIT;
	auto_diff struct diff second = {0};
	struct err err = ERR_INIT;

	for (size_t i = 0; i < diff->file_count; i++) {
		check_file(&diff->files[i]);
		diff_write(&diff->files[i], &written);
	}
	if (diff_read(str_text(&written), written.length, &second, &err) < 0 ||
		second.file_count != diff->file_count)
		abort();
	for (size_t i = 0; i < second.file_count; i++)
		diff_write(&second.files[i], &again);
	if (strcmp(str_text(&written), str_text(&again)) != 0)
		abort();
	for (size_t i = 0; i < diff->file_count; i++)
		place_hunks(diff->files[i].hunks, diff->files[i].hunk_count, "x", text, bytes,
			&err);
}

/* Any bytes as the body of a mail: its words, its base, its diff. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *text = mem_copy(data, size);
	auto_patchmail struct patchmail mail = {0};
	auto_basis struct basis basis = {0};
	auto_diff struct diff diff = {0};
	struct err err = ERR_INIT;

	patchmail_read(text, size, &mail);
	if (!mail.words || (mail.rest && mail.rest + mail.rest_bytes != text + size))
		abort();
	basis_read(text, size, &basis);
	if (basis.commit && strlen(basis.commit) < 7)
		abort();
	if (!mail.rest)
		return 0;
	if (diff_read(mail.rest, mail.rest_bytes, &diff, &err) < 0) {
		if (!err.text[0] || diff.files)
			abort();
		return 0;
	}
	check_diff(&diff, text, size);
	return 0;
}
