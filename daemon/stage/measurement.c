/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stage/measurement.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "notice/quarantine.h"
#include "phase/build.h"
#include "phase/checkup.h"
#include "rules/health.h"
#include "rules/interleave.h"
#include "store/boots.h"
#include "store/departures.h"
#include "store/hosts.h"
#include "sys/fs.h"
#include "work/judge.h"
#include "work/screen.h"

static int64_t now_ms(void)
{
	return clock_unix_ms(&clock_real);
}

void measurement_fault_clear(struct measurement_fault *fault)
{
	free(fault->reason);
	memset(fault, 0, sizeof(*fault));
}

void measurement_clear(struct measurement *m)
{
	host_close(take_ptr(m->host));
	for (int i = 0; i < 2; i++)
		kernel_record_clear(&m->kernels[i]);
	free(take_ptr(m->test_path));
	free(take_ptr(m->golden));
	run_clear(&m->run);
}

static void blame(const struct measurement *m, int side, enum failure failure,
	enum symptom symptom, const char *reason, struct measurement_fault *ret)
{
	*ret = (struct measurement_fault){failure, symptom,
		mem_printf("kernel %.12s %s: %s", m->commits[side]->oid,
			symptom_phrase(symptom), reason)};
}

/* ---- build ---- */

static struct build_order order_of(const struct measurement *m)
{
	return (struct build_order){
		m->db, m->state, m->repo, m->fragment, m->run.recipe, m->progress, m->prebuilt};
}

static int build_one(
	struct measurement *m, int side, struct measurement_fault *ret, struct err *err)
{
	struct build_order order = order_of(m);
	struct kernel_record *record = &m->kernels[side];
	int r = build_kernel(&order, m->commits[side], record, err);

	if (r == 0 && record->failure != FAILURE_NONE)
		blame(m, side, record->failure, record->symptom,
			record->reason ? record->reason : "see the build log", ret);
	return r;
}

int measurement_build(struct measurement *m, struct measurement_fault *ret, struct err *err)
{
	struct build_order order = order_of(m);
	struct measurement_fault fault = {0};
	int r = build_one(m, 0, &fault, err);

	if (r == 0 && fault.failure == FAILURE_NONE && !m->run.test_id)
		r = build_test(&order, m->commits[0], m->plan->test, &m->test_id, err);
	if (r == 0 && fault.failure == FAILURE_NONE)
		r = build_one(m, 1, &fault, err);
	*ret = fault;
	return r;
}

int measurement_find_kernels(struct measurement *m, struct err *err)
{
	for (int side = 0; side < 2; side++) {
		struct kernel_record *record = &m->kernels[side];
		int r = kernel_find(m->db, m->commits[side]->id, m->run.recipe, record, err);

		if (r < 0)
			return r;
		if (r == 0 || record->failure != FAILURE_NONE ||
			!fs_exists(record->kernel.image_path))
			return err_set(err, -ENOENT,
				"the image of kernel %.12s is not there any more",
				m->commits[side]->oid);
	}
	return 0;
}

/* The binary that the build phase has left; 0 when it is not known. */
static int find_built_test(struct measurement *m, struct err *err)
{
	const char *slash = strrchr(m->plan->test, '/');
	auto_free char *path = NULL;

	if (m->test_id)
		return 1;
	return test_find_built(m->db, m->commits[0]->oid, slash ? slash + 1 : m->plan->test,
		&m->test_id, &path, err);
}

int measurement_pin_test(struct measurement *m, struct err *err)
{
	auto_free char *sha256 = NULL;
	int r = 0;

	if (!m->run.test_id) {
		r = find_built_test(m, err);
		if (r > 0)
			r = run_pin_test(m->db, &m->run, m->test_id, err);
		if (r < 0)
			return r;
	}
	r = test_find(m->db, m->run.test_id, &m->test_path, &sha256, err);
	if (r < 0)
		return r;
	if (r == 0 || !fs_exists(m->test_path))
		return err_set(err, -ENOENT,
			"the test binary %s that this comparison is pinned to is gone; measure "
			"anew with --again",
			m->test_path ? m->test_path : "?");
	return 0;
}

/* ---- host ---- */

/* Counts it against the host; r and its sentence stay as they are. */
static int count_failure(
	struct measurement *m, int r, bool is_final, const char *text, struct err *err)
{
	struct err fault = ERR_INIT;

	if (m->settings && quarantine_failed(m->db, m->settings, m->run.host_id, is_final, text,
				   now_ms(), &fault) < 0)
		return err_set(err, fault.code, "%s", fault.text);
	return r;
}

