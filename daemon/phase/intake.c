/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "phase/intake.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "io/apply.h"
#include "io/hash.h"
#include "io/mimeread.h"
#include "io/repo.h"
#include "rules/thread.h"
#include "store/threads.h"
#include "string/str.h"
#include "sys/fs.h"
#include "text/patchmail.h"
#include "text/subject.h"

#define FILE_MAX_BYTES ((size_t)64 << 20)

enum { TAGS_TRIED = 5, REF_ID_MAX = 100 };

/* Everything that is known while a series is taken in. */
struct work {
	const struct intake *intake;
	struct posting_list thread;
	struct posted posted;
	struct basis basis;
	struct repo *repo;
	struct apply *apply;
	struct applied result;
};

static void work_clear(struct work *work)
{
	posting_list_clear(&work->thread);
	posted_clear(&work->posted);
	basis_clear(&work->basis);
	repo_close(work->repo);
	apply_close(work->apply);
	applied_clear(&work->result);
}

/* ---- one patch ---- */

/* Who wrote it: the body's first line, if it says so, else the sender. */
static void find_author(const struct posting *mail, const struct patchmail *patch,
	char **ret_name, char **ret_mail)
{
	if (!patch->from || mime_address(patch->from, ret_name, ret_mail) < 0) {
		*ret_name = mem_strdup(mail->from_name);
		*ret_mail = mem_strdup(mail->from_mail);
	}
	if (!(*ret_name)[0]) {
		free(*ret_name);
		*ret_name = mem_strdup((*ret_mail)[0] ? *ret_mail : "unknown");
	}
}

static char *message_of(const struct posting *mail, const struct patchmail *patch)
{
	auto_free char *line = mime_words(patch->subject ? patch->subject : mail->subject);
	auto_free char *words = mime_utf8(patch->words, mail->charset);
	auto_subject struct subject subject = {0};

	subject_parse(line, &subject);
	return mem_printf(
		"%s\n%s%s%s", subject.title, words[0] ? "\n" : "", words, words[0] ? "\n" : "");
}

/* The diff of a mail; its text is borrowed from `patch`. */
static int read_diff(
	const struct posting *mail, struct patchmail *patch, struct diff *ret, struct err *err)
{
	int r = 0;

	if (mail->problem)
		return err_set(err, -EFBIG, "%s", mail->problem);
	patchmail_read(mail->body, mail->body_bytes, patch);
	if (patch->rest)
		r = diff_read(patch->rest, patch->rest_bytes, ret, err);
	if (r == 0 && !ret->file_count)
		r = err_set(err, -ENODATA, "the mail carries no diff");
	return r;
}

/* What no base can mend is told before one is looked for. */
static int check_patches(const struct work *work, struct err *err)
{
	for (int i = 0; i < work->posted.total; i++) {
		auto_patchmail struct patchmail patch = {0};
		auto_diff struct diff diff = {0};
		int r = read_diff(
			&work->thread.mails[work->posted.patches[i]], &patch, &diff, err);

		if (r < 0)
			return err_note(err, "patch %d/%d", i + 1, work->posted.total);
	}
	return 0;
}

static int apply_mail(struct work *work, const struct posting *mail, const char *parent,
	char *ret, struct err *err)
{
	auto_patchmail struct patchmail patch = {0};
	auto_diff struct diff diff = {0};
	auto_free char *name = NULL, *address = NULL, *message = NULL;
	struct apply_change change = {.parent = parent,
		.diff = &diff,
		.date_s = mail->date_s,
		.date_offset_min = mail->date_offset_min};
	int r = read_diff(mail, &patch, &diff, err);

	if (r < 0)
		return r;
	if (patch.date)
		mime_date(patch.date, &change.date_s, &change.date_offset_min);
	find_author(mail, &patch, &name, &address);
	message = message_of(mail, &patch);
	change.author_name = name;
	change.author_mail = address;
	change.message = message;
	return apply_commit(work->apply, &change, ret, err);
}

static int apply_all(struct work *work, const char *base, struct err *err)
{
	const char *parent = base;

	for (int i = 0; i < work->posted.total; i++) {
		const struct posting *mail = &work->thread.mails[work->posted.patches[i]];
		int r = apply_mail(work, mail, parent, work->result.commits[i], err);

		if (r < 0)
			return err_note(
				err, "patch %d/%d on %.12s", i + 1, work->posted.total, base);
		parent = work->result.commits[i];
	}
	return 0;
}

/* ---- the base ---- */

/* Tries one; 0: it applies and is the base. why: "the branch x". */
static int try_base(struct work *work, const char *name, const char *why, struct err *err)
{
	struct commit commit = {0};
	int r = repo_resolve(work->repo, name, &commit, err);

	if (r == 0)
		r = apply_all(work, commit.oid, err);
	if (r == 0) {
		memcpy(work->result.base, commit.oid, sizeof(work->result.base));
		work->result.why = mem_printf("base %.12s: %s", commit.oid, why);
	}
	commit_clear(&commit);
	return r;
}

