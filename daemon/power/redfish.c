/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "power/redfish.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"
#include "io/http.h"
#include "rules/power.h"
#include "sys/secret.h"
#include "text/redfish.h"

#define ROOT "/redfish/v1"

enum {
	ASK_MS = 30 * 1000,
	STATE_MS = 180 * 1000, /* from a reset that was accepted to the state it leads to */
	LOOK_MS = 2000,
	BUSY_TRIES = 5,
	BUSY_MS = 2000, /* unless the service says how long; at most BUSY_MAX_S then */
	BUSY_MAX_S = 30,
	ANSWER_MAX = 1 << 20,
};

struct bmc {
	const struct host_spec *spec;
	char *password;
	char *token, *session; /* of a session: what it is known by, and its path */
	char *system;	       /* path */
};

static void bmc_clear(struct bmc *bmc)
{
	secret_free(bmc->password);
	secret_free(bmc->token);
	free(bmc->session);
	free(bmc->system);
}

bool redfish_is_there(const struct host_spec *spec)
{
	return spec->redfish && *spec->redfish;
}

/* ---- one request ---- */

/* What an answer with that status is to us. */
static int judge(const struct bmc *bmc, const char *path, const struct http_answer *answer,
	struct err *err)
{
	auto_free char *said = redfish_messages(answer->body, answer->body_bytes);
	int code = answer->status == 401 || answer->status == 403 ? -EACCES : -EIO;

	if (answer->status >= 200 && answer->status < 300)
		return 0;
	return err_set(err, code, "BMC of host %s: %s: status %d%s%s", bmc->spec->name, path,
		answer->status, said ? ": " : "", said ? said : "");
}

static int wait_busy(const struct http_answer *answer, struct err *err)
{
	int64_t wait_ms = BUSY_MS;

	if (answer->retry_after_s > 0)
		wait_ms = 1000 * (answer->retry_after_s < BUSY_MAX_S ? answer->retry_after_s
								     : BUSY_MAX_S);
	return stop_sleep_ms((int)wait_ms) ? 0 : err_set(err, -EINTR, "stopped");
}

/* A system that is told twice to do the same does it once: a busy one may be asked again. */
static int ask(const struct bmc *bmc, const char *method, const char *path, const char *json,
	struct http_answer *ret, struct err *err)
{
	const struct host_spec *spec = bmc->spec;
	auto_free char *url = mem_printf("%s%s", spec->redfish, path);
	bool is_basic = spec->redfish_auth == REDFISH_BASIC;
	const struct http_wish wish = {
		.url = url,
		.limit_bytes = ANSWER_MAX,
		.limit_ms = ASK_MS,
		.method = method,
		.json = json,
		.user = is_basic ? spec->redfish_user : NULL,
		.password = is_basic ? bmc->password : NULL,
		.token = bmc->token,
		.ca_file = *spec->redfish_ca ? spec->redfish_ca : NULL,
	};
	int r;

	for (int i = 1;; i++) {
		r = http_get(&wish, ret, err);
		if (r < 0)
			return err_note(err, "BMC of host %s", spec->name);
		if (ret->status != 503 || i == BUSY_TRIES)
			break;
		r = wait_busy(ret, err);
		http_answer_clear(ret);
		if (r < 0)
			return r;
	}
	r = judge(bmc, path, ret, err);
	if (r < 0)
		http_answer_clear(ret);
	return r;
}

/* ---- in and out ---- */

static int log_in(struct bmc *bmc, struct err *err)
{
	const struct host_spec *spec = bmc->spec;
	auto_http_answer struct http_answer answer = {0};
	char *login;
	int r = secret_read(spec->redfish_password_file, &bmc->password, err);

	if (r < 0)
		return err_note(err, "BMC of host %s", spec->name);
	if (spec->redfish_auth == REDFISH_BASIC)
		return 0;
	login = redfish_login(spec->redfish_user, bmc->password);
	if (!login)
		return err_set(err, -EINVAL, "BMC of host %s: user and password must be UTF-8",
			spec->name);
	r = ask(bmc, "POST", ROOT "/SessionService/Sessions", login, &answer, err);
	secret_free(login);
	if (r < 0)
		return r;
	if (!answer.token)
		return err_set(err, -EIO,
			"BMC of host %s: a session without a token; it may know redfish-auth = "
			"basic only",
			spec->name);
	bmc->token = take_ptr(answer.token);
	if (answer.location && answer.location[0] == '/')
		bmc->session = take_ptr(answer.location);
	return 0;
}

