/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "notice/quarantine.h"

#include <errno.h>

#include "base/mem.h"
#include "rules/health.h"
#include "store/hosts.h"
#include "store/names.h"
#include "work/post.h"

static int tell_owner(struct db *db, const struct settings *settings, const char *name,
	const char *reason, int64_t now_unix_ms, struct err *err)
{
	auto_free char *subject = mem_printf("host %s is in quarantine", name);
	auto_free char *text = mem_printf(
		"Hello,\n\nkvmperf measures on host %s no longer:\n\n  %s\n\n"
		"What came before:           kvmperf hosts story %s\n"
		"Is it fit now?              kvmperf hosts check %s\n"
		"When it is mended, give it back to the service:\n\n"
		"  kvmperf hosts release %s --why \"...\"\n\n"
		"Until then jobs that need this host wait.\n",
		name, reason, name, name, name);

	return post_owner(db, &settings->mail, subject, text, now_unix_ms, err);
}

static int act(struct db *db, const struct settings *settings, int64_t host_id,
	const char *reason, int64_t now_unix_ms, struct err *err)
{
	auto_free char *name = NULL;
	bool is_there = false;
	int r = host_is_quarantined(db, host_id, &is_there, err);

	if (r < 0 || is_there)
		return r;
	r = name_of_host(db, host_id, &name, err);
	if (r == 0 && !name)
		r = err_set(err, -ENOENT, "there is no host %lld", (long long)host_id);
	if (r >= 0)
		r = host_quarantine(db, host_id, reason, now_unix_ms, err);
	return r < 0 ? r : tell_owner(db, settings, name, reason, now_unix_ms, err);
}

int quarantine_host(struct db *db, const struct settings *settings, int64_t host_id,
	const char *reason, int64_t now_unix_ms, struct err *err)
{
	struct db_part part;
	int r = db_part_begin(db, &part, err);

	if (r == 0)
		r = act(db, settings, host_id, reason, now_unix_ms, err);
	return db_part_end(&part, r, err);
}

int quarantine_failed(struct db *db, const struct settings *settings, int64_t host_id,
	bool is_final, const char *text, int64_t now_unix_ms, struct err *err)
{
	auto_free char *reason = NULL;
	struct db_part part;
	int failures = 0, r = db_part_begin(db, &part, err);

	if (r == 0)
		r = host_failed(db, host_id, text, now_unix_ms, &failures, err);
	reason = is_final ? mem_strdup(text)
			  : mem_printf("it failed %d times in a row, last: %s", failures, text);
	is_final = is_final || failures >= HEALTH_FAILURES;
	if (r == 0 && is_final)
		r = act(db, settings, host_id, reason, now_unix_ms, err);
	r = db_part_end(&part, r, err);
	return r < 0 ? r : is_final;
}
