/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/mailing.h"

enum { HOUR_MS = 3600000, MINUTE_MS = 60000 };

bool mailing_is_believed(const struct mailing_facts *facts)
{
	return !facts->host_moved && !facts->control_moved && !facts->tainted;
}

enum mailing_way mailing_way(const struct mailing_facts *facts, const char **ret_why)
{
	const struct {
		bool applies;
		enum mailing_way way;
		const char *why;
	} rows[] = {
		{facts->host_moved, MAILING_NOT,
			"not mailed: the host moved in that lab session"},
		{facts->control_moved, MAILING_NOT,
			"not mailed: the negative control differs too, so it is not KVM alone"},
		{facts->tainted, MAILING_NOT, "not mailed: a boot with a tainted kernel"},
		{facts->emulated && !facts->emulated_allowed, MAILING_NOT,
			"not mailed: an emulated host"},
		{facts->no_branch, MAILING_NOT, "not mailed: of no watched branch"},
		{facts->improved, MAILING_DIGEST, "improvements go into the digest"},
		{facts->reports_today >= facts->daily_limit, MAILING_DIGEST,
			"enough mails of this branch today: it goes into the digest"},
		{true, MAILING_REPORT, "told by mail"},
	};
	const unsigned last = sizeof(rows) / sizeof(rows[0]) - 1;
	unsigned i = 0;

	while (i < last && !rows[i].applies)
		i++;
	*ret_why = rows[i].why;
	return rows[i].way;
}

int64_t mailing_after_quiet(int64_t now_unix_ms, int from, int to)
{
	int64_t day = now_unix_ms - now_unix_ms % MAILING_DAY_MS;
	int hour = (int)(now_unix_ms % MAILING_DAY_MS / HOUR_MS);
	bool quiet = from < to ? hour >= from && hour < to : hour >= from || hour < to;

	if (from == to || !quiet)
		return now_unix_ms;
	return day + to * (int64_t)HOUR_MS + (hour < to ? 0 : MAILING_DAY_MS);
}

int64_t mailing_back_off_ms(int attempts)
{
	int64_t wait = MINUTE_MS;

	for (int i = 1; i < attempts && wait < 6LL * HOUR_MS; i++)
		wait *= 2;
	return wait < 6LL * HOUR_MS ? wait : 6LL * HOUR_MS;
}

bool mailing_digest_due(int64_t now_unix_ms, int day, int64_t last_unix_ms)
{
	int today =
		(int)((now_unix_ms / MAILING_DAY_MS + 3) % 7); /* 1970 began on a Thursday */

	return today == day && now_unix_ms - last_unix_ms > MAILING_DAY_MS;
}