/* BMCs have few sessions. */
static void log_out(struct bmc *bmc)
{
	struct http_answer answer = {0};

	if (bmc->session && ask(bmc, "DELETE", bmc->session, NULL, &answer, NULL) == 0)
		http_answer_clear(&answer);
}

/* ---- the system ---- */

static int find_system(struct bmc *bmc, struct err *err)
{
	const struct host_spec *spec = bmc->spec;
	auto_http_answer struct http_answer answer = {0};
	auto_strv struct strv members = STRV_INIT;
	int r = ask(bmc, NULL, ROOT "/Systems", NULL, &answer, err);

	if (r == 0)
		r = redfish_members(answer.body, answer.body_bytes, &members, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < members.count; i++) {
		const char *last = strrchr(members.items[i], '/') + 1;

		if (*spec->redfish_system ? strcmp(last, spec->redfish_system) == 0
					  : members.count == 1)
			bmc->system = mem_strdup(members.items[i]);
	}
	if (!bmc->system) {
		auto_free char *names = strv_join(&members, ", ");

		return err_set(err, -ENODEV,
			"BMC of host %s has %zu systems (%.300s): say which is meant with "
			"redfish-system",
			spec->name, members.count, names);
	}
	return 0;
}

static int look(const struct bmc *bmc, struct redfish_system *ret, struct err *err)
{
	auto_http_answer struct http_answer answer = {0};
	int r = ask(bmc, NULL, bmc->system, NULL, &answer, err);

	if (r < 0)
		return r;
	r = redfish_system(answer.body, answer.body_bytes, ret, err);
	return r < 0 ? err_note(err, "BMC of host %s", bmc->spec->name) : r;
}

static int await_state(const struct bmc *bmc, bool on, struct err *err)
{
	int64_t deadline_ms = clock_monotonic_ms(&clock_real) + STATE_MS;
	const char *wanted = on ? "On" : "Off";

	for (;;) {
		struct redfish_system system = {0};
		bool is_there;
		int r = look(bmc, &system, err);

		if (r < 0)
			return r;
		is_there = strcmp(system.power_state, wanted) == 0 || !*system.power_state;
		redfish_system_clear(&system);
		if (is_there)
			return 0;
		if (clock_monotonic_ms(&clock_real) > deadline_ms)
			return err_set(err, -ETIMEDOUT,
				"BMC of host %s: it is not %s after %d s", bmc->spec->name,
				wanted, STATE_MS / 1000);
		if (!stop_sleep_ms(LOOK_MS))
			return err_set(err, -EINTR, "stopped");
	}
}

static int post_reset(
	const struct bmc *bmc, const char *path, const char *type, struct err *err)
{
	auto_http_answer struct http_answer answer = {0};
	auto_free char *json = mem_printf("{\"ResetType\":\"%s\"}", type);

	return ask(bmc, "POST", path, json, &answer, err);
}

static int do_deed(const struct bmc *bmc, enum power_deed deed,
	const struct redfish_system *system, struct err *err)
{
	auto_free char *allowed = strv_join(&system->allowed, ", ");
	struct power_plan plan;
	int r = 0;

	if (!power_plan(deed, system->power_state, &system->allowed, &plan))
		return err_set(err, -EOPNOTSUPP,
			"BMC of host %s allows no reset that would do, only: %.300s",
			bmc->spec->name, allowed);
	if (plan.first)
		r = post_reset(bmc, system->reset_path, plan.first, err);
	if (r == 0 && plan.second)
		r = await_state(bmc, false, err);
	if (r == 0 && plan.second)
		r = post_reset(bmc, system->reset_path, plan.second, err);
	return r < 0 ? r : await_state(bmc, plan.ends_on, err);
}

int redfish_switch(const struct host_spec *spec, enum power_deed deed, struct err *err)
{
	struct bmc bmc = {.spec = spec};
	struct redfish_system system = {0};
	int r = log_in(&bmc, err);

	if (r == 0)
		r = find_system(&bmc, err);
	if (r == 0)
		r = look(&bmc, &system, err);
	if (r == 0)
		r = do_deed(&bmc, deed, &system, err);
	log_out(&bmc);
	redfish_system_clear(&system);
	bmc_clear(&bmc);
	return r;
}
