/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "phase/publish.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/stop.h"
#include "model/history.h"
#include "model/site_map.h"
#include "page/branch.h"
#include "page/compare.h"
#include "page/drift.h"
#include "page/history.h"
#include "page/host.h"
#include "page/index.h"
#include "page/method.h"
#include "rules/chapters.h"
#include "rules/display.h"
#include "rules/drift.h"
#include "rules/past.h"
#include "store/comparisons.h"
#include "store/events.h"
#include "store/front.h"
#include "store/history.h"
#include "store/hostpages.h"
#include "store/sitemap.h"
#include "sys/fs.h"
#include "sys/lock.h"
#include "text/address.h"
#include "view/document.h"
#include "view/listing.h"
#include "work/drift.h"
#include "work/judge.h"
#include "work/press.h"
#include "work/record.h"
#include "work/sheet.h"
#include "work/track.h"

enum { WAIT_MS = 200 };

/* A branch on a host against its anchor. */
struct site_drift {
	const struct history_map *history;
	struct drift drift;
};

/* The site while it is written. */
struct site {
	struct db *db;
	const char *folder;
	struct press *press;
	struct site_map map;
	struct history_map history;
	struct chapters chapters;
	struct site_drift *drifts;
	size_t drift_count;
	struct host_entry *hosts;
	size_t host_count;
	struct event *events; /* newest first, without their stories */
	size_t event_count;
	struct front_page front;
};

static int write_boot(const struct press_hand *hand, struct press_page *page, struct err *err)
{
	return sheet_boot(hand->db, hand->folder, page->id, err);
}

static int write_kernel(const struct press_hand *hand, struct press_page *page, struct err *err)
{
	return sheet_kernel(hand->db, hand->folder, page->id, err);
}

static int write_event(const struct press_hand *hand, struct press_page *page, struct err *err)
{
	return sheet_event(hand->db, hand->folder, page->id, err);
}

/* The page of a neighbour on the branch; NULL for none. The caller frees. */
static char *neighbour(const struct site *site, int64_t id)
{
	const struct site_comparison *c = id ? site_map_comparison(&site->map, id) : NULL;

	return c ? address_comparison(c->host, c->base_oid, c->fresh_oid, "html") : NULL;
}

/* The page of a comparison that has one of its own; else NULL. The caller frees. */
static char *own_page(const struct site *site, int64_t id)
{
	const struct site_comparison *c = site_map_comparison(&site->map, id);

	return c && c->has_page ? neighbour(site, id) : NULL;
}

/* What the unfolding rows show of the time before. */
static int load_past(struct db *db, const struct site *site, const struct comparison *c,
	int64_t event_id, struct history_past *ret, struct err *err)
{
	size_t cells[DISPLAY_UNFOLDED], worth;
	size_t count = display_unfolded(c, cells, &worth);
	const struct event *event = NULL;

	for (size_t i = 0; i < site->event_count && event_id && !event; i++)
		event = site->events[i].id == event_id ? &site->events[i] : NULL;
	past_plan(&site->history, c, event, cells, count, ret);
	return tracks_load_past(db, ret, err);
}

static int write_comparison(
	const struct press_hand *hand, struct press_page *page, struct err *err)
{
	const struct site *site = page->about;
	const struct site_comparison *line = site_map_comparison(&site->map, page->id);
	auto_free char *previous = neighbour(site, line->previous);
	auto_free char *next = neighbour(site, line->next);
	auto_free char *drift =
		line->has_drift ? address_drift(line->branch, line->host, "html") : NULL;
	auto_free char *confirm = own_page(site, line->confirm);
	struct compare_links links = {
		.previous = previous,
		.next = next,
		.drift = drift,
		.confirm = confirm,
		.ahead = line->ahead,
		.event = line->event,
		.histories = true,
	};
	struct history_past past = {0};
	struct comparison c;
	struct brief brief;
	int r = line->is_brief ? sheet_brief(hand->db, line->id, line->answer, &c, err)
			       : judge_comparison(hand->db, line->id, &c, err);

	if (r < 0)
		return r;
	r = load_past(hand->db, site, &c, line->event, &past, err);
	links.past = &past;
	if (r == 0)
		r = page_compare_write(hand->folder, hand->plotter, &c, &links, err);
	display_brief(&c, &brief);
	page->word = brief_write(&brief);
	brief_clear(&brief);
	history_past_clear(&past);
	comparison_clear(&c);
	return r;
}

