/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/summary.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "rules/display.h"
#include "text/address.h"
#include "text/html.h"
#include "text/number.h"

static const char *headline_class(const struct comparison *c)
{
	if (!display_is_judged(c) || c->trust.moved)
		return "open";
	switch (c->headline) {
	case VERDICT_REGRESSED:
		return "worse";
	case VERDICT_IMPROVED:
		return "better";
	case VERDICT_FAILED:
		return "lost";
	case VERDICT_INCONCLUSIVE:
		return "open";
	case VERDICT_UNCHANGED:
	case VERDICT_COUNT:
		break;
	}
	return "none";
}

void summary_verdict(FILE *out, const struct comparison *c)
{
	fprintf(out, "<section class=\"verdict %s\">\n<h1>", headline_class(c));
	html_text_cut(out, c->sentence ? c->sentence : "No verdict yet", 400);
	fputs("</h1>\n<p>", out);
	if (c->doubted) {
		fputs("else it would have said: ", out);
		html_text_cut(out, c->doubted, 400);
		fputs("<br>", out);
	}
	if (c->evidence)
		html_text_cut(out, c->evidence, 400);
	else
		fprintf(out, "%zu + %zu boots (base + new)", display_boots(c, 'A', false),
			display_boots(c, 'B', false));
	if (!display_is_judged(c))
		fputs("; not judged: means only", out);
	fputs("</p>\n", out);
	if (c->emulated)
		fputs("<p class=\"emulated\">" DISPLAY_EMULATED "</p>\n", out);
	fputs("</section>\n", out);
}

/* A kernel that was built, or failed to, has a page. */
static void put_commit(FILE *out, const struct comparison_side *side, const char *up)
{
	auto_free char *address = address_kernel(side->oid, "html");
	const char *oid = side->oid && *side->oid ? side->oid : "unknown";

	if (side->toolchain)
		fprintf(out, "<a href=\"%s%s\">", up, address);
	fputs("<code>", out);
	html_bytes(out, oid, strnlen(oid, 12), 12);
	fprintf(out, "</code>%s", side->toolchain ? "</a>" : "");
}

static void put_side(FILE *out, const struct comparison *c, const struct comparison_side *side,
	char letter, const char *up)
{
	size_t failed = display_boots(c, letter, true);

	fprintf(out, "<tr><th scope=\"row\" class=\"key%d\">%s</th><td>", letter == 'A' ? 1 : 2,
		letter == 'A' ? "A base" : "B new");
	put_commit(out, side, up);
	fputs("</td><td class=\"word\">", out);
	html_text_cut(out, side->subject, 120);
	if (side->failure != FAILURE_NONE)
		fprintf(out, "<br><b>x %s</b>", symptom_phrase(side->symptom));
	fprintf(out, "</td><td class=\"word\">%zu", display_boots(c, letter, false));
	if (failed)
		fprintf(out, ", <a href=\"#failed\">%zu failed</a>", failed);
	fputs("</td><td class=\"word\">", out);
	if (side->release) {
		fputs("<code>", out);
		html_text_cut(out, side->release, 80);
		fputs("</code>", out);
	}
	fputs("</td></tr>\n", out);
}

void summary_sides(FILE *out, const struct comparison *c, const char *up)
{
	fputs("<div class=\"wide\">\n<table class=\"sides\">\n<thead><tr><th scope=\"col\">"
	      "kernel</th><th scope=\"col\">commit</th><th scope=\"col\">subject</th>"
	      "<th scope=\"col\">boots</th><th scope=\"col\">release</th></tr></thead>\n"
	      "<tbody>\n",
		out);
	put_side(out, c, &c->base, 'A', up);
	put_side(out, c, &c->fresh, 'B', up);
	fputs("</tbody>\n</table>\n</div>\n", out);
}

