/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/judge.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "judge/cells.h"
#include "judge/fold.h"
#include "stats/ratio.h"
#include "string/strv.h"
#include "sys/fs.h"
#include "text/csv.h"
#include "text/options.h"

#define CELLS_MAX 10000

static const char help[] =
	"usage: kvmperf judge [OPTION...] A.csv B.csv\n"
	"\n"
	"Judges B against A, cell by cell: the ratio with its 95 % interval, p against the\n"
	"minimum effect, p adjusted for the number of cells, the verdict, and the smallest\n"
	"effect that these values would have shown in 80 of 100 cases. Works on the files\n"
	"alone. Smaller values are better.\n"
	"\n"
	"Each file has a header line and one row a value. Columns, as far as there are any:\n"
	"  session    lab session; sides are compared within it\n"
	"  boot       the unit of replication; without it, the process is, else the row\n"
	"  process    a boot's value is the median of its processes\n"
	"  iteration  a process's value is the mean of the logarithms of its iterations\n"
	"  cell       what is compared; cells with the same text behind the last / lend each\n"
	"             other their noise\n"
	"  value      above 0; an empty, zero or negative one is a failed process\n"
	"\n"
	"  --columns LIST      which of these to use; NAME=COLUMN when it is called otherwise\n"
	"                      (every one that both files have)\n"
	"  --min-effect X      smallest change that matters, as a fraction (0.02)\n"
	"  --floor ABS         the same in the unit of the values (0)\n"
	"  --fdr Q             share of false flags that is allowed (0.05)\n"
	"  --strict            hold it under any dependence of the cells\n"
	"  --format WORD       text or json (text)\n"
	"\n"
	"Exit status: 0, 1 when a file cannot be judged, 2 for wrong usage.\n";

enum { FORMAT_TEXT, FORMAT_JSON };
enum { SESSION, BOOT, PROCESS, ITERATION, CELL, VALUE, ROLE_COUNT };

static const char *const formats[] = {"text", "json", NULL};
static const char *const roles[ROLE_COUNT] = {
	"session", "boot", "process", "iteration", "cell", "value"};

struct options {
	const char *columns, *min_effect, *floor, *fdr;
	bool strict;
	int format;
};

#define OPTION(field) offsetof(struct options, field)

static const struct option_row option_rows[] = {
	{"columns", OPTION_TEXT, OPTION(columns), 0, 0, NULL},
	{"min-effect", OPTION_TEXT, OPTION(min_effect), 0, 0, NULL},
	{"floor", OPTION_TEXT, OPTION(floor), 0, 0, NULL},
	{"fdr", OPTION_TEXT, OPTION(fdr), 0, 0, NULL},
	{"strict", OPTION_FLAG, OPTION(strict), 0, 0, NULL},
	{"format", OPTION_CHOICE, OPTION(format), 0, 0, formats},
};

static const struct option_table table = {
	"kvmperf judge", help, option_rows, ARRAY_SIZE(option_rows), 2};

/* --- files to rows --- */

struct file {
	struct csv csv;
	bool has[ROLE_COUNT];
	size_t column[ROLE_COUNT];
};

static int read_file(const char *path, struct file *file, struct err *err)
{
	auto_free char *text = NULL;
	size_t bytes;
	int r = fs_read(path, CSV_BYTES_MAX, &text, &bytes, err);

	if (r < 0)
		return r;
	r = csv_parse(&file->csv, path, text, bytes, err);
	if (r < 0)
		return r;
	if (!file->csv.rows)
		return err_set(err, -EINVAL, "%s:1: there is no row of values", path);
	return 0;
}

static void find_columns(struct file *file)
{
	for (int i = 0; i < ROLE_COUNT; i++)
		file->has[i] = csv_column(&file->csv, roles[i], &file->column[i]);
}

/* One word of --columns: "boot" or "boot=run". */
static int take_column(struct file *file, const char *word, struct err *err)
{
	const char *equals = strchr(word, '=');
	size_t length = equals ? (size_t)(equals - word) : strlen(word);
	const char *title = equals ? equals + 1 : word;

	for (int i = 0; i < ROLE_COUNT; i++) {
		if (strlen(roles[i]) != length || memcmp(roles[i], word, length) != 0)
			continue;
		file->has[i] = csv_column(&file->csv, title, &file->column[i]);
		if (!file->has[i])
			return err_set(err, -EINVAL, "%s:1: there is no column %.60s",
				file->csv.name, title);
		return 0;
	}
	return err_set(err, -EINVAL,
		"--columns %.60s: expected session, boot, process, iteration, cell or value",
		word);
}

