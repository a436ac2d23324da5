/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page/letter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rules/display.h"
#include "string/str.h"
#include "text/address.h"
#include "text/mailbox.h"
#include "text/number.h"
#include "text/wrap.h"
#include "view/columns.h"
#include "view/hostbox.h"
#include "view/setting.h"

enum { SUBJECT_CHARACTERS = 100, TABLE_ROWS = 15, SHORT_DIGITS = 10 };

static double percent(const struct letter *l)
{
	return fabs(100 * l->event->change);
}

static const char *noun(const struct event *event)
{
	return event->improved ? "improvement" : "regression";
}

/* "KVM: arm64" of "KVM: arm64: Split huge pages": all but the last part. */
static char *prefix_of(const char *subject)
{
	const char *end = NULL;

	for (const char *p = subject; (p = strstr(p, ": ")) && p - subject < 40; p += 2)
		end = p;
	return end ? mem_strndup(subject, (size_t)(end - subject)) : mem_strdup("kernel");
}

/* "kvmarm" of ".../kvmarm/kvmarm.git"; "" without a repository. */
static char *tree_of(const struct event *event)
{
	const char *slash = strrchr(event->repository, '/');
	char *name = mem_strdup(slash ? slash + 1 : event->repository);

	if (text_ends(name, ".git"))
		name[strlen(name) - strlen(".git")] = '\0';
	return name;
}

/* "next" of "kvmarm-next" or "kvmarm/next": the tree is told already. */
static const char *branch_of(const struct event *event, const char *tree)
{
	size_t length = strlen(tree);

	if (length && strncmp(event->branch, tree, length) == 0 && event->branch[length] &&
		strchr("-/", event->branch[length]) && event->branch[length + 1])
		return event->branch + length + 1;
	return event->branch[0] ? event->branch : "kernel";
}

char *letter_subject(const struct letter *l)
{
	const struct event_commit *commit = event_commit(l->event);
	auto_free char *prefix = prefix_of(commit->subject);
	auto_free char *tree = tree_of(l->event);
	auto_str struct str text = STR_INIT;

	str_addf(&text, "[%.40s%s%.60s] [%s]  ", tree, tree[0] ? ":" : "",
		branch_of(l->event, tree), prefix);
	if (event_is_exact(l->event))
		str_addf(&text, "%.*s:  ", SHORT_DIGITS, commit->oid);
	else
		str_addf(&text, "%.*s..%.*s:  ", SHORT_DIGITS, l->event->from.oid, SHORT_DIGITS,
			l->event->to.oid);
	str_addf(&text, "dirty_log_perf_test.%s %.1f%% %s", l->event->metric, percent(l),
		noun(l->event));
	if (l->event->emulated)
		str_add(&text, " (" DISPLAY_EMULATED ")");
	return str_take(&text);
}

/* --- parts --- */

static char *sender_of(const struct mail_spec *mail, char **ret_address)
{
	auto_mailboxes struct mailboxes from = {0};

	if (mail->from[0])
		mailboxes_read(&from, mail->from);
	*ret_address = mem_strdup(from.count ? from.items[0].address : "kvmperf@localhost");
	return mem_strdup(from.count && from.items[0].name[0] ? from.items[0].name : "kvmperf");
}

static void put_still(struct str *out, const struct event *event, const char *oid)
{
	auto_free char *tree = tree_of(event);

	str_addf(out, "[still %s on %s%s%s %s]\n", noun(event), tree, tree[0] ? "/" : "",
		branch_of(event, tree), oid);
}

static void put_commit(struct str *out, const struct letter *l)
{
	const struct event *e = l->event;
	auto_free char *tree = tree_of(e);

	if (event_is_exact(e))
		str_addf(out, "commit: %s (\"%s\")\n", event_commit(e)->oid,
			event_commit(e)->subject);
	else
		str_addf(out,
			"commits: %s..%s\n(a range: not one commit yet; its last is \"%s\")\n",
			e->from.oid, e->to.oid, e->to.subject);
	if (e->repository[0])
		str_addf(out, "%s %s\n", e->repository, branch_of(e, tree));
	for (size_t i = e->evidence_count; i-- > 0;)
		if (e->evidence[i].role == EVENT_STILL ||
			e->evidence[i].role == EVENT_ATTACHED) {
			put_still(out, e, e->evidence[i].new_oid);
			break;
		}
}

