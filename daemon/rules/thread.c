/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/thread.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "string/str.h"
#include "text/subject.h"

enum { MISSING_TOLD = 8 };

/* The mails of one revision. */
struct revision {
	const char *sender; /* address; borrowed */
	int version, total; /* total 0: a patch by itself */
	bool rfc, resend;
	bool joined;	/* of several senders */
	size_t first;	/* its first mail in the thread */
	size_t *places; /* mail of each number 1..slots, plus one; 0: missing */
	int slots;	/* 1 for a patch by itself */
	int present;
	size_t cover; /* mail plus one; 0: none */
};

struct revisions {
	struct revision *items;
	size_t count;
	struct subject *subjects; /* one a mail */
	size_t *of;		  /* revision of each mail that is a patch or a cover letter */
	size_t mails;
};

static void revisions_clear(struct revisions *all)
{
	for (size_t i = 0; i < all->count; i++)
		free(all->items[i].places);
	for (size_t i = 0; i < all->mails; i++)
		subject_clear(&all->subjects[i]);
	free(all->items);
	free(all->subjects);
	free(all->of);
}

static bool complete(const struct revision *revision)
{
	return revision->present == revision->slots;
}

static struct revision *revision_of(struct revisions *all, const struct posting *mail,
	const struct subject *s, size_t index)
{
	struct revision *revision;

	for (size_t i = 0; i < all->count; i++) {
		revision = &all->items[i];
		/* Patches without numbers are one series each. */
		if (s->total && revision->version == s->version &&
			revision->total == s->total && revision->resend == s->resend &&
			strcasecmp(revision->sender, mail->from_mail) == 0)
			return revision;
	}
	all->items = mem_grow(all->items, all->count + 1, sizeof(*all->items));
	revision = &all->items[all->count++];
	*revision = (struct revision){.sender = mail->from_mail,
		.version = s->version,
		.total = s->total,
		.rfc = s->rfc,
		.resend = s->resend,
		.first = index,
		.slots = s->total ? s->total : 1};
	/* What is above the limit is refused later, but never allocated. */
	if (revision->slots <= THREAD_PATCHES_MAX)
		revision->places = MEM_NEW(size_t, (size_t)revision->slots);
	return revision;
}

static void sort_mail(struct revisions *all, const struct posting *mail, size_t index)
{
	const struct subject *s = &all->subjects[index];
	struct revision *revision = revision_of(all, mail, s, index);

	all->of[index] = (size_t)(revision - all->items);
	if (s->number == 0) {
		if (!revision->cover)
			revision->cover = index + 1;
	} else if (revision->places && !revision->places[s->number - 1]) {
		revision->places[s->number - 1] = index + 1;
		revision->present++;
	}
}

static void sort_thread(struct revisions *all, const struct posting_list *thread)
{
	all->subjects = MEM_NEW(struct subject, thread->count + 1);
	all->of = MEM_NEW(size_t, thread->count + 1);
	all->mails = thread->count;
	for (size_t i = 0; i < thread->count; i++) {
		subject_parse(thread->mails[i].subject, &all->subjects[i]);
		if (all->subjects[i].patch)
			sort_mail(all, &thread->mails[i], i);
	}
}

/* The mail that the others of a revision answer. */
static const struct posting *head_of(
	const struct revision *revision, const struct posting_list *thread)
{
	size_t place = revision->cover	  ? revision->cover
		       : revision->places ? revision->places[0]
					  : 0;

	return place ? &thread->mails[place - 1] : NULL;
}

/* Is the mail sent below that one, or are both from a file of git format-patch? */
static bool is_below(const struct posting *mail, const struct posting *head)
{
	return head->id[0] ? strcmp(mail->reply_to, head->id) == 0 : !mail->id[0];
}

/* Has the revision a gap where this mail of another one belongs? */
static bool lacks(const struct revision *to, const struct revision *from, int number,
	const struct posting *mail, const struct posting_list *thread)
{
	const struct posting *head = head_of(to, thread);

	/* What is whole stays, unless all that is there is its cover letter. */
	if (complete(from) && to->present)
		return false;
	return to != from && from->version == to->version && from->total == to->total &&
	       from->resend == to->resend && to->places && !to->places[number - 1] && head &&
	       is_below(mail, head);
}

/*
 * git format-patch sends each patch in the name of its author, so what belongs to one
 * series has several senders. Only what lacks patches takes others in.
 */
static void join_authors(struct revisions *all, const struct posting_list *thread)
{
	for (size_t m = 0; m < thread->count; m++) {
		int number = all->subjects[m].number;
		struct revision *from;
		size_t to = 0;

		if (!all->subjects[m].patch || number == 0)
			continue;
		from = &all->items[all->of[m]];
		if (!from->places || from->places[number - 1] != m + 1 || from->cover)
			continue;
		while (to < all->count &&
			!lacks(&all->items[to], from, number, &thread->mails[m], thread))
			to++;
		if (to == all->count)
			continue;
		all->items[to].places[number - 1] = m + 1;
		all->items[to].present++;
		all->items[to].joined = true;
		from->places[number - 1] = 0;
		from->present--;
	}
}

static bool holds(const struct revision *revision, size_t mail)
{
	for (int i = 0; revision->places && i < revision->slots; i++)
		if (revision->places[i] == mail + 1)
			return true;
	return revision->cover == mail + 1;
}

