/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/sheet.h"

#include <string.h>

#include "base/mem.h"
#include "page/boot.h"
#include "page/event.h"
#include "page/kernel.h"
#include "store/bootpages.h"
#include "store/comparisons.h"
#include "store/events.h"
#include "store/kernelpages.h"
#include "sys/fs.h"
#include "text/kconfig.h"

enum { FEED_EVENTS = 40 };

/* Ends of build logs: of those that failed, and of the others, of which there are many. */
enum { LOG_FAILED_BYTES = 64 << 10, LOG_GOOD_BYTES = 2 << 10, LOG_LIMIT_BYTES = 256 << 20 };

int sheet_boot(struct db *db, const char *site_folder, int64_t boot_id, struct err *err)
{
	struct boot_page boot;
	int r = boot_page_load(db, boot_id, &boot, err);

	if (r < 0)
		return r;
	r = page_boot_write(site_folder, &boot, err);
	boot_page_clear(&boot);
	return r;
}

/* The end of a build log; NULL when there is none any more. */
static char *read_log_tail(const char *path, size_t limit)
{
	auto_free char *log = NULL;
	size_t bytes;

	if (!path || fs_read(path, LOG_LIMIT_BYTES, &log, &bytes, NULL) < 0)
		return NULL;
	return mem_strdup(bytes > limit ? log + bytes - limit : log);
}

/*
 * What its configuration hash stands for, from the file beside the log: the same text for
 * all kernels that have the hash. NULL when the file is not there any more.
 */
static char *read_config(const char *log_path)
{
	auto_kconfig struct kconfig config = KCONFIG_INIT;
	const char *slash = log_path ? strrchr(log_path, '/') : NULL;
	auto_free char *path = NULL, *text = NULL;
	size_t bytes;

	if (!slash)
		return NULL;
	path = mem_printf("%.*s/config", (int)(slash - log_path), log_path);
	if (fs_read(path, LOG_LIMIT_BYTES, &text, &bytes, NULL) < 0 ||
		kconfig_parse(text, bytes, path, &config, NULL) < 0)
		return NULL;
	return kconfig_identity(&config);
}

int sheet_kernel(struct db *db, const char *site_folder, int64_t commit_id, struct err *err)
{
	struct kernel_page kernel;
	int r = kernel_page_load(db, commit_id, &kernel, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < kernel.build_count; i++) {
		struct kernel_page_build *build = &kernel.builds[i];

		build->log_tail = read_log_tail(build->log_path,
			build->failure == FAILURE_NONE ? LOG_GOOD_BYTES : LOG_FAILED_BYTES);
		build->config = build->config_hash ? read_config(build->log_path) : NULL;
	}
	r = page_kernel_write(site_folder, &kernel, err);
	kernel_page_clear(&kernel);
	return r;
}

int sheet_event(struct db *db, const char *site_folder, int64_t event_id, struct err *err)
{
	struct event event;
	int r = event_load(db, event_id, &event, err);

	if (r < 0)
		return r;
	r = page_event_write(site_folder, &event, err);
	event_clear(&event);
	return r;
}

/*
 * To judge a screen again takes the level that its branch had then, which is
 * most of a second of reading. The page of an older one has what it answered.
 */
int sheet_brief(
	struct db *db, int64_t id, const char *answer, struct comparison *ret, struct err *err)
{
	static const struct {
		const char *answer, *sentence;
	} rows[] = {
		{"quiet", "No change seen by the screen"},
		{"confirm", "Suspicious: the screen asked for a confirm"},
		{"collect", "Collecting baseline: no verdict"},
	};
	auto_free char *plan = NULL;
	int r = comparison_load(db, id, ret, &plan, err);

	if (r < 0)
		return r;
	ret->evidence = mem_strdup("an older screen: kvmperf compare judges its cells again");
	for (size_t i = 0; i < ARRAY_SIZE(rows) && answer; i++)
		if (strcmp(rows[i].answer, answer) == 0)
			ret->sentence = mem_strdup(rows[i].sentence);
	if (!ret->sentence)
		ret->sentence = mem_strdup("Screened, without an answer");
	ret->headline = VERDICT_INCONCLUSIVE;
	return 0;
}

int sheet_feed(
	struct db *db, const char *site_folder, const struct site_map *map, struct err *err)
{
	struct event events[FEED_EVENTS] = {0};
	size_t count = 0;
	int r = 0;

	while (count < FEED_EVENTS && count < map->event_count && r == 0) {
		r = event_load(db, map->events[count].id, &events[count], err);
		count += r == 0;
	}
	if (r == 0)
		r = page_feed_write(site_folder, events, count, err);
	for (size_t i = 0; i < count; i++)
		event_clear(&events[i]);
	return r;
}