static bool is_known(struct work *work, const char *name)
{
	struct commit commit = {0};
	bool known = repo_resolve(work->repo, name, &commit, NULL) == 0;

	commit_clear(&commit);
	return known;
}

/* The commit that holds the last of the prerequisites. */
static int try_prerequisites(struct work *work, struct err *err)
{
	const struct strv *ids = &work->basis.prerequisites;
	char oid[65];

	if (!ids->count || !apply_find_patch(work->apply, ids->items[ids->count - 1], oid))
		return -ENOENT;
	return try_base(
		work, oid, "it holds the patches that the series names as prerequisites", err);
}

static int try_branches(struct work *work, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = -ENOENT;

	if (!work->intake->db ||
		query_open(work->intake->db,
			"SELECT name, tip FROM branches WHERE tip <> '' AND gone = 0 "
			"ORDER BY updated_unix_ms DESC LIMIT 5",
			&query, NULL) < 0)
		return r;
	while (r < 0 && query_step(query, NULL) > 0) {
		auto_free char *why = mem_printf(
			"the series names none, and it applies to the tip of the watched "
			"branch %s",
			query_text(query, 0));

		r = try_base(work, query_text(query, 1), why, err);
	}
	return r;
}

/* What is only a guess, in order of how likely it is; the first that takes all patches. */
static int guess_base(struct work *work, struct err *err)
{
	auto_strv struct strv tags = STRV_INIT;
	struct err first = ERR_INIT;
	int r = -ENOENT;

	for (size_t i = 0; r < 0 && i < work->basis.prose.count; i++) {
		const char *name = work->basis.prose.items[i];
		auto_free char *why = mem_printf("the cover letter mentions %.60s", name);

		r = is_known(work, name) ? try_base(work, name, why, err) : r;
	}
	if (r < 0)
		r = try_branches(work, err);
	if (r < 0) {
		r = try_base(work, "HEAD",
			"the series names none, and it applies to the repository's HEAD",
			&first);
		if (r < 0 && err)
			*err = first;
	}
	apply_tags(work->apply, TAGS_TRIED, &tags);
	for (size_t i = 0; r < 0 && i < tags.count; i++) {
		auto_free char *why = mem_printf(
			"the series names none, and %.80s is the newest tag it applies to",
			tags.items[i] + strlen("refs/tags/"));

		r = try_base(work, tags.items[i], why, NULL);
	}
	return r;
}

static int find_base(struct work *work, struct err *err)
{
	const struct basis *basis = &work->basis;
	bool known = basis->commit && is_known(work, basis->commit);
	struct err why = ERR_INIT;
	int r;

	if (work->intake->base)
		return try_base(work, work->intake->base, "it was asked for", err);
	r = try_prerequisites(work, err);
	if (r == 0)
		return 0;
	if (known)
		return try_base(work, basis->commit,
			basis->prerequisites.count
				? "the series names it; its prerequisite patches are not here"
				: "the series names it (base-commit)",
			err);
	r = guess_base(work, &why);
	if (r < 0)
		return err_set(err, r,
			"%s; %s, and it applies to no watched branch and no recent tag either: "
			"give --base",
			why.text,
			basis->commit ? "its base-commit is not in the repository"
				      : "the series names no base-commit");
	if (basis->commit)
		work->result.remark = mem_printf(
			"its base-commit %.12s is not in the repository", basis->commit);
	return 0;
}

/* ---- the whole ---- */

/* The mail that speaks for the series. */
static const struct posting *head_of(const struct work *work)
{
	const struct posted *posted = &work->posted;

	return &work->thread
			.mails[posted->cover >= 0 ? (size_t)posted->cover : posted->patches[0]];
}

static int read_thread(struct work *work, struct err *err)
{
	struct thread_wish wish = {work->intake->id, work->intake->version};
	auto_free char *text = NULL;
	const struct posting *head;
	size_t bytes;
	int r = fs_read(work->intake->file, FILE_MAX_BYTES, &text, &bytes, err);

	if (r == -EFBIG)
		return err_set(
			err, r, "%s is larger than 64 MiB: no series is", work->intake->file);
	if (r == 0)
		r = mime_read(work->intake->file, text, bytes, &work->thread, err);
	if (r == 0)
		r = thread_choose(&work->thread, &wish, &work->posted, err);
	if (r < 0)
		return r;
	head = head_of(work);
	basis_read(head->body, head->body_bytes, &work->basis);
	if (!work->posted.id[0]) {
		char digest[65];

		hash_bytes(text, bytes, digest);
		free(work->posted.id);
		work->posted.id = mem_printf("file-%.12s", digest);
	}
	return 0;
}