static int write_history(
	const struct press_hand *hand, struct press_page *page, struct err *err)
{
	struct history_page history = *(const struct history_page *)page->about;
	int r = 0;

	/* the plan of the page is shared and has no tracks: these are this page's own */
	history.sections =
		mem_copy(history.sections, history.section_count * sizeof(*history.sections));
	for (size_t i = 0; i < history.section_count && r == 0; i++)
		r = tracks_load(hand->db, history.family, &history.sections[i].window,
			&history.sections[i].tracks, err);
	if (r == 0)
		r = page_history_write(hand->folder, hand->plotter, &history, err);
	history_page_clear(&history);
	return r;
}

static bool has_line(const struct history_map *history, int64_t host_id)
{
	for (size_t i = 0; i < history->line_count; i++)
		if (history->lines[i].host_id == host_id)
			return true;
	return false;
}

static int write_host(const struct press_hand *hand, struct press_page *page, struct err *err)
{
	const struct site *site = page->about;
	const struct history_map *history = &site->history;
	struct host_page host;
	int r = host_page_load(hand->db, page->id, &host, err);

	if (r < 0)
		return r;
	/* without a kernel that was recorded they have no pages */
	for (size_t i = 0; i < history->family_count && has_line(history, host.id); i++) {
		if (history->families[i].host_id != host.id)
			continue;
		host.families = host.family_count ? host.families : &history->families[i];
		host.family_count++;
	}
	for (size_t i = 0; i < host.aa_count; i++) {
		struct host_page_aa *aa = &host.aa[i];
		auto_free char *address =
			address_comparison(host.name, aa->base_oid, aa->fresh_oid, "html");
		const struct site_comparison *c = site_map_comparison(&site->map, aa->id);
		struct brief brief;

		/* a page is of the newest run of its kernels */
		if (!c || !c->has_page) {
			aa->sentence = mem_strdup("measured again since: see the newer run");
			continue;
		}
		if (!brief_read(press_word(site->press, address), &brief))
			continue;
		aa->sentence = mem_strdup(brief.sentence);
		brief_clear(&brief);
	}
	r = page_host_write(hand->folder, &host, err);
	host_page_clear(&host);
	return r;
}

/* The plan of a drift is shared and has no values: these are this page's own. */
static int write_drift(const struct press_hand *hand, struct press_page *page, struct err *err)
{
	const struct site_drift *plan = page->about;
	struct drift drift = plan->drift;
	struct drift_word word;
	int r = drift_load(hand->db, plan->history, &drift, err);

	if (r == 0)
		r = page_drift_write(hand->folder, hand->plotter, &drift, err);
	drift_tell(&drift, &word);
	page->word = drift_word_write(&word);
	drift.marks = NULL;
	drift_clear(&drift);
	return r;
}

/* A page to be printed if its data changed; takes the address. */
static void plan(struct site *site, press_write *write, char *address, const void *about,
	int64_t id, fingerprint print)
{
	press_add(site->press, &(struct press_page){.write = write,
				       .address = address,
				       .about = about,
				       .id = id,
				       .print = print});
}

/* One page a branch and host, whose newest kernels it shows. */
static void plan_drifts(struct site *site)
{
	const struct history_map *history = &site->history;

	site->drifts = MEM_NEW(struct site_drift, history->line_count + 1);
	for (size_t i = 0; i < history->line_count; i++) {
		const struct history_line *line = &history->lines[i];
		struct site_drift *d = &site->drifts[site->drift_count];

		if (!line->branch)
			continue;
		d->history = history;
		drift_plan(line, &d->drift);
		drift_add_events(&d->drift, history);
		site->drift_count++;
		plan(site, write_drift, address_drift(line->branch, line->host, "html"), d, 0,
			drift_print(&d->drift));
	}
}

