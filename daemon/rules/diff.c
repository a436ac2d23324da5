/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/treepath.h"

#define BYTES_MAX ((size_t)16 << 20)

enum {
	FILES_MAX = 4000,
	HUNKS_MAX = 100 * 1000,
	MODE_FILE = 0100644,
	MODE_PROGRAM = 0100755,
};

struct reader {
	struct scan rest; /* from the next line on */
	int line;	  /* number of the last line that was taken */
	size_t hunks;
	struct diff diff;
	struct err *err;
};

static void file_clear(struct diff_file *file)
{
	free(file->old_path);
	free(file->new_path);
	for (size_t i = 0; i < file->hunk_count; i++)
		hunk_clear(&file->hunks[i]);
	free(file->hunks);
	*file = (struct diff_file){0};
}

void diff_clear(struct diff *diff)
{
	for (size_t i = 0; i < diff->file_count; i++)
		file_clear(&diff->files[i]);
	free(diff->files);
	*diff = (struct diff){0};
}

const char *diff_path(const struct diff_file *file)
{
	return file->new_path ? file->new_path : file->old_path ? file->old_path : "";
}

static bool take_line(struct reader *reader, struct scan *ret)
{
	bool ended;

	if (!scan_line(&reader->rest, ret, &ended))
		return false;
	reader->line++;
	return true;
}

static bool peek_line(const struct reader *reader, struct scan *ret)
{
	struct scan rest = reader->rest;
	bool ended;

	return scan_line(&rest, ret, &ended);
}

/* The file at hand; there is one whenever a line of its head is read. */
static struct diff_file *current(struct reader *reader)
{
	return &reader->diff.files[reader->diff.file_count - 1];
}

/* ---- paths ---- */

static int bad_path(struct reader *reader, const char *path)
{
	struct scan scan = scan_of(path, strlen(path));
	char quoted[200];

	scan_quote(&scan, quoted, sizeof(quoted));
	return err_set(reader->err, -EPERM,
		"line %d of the diff names \"%s\", which is no path inside the tree",
		reader->line, quoted);
}

/*
 * A path as it stands behind "--- ", "rename from " and the like. `strip` takes
 * "a/" off. NULL in *ret for /dev/null. A tab ends it: what follows is a date.
 */
static int read_path(struct reader *reader, struct scan scan, bool strip, char **ret)
{
	auto_str struct str path = STR_INIT;
	const char *at;

	if (scan_text(&scan, "\"")) {
		if (!treepath_unquote(&scan.at, scan.end, &path))
			return bad_path(reader, str_text(&path));
	} else {
		const char *tab = memchr(scan.at, '\t', scan_left(&scan));

		str_add_bytes(&path, scan.at, (size_t)((tab ? tab : scan.end) - scan.at));
	}
	at = str_text(&path);
	if (strlen(at) != path.length)
		return bad_path(reader, at);
	free(*ret);
	*ret = NULL;
	if (strip && strcmp(at, "/dev/null") == 0)
		return 0;
	if (strip && *at != '/' && strchr(at, '/'))
		at = strchr(at, '/') + 1;
	if (!treepath_is_inside(at))
		return bad_path(reader, at);
	*ret = mem_strdup(at);
	return 0;
}

/* "a/x" and "b/x": the same behind what read_path() strips. */
static bool are_one_path(struct scan a, struct scan b)
{
	const char *in_a = memchr(a.at, '/', scan_left(&a));
	const char *in_b = memchr(b.at, '/', scan_left(&b));

	a.at = in_a && in_a != a.at ? in_a + 1 : a.at;
	b.at = in_b && in_b != b.at ? in_b + 1 : b.at;
	return scan_left(&a) == scan_left(&b) && memcmp(a.at, b.at, scan_left(&a)) == 0;
}

/*
 * "diff --git a/PATH b/PATH" names the file where no other line does. Both halves
 * are equal then, which is the only way to tell where a path with blanks ends.
 */