static int choose_columns(struct file files[2], const struct options *o, struct err *err)
{
	auto_strv struct strv words = STRV_INIT;

	if (o->columns)
		strv_split(&words, o->columns, ",");
	for (int side = 0; side < 2; side++) {
		if (!o->columns)
			find_columns(&files[side]);
		for (size_t i = 0; i < words.count; i++)
			if (take_column(&files[side], words.items[i], err) < 0)
				return -EINVAL;
	}
	for (int i = 0; i < ROLE_COUNT; i++) {
		if (files[0].has[i] == files[1].has[i])
			continue;
		return err_set(err, -EINVAL, "%s:1: there is no column %s, but %s has one",
			files[files[0].has[i]].csv.name, roles[i],
			files[!files[0].has[i]].csv.name);
	}
	if (!files[0].has[VALUE])
		return err_set(
			err, -EINVAL, "%s:1: there is no column value", files[0].csv.name);
	return 0;
}

/* A text and the row it stands in. */
struct key {
	const char *text;
	size_t row;
	size_t first; /* row where the same text stands first */
};

static int order_text(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	int r = strcmp(x->text, y->text);

	return r ? r : (x->row > y->row) - (x->row < y->row);
}

static int order_first(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->first != y->first)
		return x->first > y->first ? 1 : -1;
	return (x->row > y->row) - (x->row < y->row);
}

/*
 * Numbers for texts, in the order of their first appearance, so that boots and
 * sessions keep the order of the file. ret_names (or NULL) gets the text of
 * each number; the answer is how many there are.
 */
static size_t number_texts(struct key *keys, size_t count, size_t *ret, const char **ret_names)
{
	size_t n = 0;

	qsort(keys, count, sizeof(*keys), order_text);
	for (size_t i = 0; i < count; i++)
		keys[i].first = i && !strcmp(keys[i].text, keys[i - 1].text) ? keys[i - 1].first
									     : keys[i].row;
	qsort(keys, count, sizeof(*keys), order_first);
	for (size_t i = 0; i < count; i++) {
		if (!i || keys[i].first != keys[i - 1].first) {
			if (ret_names)
				ret_names[n] = keys[i].text;
			n++;
		}
		ret[keys[i].row] = n - 1;
	}
	return n;
}

/* The rows of both files, A's first. */
struct rows {
	struct file files[2];
	size_t count;
	struct fold_row *rows;
	const char **cells; /* names, owned by the files */
	size_t cell_count;
};

static const char *cell_at(const struct rows *r, size_t row, int role)
{
	const struct file *file = &r->files[row >= r->files[0].csv.rows];

	if (!file->has[role])
		return "";
	return csv_cell(&file->csv, file == r->files ? row : row - r->files[0].csv.rows,
		file->column[role]);
}

static size_t number_role(const struct rows *r, int role, size_t *ret, const char **ret_names)
{
	auto_free struct key *keys = MEM_NEW(struct key, r->count + 1);

	for (size_t i = 0; i < r->count; i++)
		keys[i] = (struct key){cell_at(r, i, role), i, 0};
	return number_texts(keys, r->count, ret, ret_names);
}

static int take_values(struct rows *r, struct err *err)
{
	size_t first = r->files[0].csv.rows;

	for (size_t i = 0; i < r->count; i++) {
		const struct file *file = &r->files[i >= first];

		r->rows[i].side = i >= first ? 'B' : 'A';
		if (*cell_at(r, i, VALUE) &&
			csv_value(&file->csv, i >= first ? i - first : i, file->column[VALUE],
				&r->rows[i].value, err) < 0)
			return -EINVAL;
	}
	return 0;
}

