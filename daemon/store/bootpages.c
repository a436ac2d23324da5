/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/bootpages.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "io/zip.h"
#include "string/str.h"

enum { TEXT_LIMIT_BYTES = 64 << 20 };

/* A packed column as text; NULL stays NULL. */
static int unpack(
	struct query *query, int column, char **ret, size_t *ret_bytes, struct err *err)
{
	size_t packed_bytes;
	const void *packed = query_blob(query, column, &packed_bytes);

	*ret_bytes = 0;
	return packed ? zip_unpack(packed, packed_bytes, TEXT_LIMIT_BYTES, ret, ret_bytes, err)
		      : 0;
}

static const char head_sql[] =
	"SELECT h.name, h.emulated, c.branch, p.name, m.oid, m.subject, b.release, b.build_id, "
	"b.boot_id, b.cmdline, b.kvm_mode, b.taint, b.started_unix_ms, b.ended_unix_ms, "
	"b.kexec_ms, b.failure, b.symptom, b.reason, b.facts_z, b.dmesg_z, b.console_z, "
	"x.oid, y.oid, b.state "
	"FROM boots b JOIN comparisons c ON c.id = b.comparison_id "
	"JOIN hosts h ON h.id = c.host_id JOIN plans p ON p.id = c.plan_id "
	"JOIN kernels k ON k.id = b.kernel_id JOIN commits m ON m.id = k.commit_id "
	"JOIN commits x ON x.id = c.base_commit JOIN commits y ON y.id = c.new_commit "
	"WHERE b.id = :id";

static void read_head(struct query *query, struct boot_page *page)
{
	page->host = query_text_dup(query, 0);
	page->emulated = query_int(query, 1) != 0;
	page->branch = query_text_dup(query, 2);
	page->plan = query_text_dup(query, 3);
	page->oid = query_text_dup(query, 4);
	page->subject = query_text_dup(query, 5);
	page->release = query_text_dup(query, 6);
	page->build_id = query_text_dup(query, 7);
	page->boot_id = query_text_dup(query, 8);
	page->cmdline = query_text_dup(query, 9);
	page->kvm_mode = query_text_dup(query, 10);
	page->taint = (uint64_t)query_int(query, 11);
	page->started_unix_ms = query_int(query, 12);
	page->ended_unix_ms = query_int(query, 13);
	page->kexec_ms = query_int(query, 14);
	page->failure = failure_from_name(query_text(query, 15));
	page->symptom = symptom_from_name(query_text(query, 16));
	page->reason = query_text_dup(query, 17);
	page->base_oid = query_text_dup(query, 21);
	page->fresh_oid = query_text_dup(query, 22);
	if (strcmp(query_text(query, 23), "lost") == 0) {
		page->failure = FAILURE_LINK;
		page->symptom = SYMPTOM_LOST;
	}
}