static int read_git_line(struct reader *reader, struct scan scan)
{
	struct diff_file *file = current(reader);
	size_t left = scan_left(&scan), half = left / 2;
	struct scan first, second = scan;
	int r;

	if (scan_text(&second, "\"")) {
		auto_str struct str path = STR_INIT;

		if (!treepath_unquote(&second.at, second.end, &path))
			return bad_path(reader, str_text(&path));
		r = read_path(reader, scan, true, &file->old_path);
		if (r == 0 && scan_text(&second, " "))
			r = read_path(reader, second, true, &file->new_path);
		return r;
	}
	if (left % 2 == 0 || half == 0 || scan.at[half] != ' ')
		return 0; /* a rename: other lines tell its names */
	first = (struct scan){scan.at, scan.at + half};
	second = (struct scan){scan.at + half + 1, scan.end};
	if (!are_one_path(first, second))
		return 0; /* halves by chance, of a rename: they need not be paths */
	r = read_path(reader, first, true, &file->old_path);
	return r < 0 ? r : read_path(reader, second, true, &file->new_path);
}

/* ---- the head of a file ---- */

static int read_mode(struct reader *reader, struct scan scan, unsigned *ret)
{
	unsigned mode = 0;

	while (scan_left(&scan) && *scan.at >= '0' && *scan.at <= '7' && mode < 01000000)
		mode = mode << 3 | (unsigned)(*scan.at++ - '0');
	if (mode == 0120000)
		return err_set(reader->err, -EPERM,
			"%s would be a symbolic link: patches with one are not taken",
			diff_path(current(reader)));
	if (mode == 0160000)
		return err_set(reader->err, -EPERM,
			"%s would be a submodule: patches with one are not taken",
			diff_path(current(reader)));
	if (mode != MODE_FILE && mode != MODE_PROGRAM)
		return err_set(reader->err, -EPROTO,
			"%s has mode %o, which no file of a tree has",
			diff_path(current(reader)), mode);
	*ret = mode;
	return 0;
}

static int read_index(struct reader *reader, struct scan scan)
{
	const char *blank = memchr(scan.at, ' ', scan_left(&scan));
	unsigned mode;

	if (!blank)
		return 0;
	return read_mode(reader, (struct scan){blank + 1, scan.end}, &mode);
}

static int read_binary(struct reader *reader)
{
	return err_set(reader->err, -EPERM,
		"%s is binary: patches of binary files are not taken",
		diff_path(current(reader)));
}

/* One line of the head; 1: it was one, 0: the head is over. */
static int read_head_line(struct reader *reader, struct scan line)
{
	struct diff_file *file = current(reader);
	int r = 0;

	if (scan_text(&line, "old mode "))
		r = read_mode(reader, line, &file->old_mode);
	else if (scan_text(&line, "new mode "))
		r = read_mode(reader, line, &file->new_mode);
	else if (scan_text(&line, "new file mode ")) {
		r = read_mode(reader, line, &file->new_mode);
		free(take_ptr(file->old_path));
	} else if (scan_text(&line, "deleted file mode ")) {
		r = read_mode(reader, line, &file->old_mode);
		free(take_ptr(file->new_path));
	} else if (scan_text(&line, "rename from ") || scan_text(&line, "copy from "))
		r = read_path(reader, line, false, &file->old_path);
	else if (scan_text(&line, "rename to "))
		r = read_path(reader, line, false, &file->new_path);
	else if (scan_text(&line, "copy to ")) {
		r = read_path(reader, line, false, &file->new_path);
		file->copied = true;
	} else if (scan_text(&line, "index "))
		r = read_index(reader, line);
	else if (scan_starts(&line, "GIT binary patch") || scan_starts(&line, "Binary files "))
		r = read_binary(reader);
	else if (!scan_starts(&line, "similarity index ") &&
		 !scan_starts(&line, "dissimilarity index "))
		return 0;
	return r < 0 ? r : 1;
}

/* "--- a/x" and "+++ b/x" */
static int read_names(struct reader *reader)
{
	struct diff_file *file = current(reader);
	struct scan line;
	int r;

	if (!peek_line(reader, &line) || !scan_text(&line, "--- "))
		return 0;
	r = read_path(reader, line, true, &file->old_path);
	take_line(reader, &line);
	if (r < 0)
		return r;
	if (!take_line(reader, &line) || !scan_text(&line, "+++ "))
		return err_set(reader->err, -EPROTO,
			"line %d of the diff should begin with \"+++\", for %s", reader->line,
			diff_path(file));
	return read_path(reader, line, true, &file->new_path);
}

/* ---- hunks ---- */

