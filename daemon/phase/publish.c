/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "phase/publish.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/stop.h"
#include "model/history.h"
#include "model/site_map.h"
#include "page/boot.h"
#include "page/compare.h"
#include "page/event.h"
#include "page/history.h"
#include "page/host.h"
#include "page/index.h"
#include "page/kernel.h"
#include "page/method.h"
#include "rules/chapters.h"
#include "rules/display.h"
#include "rules/past.h"
#include "store/bootpages.h"
#include "store/comparisons.h"
#include "store/events.h"
#include "store/front.h"
#include "store/history.h"
#include "store/hostpages.h"
#include "store/kernelpages.h"
#include "store/sitemap.h"
#include "sys/fs.h"
#include "sys/lock.h"
#include "text/address.h"
#include "view/document.h"
#include "work/judge.h"
#include "work/press.h"
#include "work/record.h"
#include "work/track.h"

enum {
	LOG_TAIL_BYTES = 64 << 10,
	LOG_LIMIT_BYTES = 256 << 20,
	FEED_EVENTS = 40,
	WAIT_MS = 200
};

/* The site while it is written. */
struct site {
	struct db *db;
	const char *folder;
	struct press *press;
	struct site_map map;
	struct history_map history;
	struct chapters chapters;
	struct host_entry *hosts;
	size_t host_count;
	struct event *events; /* newest first, without their stories */
	size_t event_count;
	struct front_page front;
};

static int write_boot(const struct press_hand *hand, struct press_page *page, struct err *err)
{
	struct boot_page boot;
	int r = boot_page_load(hand->db, page->id, &boot, err);

	if (r < 0)
		return r;
	r = page_boot_write(hand->folder, &boot, err);
	boot_page_clear(&boot);
	return r;
}

/* The end of a build log; NULL when there is none any more. */
static char *read_log_tail(const char *path)
{
	auto_free char *log = NULL;
	size_t bytes;

	if (!path || fs_read(path, LOG_LIMIT_BYTES, &log, &bytes, NULL) < 0)
		return NULL;
	return mem_strdup(bytes > LOG_TAIL_BYTES ? log + bytes - LOG_TAIL_BYTES : log);
}

static int write_kernel(const struct press_hand *hand, struct press_page *page, struct err *err)
{
	struct kernel_page kernel;
	int r = kernel_page_load(hand->db, page->id, &kernel, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < kernel.build_count; i++)
		if (kernel.builds[i].failure != FAILURE_NONE)
			kernel.builds[i].log_tail = read_log_tail(kernel.builds[i].log_path);
	r = page_kernel_write(hand->folder, &kernel, err);
	kernel_page_clear(&kernel);
	return r;
}

/*
 * To judge a screen again takes the level that its branch had then, which is
 * most of a second of reading. The page of an older one has what it answered.
 */
static int load_brief(struct db *db, const struct site_comparison *line, struct comparison *ret,
	struct err *err)
{
	static const struct {
		const char *answer, *sentence;
	} rows[] = {
		{"quiet", "No change seen by the screen"},
		{"confirm", "Suspicious: the screen asked for a confirm"},
		{"collect", "Collecting baseline: no verdict"},
	};
	auto_free char *plan = NULL;
	int r = comparison_load(db, line->id, ret, &plan, err);

	if (r < 0)
		return r;
	ret->evidence = mem_strdup("an older screen: kvmperf compare judges its cells again");
	for (size_t i = 0; i < ARRAY_SIZE(rows) && line->answer; i++)
		if (strcmp(rows[i].answer, line->answer) == 0)
			ret->sentence = mem_strdup(rows[i].sentence);
	if (!ret->sentence)
		ret->sentence = mem_strdup("Screened, without an answer");
	ret->headline = VERDICT_INCONCLUSIVE;
	return 0;
}

/* The page of a neighbour on the branch; NULL for none. The caller frees. */
static char *neighbour(const struct site *site, int64_t id)
{
	const struct site_comparison *c = id ? site_map_comparison(&site->map, id) : NULL;

	return c ? address_comparison(c->host, c->base_oid, c->fresh_oid, "html") : NULL;
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
	struct compare_links links = {previous, next, line->event, true, NULL};
	struct history_past past = {0};
	struct comparison c;
	struct brief brief;
	int r = line->is_brief ? load_brief(hand->db, line, &c, err)
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
		struct brief brief;

		if (!brief_read(press_word(site->press, address), &brief))
			continue;
		aa->sentence = mem_strdup(brief.sentence);
		brief_clear(&brief);
	}
	r = page_host_write(hand->folder, &host, err);
	host_page_clear(&host);
	return r;
}

static int write_event(const struct press_hand *hand, struct press_page *page, struct err *err)
{
	struct event event;
	int r = event_load(hand->db, page->id, &event, err);

	if (r < 0)
		return r;
	r = page_event_write(hand->folder, &event, err);
	event_clear(&event);
	return r;
}

static void plan_events(struct site *site)
{
	for (size_t i = 0; i < site->map.event_count; i++)
		press_add(site->press,
			&(struct press_page){
				.write = write_event,
				.address = address_event(site->map.events[i].id, "html"),
				.id = site->map.events[i].id,
				.print = site->map.events[i].print,
			});
}

static void plan_entries(struct site *site, const struct site_entry *entries, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct site_entry *e = &entries[i];

		press_add(
			site->press, &(struct press_page){
					     .write = e->oid ? write_kernel : write_boot,
					     .address = e->oid ? address_kernel(e->oid, "html")
							       : address_boot(e->id, "html"),
					     .id = e->id,
					     .print = e->print,
				     });
	}
}

static void plan_comparisons(struct site *site)
{
	for (size_t i = 0; i < site->map.comparison_count; i++) {
		const struct site_comparison *c = &site->map.comparisons[i];

		if (c->has_page)
			press_add(
				site->press, &(struct press_page){
						     .write = write_comparison,
						     .address = address_comparison(c->host,
							     c->base_oid, c->fresh_oid, "html"),
						     .about = site,
						     .id = c->id,
						     .print = c->print,
					     });
	}
}

static void plan_histories(struct site *site)
{
	for (size_t i = 0; i < site->chapters.count; i++)
		press_add(site->press, &(struct press_page){
					       .write = write_history,
					       .address = page_history_address(
						       &site->chapters.pages[i], "html"),
					       .about = &site->chapters.pages[i],
					       .print = site->chapters.prints[i],
				       });
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

/* Every page but those that list all others. */
static int print_objects(struct site *site, struct err *err)
{
	plan_entries(site, site->map.boots, site->map.boot_count);
	plan_entries(site, site->map.kernels, site->map.kernel_count);
	plan_comparisons(site);
	plan_events(site);
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

/* The feed has the newest events, with their stories. */
static int write_feed(struct site *site, struct err *err)
{
	struct event events[FEED_EVENTS];
	size_t count = 0;
	int r = 0;

	while (count < FEED_EVENTS && count < site->map.event_count && r == 0) {
		r = event_load(site->db, site->map.events[count].id, &events[count], err);
		count += r == 0;
	}
	if (r == 0)
		r = page_feed_write(site->folder, events, count, err);
	for (size_t i = 0; i < count; i++)
		event_clear(&events[i]);
	return r;
}

/* What lists all others: small, made each time, and left alone when it is the same. */
static int write_lists(struct site *site, struct err *err)
{
	int r = front_load(site->db, &site->front, err);

	if (r < 0)
		return r;
	site->front.title = mem_strdup("KVM/arm64 dirty logging");
	site->front.events = site->events;
	site->front.event_count = site->event_count;
	add_lines(site);
	r = write_feed(site, err);
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