static int load_head(struct db *db, struct boot_page *page, struct err *err)
{
	auto_query struct query *query = NULL;
	size_t bytes;
	int r = query_open(db, head_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", page->id);
	r = query_step(query, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, -ENOENT, "there is no boot %lld", (long long)page->id);
	read_head(query, page);
	r = unpack(query, 18, &page->facts, &bytes, err);
	if (r == 0)
		r = unpack(query, 19, &page->dmesg, &bytes, err);
	if (r == 0)
		r = unpack(query, 20, &page->console, &bytes, err);
	return r < 0 ? err_note(err, "boot %lld", (long long)page->id) : 0;
}

static const char values_sql[] =
	"SELECT q.name, q.unit, s.iteration, s.value FROM samples s "
	"JOIN quantities q ON q.id = s.quantity_id WHERE s.process_id = :id "
	"ORDER BY q.id, s.iteration";

static int load_values(
	struct db *db, int64_t process_id, struct boot_page_process *process, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, values_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", process_id);
	while ((r = query_step(query, err)) > 0) {
		process->values = mem_grow(
			process->values, process->value_count + 1, sizeof(*process->values));
		process->values[process->value_count++] = (struct boot_page_value){
			.metric = query_text_dup(query, 0),
			.unit = query_text_dup(query, 1),
			.iteration = (int)query_int(query, 2),
			.value = query_real(query, 3),
		};
	}
	return r;
}

static const char processes_sql[] =
	"SELECT id, scenario, mode, ordinal, command, exit_status, signal, started_unix_ms, "
	"duration_ms, chunk_bytes, calls_dropped, failure, symptom, reason, output_z, "
	"errors_z, "
	"(SELECT coalesce(sum(s.value), 0) FROM samples s JOIN quantities q "
	" ON q.id = s.quantity_id WHERE s.process_id = processes.id AND q.unit = 'calls') "
	"FROM processes WHERE boot_id = :id ORDER BY id";

static int read_process(struct query *query, struct boot_page_process *process, struct err *err)
{
	int r;

	process->scenario = query_text_dup(query, 1);
	process->mode = query_text_dup(query, 2);
	process->warmup = query_int(query, 3) < 1;
	process->command = query_text_dup(query, 4);
	process->exit_status = (int)query_int(query, 5);
	process->signal = (int)query_int(query, 6);
	process->started_unix_ms = query_int(query, 7);
	process->duration_ms = query_int(query, 8);
	process->chunk_bytes = query_int(query, 9);
	process->calls_dropped = (size_t)query_int(query, 10);
	process->failure = failure_from_name(query_text(query, 11));
	process->symptom = symptom_from_name(query_text(query, 12));
	process->reason = query_text_dup(query, 13);
	process->calls = (size_t)query_int(query, 16);
	r = unpack(query, 14, &process->output, &process->output_bytes, err);
	return r < 0 ? r : unpack(query, 15, &process->errors, &process->errors_bytes, err);
}

static int load_processes(struct db *db, struct boot_page *page, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, processes_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", page->id);
	while ((r = query_step(query, err)) > 0) {
		struct boot_page_process *process;

		page->processes = mem_grow(
			page->processes, page->process_count + 1, sizeof(*page->processes));
		process = &page->processes[page->process_count++];
		memset(process, 0, sizeof(*process));
		process->number = (int)page->process_count;
		r = read_process(query, process, err);
		if (r == 0)
			r = load_values(db, query_int(query, 0), process, err);
		if (r < 0)
			return err_note(err, "boot %lld", (long long)page->id);
	}
	return r;
}

static bool is_highlight(const char *line)
{
	static const char *const words[] = {"kvm [", "Linux version", "Kernel command line",
		"HugeTLB: registered", "preallocated redistributor", "probably corrupted",
		"WARNING", "BUG:", "Oops", "Call trace", "rcu: INFO"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(line, words[i]))
			return true;
	return false;
}

/* A line of the kernel log without its level "<6>". */
static const char *without_level(const char *line)
{
	return line[0] == '<' && line[1] >= '0' && line[1] <= '9' && line[2] == '>' ? line + 3
										    : line;
}

/* Lines of the kernel log that say how KVM and memory came up, or that something is wrong. */
static char *pick_highlights(const char *dmesg)
{
	struct str picked = STR_INIT;

	while (dmesg && *dmesg) {
		size_t n = strcspn(dmesg, "\n");
		auto_free char *line = mem_strndup(dmesg, n);

		if (is_highlight(line))
			str_addf(&picked, "%s\n", without_level(line));
		dmesg += n + (dmesg[n] == '\n');
	}
	return str_take(&picked);
}

int boot_page_load(struct db *db, int64_t boot_id, struct boot_page *ret, struct err *err)
{
	struct boot_page page = {.id = boot_id};
	int r = load_head(db, &page, err);

	if (r == 0)
		r = load_processes(db, &page, err);
	if (r < 0) {
		boot_page_clear(&page);
		return r;
	}
	page.highlights = pick_highlights(page.dmesg);
	*ret = page;
	return 0;
}