const struct cell *letter_cell(const struct comparison *c, const struct event *event)
{
	size_t count;
	auto_free size_t *order = display_order(c, true, &count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(c->metrics[c->cells[order[i]].metric].name, event->metric) == 0)
			return &c->cells[order[i]];
	return count ? &c->cells[order[0]] : NULL;
}

static size_t judged_cells(const struct comparison *c)
{
	size_t judged = 0;

	for (int i = 0; i < VERDICT_COUNT; i++)
		judged += c->verdicts[i];
	return judged;
}

/* Without a value: it was not measured. What was not done is said, too. */
static void put_measure(struct str *out, const char *what, bool has, double change)
{
	char text[NUMBER_BYTES];

	number_percent(change, text);
	str_addf(out, "%s: %s\n", what, has ? text : "not measured");
}

static void put_trust(struct str *out, const struct letter *l)
{
	const struct comparison_trust *trust = &l->c->trust;

	put_measure(out, "negative control (a program without KVM)", trust->has_control,
		trust->control);
	put_measure(out, "base kernel against its own earlier boots", trust->has_baseline,
		trust->baseline);
	if (l->aa)
		str_addf(out, "this host's record: %s\n", l->aa);
}

/*
 * The smallest p after Benjamini and Hochberg is Simes' p of "no cell differs": a p of
 * the whole, not of a lucky cell. 1: nothing was judged.
 */
static double smallest_p(const struct comparison *c)
{
	double p = 1;

	for (size_t i = 0; i < c->cell_count; i++)
		if (c->cells[i].in_family && c->cells[i].p_adjusted < p)
			p = c->cells[i].p_adjusted;
	return p;
}

static void put_verdict(struct str *out, const struct letter *l)
{
	const struct comparison *c = l->c;
	char low[NUMBER_BYTES], high[NUMBER_BYTES], change[NUMBER_BYTES];

	number_percent(l->event->low, low);
	number_percent(l->event->high, high);
	number_percent(l->event->change, change);
	str_addf(out, "boots: %zu+%zu interleaved on one host\n", display_boots(c, 'A', false),
		display_boots(c, 'B', false));
	str_addf(out, "change: %s, 95%% CI [%s, %s], p (FDR over %zu cells) = %.2g\n", change,
		low, high, judged_cells(c), smallest_p(c));
	str_addf(out, "flagged: %zu of %zu cells\n", l->event->cells_flagged, judged_cells(c));
	put_trust(out, l);
	if (l->event->culprit.oid)
		str_add(out, "culprit named by a bisect\n");
	else
		str_add(out, "culprit verified by revert on tip: not done\n");
}

static void put_box(struct str *out, const struct letter *l)
{
	const struct cell *cell = letter_cell(l->c, l->event);

	if (!l->other_count || !cell)
		return;
	hostbox_lines(out, l->c, cell, l->others, l->other_count);
	str_add(out, "\n");
}

/* Closes: must work for everybody when the mail arrives: only with a public archive. */
static void put_tags(struct str *out, const struct letter *l)
{
	auto_free char *address = NULL;
	auto_free char *name = sender_of(l->mail, &address);

	if (l->event->improved)
		return;
	str_addf(out,
		"If you fix the issue in a separate patch/commit (i.e. not just a new version\n"
		"of the same patch/commit), kindly add following tags\n"
		"| Reported-by: %s <%s>\n",
		name, address);
	if (l->mail->archive[0]) {
		const char *slash =
			l->mail->archive[strlen(l->mail->archive) - 1] == '/' ? "" : "/";

		str_addf(out, "| Closes: %s%s%s\n", l->mail->archive, slash,
			l->event->message_id);
	} else {
		str_add(out,
			"This report is in no public archive: there is no Closes: for it.\n");
	}
	for (size_t i = 0; l->mail->archive[0] && i < l->mail->regzbot.count; i++)
		if (strcmp(l->mail->regzbot.items[i], l->event->branch) == 0 &&
			event_is_exact(l->event))
			str_addf(out, "\n#regzbot introduced: %.12s\n",
				event_commit(l->event)->oid);
	str_add(out, "\n");
}