/* "median | range" of one verdict's changes. */
static void put_range(FILE *out, enum verdict verdict, const struct display_group *group)
{
	char median[NUMBER_BYTES], low[NUMBER_BYTES], high[NUMBER_BYTES];

	number_percent(group->median, median);
	number_percent_bare(group->low, low);
	number_percent(group->high, high);
	if (group->cells == group->below_floor || verdict == VERDICT_FAILED) {
		fputs("<td></td><td class=\"word\">", out);
	} else if (verdict == VERDICT_INCONCLUSIVE && group->excluded > 0) {
		number_percent(group->excluded, high);
		fprintf(out, "<td>%s</td><td class=\"word\">slowdowns above %s are excluded",
			median, high);
	} else {
		fprintf(out, "<td>%s</td><td class=\"word\">%s to %s", median, low, high);
	}
	if (group->below_floor)
		fprintf(out, "%s%zu below the floor",
			group->cells > group->below_floor ? "; without " : "",
			group->below_floor);
	fputs("</td>", out);
}

void summary_counts(FILE *out, const struct comparison *c)
{
	if (!display_is_judged(c))
		return;
	fprintf(out,
		"<div class=\"wide\">\n<table class=\"counts\">\n<caption>Judged cells by "
		"verdict%s</caption>\n<thead><tr><th scope=\"col\" class=\"glyph\"></th>"
		"<th scope=\"col\">verdict</th><th scope=\"col\">cells</th>"
		"<th scope=\"col\">median</th><th scope=\"col\">range</th></tr></thead>\n"
		"<tbody>\n",
		c->emulated ? "; " DISPLAY_EMULATED : "");
	for (enum verdict v = VERDICT_REGRESSED; v < VERDICT_COUNT; v++) {
		struct display_group group;

		display_group(c, v, &group);
		fprintf(out,
			"<tr class=\"%s\"><td class=\"glyph\">%c</td><th scope=\"row\">%s"
			"</th><td>%zu</td>",
			group.cells ? "" : "none", verdict_glyph(v), verdict_name(v),
			group.cells);
		put_range(out, v, &group);
		fputs("</tr>\n", out);
	}
	fputs("</tbody>\n</table>\n</div>\n", out);
}

static size_t count_rejected(const struct comparison *c, char side)
{
	size_t rejected = 0;

	for (size_t i = 0; i < c->boot_count; i++)
		if (c->boots[i].side == side)
			rejected += c->boots[i].rejected;
	return rejected;
}

static void put_pair(FILE *out, const char *what, size_t base, size_t fresh)
{
	fprintf(out, "<tr><th scope=\"row\">%s</th><td>%zu</td><td>%zu</td></tr>\n", what, base,
		fresh);
}

static void put_row(FILE *out, const char *what, const char *words)
{
	fprintf(out,
		"<tr><th scope=\"row\">%s</th><td class=\"word\" colspan=\"2\">%s</td></tr>\n",
		what, words);
}

/* "+0.3 %, ok", or that it moved. */
static void put_moved(FILE *out, const char *what, bool has, double change, bool moved)
{
	char percent[NUMBER_BYTES];
	auto_free char *words = NULL;

	if (!has)
		return;
	number_percent(change, percent);
	words = mem_printf("%s, %s", percent, moved ? "x moved" : "ok");
	put_row(out, what, words);
}

/* A program without KVM in both kernels: "+0.1 % ± 0.3 %, ok". */
static void put_between(FILE *out, const struct comparison_trust *t)
{
	char change[NUMBER_BYTES], half[NUMBER_BYTES];
	auto_free char *words = NULL;

	if (!t->has_between)
		return;
	number_percent(t->between, change);
	number_percent(t->between_half, half);
	words = mem_printf("%s ± %s, %s", change, half + 1,
		t->between_moved ? "x moved: not KVM alone" : "ok");
	put_row(out, "control loop, new against base", words);
}

