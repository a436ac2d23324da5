/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page/terminal.h"

#include "base/mem.h"
#include "rules/display.h"
#include "text/html.h"
#include "view/changes.h"
#include "view/reference.h"
#include "view/summary.h"

static void put_failed(FILE *out, const struct comparison *c)
{
	for (size_t i = 0; i < c->boot_count; i++) {
		const struct comparison_boot *boot = &c->boots[i];

		if (boot->failure == FAILURE_NONE)
			continue;
		fprintf(out, "x boot %d %c  %s: ", boot->sequence,
			boot->side == 'A' ? 'A' : 'B', failure_name(boot->failure));
		terminal_text(
			out, boot->reason ? boot->reason : symptom_phrase(boot->symptom), 300);
		putc('\n', out);
	}
}

void page_terminal_write(FILE *out, const struct comparison *c, bool cells)
{
	size_t count;
	auto_free size_t *order = display_order(c, true, &count);
	struct changes_table table = {.comparison = c, .order = order, .count = count};

	summary_text(out, c);
	reference_text(out, c);
	if (cells && count) {
		putc('\n', out);
		changes_text(out, &table);
	}
	if (display_boots(c, 'A', true) + display_boots(c, 'B', true)) {
		putc('\n', out);
		put_failed(out, c);
	}
}