static void put_links(struct str *out, const struct letter *l)
{
	auto_free char *page =
		address_comparison(l->c->host, l->c->base.oid, l->c->fresh.oid, "html");

	if (l->mail->site[0])
		str_addf(out, "Every value, raw output and kernel messages:\n%s/%s\n\n",
			l->mail->site, page);
	str_addf(out,
		"To reproduce, with a clone of the tree in LINUX:\n"
		"  kvmperf run --repo LINUX --base %.12s \\\n"
		"    --new %.12s --plan %s --confirm\n\n",
		l->c->base.oid, l->c->fresh.oid, l->c->plan);
}

/* Where to look, how to do it again, and the table. */
static void put_evidence(struct str *out, const struct letter *l)
{
	put_links(out, l);
	columns_table(out, l->c, l->event->metric, TABLE_ROWS);
	if (l->event->emulated)
		str_add(out, "\n(_insn: " DISPLAY_EMULATED ")\n");
	str_add(out, "\n");
}

static void put_signature(struct str *out, const struct mail_spec *mail)
{
	str_addf(out, "-- \nkvmperf%s%s\n%s\n", mail->lab[0] ? ", " : "", mail->lab,
		LETTER_PROJECT);
	if (mail->owner[0])
		str_addf(out, "questions to a person: %s\n", mail->owner);
}

/* Folded as mails are; rows of tables stay whole. */
static void put_prose(struct str *out, const char *text)
{
	auto_free char *bytes = NULL;
	size_t size;
	FILE *folded = open_memstream(&bytes, &size);

	wrap_text(folded, text);
	fclose(folded);
	str_add(out, bytes);
	if (size && bytes[size - 1] != '\n')
		str_add(out, "\n");
}

/* --- letters --- */

char *letter_report(const struct letter *l)
{
	auto_str struct str out = STR_INIT;
	auto_free char *address = NULL;
	auto_free char *name = sender_of(l->mail, &address);

	str_addf(&out, "Hello,\n\n%s noticed a %.1f%% %s of dirty_log_perf_test.%s on:\n\n",
		name, percent(l), noun(l->event), l->event->metric);
	if (l->event->emulated)
		str_add(&out, "(" DISPLAY_EMULATED ")\n\n");
	put_commit(&out, l);
	str_add(&out, "\n");
	put_verdict(&out, l);
	str_add(&out, "\n");
	setting_lines(&out, l->c, letter_cell(l->c, l->event), l->command);
	str_add(&out, "\n");
	put_box(&out, l);
	put_tags(&out, l);
	put_evidence(&out, l);
	put_signature(&out, l->mail);
	return str_take(&out);
}

char *letter_fixed(const struct letter *l)
{
	auto_str struct str out = STR_INIT;

	str_addf(&out, "Hello,\n\nthe %.1f%% %s of dirty_log_perf_test.%s is gone:\n\n",
		percent(l), noun(l->event), l->event->metric);
	str_addf(&out, "commit: %s (\"%s\")\n", l->c->fresh.oid, l->c->fresh.subject);
	put_prose(&out, l->c->evidence ? l->c->evidence : "");
	str_add(&out, "\n");
	if (l->event->emulated)
		str_add(&out, "(" DISPLAY_EMULATED ")\n\n");
	put_box(&out, l);
	put_evidence(&out, l);
	put_signature(&out, l->mail);
	return str_take(&out);
}

