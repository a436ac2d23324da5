/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_ALERT_FIXTURE_H
#define TESTS_ALERT_FIXTURE_H

#include "store_fixture.h"

#include "config/settings.h"
#include "notice/alert.h"
#include "store/events.h"
#include "store/outbox.h"

/*
 * A store with a history of kernels (ids of 40 times the letter 'a', 'b', ...), two
 * hosts, and confirms between any two of them.
 */
#define ALERT_LIVE                                                                  \
	"from = Lab bot <bot@lab.example>\nto = list@example.org\nemulated = yes\n" \
	"smtp = smtp://localhost:25\n"

#define ALERT_NOW 1795860000000 /* Saturday, 28 November 2026, 10:00 UTC */
#define ALERT_DAY 86400000LL

struct alert_store {
	struct store s;
	struct settings settings;
	int64_t hosts[2];
	int64_t now;
};

static inline struct settings alert_settings(const char *mail)
{
	auto_free char *text = mem_printf("[host emulated]\ndriver = qemu\n[mail]\n%s", mail);
	struct settings settings;

	must(settings_parse("test", text, &settings, &store_err));
	return settings;
}

static inline void alert_store_open(struct alert_store *a, const char *mail)
{
	struct host_spec second = {.name = mem_strdup("second")};

	store_open(&a->s);
	must(host_store(a->s.db, &second, &a->hosts[1], &store_err));
	a->hosts[0] = a->s.host_id;
	a->settings = alert_settings(mail);
	a->now = ALERT_NOW;
	must(db_exec(a->s.db,
		"DELETE FROM sessions; DELETE FROM comparisons; UPDATE commits SET parent = "
		"(SELECT oid FROM commits WHERE id = 1) WHERE id = 2",
		&store_err));
	host_spec_clear(&second);
}

static inline void alert_store_close(struct alert_store *a)
{
	settings_clear(&a->settings);
	store_close(&a->s);
}

/* The kernel of a letter: its commit's row, and its kernel's. */
static inline int64_t alert_kernel(struct store *s, char letter, int64_t *ret_kernel)
{
	struct kernel_record record = {0};
	struct commit commit = {0};
	int64_t id;

	memset(commit.oid, letter, 40);
	memset(commit.tree, letter, 40);
	commit.subject = mem_printf("KVM: arm64: %c", letter);
	commit.author = mem_strdup("A <a@example.org>");
	must(commit_store(s->db, &commit, &store_err));
	record.kernel.commit_id = commit.id;
	record.kernel.toolchain = mem_strdup("gcc 12");
	record.kernel.release = mem_printf("6.12.0-%c", letter);
	record.kernel.image_hash = mem_printf("hash-%c", letter);
	must(kernel_store(s->db, "recipe", &record, 1000, &store_err));
	*ret_kernel = record.kernel.id;
	id = commit.id;
	commit_clear(&commit);
	kernel_record_clear(&record);
	return id;
}

static inline void alert_boots(struct alert_store *a, int64_t run, int64_t session,
	const int64_t kernels[2], double base, double fresh)
{
	static const char sides[] = "ABBAABBA";

	for (int i = 0; sides[i]; i++) {
		bool is_new = sides[i] == 'B';
		double value = (is_new ? fresh : base) * (1 + 1e-4 * (i % 3));
		int64_t boot, now = a->now + 1000 * i;

		must(boot_start(a->s.db, run, session, kernels[is_new], sides[i], now, &boot,
			&store_err));
		for (int p = 1; p <= 3; p++)
			store_process(&a->s, boot, p, value);
		store_boot_good(&a->s, boot, now + 500);
	}
}

/* A done confirm of two kernels with these values, in the order of things: an hour later. */
static inline int64_t alert_confirm(
	struct alert_store *a, int host, char base, double base_value, char fresh, double value)
{
	int64_t kernels[2], session;
	struct run run = {.host_id = a->hosts[host],
		.plan_id = a->s.plan_id,
		.base_commit = alert_kernel(&a->s, base, &kernels[0]),
		.new_commit = alert_kernel(&a->s, fresh, &kernels[1]),
		.recipe = "recipe",
		.branch = mem_strdup("next"),
		.confirm = true,
		.boots_wanted = 4};

	a->now += 3600000;
	must(run_start(a->s.db, &run, a->now, &store_err));
	must(session_start(a->s.db, run.id, a->now, &session, &store_err));
	alert_boots(a, run.id, session, kernels, base_value, value);
	must(run_end(
		a->s.db, &run, FAILURE_NONE, SYMPTOM_NONE, NULL, a->now + 9000, &store_err));
	free(run.branch);
	return run.id;
}

/* The same, and what follows from it. */
static inline int64_t alert_told(
	struct alert_store *a, int host, char base, double base_value, char fresh, double value)
{
	int64_t id = alert_confirm(a, host, base, base_value, fresh, value);

	must(alert_judged(a->s.db, &a->settings, id, a->now, &store_err));
	return id;
}

static inline struct event alert_event(struct alert_store *a, int64_t id)
{
	struct event event = {0};

	must(event_load(a->s.db, id, &event, &store_err));
	return event;
}

static inline struct mail alert_mail(struct alert_store *a, int64_t id)
{
	struct mail mail = {0};

	must(outbox_load(a->s.db, id, &mail, &store_err));
	return mail;
}

#endif