/*
 * "\ No newline at end of file", for the line above it, which must be the last of
 * its side; false when it is not.
 */
static bool read_bare(struct reader *reader, struct hunk *hunk, char mark, bool last)
{
	struct scan line;

	if (!peek_line(reader, &line) || !scan_starts(&line, "\\ "))
		return true;
	take_line(reader, &line);
	hunk->old_bare |= mark != '+';
	hunk->new_bare |= mark != '-';
	return last;
}

static int misfit(struct reader *reader, const struct hunk *hunk)
{
	return err_set(reader->err, -EPROTO,
		"%s: line %d of the diff does not fit the hunk that begins at line %d: a mail "
		"program has changed the patch",
		diff_path(current(reader)), reader->line, hunk->line);
}

/* The lines of a hunk, as many as its head tells. */
static int read_lines(struct reader *reader, struct hunk *hunk)
{
	int64_t old_left = hunk->old_count, new_left = hunk->new_count;
	struct scan line;

	while (old_left > 0 || new_left > 0) {
		char mark = ' ';

		if (!take_line(reader, &line))
			return err_set(reader->err, -EPROTO,
				"%s: the hunk at line %d of the diff is cut off: %lld lines "
				"are "
				"missing",
				diff_path(current(reader)), hunk->line,
				(long long)(old_left > new_left ? old_left : new_left));
		if (scan_left(&line)) /* mail programs strip the blank of an empty line */
			mark = *line.at++;
		while (scan_left(&line) && line.end[-1] == '\r') /* of a mail sent twice */
			line.end--;
		old_left -= mark != '+';
		new_left -= mark != '-';
		if ((mark != ' ' && mark != '+' && mark != '-') || old_left < 0 ||
			new_left < 0 || memchr(line.at, '\0', scan_left(&line)))
			return misfit(reader, hunk);
		hunk->trail = mark == ' ' ? hunk->trail + 1 : 0;
		hunk_add(hunk, mark, line);
		if (!read_bare(reader, hunk, mark,
			    (mark == '+' || old_left == 0) && (mark == '-' || new_left == 0)))
			return misfit(reader, hunk);
	}
	return 0;
}

static int read_hunk(struct reader *reader)
{
	struct diff_file *file = current(reader);
	struct hunk *hunk;
	struct scan line;

	take_line(reader, &line);
	if (++reader->hunks > HUNKS_MAX)
		return err_set(
			reader->err, -EFBIG, "the diff has more than %d hunks", HUNKS_MAX);
	file->hunks = mem_grow(file->hunks, file->hunk_count + 1, sizeof(*file->hunks));
	hunk = &file->hunks[file->hunk_count++];
	*hunk = (struct hunk){.line = reader->line};
	if (!hunk_read_head(hunk, line))
		return err_set(reader->err, -EPROTO, "%s: line %d of the diff is no hunk head",
			diff_path(file), reader->line);
	return read_lines(reader, hunk);
}

/* ---- files ---- */

static int open_file(struct reader *reader)
{
	struct diff *diff = &reader->diff;

	if (diff->file_count == FILES_MAX)
		return err_set(
			reader->err, -EFBIG, "the diff changes more than %d files", FILES_MAX);
	if (diff->file_count % 64 == 0)
		diff->files =
			mem_grow(diff->files, diff->file_count + 64, sizeof(*diff->files));
	diff->files[diff->file_count++] = (struct diff_file){.line = reader->line + 1};
	return 0;
}

static int check_file(struct reader *reader)
{
	struct diff_file *file = current(reader);
	bool renamed =
		file->old_path && file->new_path && strcmp(file->old_path, file->new_path) != 0;

	if (!file->old_path && !file->new_path)
		return err_set(reader->err, -EPROTO,
			"the file at line %d of the diff has no name", file->line);
	if (file->old_path && file->new_path && !renamed && !file->hunk_count &&
		!(file->new_mode && file->new_mode != file->old_mode))
		return err_set(reader->err, -EPROTO,
			"%s: line %d of the diff begins a change, and none follows",
			diff_path(file), file->line);
	return 0;
}

/* Without git's lines there are no renames: "x.orig" and "x" are one file. */
static void name_plain(struct diff_file *file)
{
	if (!file->old_path || !file->new_path)
		return;
	free(file->old_path);
	file->old_path = mem_strdup(file->new_path);
}