/* A ref's part takes few characters; two ids that differ in others only are told apart by
 * their hash. */
static char *ref_of(const char *id, int version)
{
	char digest[65], part[REF_ID_MAX + 1];
	size_t n = 0;

	hash_bytes(id, strlen(id), digest);
	for (; *id && n < REF_ID_MAX; id++)
		part[n++] = isalnum((unsigned char)*id) ? *id : '-';
	part[n] = '\0';
	return mem_printf("refs/kvmperf/series/%s-%.8s/v%d", part, digest, version);
}

/* ---- what was applied before ---- */

/* Which series this is, by what its mails say; two posts under one id are told apart. */
static void digest_of(const struct work *work, char ret[HASH_HEX_BYTES])
{
	auto_str struct str said = STR_INIT;

	for (int i = 0; i < work->posted.total; i++) {
		const struct posting *mail = &work->thread.mails[work->posted.patches[i]];

		str_addf(&said, "%s\n%s\n%s\n%lld\n", mail->subject, mail->from_name,
			mail->from_mail, (long long)mail->date_s);
		str_add_bytes(&said, mail->body, mail->body_bytes);
	}
	if (work->posted.cover >= 0)
		str_add(&said, work->thread.mails[work->posted.cover].body);
	hash_bytes(str_text(&said), said.length, ret);
}

/* Takes over what was found before; false when the repository does not have it all. */
static bool reuse(struct work *work, struct applied *row)
{
	struct applied *result = &work->result;

	if (row->total != result->total || !is_known(work, row->base))
		return false;
	for (int i = 0; i < row->total; i++)
		if (!is_known(work, row->commits[i]))
			return false;
	memcpy(result->base, row->base, sizeof(result->base));
	memcpy(result->commits, row->commits, (size_t)row->total * sizeof(*row->commits));
	result->why = take_ptr(row->why);
	result->remark = take_ptr(row->remark);
	return true;
}

static int remember(struct work *work, const struct thread_key *key, struct err *err)
{
	return thread_store(
		work->intake->db, key, &work->result, clock_unix_ms(&clock_real), err);
}

/* Base and commits: as they were found before, else found now and remembered. */
static int find_commits(struct work *work, struct err *err)
{
	auto_applied struct applied row = {0};
	char digest[HASH_HEX_BYTES];
	struct commit wanted = {0};
	struct thread_key key = {work->posted.id, work->posted.version, digest, ""};
	int r = 0;

	if (!work->intake->db)
		return find_base(work, err);
	digest_of(work, digest);
	if (work->intake->base)
		r = repo_resolve(work->repo, work->intake->base, &wanted, err);
	if (r == 0 && work->intake->base)
		key.wanted = wanted.oid;
	if (r == 0)
		r = thread_load(work->intake->db, &key, &row, err);
	if (r == 0 || (r > 0 && !reuse(work, &row))) {
		r = find_base(work, err);
		if (r == 0)
			r = remember(work, &key, err);
	}
	commit_clear(&wanted);
	return r < 0 ? r : 0;
}

/* What the mails say of themselves. */
static void describe(const struct work *work, struct applied *ret)
{
	const struct posting *head = head_of(work);

	ret->id = mem_strdup(work->posted.id);
	ret->subject = mem_strdup(work->posted.subject);
	ret->line = mem_strdup(head->subject);
	ret->answered = mem_strdup(head->reply_to);
	ret->from_name = mem_strdup(head->from_name);
	ret->from_mail = mem_strdup(head->from_mail);
	ret->version = work->posted.version;
	ret->total = work->posted.total;
	for (int i = 0; i < ret->total; i++)
		strv_add(&ret->patch_ids, work->thread.mails[work->posted.patches[i]].id);
	ret->commits = mem_new((size_t)ret->total, sizeof(*ret->commits));
}

static int take_in(struct work *work, struct err *err)
{
	struct applied *result = &work->result;
	int r = read_thread(work, err);

	if (r == 0)
		r = check_patches(work, err);
	if (r == 0)
		r = repo_open(&work->repo, work->intake->repo, err);
	if (r == 0)
		r = apply_open(&work->apply, work->intake->repo, err);
	if (r < 0)
		return r;
	describe(work, result);
	r = find_commits(work, err);
	if (r < 0)
		return r;
	if (!result->remark)
		result->remark = mem_strdup(work->posted.remark);
	result->ref = ref_of(work->posted.id, work->posted.version);
	memcpy(result->tip, result->commits[result->total - 1], sizeof(result->tip));
	return apply_ref(work->apply, result->ref, result->tip, err);
}

int intake_series(const struct intake *intake, struct applied *ret, struct err *err)
{
	struct work work = {.intake = intake};
	int r = take_in(&work, err);

	if (r == 0) {
		*ret = work.result;
		memset(&work.result, 0, sizeof(work.result));
	}
	work_clear(&work);
	return r;
}