/* The innermost level that has no column of its own is the row. */
static int fill_rows(struct rows *r, struct err *err)
{
	auto_free size_t *numbers = NULL;
	bool has_boot = r->files[0].has[BOOT], has_process = r->files[0].has[PROCESS];

	r->count = r->files[0].csv.rows + r->files[1].csv.rows;
	numbers = MEM_NEW(size_t, r->count + 1);
	r->rows = MEM_NEW(struct fold_row, r->count + 1);
	r->cells = MEM_NEW(const char *, r->count + 1);
	r->cell_count = number_role(r, CELL, numbers, r->cells);
	if (r->cell_count > CELLS_MAX)
		return err_set(err, -EFBIG, "%s and %s: %zu cells, at most %d are judged",
			r->files[0].csv.name, r->files[1].csv.name, r->cell_count, CELLS_MAX);
	for (size_t i = 0; i < r->count; i++)
		r->rows[i].cell = numbers[i];
	number_role(r, SESSION, numbers, NULL);
	for (size_t i = 0; i < r->count; i++)
		r->rows[i].session = (int)numbers[i];
	number_role(r, has_boot ? BOOT : PROCESS, numbers, NULL);
	for (size_t i = 0; i < r->count; i++)
		r->rows[i].boot = has_boot || has_process ? numbers[i] : i;
	number_role(r, PROCESS, numbers, NULL);
	for (size_t i = 0; i < r->count; i++)
		r->rows[i].process = has_boot && has_process ? numbers[i] : 0;
	return take_values(r, err);
}

/* --- judging --- */

/* Cells of one metric: those with the same text behind the last slash. */
static void number_metrics(const struct rows *r, struct sample *samples)
{
	auto_free struct key *keys = MEM_NEW(struct key, r->cell_count + 1);
	auto_free size_t *numbers = MEM_NEW(size_t, r->cell_count + 1);

	for (size_t i = 0; i < r->cell_count; i++) {
		const char *slash = strrchr(r->cells[i], '/');

		keys[i] = (struct key){slash ? slash : "", i, 0};
	}
	number_texts(keys, r->cell_count, numbers, NULL);
	for (size_t i = 0; i < r->cell_count; i++)
		samples[i].metric = numbers[i];
}

static void judge(const struct rows *r, const struct judging *judging, double absolute,
	struct fold *ret_fold, struct judgement *ret)
{
	fold_rows(r->rows, r->count, r->cell_count, ret_fold);
	number_metrics(r, ret_fold->samples);
	for (size_t i = 0; i < r->cell_count; i++) {
		ret_fold->samples[i].minimum_abs = absolute;
		ret_fold->samples[i].in_family = true;
		ret_fold->samples[i].p_before = 1;
	}
	cells_judge(judging, ret_fold->samples, r->cell_count, 1, ret);
}

/* --- output --- */

static json_t *json_text(const char *text)
{
	auto_free char *valid = mem_new(3 * strlen(text) + 1, 1);

	utf8_repair(text, valid);
	return json_string(valid);
}

static json_t *json_cell(const char *name, const struct sample *s, const struct judgement *j)
{
	json_t *cell = json_pack("{s:o, s:s, s:I, s:I}", "cell", json_text(name), "verdict",
		verdict_name(j->verdict), "boots_a", (json_int_t)s->base_count, "boots_b",
		(json_int_t)s->fresh_count);
	json_t *more;

	if (j->why) {
		json_object_set_new(cell, "why", json_string(unjudged_phrase(j->why)));
		return cell;
	}
	more = json_pack("{s:f, s:[f, f], s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "ratio",
		1 + ratio_change(j->d), "interval_95", 1 + ratio_change(j->low),
		1 + ratio_change(j->high), "p", j->p, "p_adjusted", j->p_adjusted,
		"minimum_effect", ratio_change(j->delta), "detectable_effect", j->mde, "sd",
		sqrt(j->used.variance), "df", j->df, "df_lent", j->lent_df);
	json_object_update(cell, more);
	json_decref(more);
	return cell;
}