/* From "diff --git", or from "---" where there is no such line. */
static int read_file(struct reader *reader, bool git)
{
	struct scan line;
	int r = open_file(reader);

	if (r == 0 && git) {
		take_line(reader, &line);
		scan_text(&line, "diff --git ");
		r = read_git_line(reader, line);
		while (r >= 0 && peek_line(reader, &line)) {
			r = read_head_line(reader, line);
			if (r <= 0)
				break;
			take_line(reader, &line);
		}
	}
	if (r >= 0)
		r = read_names(reader);
	if (r == 0 && !git)
		name_plain(current(reader));
	while (r == 0 && peek_line(reader, &line) && scan_starts(&line, "@@ "))
		r = read_hunk(reader);
	return r < 0 ? r : check_file(reader);
}

/* "--- x", "+++ y", "@@ ..." without git's line above. */
static bool begins_plain(const struct reader *reader, struct scan line)
{
	struct scan rest = reader->rest, next;
	bool ended;

	return scan_starts(&line, "--- ") && scan_line(&rest, &next, &ended) &&
	       scan_line(&rest, &next, &ended) && scan_starts(&next, "+++ ") &&
	       scan_line(&rest, &next, &ended) && scan_starts(&next, "@@ -");
}

static int read_files(struct reader *reader)
{
	struct scan line;
	int r = 0;

	while (r == 0 && peek_line(reader, &line)) {
		if (scan_starts(&line, "diff --git "))
			r = read_file(reader, true);
		else if (begins_plain(reader, line))
			r = read_file(reader, false);
		else
			take_line(reader, &line);
	}
	return r;
}

int diff_read(const char *text, size_t bytes, struct diff *ret, struct err *err)
{
	struct reader reader = {.rest = scan_of(text, bytes), .err = err};
	int r;

	if (bytes > BYTES_MAX)
		return err_set(err, -EFBIG, "the diff has more than %zu MiB", BYTES_MAX >> 20);
	r = read_files(&reader);
	if (r < 0) {
		diff_clear(&reader.diff);
		return r;
	}
	*ret = reader.diff;
	return 0;
}

/* ---- writing ---- */

static void write_names(const struct diff_file *file, struct str *out)
{
	str_add(out, "--- ");
	treepath_add(out, "a/", file->old_path);
	str_add(out, "\n+++ ");
	treepath_add(out, "b/", file->new_path);
	str_add_char(out, '\n');
}

static void write_head(const struct diff_file *file, struct str *out)
{
	const char *old_path = file->old_path, *new_path = file->new_path;

	str_add(out, "diff --git ");
	treepath_add(out, "a/", old_path ? old_path : new_path);
	str_add_char(out, ' ');
	treepath_add(out, "b/", new_path ? new_path : old_path);
	str_add_char(out, '\n');
	if (!old_path)
		str_addf(
			out, "new file mode %o\n", file->new_mode ? file->new_mode : MODE_FILE);
	else if (!new_path)
		str_addf(out, "deleted file mode %o\n",
			file->old_mode ? file->old_mode : MODE_FILE);
	else if (file->new_mode)
		str_addf(out, "old mode %o\nnew mode %o\n",
			file->old_mode ? file->old_mode : MODE_FILE, file->new_mode);
	if (old_path && new_path && strcmp(old_path, new_path) != 0) {
		const char *verb = file->copied ? "copy" : "rename";

		/* How similar is of no weight, but libgit2 wants to be told. */
		str_addf(out, "similarity index %d%%\n%s from ", file->hunk_count ? 90 : 100,
			verb);
		treepath_add(out, "", old_path);
		str_addf(out, "\n%s to ", verb);
		treepath_add(out, "", new_path);
		str_add_char(out, '\n');
	}
}

void diff_write(const struct diff_file *file, struct str *out)
{
	write_head(file, out);
	/* libgit2 wants this line between a mode or a name that changes and the hunks. */
	if (file->hunk_count && file->old_path && file->new_path &&
		(file->new_mode || strcmp(file->old_path, file->new_path) != 0))
		str_add(out, "index 1111111..2222222\n");
	if (file->hunk_count)
		write_names(file, out);
	for (size_t i = 0; i < file->hunk_count; i++)
		hunk_write(&file->hunks[i], out);
}