/* A deed on the host failed: whose fault is it? */
static int of_host(struct measurement *m, int r, struct err *err)
{
	enum health_blame blame = r < 0 ? health_blame(r) : HEALTH_OURS;
	auto_free char *text = mem_strdup(err->text);

	return blame == HEALTH_OURS ? r : count_failure(m, r, blame == HEALTH_FINAL, text, err);
}

/* What a boot that came to its end says about the machine. */
static int weigh_host(struct measurement *m, const struct trial_end *end, struct err *err)
{
	bool is_final = end->failure == FAILURE_HOST && end->symptom != SYMPTOM_PREPARE;

	if (end->failure == FAILURE_NONE)
		return host_served(m->db, m->run.host_id, err);
	if (end->failure != FAILURE_HOST && end->failure != FAILURE_LINK)
		return 0; /* the kernel's fault, or the test's */
	return count_failure(
		m, 0, is_final, end->reason ? end->reason : symptom_phrase(end->symptom), err);
}

int measurement_take_host(struct measurement *m, struct err *err)
{
	auto_free char *folder = mem_printf("%s/hosts/%s", m->state, m->spec->name);
	int r = fs_make_folder(folder, err);

	m->golden = mem_printf("%s/golden", folder);
	m->host_spec = *m->spec;
	if (r == 0 && !m->host_spec.golden_image[0] && !fs_exists(m->golden))
		r = fs_copy_atomic(m->kernels[0].kernel.image_path, m->golden, err);
	if (r < 0)
		return r;
	if (!m->host_spec.golden_image[0])
		m->host_spec.golden_image = m->golden;
	progress_step(m->progress, "start host %s", m->host_spec.name);
	r = of_host(m, host_open(&m->host, &m->host_spec, folder, m->libdir, err), err);
	if (r == 0)
		progress_done(
			m->progress, "host %s is on its golden kernel", m->host_spec.name);
	if (r == 0 && m->settings)
		r = checkup_if_due(m->db, m->settings, m->host, m->run.host_id, now_ms(), err);
	return r;
}

/* ---- boots ---- */

int measurement_count(struct measurement *m, struct err *err)
{
	auto_free struct run_boot *boots = NULL;
	size_t count;
	int r = boots_load(m->db, m->run.id, &boots, &count, err);

	if (r < 0)
		return r;
	memset(m->boots, 0, sizeof(m->boots));
	for (size_t i = 0; i < count; i++) {
		int side = boots[i].side == 'B';

		m->boots[side].good += boots[i].state == BOOT_DONE;
		m->boots[side].bad += boots[i].state == BOOT_FAILED;
	}
	return 0;
}

/* How many boots of each kernel are wanted now. */
static int ask_wanted(struct measurement *m, struct err *err)
{
	struct comparison comparison = {0};
	int good = m->boots[0].good < m->boots[1].good ? m->boots[0].good : m->boots[1].good;
	int wanted, r;

	if (!m->run.confirm ||
		(m->boots[0].good != m->boots[1].good && good < m->run.boots_wanted))
		return 0;
	r = judge_comparison(m->db, m->run.id, &comparison, err);
	if (r < 0)
		return r;
	wanted = judge_boots_wanted(&comparison, good);
	comparison_clear(&comparison);
	if (wanted <= m->run.boots_wanted)
		return 0;
	return run_extend(m->db, &m->run, wanted, now_ms(), err);
}

static bool is_screen(const struct measurement *m)
{
	return m->run.kind && strcmp(m->run.kind, "screen") == 0;
}

/*
 * What a comparison that has its boots leaves behind for those that follow it,
 * and what it says about the machine.
 */
static int settle(struct measurement *m, const struct comparison *judged, struct err *err)
{
	int r;

	if (is_screen(m))
		return screen_close(m->db, judged, now_ms(), err);
	r = trust_check(m->db, judged, now_ms(), &m->trust, err);
	if (r == 0 && !m->trust.quarantine)
		return level_note(m->db, judged, err);
	if (r == 0)
		progress_done(m->progress, "host %s is not to be trusted: %s", judged->host,
			m->trust.reason);
	return r;
}

int measurement_next(struct measurement *m, char *ret_side, struct err *err)
{
	struct comparison judged = {0};
	char side = 0;
	int r = is_screen(m) ? 0 : ask_wanted(m, err);

	if (r == 0 && !is_screen(m))
		side = interleave_next(m->boots[0].good, m->boots[1].good, m->run.boots_wanted);
	if (r == 0 && !side)
		r = judge_comparison(m->db, m->run.id, &judged, err);
	if (r < 0)
		return r;
	if (!side && is_screen(m))
		side = judged.screen.order[0];
	if (!side)
		r = settle(m, &judged, err);
	comparison_clear(&judged);
	if (r == 0)
		*ret_side = side;
	return r;
}