static bool is_reply_to_known(const struct posting_list *thread, const struct posting *mail)
{
	for (size_t i = 0; i < thread->count; i++)
		if (mail->reply_to[0] && strcmp(thread->mails[i].id, mail->reply_to) == 0)
			return true;
	return false;
}

/*
 * The revision that tells whose series is meant: the one with the mail that was
 * asked for; else the one that opens the thread; else the first.
 */
static const struct revision *owner(const struct revisions *all,
	const struct posting_list *thread, const struct thread_wish *wish)
{
	const struct revision *opener = NULL;

	for (size_t m = 0; m < thread->count; m++)
		for (size_t i = 0; i < all->count; i++) {
			const struct revision *revision = &all->items[i];

			if (!holds(revision, m))
				continue;
			if (wish->id && strcmp(thread->mails[m].id, wish->id) == 0)
				return revision;
			if (!opener && !is_reply_to_known(thread, &thread->mails[m]))
				opener = revision;
		}
	return opener ? opener : &all->items[0];
}

/* The newer of two, a patch by itself being less than a series of that version. */
static bool newer(const struct revision *a, const struct revision *b)
{
	if (a->version != b->version)
		return a->version > b->version;
	if (!a->total != !b->total)
		return a->total > b->total;
	if (a->resend != b->resend)
		return a->resend;
	return a->first < b->first;
}

static bool eligible(const struct revision *revision, const struct revision *whose,
	const struct thread_wish *wish)
{
	return (!wish->version || revision->version == wish->version) &&
	       strcasecmp(revision->sender, whose->sender) == 0;
}

/* *ret_newest is the newest of all, complete or not. */
static const struct revision *choose(const struct revisions *all, const struct revision *whose,
	const struct thread_wish *wish, const struct revision **ret_newest)
{
	const struct revision *best = NULL, *newest = NULL;

	for (size_t i = 0; i < all->count; i++) {
		const struct revision *revision = &all->items[i];

		if (!eligible(revision, whose, wish))
			continue;
		/* A patch by itself is no newer version of a series. */
		if (whose->total && !revision->total)
			continue;
		if (!newest || newer(revision, newest))
			newest = revision;
		if (complete(revision) && (!best || newer(revision, best)))
			best = revision;
	}
	*ret_newest = newest;
	return best;
}

static char *missing(const struct revision *revision)
{
	struct str text = STR_INIT;
	int told = 0;

	for (int i = 0; i < revision->slots; i++) {
		if (revision->places && revision->places[i])
			continue;
		if (told == MISSING_TOLD) {
			str_add(&text, " and more");
			break;
		}
		str_addf(&text, "%s%d", told++ ? ", " : "", i + 1);
	}
	return str_take(&text);
}

static int no_version(
	const struct revisions *all, const struct revision *whose, int version, struct err *err)
{
	auto_str struct str known = STR_INIT;

	for (size_t i = 0; i < all->count && known.length < 200; i++)
		if (strcasecmp(all->items[i].sender, whose->sender) == 0)
			str_addf(&known, "%sv%d", known.length ? ", " : "",
				all->items[i].version);
	return err_set(err, -ENOENT, "the thread holds no version %d of the series: it has %s",
		version, str_text(&known));
}

static void fill(const struct revisions *all, const struct posting_list *thread,
	const struct revision *best, const struct revision *newest, struct posted *ret)
{
	size_t head = best->cover ? best->cover - 1 : best->places[0] - 1;

	*ret = (struct posted){.id = mem_strdup(thread->mails[head].id),
		.subject = mem_strdup(all->subjects[head].title),
		.version = best->version,
		.rfc = best->rfc,
		.resend = best->resend,
		.total = best->slots,
		.patches = MEM_NEW(size_t, (size_t)best->slots),
		.cover = (long)best->cover - 1};
	for (int i = 0; i < best->slots; i++)
		ret->patches[i] = best->places[i] - 1;
	if (newest != best) {
		auto_free char *numbers = missing(newest);

		ret->remark =
			mem_printf("version %d lacks patch %s of %d, so version %d is taken",
				newest->version, numbers, newest->slots, best->version);
	} else if (best->joined) {
		ret->remark = mem_strdup("its patches come from several senders");
	}
}

static int pick(const struct revisions *all, const struct posting_list *thread,
	const struct thread_wish *wish, struct posted *ret, struct err *err)
{
	const struct revision *whose, *newest, *best;

	if (all->count == 0)
		return err_set(err, -ENOENT, "none of the %zu mails of the thread is a patch",
			thread->count);
	whose = owner(all, thread, wish);
	best = choose(all, whose, wish, &newest);
	if (!newest)
		return no_version(all, whose, wish->version, err);
	if (newest->slots > THREAD_PATCHES_MAX)
		return err_set(err, -EFBIG, "the series has %d patches, more than %d",
			newest->slots, THREAD_PATCHES_MAX);
	if (!best) {
		auto_free char *numbers = missing(newest);

		return err_set(err, -ENODATA,
			"version %d of the series is not complete: patch %s of %d is missing "
			"from "
			"the thread",
			newest->version, numbers, newest->slots);
	}
	fill(all, thread, best, newest, ret);
	return 0;
}

int thread_choose(const struct posting_list *thread, const struct thread_wish *wish,
	struct posted *ret, struct err *err)
{
	struct revisions all = {0};
	int r;

	sort_thread(&all, thread);
	join_authors(&all, thread);
	r = pick(&all, thread, wish, ret, err);
	revisions_clear(&all);
	return r;
}
