/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git/said.h"

#include "base/mem.h"
#include "base/scan.h"
#include "sys/tail.h"
#include "text/gitsay.h"

enum { LOG_LIMIT_BYTES = 4096 };

char *git_log_said(const char *path)
{
	auto_free char *text = NULL;
	char best[300] = "";
	struct scan rest, line;
	size_t bytes;
	bool ended;

	if (!path || tail_read(path, 0, LOG_LIMIT_BYTES, &text, &bytes, NULL) < 0)
		return mem_strdup("");
	rest = scan_of(text, bytes);
	while (scan_line(&rest, &line, &ended)) {
		if (scan_left(&line) == 0)
			continue;
		scan_quote(&line, best, sizeof(best));
		if (git_said(best) < 0)
			break;
	}
	return mem_strdup(best);
}
