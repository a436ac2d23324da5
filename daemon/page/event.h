/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_EVENT_H
#define PAGE_EVENT_H

#include "base/err.h"
#include "model/event.h"

/*
 * Writes the page of an event, e/<number>.html, with its data beside it: what
 * changed, between which commits, its cells on each host, its evidence, its
 * story and its mails.
 */
int page_event_write(const char *site_folder, const struct event *event, struct err *err);

/*
 * Writes events.atom: an entry an event and state, newest first, with ids that
 * never change, so that a reader announces nothing twice. `events` come from
 * event_load(), with their steps.
 */
int page_feed_write(
	const char *site_folder, const struct event *events, size_t count, struct err *err);

#endif