static void plan_events(struct site *site)
{
	for (size_t i = 0; i < site->map.event_count; i++)
		plan(site, write_event, address_event(site->map.events[i].id, "html"), NULL,
			site->map.events[i].id, site->map.events[i].print);
}

static void plan_entries(struct site *site, const struct site_entry *entries, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct site_entry *e = &entries[i];

		plan(site, e->oid ? write_kernel : write_boot,
			e->oid ? address_kernel(e->oid, "html") : address_boot(e->id, "html"),
			NULL, e->id, e->print);
	}
}

static void plan_comparisons(struct site *site)
{
	for (size_t i = 0; i < site->map.comparison_count; i++) {
		const struct site_comparison *c = &site->map.comparisons[i];

		if (c->has_page)
			plan(site, write_comparison,
				address_comparison(c->host, c->base_oid, c->fresh_oid, "html"),
				site, c->id, c->print);
	}
}

static void plan_histories(struct site *site)
{
	for (size_t i = 0; i < site->chapters.count; i++)
		plan(site, write_history,
			page_history_address(&site->chapters.pages[i], "html"),
			&site->chapters.pages[i], 0, site->chapters.prints[i]);
}

static void plan_hosts(struct site *site)
{
	for (size_t i = 0; i < site->host_count; i++)
		press_add(site->press,
			&(struct press_page){
				.write = write_host,
				.address = address_host(site->hosts[i].name, "html"),
				.about = site,
				.id = site->hosts[i].id,
				.late = true,
				.print = site->hosts[i].print,
			});
}

/* Every page but those that list others. */
static int print_objects(struct site *site, struct err *err)
{
	plan_entries(site, site->map.boots, site->map.boot_count);
	plan_entries(site, site->map.kernels, site->map.kernel_count);
	plan_comparisons(site);
	plan_events(site);
	plan_drifts(site);
	plan_histories(site);
	plan_hosts(site);
	return press_print(site->press, err);
}

static void add_lines(struct site *site)
{
	for (size_t i = 0; i < site->map.comparison_count; i++) {
		const struct site_comparison *c = &site->map.comparisons[i];
		auto_free char *address =
			address_comparison(c->host, c->base_oid, c->fresh_oid, "html");

		if (!c->has_page)
			continue;
		if (c->updated_unix_ms > site->front.updated_unix_ms)
			site->front.updated_unix_ms = c->updated_unix_ms;
		front_page_add(&site->front, c, press_word(site->press, address));
	}
}

static int write_listing(
	const struct press_hand *hand, struct press_page *page, struct err *err)
{
	return page_listing_write(hand->folder, page->about, (size_t)page->id, err);
}

/* Older comparisons: what is said of them is known when their pages are printed. */
static int print_listings(struct site *site, struct err *err)
{
	const struct front_page *front = &site->front;

	for (size_t i = 0; i < listing_chapters(front); i++)
		if (listing_is_used(front, i))
			plan(site, write_listing, address_listing(i), front, (int64_t)i,
				listing_print(front, i));
	return press_print(site->press, err);
}

static void add_drifts(struct site *site)
{
	for (size_t i = 0; i < site->drift_count; i++) {
		const struct history_line *line = site->drifts[i].drift.line;
		auto_free char *address = address_drift(line->branch, line->host, "html");

		front_page_add_drift(&site->front,
			&(struct front_drift){line->branch, line->host, line->emulated,
				press_word(site->press, address)});
	}
}

/* How right the service was, as kvmperf events says it too. */
static int add_precision(struct site *site, struct err *err)
{
	auto_free struct event_month *months = NULL;
	struct event_month sum;
	size_t count = 0;
	int r = event_precision(site->db, &months, &count, err);

	sum = event_months_sum(months, count);
	site->front.precision =
		(struct front_precision){sum.told, sum.acknowledged, sum.invalid};
	return r;
}

