/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page/letter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rules/display.h"
#include "string/str.h"
#include "text/address.h"
#include "text/facts.h"
#include "text/mailbox.h"
#include "text/number.h"
#include "view/columns.h"

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

char *letter_subject(const struct letter *l)
{
	const struct event_commit *commit = event_commit(l->event);
	auto_free char *prefix = prefix_of(commit->subject);
	auto_str struct str text = STR_INIT;

	str_addf(&text, "[%.60s] [%s]  ", l->event->branch[0] ? l->event->branch : "kernel",
		prefix);
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

static void put_commit(struct str *out, const struct letter *l)
{
	const struct event *e = l->event;

	if (event_is_exact(e))
		str_addf(out, "commit: %s (\"%s\")\n", event_commit(e)->oid,
			event_commit(e)->subject);
	else
		str_addf(out,
			"commits: %s..%s\n(a range: not one commit yet; its last is \"%s\")\n",
			e->from.oid, e->to.oid, e->to.subject);
	if (e->repository[0])
		str_addf(out, "%s %s\n", e->repository, e->branch);
	for (size_t i = e->evidence_count; i-- > 0;)
		if (e->evidence[i].role == EVENT_STILL ||
			e->evidence[i].role == EVENT_ATTACHED) {
			str_addf(out, "[still %s on %s %s]\n", noun(e), e->branch,
				e->evidence[i].new_oid);
			break;
		}
}

static const struct cell *surest(const struct comparison *c)
{
	size_t count;
	auto_free size_t *order = display_order(c, true, &count);

	return count ? &c->cells[order[0]] : NULL;
}

static void put_verdict(struct str *out, const struct letter *l)
{
	const struct comparison *c = l->c;
	const struct cell *cell = surest(c);
	char low[NUMBER_BYTES], high[NUMBER_BYTES], change[NUMBER_BYTES];
	size_t judged = 0;

	for (int i = 0; i < VERDICT_COUNT; i++)
		judged += c->verdicts[i];
	number_percent(l->event->low, low);
	number_percent(l->event->high, high);
	number_percent(l->event->change, change);
	str_addf(out, "boots: %zu+%zu interleaved on one host\n", display_boots(c, 'A', false),
		display_boots(c, 'B', false));
	str_addf(out, "change: %s, 95%% CI [%s, %s]", change, low, high);
	if (cell)
		str_addf(out, "\nsurest cell: p (FDR over %zu cells) = %.2g", judged,
			cell->p_adjusted);
	str_addf(out, "\nflagged: %zu of %zu cells\n", l->event->cells_flagged, judged);
	if (l->host_record)
		str_addf(out, "control: %s\n", l->host_record);
	if (l->event->culprit.oid)
		str_add(out, "commit named by a bisect\n");
	else
		str_add(out, "not done: verification by revert on the tip\n");
}

static size_t count_cpus(const char *facts)
{
	size_t count = 0;

	for (const char *p = facts; p && (p = strstr(p, "/regs/identification/midr_el1: "));
		p++)
		count++;
	return count;
}

/* "0x00000000410fd070" -> "0x410fd070". */
static char *first_midr(const char *facts)
{
	auto_free char *value =
		facts_value(facts, "/sys/devices/system/cpu/cpu0/regs/identification/midr_el1");

	return mem_printf("0x%08llx", value ? strtoull(value, NULL, 16) : 0);
}

static void put_machine(struct str *out, const struct letter *l)
{
	const char *facts = l->c->host_facts ? l->c->host_facts : "";
	auto_free char *midr = first_midr(facts);
	auto_free char *firmware = facts_value(facts, "/sys/class/dmi/id/bios_version");
	auto_free char *page = facts_value(facts, "page-size");
	auto_free char *memory = facts_last(facts, "MemTotal:");
	long long kb = memory ? atoll(memory + strlen("MemTotal:")) : 0;

	str_addf(out, "test machine: %s", l->c->host);
	if (count_cpus(facts))
		str_addf(out, ", %zu CPUs (MIDR %s)", count_cpus(facts), midr);
	if (kb)
		str_addf(out, ", %lldM memory", kb / 1024);
	str_add(out, ",\n");
	str_addf(out, "  host pages %s, %s, firmware %s,\n", page ? page : "not recorded",
		l->c->kvm_mode ? l->c->kvm_mode : "KVM mode not recorded",
		firmware ? firmware : "not told by the machine");
	str_addf(out, "  boot: firmware -> golden -> kexec%s\n",
		l->c->emulated ? "; " DISPLAY_EMULATED : "");
}

static void put_setting(struct str *out, const struct letter *l)
{
	const struct cell *cell = surest(l->c);
	char chunk[NUMBER_BYTES];

	number_bytes(l->c->chunk_bytes, chunk);
	str_addf(out, "testcase: dirty_log_perf_test (plan %s, %s)\n", l->c->plan,
		l->c->plan_hash);
	if (cell)
		str_addf(out, "scenario: %s: ./dirty_log_perf_test %s\nmode: %s\n",
			l->c->scenarios[cell->scenario].name,
			l->c->scenarios[cell->scenario].command, l->c->modes[cell->mode]);
	if (l->c->command)
		str_addf(out, "as it was run last: %s\n", l->c->command);
	str_addf(out, "eager split chunk: %s\nconfig: %s; compiler: %s\n", chunk,
		l->c->fresh.config_hash ? l->c->fresh.config_hash : "not recorded",
		l->c->fresh.toolchain ? l->c->fresh.toolchain : "not recorded");
	put_machine(out, l);
}

static void put_box_row(struct str *out, const struct comparison *c)
{
	char change[NUMBER_BYTES], low[NUMBER_BYTES], high[NUMBER_BYTES];
	auto_free char *interval = NULL;

	number_percent(c->effect.change, change);
	number_percent_bare(c->effect.low, low);
	number_percent_bare(c->effect.high, high);
	interval = c->effect.cells ? mem_printf("%s, %s", low, high) : mem_strdup("");
	str_addf(out, "| %-14.14s | %-14.14s | %9s | %-15.15s | %-12.12s |\n", c->host,
		c->effect.cells ? c->metrics[c->effect.metric].name : "all metrics",
		c->effect.cells ? change : "", interval, verdict_name(c->headline));
}

static void put_box(struct str *out, const struct letter *l)
{
	static const char rule[] =
		"+----------------+----------------+-----------+-----------------+------------"
		"--+\n";

	if (!l->other_count)
		return;
	str_addf(out,
		"The same commits on the other hosts:\n\n%s| %-14s | %-14s | %9s | %-15s | "
		"%-12s |\n%s",
		rule, "host", "metric", "change", "95% CI", "verdict", rule);
	put_box_row(out, l->c);
	for (size_t i = 0; i < l->other_count; i++)
		put_box_row(out, &l->others[i]);
	str_addf(out, "%s\n", rule);
}

/* Closes: must work for everybody when the mail arrives: only with a public archive. */
static void put_tags(struct str *out, const struct letter *l)
{
	auto_free char *address = NULL;
	auto_free char *name = sender_of(l->mail, &address);
	auto_free char *id = NULL;

	if (l->event->improved)
		return;
	str_addf(out,
		"If you fix the issue in a separate patch/commit (i.e. not just a new version "
		"of\nthe same patch/commit), kindly add following tags\n"
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

static void put_signature(struct str *out, const struct mail_spec *mail)
{
	str_addf(out, "-- \nkvmperf%s%s\n%s\n", mail->lab[0] ? ", " : "", mail->lab,
		LETTER_PROJECT);
	if (mail->owner[0])
		str_addf(out, "questions to a person: %s\n", mail->owner);
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
	put_setting(&out, l);
	str_add(&out, "\n");
	put_box(&out, l);
	put_tags(&out, l);
	put_links(&out, l);
	columns_table(&out, l->c, TABLE_ROWS);
	if (l->event->emulated)
		str_add(&out, "\n(_insn: " DISPLAY_EMULATED ")\n");
	str_add(&out, "\n");
	put_signature(&out, l->mail);
	return str_take(&out);
}

char *letter_fixed(const struct letter *l)
{
	auto_str struct str out = STR_INIT;

	str_addf(&out, "Hello,\n\nthe %.1f%% %s of dirty_log_perf_test.%s is gone:\n\n",
		percent(l), noun(l->event), l->event->metric);
	str_addf(&out, "commit: %s (\"%s\")\n%s\n\n", l->c->fresh.oid, l->c->fresh.subject,
		l->c->evidence ? l->c->evidence : "");
	if (l->event->emulated)
		str_add(&out, "(" DISPLAY_EMULATED ")\n\n");
	put_links(&out, l);
	columns_table(&out, l->c, TABLE_ROWS);
	str_add(&out, "\n");
	put_signature(&out, l->mail);
	return str_take(&out);
}

char *letter_still(const struct letter *l)
{
	auto_str struct str out = STR_INIT;

	str_addf(&out, "Hello,\n\nthe %s of dirty_log_perf_test.%s is still there:\n\n",
		noun(l->event), l->event->metric);
	str_addf(&out, "[still %s on %s %s]\n%s\n\n", noun(l->event), l->event->branch,
		l->c->fresh.oid, l->c->evidence ? l->c->evidence : "");
	if (l->event->emulated)
		str_add(&out, "(" DISPLAY_EMULATED ")\n\n");
	put_links(&out, l);
	columns_table(&out, l->c, TABLE_ROWS);
	str_add(&out, "\n");
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

	str_addf(out, "%s: %s%s%s\n", what, words[proof], why ? ": " : "", why ? why : "");
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
		str_addf(&out, "%s\n", f->sentence);
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
		put_links(&out, l);
		columns_table(&out, l->c, TABLE_ROWS);
		str_add(&out, "\n");
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

char *letter_digest(
	const struct mail_spec *mail, const struct event *events, size_t count, size_t waiting)
{
	auto_str struct str out = STR_INIT;

	str_add(&out, "Hello,\n\nseen since the last digest, without a mail of its own:\n\n");
	for (size_t i = 0; i < count; i++) {
		const struct event *e = &events[i];

		str_addf(&out, "%s %.12s..%.12s\n  %s%s\n  \"%s\"\n\n",
			e->branch[0] ? e->branch : "(no branch)", e->from.oid, e->to.oid,
			e->sentence, e->emulated ? " (" DISPLAY_EMULATED ")" : "",
			e->to.subject);
	}
	if (waiting)
		str_addf(&out,
			"%zu more: of them are regressions that the daily limit of mails "
			"held back.\n\n",
			waiting);
	put_signature(&out, mail);
	return str_take(&out);
}