static void print_json(const struct rows *r, const struct judging *judging, double absolute,
	const struct fold *fold, const struct judgement *j)
{
	json_t *cells = json_array(), *root;

	for (size_t i = 0; i < r->cell_count; i++)
		json_array_append_new(cells, json_cell(r->cells[i], &fold->samples[i], &j[i]));
	root = json_pack("{s:o, s:o, s:f, s:f, s:f, s:b, s:I, s:o}", "a",
		json_text(r->files[0].csv.name), "b", json_text(r->files[1].csv.name),
		"min_effect", judging->minimum_effect, "floor", absolute, "fdr", judging->fdr,
		"strict", judging->strict, "boots_without_value", (json_int_t)fold->lost,
		"cells", cells);
	json_dumpf(root, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
	putchar('\n');
	json_decref(root);
}

#define NAME_WIDTH 16

/* A name comes from a file: nothing in it steers the terminal. */
static void print_name(const char *name)
{
	size_t width = strlen(name);

	for (; *name; name++)
		putchar((unsigned char)*name < ' ' || *name == 0x7f ? '?' : *name);
	if (width > NAME_WIDTH)
		printf("\n%*s", NAME_WIDTH, "");
	else
		printf("%*s", (int)(NAME_WIDTH - width), "");
}

static void print_cell(const char *name, const struct sample *s, const struct judgement *j)
{
	char boots[32];

	print_name(name);
	snprintf(boots, sizeof(boots), "%zu+%zu", s->base_count, s->fresh_count);
	printf(" %6s", boots);
	if (j->why) {
		printf(" %s: %s\n", verdict_name(j->verdict), unjudged_phrase(j->why));
		return;
	}
	printf(" %6.4g %6.4g %6.4g %7.1e %7.1e %5.1f%% %s\n", 1 + ratio_change(j->d),
		1 + ratio_change(j->low), 1 + ratio_change(j->high), j->p, j->p_adjusted,
		100 * j->mde, verdict_name(j->verdict));
}

static void print_text(const struct rows *r, const struct fold *fold, const struct judgement *j)
{
	size_t verdicts[VERDICT_COUNT] = {0};

	printf("%-*s %6s %6s %6s %6s %7s %7s %6s %s\n", NAME_WIDTH, "cell", "boots", "ratio",
		"low", "high", "p", "p adj", "MDE", "verdict");
	for (size_t i = 0; i < r->cell_count; i++) {
		print_cell(*r->cells[i] ? r->cells[i] : "(all)", &fold->samples[i], &j[i]);
		verdicts[j[i].verdict]++;
	}
	for (int i = 0; i < VERDICT_COUNT; i++)
		printf("%s%zu %s", i ? ", " : "", verdicts[i], verdict_name((enum verdict)i));
	if (fold->lost)
		printf("; %zu boots without a value", fold->lost);
	putchar('\n');
}

/* --- the command --- */

static int take_number(const char *option, const char *text, double min, double max,
	double *ret, struct err *err)
{
	double value;

	if (!text)
		return 0;
	if (csv_number(text, &value) != CSV_NUMBER || !(value >= min && value <= max))
		return err_set(err, -EINVAL, "--%s %.60s: expected a number from %g to %g",
			option, text, min, max);
	*ret = value;
	return 0;
}

static int run(const struct options *o, const struct judging *judging, double absolute,
	char **paths, struct err *err)
{
	struct rows rows = {0};
	struct fold fold = {0};
	struct judgement *judgements = NULL;
	int r = read_file(paths[0], &rows.files[0], err);

	if (r == 0)
		r = read_file(paths[1], &rows.files[1], err);
	if (r == 0)
		r = choose_columns(rows.files, o, err);
	if (r == 0)
		r = fill_rows(&rows, err);
	if (r == 0) {
		judgements = MEM_NEW(struct judgement, rows.cell_count + 1);
		judge(&rows, judging, absolute, &fold, judgements);
		if (o->format == FORMAT_JSON)
			print_json(&rows, judging, absolute, &fold, judgements);
		else
			print_text(&rows, &fold, judgements);
		if (fflush(stdout) || ferror(stdout))
			r = err_set(err, -EIO, "the output could not be written");
	}
	free(judgements);
	fold_clear(&fold);
	free(rows.rows);
	free(rows.cells);
	csv_clear(&rows.files[0].csv);
	csv_clear(&rows.files[1].csv);
	return r;
}

int cmd_judge(int argc, char **argv)
{
	struct options o = {0};
	struct judging judging = judging_defaults();
	struct err err = ERR_INIT;
	double absolute = 0;
	int words, status, r;

	if (!options_read(&table, argc, argv, &o, &words, &status))
		return status;
	judging.strict = o.strict;
	r = take_number("min-effect", o.min_effect, 0, 10, &judging.minimum_effect, &err);
	if (r == 0)
		r = take_number("fdr", o.fdr, 0, 1, &judging.fdr, &err);
	if (r == 0)
		r = take_number("floor", o.floor, 0, 1e100, &absolute, &err);
	if (r < 0) {
		fprintf(stderr, "kvmperf judge: %s; see kvmperf judge --help\n", err.text);
		return 2;
	}
	if (run(&o, &judging, absolute, argv + words, &err) < 0) {
		fprintf(stderr, "kvmperf judge: %s\n", err.text);
		return 1;
	}
	return 0;
}
