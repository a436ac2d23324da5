/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/method.h"

#include <string.h>

#include "rules/display.h"
#include "text/html.h"
#include "text/number.h"

static const char judged_method[] =
	"Variances are moderated: each cell's spread is drawn towards that of all cells. A "
	"cell "
	"is flagged when its change lies beyond the minimum effect (the grey band), with "
	"Benjamini and Hochberg's correction over all judged cells; it is unchanged when its "
	"90 % "
	"interval lies inside the band, else inconclusive. What a run sees is the change it "
	"would "
	"have found in 80 % of the cases.";
static const char unjudged_method[] =
	"No test is applied: spread and boots are shown for you to judge.";

void method_paragraph(FILE *out, const struct comparison *c)
{
	fputs("<p>", out);
	if (c->method)
		html_text(out, c->method);
	else
		fprintf(out,
			"The boot is the unit: each boot gives one number a cell, the mean of "
			"its "
			"processes on the logarithmic scale. Base and new are the geometric "
			"means "
			"of these numbers over the boots; the change is their ratio less one. "
			"%s",
			display_is_judged(c) ? judged_method : unjudged_method);
	if (c->emulated)
		fputs(" The host is emulated: what is counted is the instructions that its "
		      "virtual CPU executes inside an ioctl. Counts show a change in the work "
		      "done; they say nothing about caches, memory or time.",
			out);
	fputs("</p>\n", out);
}

static void put_fact(FILE *out, const char *name, const char *base, const char *fresh)
{
	if (!base && !fresh)
		return;
	fprintf(out, "<tr><th scope=\"row\">%s</th><td class=\"word\">", name);
	html_text_cut(out, base, 400);
	fputs("</td><td class=\"word\">", out);
	html_text_cut(out, fresh, 400);
	fputs("</td></tr>\n", out);
}

void method_facts(FILE *out, const struct comparison *c)
{
	fputs("<div class=\"wide\">\n<table class=\"facts\">\n<thead><tr><th "
	      "scope=\"col\"></th>"
	      "<th scope=\"col\">A base</th><th scope=\"col\">B "
	      "new</th></tr></thead>\n<tbody>\n",
		out);
	put_fact(out, "commit", c->base.oid, c->fresh.oid);
	put_fact(out, "author", c->base.author, c->fresh.author);
	put_fact(out, "release", c->base.release, c->fresh.release);
	put_fact(out, "build-id", c->base.build_id, c->fresh.build_id);
	put_fact(out, "image hash", c->base.image_hash, c->fresh.image_hash);
	put_fact(out, "config hash", c->base.config_hash, c->fresh.config_hash);
	put_fact(out, "toolchain", c->base.toolchain, c->fresh.toolchain);
	fputs("</tbody>\n</table>\n</div>\n", out);
	if (!c->host_facts)
		return;
	fputs("<details><summary>Facts of the host</summary>\n<pre>", out);
	html_text_cut(out, c->host_facts, 16384);
	fputs("</pre></details>\n", out);
}

void method_reproduce(FILE *out, const struct comparison *c)
{
	char chunk[NUMBER_BYTES];

	fputs("<pre>kvmperf run --repo REPOSITORY --base ", out);
	html_text_cut(out, c->base.oid, 64);
	fputs(" --new ", out);
	html_text_cut(out, c->fresh.oid, 64);
	fputs(" --plan ", out);
	html_text_cut(out, c->plan, 80);
	fputs(" --host ", out);
	html_text_cut(out, c->host, 80);
	fputs("\n</pre>\n<p>By hand, on each of the two kernels", out);
	if (c->cmdline && *c->cmdline) {
		fputs(" with the kernel parameters <code>", out);
		html_text_cut(out, c->cmdline, 1000);
		fputs("</code>", out);
	}
	number_bytes(c->chunk_bytes, chunk);
	if (c->chunk_bytes > 0)
		fprintf(out,
			" and eager splitting in chunks of %s "
			"(KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE)",
			chunk);
	fputs(", for each guest mode:</p>\n<pre>", out);
	for (size_t i = 0; i < c->scenario_count; i++) {
		fputs("./dirty_log_perf_test ", out);
		html_text_cut(out, c->scenarios[i].command, 200);
		putc('\n', out);
	}
	fputs("</pre>\n<p>What lies between, and to find the commit:</p>\n<pre>git log "
	      "--oneline ",
		out);
	html_text_cut(out, c->base.oid, 64);
	fputs("..", out);
	html_text_cut(out, c->fresh.oid, 64);
	fputs(" -- arch/arm64/kvm virt/kvm\ngit bisect start ", out);
	html_text_cut(out, c->fresh.oid, 64);
	putc(' ', out);
	html_text_cut(out, c->base.oid, 64);
	fputs("\n</pre>\n", out);
}
