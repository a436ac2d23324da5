/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/indexer.h"

#include <errno.h>
#include <sys/wait.h>

#include <git2/sys/odb_backend.h>

#include "git_fixture.h"

/* A repository that receives what the fixture's one has. */
struct receiver {
	char *path, *log;
	git_repository *git;
	git_odb *odb;
	struct indexer indexer;
	git_odb_writepack *pack;
	git_indexer_progress stats;
	int told;
};

static int on_progress(const git_indexer_progress *stats, void *data)
{
	struct receiver *receiver = data;

	assert_true(stats->received_objects <= stats->total_objects);
	assert_true(stats->indexed_deltas <= stats->total_deltas);
	receiver->told++;
	return 0;
}

static void receiver_open(struct receiver *receiver, const struct git_fixture *fixture)
{
	*receiver = (struct receiver){.path = mem_printf("%s/m.git", fixture->folder),
		.log = mem_printf("%s/log", fixture->folder)};
	receiver->indexer = (struct indexer){receiver->path, receiver->log};
	assert_int_equal(git_repository_init(&receiver->git, receiver->path, true), 0);
	assert_int_equal(git_repository_odb(&receiver->odb, receiver->git), 0);
	assert_int_equal(indexer_install(receiver->odb, &receiver->indexer), 0);
	assert_int_equal(
		git_odb_write_pack(&receiver->pack, receiver->odb, on_progress, receiver), 0);
}

static void receiver_close(struct receiver *receiver)
{
	receiver->pack->free(receiver->pack);
	git_odb_free(receiver->odb);
	git_repository_free(receiver->git);
	free(receiver->path);
	free(receiver->log);
}

/* In pieces of 7 bytes: the header comes in two of them. */
static int append(struct receiver *receiver, const char *data, size_t bytes)
{
	int r = 0;

	for (size_t i = 0; i < bytes && r == 0; i += 7)
		r = receiver->pack->append(receiver->pack, data + i,
			bytes - i < 7 ? bytes - i : 7, &receiver->stats);
	return r;
}

static void pack_of(const struct git_fixture *fixture, const char *oid, git_buf *ret)
{
	git_packbuilder *builder;
	git_oid id;

	assert_int_equal(git_oid_fromstr(&id, oid), 0);
	assert_int_equal(git_packbuilder_new(&builder, fixture->git), 0);
	assert_int_equal(git_packbuilder_insert_commit(builder, &id), 0);
	assert_int_equal(git_packbuilder_write_buf(ret, builder), 0);
	git_packbuilder_free(builder);
}

static const struct git_entry files[] = {
	{"100644", "a.c", "one\n", NULL}, {"100644", "b.c", "two\n", NULL}, {0}};

static void what_comes_is_stored(void **state)
{
	struct git_fixture *fixture = *state;
	struct receiver receiver;
	git_buf pack = {0};
	char oid[OID_BYTES];
	git_oid id;

	git_put_files(fixture, files, oid);
	pack_of(fixture, oid, &pack);
	receiver_open(&receiver, fixture);
	assert_int_equal(append(&receiver, pack.ptr, pack.size), 0);
	assert_int_equal(receiver.stats.total_objects, 4); /* commit, tree, two blobs */
	assert_int_equal(receiver.pack->commit(receiver.pack, &receiver.stats), 0);
	assert_int_equal(receiver.stats.received_objects, 4);
	assert_int_equal(receiver.stats.received_bytes, pack.size);
	assert_true(receiver.told > 0);
	assert_int_equal(git_oid_fromstr(&id, oid), 0);
	assert_true(git_odb_exists(receiver.odb, &id));
	git_buf_dispose(&pack);
	receiver_close(&receiver);
}

static void what_is_no_pack_is_refused_in_gits_words(void **state)
{
	static const char nonsense[] = "PACK this is no pack at all";
	struct git_fixture *fixture = *state;
	struct receiver receiver;
	int r;

	receiver_open(&receiver, fixture);
	r = append(&receiver, nonsense, sizeof(nonsense));
	if (r == 0)
		r = receiver.pack->commit(receiver.pack, &receiver.stats);
	assert_true(r < 0);
	assert_int_equal(git_error_last()->klass, GIT_ERROR_INDEXER);
	assert_non_null(strstr(git_error_last()->message, "git index-pack: fatal: pack"));
	receiver_close(&receiver);
}

static void a_pack_that_is_cut_off_is_refused(void **state)
{
	struct git_fixture *fixture = *state;
	struct receiver receiver;
	git_buf pack = {0};
	char oid[OID_BYTES];
	git_oid id;

	git_put_files(fixture, files, oid);
	pack_of(fixture, oid, &pack);
	receiver_open(&receiver, fixture);
	assert_int_equal(append(&receiver, pack.ptr, pack.size - 10), 0);
	assert_true(receiver.pack->commit(receiver.pack, &receiver.stats) < 0);
	assert_non_null(strstr(git_error_last()->message, "early EOF"));
	assert_int_equal(git_oid_fromstr(&id, oid), 0);
	assert_false(git_odb_exists(receiver.odb, &id));
	git_buf_dispose(&pack);
	receiver_close(&receiver);
}

static void what_is_given_up_leaves_no_process(void **state)
{
	struct git_fixture *fixture = *state;
	struct receiver receiver;

	receiver_open(&receiver, fixture);
	assert_int_equal(append(&receiver, "PACK", 4), 0);
	receiver_close(&receiver);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

#define FIXTURE git_fixture_open, git_fixture_close, NULL

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"what comes is stored", what_comes_is_stored, FIXTURE},
		{"what is no pack is refused in git's words",
			what_is_no_pack_is_refused_in_gits_words, FIXTURE},
		{"a pack that is cut off is refused", a_pack_that_is_cut_off_is_refused,
			FIXTURE},
		{"what is given up leaves no process", what_is_given_up_leaves_no_process,
			FIXTURE},
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