/* What lists all others: small, made each time, and left alone when it is the same. */
static int write_lists(struct site *site, struct err *err)
{
	int r = front_load(site->db, &site->front, err);

	if (r == 0)
		r = add_precision(site, err);
	if (r < 0)
		return r;
	site->front.title = mem_strdup("KVM/arm64 dirty logging");
	site->front.events = site->events;
	site->front.event_count = site->event_count;
	add_drifts(site);
	r = sheet_feed(site->db, site->folder, &site->map, err);
	if (r == 0)
		r = page_method_write(site->folder, err);
	if (r == 0)
		r = page_branches_write(site->folder, &site->front, err);
	/* the front page and the ledger speak of pages that are on the disk */
	if (r == 0)
		r = press_sync(site->press, err);
	return r < 0 ? r : page_index_write(site->folder, &site->front, err);
}

static int load(struct site *site, struct err *err)
{
	int r = site_map_load(site->db, FINGERPRINT_INIT, &site->map, err);

	if (r == 0)
		r = history_map_load(site->db, &site->history, err);
	if (r == 0)
		chapters_plan(&site->history, &site->chapters);
	if (r == 0)
		r = event_list(
			site->db, EVENTS_ALL, NULL, &site->events, &site->event_count, err);
	return r < 0 ? r : host_entries_load(site->db, &site->hosts, &site->host_count, err);
}

static int publish(struct site *site, struct err *err)
{
	/* pages read boot values; a store from before there were any gets them here */
	int r = record_missing(site->db, err);

	if (r >= 0)
		r = document_save_shared(site->folder, err);
	if (r == 0)
		r = load(site, err);
	if (r == 0)
		r = print_objects(site, err);
	if (r < 0)
		return r;
	add_lines(site);
	r = print_listings(site, err);
	return r < 0 ? r : write_lists(site, err);
}

/*
 * One publish at a time writes a site: of two the one that read the store
 * earlier could write a page last, and the ledger of the other would call it
 * current. What a killed one left unfinished goes.
 */
static int hold_site(
	const char *folder, struct progress *progress, int *ret_lock, struct err *err)
{
	auto_free char *path = mem_printf("%s/.lock", folder);
	auto_free char *unfinished = mem_printf("%s/" DOCUMENT_UNFINISHED, folder);
	int r = fs_make_folder(folder, err);

	while (r == 0 && (r = lock_take(path, ret_lock, err)) == -EBUSY) {
		progress_update(progress, 0, 0, "another publish writes %s", folder);
		r = stop_sleep_ms(WAIT_MS) ? 0 : err_set(err, -EINTR, "stopped");
	}
	return r < 0 ? r : fs_remove_tree(unfinished, err);
}

static void site_clear(struct site *site)
{
	press_close(site->press);
	for (size_t i = 0; i < site->drift_count; i++)
		drift_clear(&site->drifts[i].drift);
	free(site->drifts);
	for (size_t i = 0; i < site->host_count; i++)
		free(site->hosts[i].name);
	free(site->hosts);
	front_page_clear(&site->front);
	event_list_free(site->events, site->event_count);
	chapters_clear(&site->chapters);
	history_map_clear(&site->history);
	site_map_clear(&site->map);
}

int publish_all(struct db *db, const char *folder, struct progress *progress, struct err *err)
{
	auto_close int lock = -1;
	struct site site = {.db = db, .folder = folder};
	int r, saved;

	progress_step(progress, "write pages");
	r = hold_site(folder, progress, &lock, err);
	if (r < 0)
		return r;
	site.press = press_open(db, folder, progress);
	r = publish(&site, err);
	saved = press_save(site.press, r < 0 ? NULL : err);
	if (r == 0)
		r = saved;
	if (r == 0)
		progress_done(progress, "%zu pages, %zu of them new or changed",
			press_pages(site.press), press_printed(site.press));
	site_clear(&site);
	return r;
}
