/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/scan.h"

#include <string.h>

bool scan_line(struct scan *scan, struct scan *ret_line, bool *ret_ended)
{
	size_t left = scan_left(scan);
	const char *lf;

	if (!left)
		return false;
	lf = memchr(scan->at, '\n', left);
	*ret_line = (struct scan){scan->at, lf ? lf : scan->end};
	*ret_ended = lf != NULL;
	if (lf && lf > scan->at && lf[-1] == '\r')
		ret_line->end--;
	scan->at = lf ? lf + 1 : scan->end;
	return true;
}

bool scan_starts(const struct scan *scan, const char *literal)
{
	size_t length = strlen(literal);

	return scan_left(scan) >= length && memcmp(scan->at, literal, length) == 0;
}

bool scan_text(struct scan *scan, const char *literal)
{
	if (!scan_starts(scan, literal))
		return false;
	scan->at += strlen(literal);
	return true;
}

bool scan_blanks(struct scan *scan)
{
	const char *at = scan->at;

	while (at < scan->end && (*at == ' ' || *at == '\t'))
		at++;
	if (at == scan->at)
		return false;
	scan->at = at;
	return true;
}

bool scan_number(struct scan *scan, uint64_t *ret)
{
	const char *at = scan->at;
	uint64_t number = 0;

	for (; at < scan->end && *at >= '0' && *at <= '9'; at++) {
		uint64_t digit = (uint64_t)(*at - '0');

		if (number > (UINT64_MAX - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	if (at == scan->at)
		return false;
	scan->at = at;
	*ret = number;
	return true;
}

bool scan_signed(struct scan *scan, int64_t *ret)
{
	struct scan rest = *scan;
	bool negative = scan_text(&rest, "-");
	uint64_t number;

	if (!scan_number(&rest, &number) || number > INT64_MAX)
		return false;
	*ret = negative ? -(int64_t)number : (int64_t)number;
	*scan = rest;
	return true;
}

void scan_quote(const struct scan *scan, char *ret, size_t size)
{
	size_t left = scan_left(scan), room = size - 1;
	size_t length = left > room ? room : left;

	for (size_t i = 0; i < length; i++)
		ret[i] = scan->at[i] >= ' ' && scan->at[i] <= '~' ? scan->at[i] : '?';
	if (left > room)
		memcpy(ret + room - 3, "...", 3);
	ret[length] = '\0';
}
