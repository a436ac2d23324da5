/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/modes.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/scan.h"

#define QUOTE_BYTES 144

void modes_clear(struct guest_modes *modes)
{
	for (size_t i = 0; i < modes->count; i++)
		free(modes->items[i].name);
	free(modes->items);
	*modes = (struct guest_modes){0};
}

const struct guest_mode *modes_find(const struct guest_modes *modes, const char *name)
{
	for (size_t i = 0; i < modes->count; i++) {
		if (strcmp(modes->items[i].name, name) == 0)
			return &modes->items[i];
	}
	return NULL;
}

/* Is this a line of the list? Takes the number and what stands before the string. */
static bool scan_entry(struct scan *line, uint64_t *ret_id)
{
	return scan_blanks(line) && scan_number(line, ret_id) && scan_text(line, ":") &&
	       scan_blanks(line) && scan_starts(line, "PA-bits:");
}

/* Cuts the text off the end. */
static bool cut_end(struct scan *scan, const char *ending)
{
	size_t length = strlen(ending);
	struct scan tail = *scan;

	if (scan_left(scan) < length)
		return false;
	tail.at = tail.end - length;
	if (!scan_starts(&tail, ending))
		return false;
	scan->end -= length;
	return true;
}

static char *collapse(struct scan scan)
{
	char *text = mem_new(scan_left(&scan) + 1, 1), *to = text;

	while (scan_left(&scan))
		*to++ = scan_blanks(&scan) ? ' ' : *scan.at++;
	return text;
}

static int add_mode(struct guest_modes *modes, uint64_t id, struct scan rest, size_t number,
	struct err *err)
{
	bool is_supported = cut_end(&rest, " (supported)");
	struct scan name = rest;
	struct guest_mode *mode;

	if (!cut_end(&rest, " pages") || id > INT_MAX ||
		memchr(name.at, '\0', scan_left(&name)))
		return err_set(err, -EBADMSG,
			"line %zu of the test's help: the guest mode is cut or malformed",
			number);
	if (modes->count == MODES_MAX)
		return err_set(err, -E2BIG, "the test's help lists more than %d guest modes",
			MODES_MAX);
	for (size_t i = 0; i < modes->count; i++) {
		if (modes->items[i].id == (int)id)
			return err_set(err, -EBADMSG,
				"line %zu of the test's help: guest mode %d is there twice",
				number, (int)id);
	}
	modes->items = mem_grow(modes->items, modes->count + 1, sizeof(*modes->items));
	mode = &modes->items[modes->count++];
	*mode = (struct guest_mode){(int)id, collapse(name), is_supported};
	return 0;
}

static int no_modes(struct scan text, struct err *err)
{
	char reason[QUOTE_BYTES];
	struct scan line;
	bool ended;

	while (scan_line(&text, &line, &ended)) {
		if (!scan_text(&line, "1..0 # SKIP"))
			continue;
		scan_text(&line, " - ");
		scan_quote(&line, reason, sizeof(reason));
		return err_set(err, -ENODATA, "the test lists no guest modes: %s", reason);
	}
	return err_set(err, -ENODATA, "the test's help lists no guest modes");
}

int modes_parse(const char *text, size_t bytes, struct guest_modes *ret, struct err *err)
{
	struct scan all = scan_of(text, bytes), line;
	struct guest_modes modes = {0};
	size_t number = 0;
	bool ended;

	while (scan_line(&all, &line, &ended)) {
		uint64_t id;
		int r;

		number++;
		if (!scan_entry(&line, &id))
			continue;
		/* A cut one is not a mode: "4K pages" may have lost its " (supported)". */
		r = ended ? add_mode(&modes, id, line, number, err)
			  : err_set(err, -EBADMSG, "the test's help is cut in line %zu",
				    number);
		if (r < 0) {
			modes_clear(&modes);
			return r;
		}
	}
	if (!modes.count)
		return no_modes(scan_of(text, bytes), err);
	*ret = modes;
	return 0;
}