char *letter_still(const struct letter *l)
{
	auto_str struct str out = STR_INIT;

	str_addf(&out, "Hello,\n\nthe %s of dirty_log_perf_test.%s is still there:\n\n",
		noun(l->event), l->event->metric);
	put_still(&out, l->event, l->c->fresh.oid);
	put_prose(&out, l->c->evidence ? l->c->evidence : "");
	str_add(&out, "\n");
	if (l->event->emulated)
		str_add(&out, "(" DISPLAY_EMULATED ")\n\n");
	put_box(&out, l);
	put_evidence(&out, l);
	put_signature(&out, l->mail);
	return str_take(&out);
}

static void put_proof(
	struct str *out, const char *what, enum finding_proof proof, const char *why)
{
	static const char *const words[] = {[PROOF_NOT_TRIED] = "not tried",
		[PROOF_YES] = "yes",
		[PROOF_NO] = "no",
		[PROOF_IMPOSSIBLE] = "not possible"};

	auto_free char *text =
		mem_printf("%s: %s%s%s", what, words[proof], why ? ": " : "", why ? why : "");

	put_prose(out, text);
}

char *letter_bisect(const struct letter *l, const struct finding *f)
{
	auto_str struct str out = STR_INIT;

	str_addf(&out, "Hello,\n\na bisect of the %s of dirty_log_perf_test.%s ended with\n\n",
		noun(l->event), l->event->metric);
	if (f->kind == FINDING_NONE)
		str_add(&out,
			"no commit: the ends of the range did not show the change again.\n");
	else
		put_commit(&out, l);
	if (l->event->emulated)
		str_add(&out, "(" DISPLAY_EMULATED ")\n");
	if (f->sentence)
		put_prose(&out, f->sentence);
	str_add(&out, "\n");
	put_proof(&out, "verified by revert on the tip", f->revert_on_tip, f->revert_reason);
	put_proof(
		&out, "verified by applying it on the base", f->apply_on_base, f->apply_reason);
	if (f->steered_by)
		str_addf(&out, "measured by: %s\n", f->steered_by);
	str_add(&out, "\n");
	for (size_t i = 0; i < f->step_count; i++)
		str_addf(&out, "%.12s  %2d boot%s  %s\n",
			f->steps[i].oid ? f->steps[i].oid : "", f->steps[i].boots,
			f->steps[i].boots == 1 ? " " : "s",
			f->steps[i].answer ? f->steps[i].answer : "");
	str_add(&out, f->step_count ? "\n" : "");
	if (l->c) {
		put_box(&out, l);
		put_evidence(&out, l);
	}
	put_signature(&out, l->mail);
	return str_take(&out);
}

char *letter_series(const struct mail_spec *mail, const char *text)
{
	auto_str struct str out = STR_INIT;

	str_addf(&out, "Hello,\n\n%s\n", text);
	put_signature(&out, mail);
	return str_take(&out);
}

static void put_lines(struct str *out, const struct digest_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct digest_line *line = &list->lines[i];

		str_addf(out, "%s %.12s..%.12s%s%s\n",
			line->branch[0] ? line->branch : "(no branch)", line->from_oid,
			line->to_oid, line->host ? " on " : "", line->host ? line->host : "");
		put_prose(out, line->text);
		str_addf(out, "\"%s\"\n\n", line->subject);
	}
}

char *letter_digest(const struct mail_spec *mail, const struct digest *digest)
{
	auto_str struct str out = STR_INIT;

	str_add(&out, "Hello,\n\nseen since the last digest, without a mail of its own.\n\n");
	put_lines(&out, &digest->events);
	if (digest->held_back)
		str_addf(&out,
			"Held back by the daily limit of mails: %zu regression%s of these.\n\n",
			digest->held_back, digest->held_back == 1 ? "" : "s");
	if (digest->unsettled.count)
		str_add(&out,
			"Looked suspicious, and fresh interleaved boots did not find "
			"it:\n\n");
	put_lines(&out, &digest->unsettled);
	if (digest->points.count)
		str_add(&out, "Steps in the history that nothing has confirmed yet:\n\n");
	put_lines(&out, &digest->points);
	put_signature(&out, mail);
	return str_take(&out);
}
