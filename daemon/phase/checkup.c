/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "phase/checkup.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "notice/quarantine.h"
#include "rules/health.h"
#include "rules/machine.h"
#include "store/hosts.h"

/* All that is asked of a host, and what is known of it; texts are the caller's to free. */
struct checkup {
	char *facts, *dmesg, *check, *identity, *known;
	int64_t known_score_us;
};

static void checkup_clear(struct checkup *checkup)
{
	free(checkup->facts);
	free(checkup->dmesg);
	free(checkup->check);
	free(checkup->identity);
	free(checkup->known);
}

static int gather(
	struct db *db, struct host *host, int64_t host_id, struct checkup *ret, struct err *err)
{
	int r = host_facts(host, &ret->facts, err);

	if (r == 0)
		r = host_dmesg(host, &ret->dmesg, err);
	if (r == 0)
		r = host_check(host, &ret->check, err);
	if (r == 0)
		r = host_known(db, host_id, &ret->known, &ret->known_score_us, err);
	if (r == 0) /* how KVM came up is not always in the log any more */
		ret->identity = machine_identity(ret->facts, NULL);
	return r;
}

int checkup_now(struct db *db, struct host *host, int64_t host_id, int64_t now_unix_ms,
	bool *ret_is_fit, char **ret_text, struct err *err)
{
	struct checkup checkup = {0};
	struct health_answer answer = {0};
	int r = gather(db, host, host_id, &checkup, err);

	if (r == 0) {
		const struct health health = {checkup.facts, checkup.dmesg, checkup.check,
			host_keeps_time(host), checkup.identity, checkup.known,
			checkup.known_score_us};

		health_judge(&health, &answer);
	}
	if (r == 0 && answer.is_fit)
		r = host_checked(db, host_id, answer.text, checkup.identity, answer.score_us,
			now_unix_ms, err);
	if (r == 0) {
		*ret_is_fit = answer.is_fit;
		*ret_text = take_ptr(answer.text);
	}
	free(answer.text);
	checkup_clear(&checkup);
	return r;
}

static int check(struct db *db, const struct settings *settings, struct host *host,
	int64_t host_id, int64_t now_unix_ms, struct err *err)
{
	auto_free char *text = NULL;
	bool is_fit;
	int r = checkup_now(db, host, host_id, now_unix_ms, &is_fit, &text, err);

	if (r < 0 || is_fit)
		return r;
	r = quarantine_host(db, settings, host_id, text, now_unix_ms, err);
	return r < 0 ? r : err_set(err, -EHOSTDOWN, "the host is not fit: %s", text);
}

int checkup_if_due(struct db *db, const struct settings *settings, struct host *host,
	int64_t host_id, int64_t now_unix_ms, struct err *err)
{
	auto_free char *rescue = host_take_story(host);
	bool is_new = false;
	int r = host_is_unchecked(db, host_id, &is_new, err);

	if (r == 0 && rescue)
		r = host_rescued(db, host_id, rescue, now_unix_ms, err);
	if (r < 0 || (!rescue && !is_new))
		return r;
	return check(db, settings, host, host_id, now_unix_ms, err);
}
