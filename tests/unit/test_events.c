/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/events.h"

#include <errno.h>

#include "store/event_changes.h"
#include "store_fixture.h"

#define TEXT(literal) ((char *)(uintptr_t)(literal))

static struct event_cell cell_of(struct store *s, const char *scenario, double change)
{
	return (struct event_cell){.host_id = s->host_id,
		.scenario = (char *)(uintptr_t)scenario,
		.mode = TEXT(STORE_MODE),
		.metric = TEXT("enable"),
		.unit = TEXT("instructions"),
		.change = change,
		.low = change - 0.01,
		.high = change + 0.01,
		.minimum = 0.02,
		.base_value = 1000,
		.new_value = 1000 * (1 + change)};
}

/* A confirmed event of two cells; nothing in it is owned. */
static int64_t add(struct store *s, const char *message_id, int64_t now_unix_ms)
{
	struct event_cell cells[] = {cell_of(s, "g-4k", 0.10), cell_of(s, "4k", 0.12)};
	struct event event = {.branch = TEXT("next"),
		.from = {.id = s->commits[0].id},
		.to = {.id = s->commits[1].id},
		.state = EVENT_CONFIRMED,
		.emulated = true,
		.metric = TEXT("enable"),
		.title = TEXT("enable dirty log"),
		.unit = TEXT("instructions"),
		.change = 0.11,
		.low = 0.10,
		.high = 0.12,
		.cells_flagged = 2,
		.cells_judged = 4,
		.sentence = TEXT("More instructions."),
		.message_id = (char *)(uintptr_t)message_id,
		.opened_unix_ms = now_unix_ms,
		.cells = cells,
		.cell_count = 2};

	must(event_add(s->db, &event, "kvmperf", "flagged", &store_err));
	return event.id;
}

static void an_event_is_read_back_as_it_was_stored(void **state)
{
	struct event e;
	struct store s;
	int64_t id;

	(void)state;
	store_open(&s);
	id = add(&s, "one@lab", 5000);
	must(event_load(s.db, id, &e, &store_err));
	assert_string_equal(e.branch, "next");
	assert_string_equal(e.from.subject, "Linux 6.12");
	assert_string_equal(e.to.subject, "KVM: arm64: faster");
	assert_null(e.culprit.oid);
	assert_false(e.improved);
	assert_int_equal(e.state, EVENT_CONFIRMED);
	assert_near(e.low, 0.10, 0);
	assert_int_equal(e.cells_judged, 4);
	assert_int_equal(e.cell_count, 2);
	assert_string_equal(e.cells[0].host, "emulated");
	assert_string_equal(e.cells[0].scenario, "4k");
	assert_near(e.cells[0].new_value, 1120, 1e-9);
	assert_int_equal(e.step_count, 1);
	assert_string_equal(e.steps[0].from, "");
	assert_string_equal(e.steps[0].to, "confirmed");
	assert_string_equal(e.told, "");
	assert_int_equal(e.opened_unix_ms, 5000);
	event_clear(&e);
	assert_int_equal(event_load(s.db, 4711, &e, &store_err), -ENOENT);
	assert_string_equal(store_err.text, "there is no event 4711");
	store_close(&s);
}

static void a_change_of_state_compares_first(void **state)
{
	struct event e;
	struct store s;
	int64_t id;

	(void)state;
	store_open(&s);
	id = add(&s, "one@lab", 5000);
	must(event_move(
		s.db, id, EVENT_CONFIRMED, EVENT_INVALID, "ann", "noise", 6000, &store_err));
	assert_int_equal(event_move(s.db, id, EVENT_CONFIRMED, EVENT_ACKNOWLEDGED, "bob",
				 "mine", 7000, &store_err),
		-ESTALE);
	must(event_note(s.db, id, "bob", "it was the fan", 8000, &store_err));
	must(event_load(s.db, id, &e, &store_err));
	assert_int_equal(e.state, EVENT_INVALID);
	assert_int_equal(e.step_count, 3);
	assert_string_equal(e.steps[1].who, "ann");
	assert_string_equal(e.steps[1].why, "noise");
	assert_string_equal(e.steps[2].from, e.steps[2].to);
	assert_int_equal(event_note(s.db, 99, "x", "y", 1, &store_err), -ENOENT);
	event_clear(&e);
	store_close(&s);
}

static void evidence_counts_once(void **state)
{
	enum event_role role;
	struct event e;
	struct store s;
	int64_t id, found = 0;

	(void)state;
	store_open(&s);
	id = add(&s, "one@lab", 5000);
	assert_int_equal(event_of_comparison(s.db, s.run.id, &found, &role, &store_err), 0);
	assert_int_equal(
		event_add_evidence(s.db, id, s.run.id, EVENT_OPENED, 5000, &store_err), 1);
	assert_int_equal(
		event_add_evidence(s.db, id, s.run.id, EVENT_STILL, 6000, &store_err), 0);
	assert_int_equal(event_of_comparison(s.db, s.run.id, &found, &role, &store_err), 1);
	assert_int_equal(found, id);
	assert_int_equal(role, EVENT_OPENED);
	must(event_load(s.db, id, &e, &store_err));
	assert_int_equal(e.evidence_count, 1);
	assert_int_equal(e.evidence[0].new_oid[0], 'b');
	event_clear(&e);
	store_close(&s);
}