/* "boot 3 of 8, B 0123456789ab"; how many a screen takes nobody knows. */
static char *title_of(const struct measurement *m, int side)
{
	int boot = m->boots[0].good + m->boots[1].good + 1;
	const char *oid = m->commits[side]->oid;

	if (is_screen(m))
		return mem_printf("screen, boot %d, %c %.12s", boot, "AB"[side], oid);
	return mem_printf(
		"boot %d of %d, %c %.12s", boot, 2 * m->run.boots_wanted, "AB"[side], oid);
}

static struct trial_order trial_of(const struct measurement *m, int side, const char *title)
{
	return (struct trial_order){
		.db = m->db,
		.host = m->host,
		.kernel = &m->kernels[side].kernel,
		.plan = m->plan,
		.test_path = m->test_path,
		.run_id = m->run.id,
		.session_id = m->session_id,
		.side = "AB"[side],
		.ends_us = host_ends_us(m->spec),
		.title = title,
		.progress = m->progress,
		.before = m->before,
		.data = m->data,
	};
}

static int tell_end(struct measurement *m, int side, const char *title,
	const struct trial_end *ret, struct err *err)
{
	int r = weigh_host(m, ret, err);

	if (r < 0)
		return r;
	if (ret->failure == FAILURE_NONE)
		progress_done(m->progress, "%s: %zu good processes, %zu rejected", title,
			ret->processes, ret->rejected);
	else
		progress_done(m->progress,
			"kernel %s: %s; host %s is back on its golden kernel",
			m->kernels[side].kernel.release, symptom_phrase(ret->symptom),
			m->spec->name);
	return measurement_count(m, err);
}

int measurement_boot(
	struct measurement *m, char side_name, struct trial_end *ret, struct err *err)
{
	int side = side_name == 'B';
	auto_free char *title = title_of(m, side);
	struct trial_order order = trial_of(m, side, title);
	int r = trial_run(&order, ret, err);

	if (r < 0)
		return host_is_on_golden(m->host) ? r : of_host(m, r, err);
	r = m->settings
		    ? checkup_if_due(m->db, m->settings, m->host, m->run.host_id, now_ms(), err)
		    : 0;
	if (r < 0 && r != -EHOSTDOWN) /* else it is out of service, and the boot has ended */
		return r;
	err_clear(err);
	return tell_end(m, side, title, ret, err);
}

/* In a test kernel that is not to be measured any more: back, which ends us. */
static int back_to_golden(struct measurement *m, int r, struct err *err)
{
	int restored = r > 0 ? host_restore(m->host, err) : 0;

	return restored < 0 ? restored : r;
}

static int resume(struct measurement *m, int64_t boot_id, enum trial_deed deed,
	struct unfinished *unfinished, struct err *err)
{
	int side = unfinished->side == 'B', r;
	auto_free char *folder = mem_printf("%s/hosts/%s", m->state, m->spec->name);
	auto_free char *title =
		mem_printf("boot of %c %.12s", unfinished->side, m->commits[side]->oid);
	struct trial_order order;
	struct trial_end end = {0};

	r = host_reopen(&m->host, m->spec, &unfinished->departure, folder, m->libdir, err);
	if (r < 0)
		return r;
	order = trial_of(m, side, title);
	r = trial_resume(&order, deed, boot_id, unfinished, &end, err);
	r = r == 0 ? tell_end(m, side, title, &end, err) : back_to_golden(m, r, err);
	free(end.reason);
	return r;
}

int measurement_resume(
	struct measurement *m, int64_t boot_id, enum trial_deed deed, struct err *err)
{
	struct unfinished unfinished = {0};
	int r = unfinished_load(m->db, boot_id, &unfinished, err);

	if (r <= 0)
		return r < 0 ? r : 1;
	r = resume(m, boot_id, deed, &unfinished, err);
	host_close(take_ptr(m->host));
	unfinished_clear(&unfinished);
	return r;
}

int measurement_weigh(struct measurement *m, struct measurement_fault *ret, struct err *err)
{
	auto_free char *reason = NULL;
	enum failure failure;
	enum symptom symptom;
	char side_name;
	int side, r;

	r = boots_last_failure(m->db, m->run.id, &side_name, &failure, &symptom, &reason, err);
	if (r < 0)
		return r;
	*ret = (struct measurement_fault){FAILURE_NONE, SYMPTOM_NONE, NULL};
	side = side_name == 'B';
	if (r > 0 && interleave_after_failure(failure, m->boots[side].good,
			     m->boots[side].bad) == INTERLEAVE_GIVE_UP)
		blame(m, side, failure, symptom, reason ? reason : "no reason given", ret);
	return 0;
}