static void put_machine(FILE *out, const struct comparison *c)
{
	const struct comparison_trust *t = &c->trust;
	auto_free char *record = NULL;

	put_moved(out, "control loop against its history", t->has_control, t->control,
		t->moved && strstr(t->moved, "control"));
	put_moved(out, "base against its history", t->has_baseline, t->baseline,
		t->moved && !strstr(t->moved, "control"));
	put_between(out, t);
	put_moved(out, "drift within a lab session", t->has_drift, t->drift, t->drift_moved);
	if (t->aa_runs)
		record = mem_printf("%d alert%s of %d (&lt; %.1f %%)", t->aa_alerts,
			t->aa_alerts == 1 ? "" : "s", t->aa_runs, 100 * t->aa_limit);
	if (t->aa_limit > 0)
		put_row(out, "A/A runs of this host", record ? record : "none yet");
}

void summary_trust(FILE *out, const struct comparison *c)
{
	size_t noisy = 0;

	if (!c->boot_count)
		return;
	for (size_t i = 0; i < c->cell_count; i++)
		noisy += c->cells[i].in_family && c->cells[i].noisy_today;
	fputs("<div class=\"wide\">\n<table class=\"trust\">\n<caption>How far to trust this"
	      "</caption>\n<thead><tr><th scope=\"col\"></th><th scope=\"col\">A base</th>"
	      "<th scope=\"col\">B new</th></tr></thead>\n<tbody>\n",
		out);
	put_pair(out, "boots that count", display_boots(c, 'A', false),
		display_boots(c, 'B', false));
	put_pair(out, "boots that failed", display_boots(c, 'A', true),
		display_boots(c, 'B', true));
	put_pair(out, "processes rejected", count_rejected(c, 'A'), count_rejected(c, 'B'));
	fprintf(out,
		"<tr><th scope=\"row\">cells noisier than usual</th><td class=\"word\" "
		"colspan=\"2\">%zu</td></tr>\n",
		noisy);
	put_machine(out, c);
	fputs("</tbody>\n</table>\n</div>\n", out);
}

static void text_control(FILE *out, const struct comparison_trust *t)
{
	char change[NUMBER_BYTES], half[NUMBER_BYTES];

	if (!t->has_between)
		return;
	number_percent(t->between, change);
	number_percent(t->between_half, half);
	fprintf(out, "  control %s +- %s without KVM, new against base%s\n", change, half + 1,
		t->between_moved ? ": x not KVM alone" : "");
}

static void text_side(
	FILE *out, const struct comparison *c, const struct comparison_side *side, char letter)
{
	size_t failed = display_boots(c, letter, true);

	fprintf(out, "  %s  ", letter == 'A' ? "base" : "new ");
	fprintf(out, "%.12s", side->oid ? side->oid : "unknown");
	fprintf(out, "  %zu boots", display_boots(c, letter, false));
	if (failed)
		fprintf(out, ", %zu failed", failed);
	fputs("  ", out);
	terminal_text(out, side->subject, 48);
	if (side->failure != FAILURE_NONE)
		fprintf(out, "  (%s)", symptom_phrase(side->symptom));
	putc('\n', out);
}

void summary_text(FILE *out, const struct comparison *c)
{
	terminal_text(out, c->sentence ? c->sentence : "No verdict yet", 400);
	putc('\n', out);
	if (c->evidence) {
		terminal_text(out, c->evidence, 400);
		putc('\n', out);
	}
	if (c->emulated)
		fputs(DISPLAY_EMULATED "\n", out);
	fputs("\n  host  ", out);
	terminal_text(out, c->host, 60);
	putc('\n', out);
	text_side(out, c, &c->base, 'A');
	text_side(out, c, &c->fresh, 'B');
	text_control(out, &c->trust);
	if (!display_is_judged(c))
		return;
	putc('\n', out);
	for (enum verdict v = VERDICT_REGRESSED; v < VERDICT_COUNT; v++)
		fprintf(out, "%s%c %zu %s", v == VERDICT_REGRESSED ? "  " : "   ",
			verdict_glyph(v), c->verdicts[v], verdict_name(v));
	putc('\n', out);
}
