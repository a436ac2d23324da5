/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page/method.h"

#include <stddef.h>

#include "model/judging.h"
#include "rules/display.h"
#include "view/document.h"

static const char *const paragraphs[] = {
	"<h2>What is measured</h2>\n<p>Each kernel is entered by kexec from the host's golden "
	"kernel and runs the kernel's own <code>dirty_log_perf_test</code> in several guest "
	"modes. The boot is the unit of replication: the processes and iterations of a boot "
	"become one number a cell (scenario × guest mode × metric), on the log scale.</p>\n",
	"<p>On an emulated host what is judged is the number of " DISPLAY_EMULATED
	". It shows that a walk became longer or shorter; it says nothing about caches, memory "
	"or time.</p>\n",
	"<h2>Screen, then confirm</h2>\n<p>A new kernel gets a few boots against the stored "
	"level of its branch. That tells nobody anything: what looks suspicious is measured "
	"again by fresh boots of both kernels in turns, and only that gives verdicts.</p>\n",
	"<h2>Verdicts</h2>\n<div class=\"wide\"><table class=\"facts\"><tbody>\n"
	"<tr><th scope=\"row\">+ regressed</th><td class=\"word\">flagged, and slower or more"
	"</td></tr>\n<tr><th scope=\"row\">- improved</th><td class=\"word\">flagged, and "
	"faster "
	"or fewer</td></tr>\n<tr><th scope=\"row\">. unchanged</th><td class=\"word\">its 90 % "
	"interval lies inside the minimum effect: shown to be so, not merely not flagged"
	"</td></tr>\n<tr><th scope=\"row\">? inconclusive</th><td class=\"word\">none of "
	"these; "
	"the upper end of the interval says what is excluded</td></tr>\n"
	"<tr><th scope=\"row\">x failed</th><td class=\"word\">a kernel gave no values"
	"</td></tr>\n</tbody></table></div>\n",
	"<h2>Trust</h2>\n<p>Kernels are compared with themselves, and with kernels of the same "
	"image, as if they were different: A/A runs. Whatever is flagged there is a false "
	"alarm, "
	"and the front page counts them. The order of the boots, every boot's value and every "
	"raw output are on the pages. Changes of level in a history ask for a confirm and "
	"never "
	"alert by themselves.</p>\n",
};

static void put_parameter(FILE *out, const char *name, double value, const char *unit)
{
	fprintf(out, "<tr><th scope=\"row\">%s</th><td class=\"word\">%g%s</td></tr>\n", name,
		value, unit);
}

int page_method_write(const char *site_folder, struct err *err)
{
	struct judging j = judging_defaults();
	const char *names[] = {"method"};
	struct document page;
	FILE *out;

	document_open(&page, "method.html", "How kvmperf judges");
	document_begin(&page, names, 1);
	out = page.out;
	fputs("<h1>How this is judged</h1>\n", out);
	for (size_t i = 0; i < sizeof(paragraphs) / sizeof(*paragraphs); i++)
		fputs(paragraphs[i], out);
	fputs("<h2>Parameters</h2>\n<div class=\"wide\"><table class=\"facts\"><tbody>\n", out);
	put_parameter(out, "minimum effect", 100 * j.minimum_effect, " %");
	put_parameter(out, "and at least, of seconds", 1000 * j.minimum_s, " ms");
	put_parameter(out, "and at least, of instructions", j.minimum_instructions, "");
	put_parameter(out, "false discovery rate over the judged cells", 100 * j.fdr, " %");
	put_parameter(out, "boots of a screen", j.screen_boots, "");
	put_parameter(out, "a cell asks for a confirm at p", j.trigger_p, "");
	for (int look = 0; look < j.looks; look++) {
		fprintf(out,
			"<tr><th scope=\"row\">look %d of a confirm</th><td class=\"word\">"
			"%d+%d boots, %.3g of the error rate</td></tr>\n",
			look + 1, j.look_boots[look], j.look_boots[look], j.look_weight[look]);
	}
	put_parameter(out, "boots of a baseline, at least", (double)j.baseline_boots, "");
	put_parameter(
		out, "lab sessions of a baseline, at least", (double)j.baseline_sessions, "");
	fputs("</tbody></table></div>\n", out);
	return document_save(&page, site_folder, 0, err);
}