static void a_range_is_narrowed_and_a_level_moves_once(void **state)
{
	struct event e;
	struct store s;
	int64_t id;

	(void)state;
	store_open(&s);
	id = add(&s, "one@lab", 5000);
	must(event_attach(s.db, id, false, 6000, &store_err));
	must(event_attach(s.db, id, true, 7000, &store_err));
	must(event_attach(s.db, id, true, 8000, &store_err));
	must(event_narrow(
		s.db, id, s.commits[0].id, s.commits[1].id, s.commits[1].id, 9000, &store_err));
	must(event_tell(s.db, id, "digest", &store_err));
	must(event_load(s.db, id, &e, &store_err));
	assert_int_equal(e.attached, 3);
	assert_int_equal(e.level_unix_ms, 7000);
	assert_true(event_is_exact(&e));
	assert_ptr_equal(event_commit(&e), &e.culprit);
	assert_string_equal(e.told, "digest");
	event_clear(&e);
	store_close(&s);
}

static void a_confirmation_is_news_once(void **state)
{
	struct event e = {0};
	struct store s;
	int64_t step = 0, first;

	(void)state;
	store_open(&s);
	must(event_last_step(s.db, &step, &store_err));
	assert_int_equal(step, 0);
	add(&s, "one@lab", 5000); /* born confirmed: no step from new */
	assert_int_equal(event_next_confirmed(s.db, 0, &step, &e, &store_err), 0);
	must(event_move(s.db, 1, EVENT_CONFIRMED, EVENT_NEW, "t", "t", 1, &store_err));
	must(event_move(
		s.db, 1, EVENT_NEW, EVENT_CONFIRMED, "kvmperf", "boots", 2, &store_err));
	must(event_note(s.db, 1, "kvmperf", "told", 3, &store_err));
	must(event_last_step(s.db, &first, &store_err));
	assert_int_equal(event_next_confirmed(s.db, 0, &step, &e, &store_err), 1);
	assert_int_equal(e.id, 1);
	assert_int_equal(step, first - 1);
	event_clear(&e);
	assert_int_equal(event_next_confirmed(s.db, step, &step, &e, &store_err), 0);
	store_close(&s);
}

static size_t listed(struct store *s, enum events_which which, const char *branch)
{
	struct event *events = NULL;
	size_t count = 0;

	must(event_list(s->db, which, branch, &events, &count, &store_err));
	event_list_free(events, count);
	return count;
}

static void lists_tell_open_and_told_apart(void **state)
{
	struct store s;

	(void)state;
	store_open(&s);
	add(&s, "one@lab", 5000);
	add(&s, "two@lab", 6000);
	must(event_move(
		s.db, 1, EVENT_CONFIRMED, EVENT_CLOSED, "kvmperf", "old", 7000, &store_err));
	must(event_move(
		s.db, 2, EVENT_CONFIRMED, EVENT_NEW, "kvmperf", "test", 7000, &store_err));
	assert_int_equal(listed(&s, EVENTS_OPEN, NULL), 1);
	assert_int_equal(listed(&s, EVENTS_TOLD, NULL), 1);
	assert_int_equal(listed(&s, EVENTS_ALL, NULL), 2);
	assert_int_equal(listed(&s, EVENTS_ALL, "next"), 2);
	assert_int_equal(listed(&s, EVENTS_ALL, "fixes"), 0);
	assert_int_equal(listed(&s, EVENTS_ALL, "' OR 1 --"), 0);
	store_close(&s);
}

/* 2026-10-31T23:59:59Z and a second later. */
#define OCTOBER	 1793491199000
#define NOVEMBER 1793491200000

static void precision_is_told_by_month(void **state)
{
	struct event_month *months = NULL, sum;
	size_t count = 0;
	struct store s;

	(void)state;
	store_open(&s);
	add(&s, "one@lab", OCTOBER);
	add(&s, "two@lab", NOVEMBER);
	add(&s, "three@lab", NOVEMBER);
	add(&s, "four@lab", NOVEMBER);
	must(event_move(s.db, 2, EVENT_CONFIRMED, EVENT_ACKNOWLEDGED, "ann", "mine", NOVEMBER,
		&store_err));
	must(event_move(s.db, 3, EVENT_CONFIRMED, EVENT_ACKNOWLEDGED, "ann", "mine", NOVEMBER,
		&store_err));
	must(event_move(
		s.db, 3, EVENT_ACKNOWLEDGED, EVENT_INVALID, "ann", "no", NOVEMBER, &store_err));
	must(event_move(
		s.db, 4, EVENT_CONFIRMED, EVENT_NEW, "test", "not told", NOVEMBER, &store_err));
	must(event_precision(s.db, &months, &count, &store_err));
	assert_int_equal(count, 2);
	assert_string_equal(months[0].month, "2026-10");
	assert_int_equal(months[0].told, 1);
	assert_int_equal(months[0].invalid, 0);
	assert_string_equal(months[1].month, "2026-11");
	assert_int_equal(months[1].told, 2);
	assert_int_equal(months[1].invalid, 1);
	assert_int_equal(months[1].acknowledged, 1);
	sum = event_months_sum(months, count);
	assert_int_equal(sum.told, 3);
	assert_int_equal(sum.invalid, 1);
	assert_int_equal(sum.acknowledged, 1);
	free(months);
	store_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_is_read_back_as_it_was_stored),
		cmocka_unit_test(a_change_of_state_compares_first),
		cmocka_unit_test(evidence_counts_once),
		cmocka_unit_test(a_range_is_narrowed_and_a_level_moves_once),
		cmocka_unit_test(a_confirmation_is_news_once),
		cmocka_unit_test(lists_tell_open_and_told_apart),
		cmocka_unit_test(precision_is_told_by_month),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
