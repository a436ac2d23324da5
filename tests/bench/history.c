/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A history for `git fast-import`, in the manner of a kernel tree: a mainline whose
 * every fourth commit merges a topic of one to five commits, topics as branches under
 * their own names, tags. The same numbers give the same history to the byte.
 *
 *	history COMMITS [SEED] | git fast-import
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/prng.h"

enum {
	FOLDERS = 40,
	SUBFOLDERS = 8,
	FILES = 8, /* in a sub-folder */
	LINES = 40,
	COMMIT_FILES = 3, /* at most, in a commit */
	TOPIC_COMMITS = 5,
	TAG_EVERY = 2000,
	KEEP_EVERY = 25, /* topics whose branch stays */
};

static const char *const watched[] = {"arch/arm64/kvm", "virt/kvm", "arch/arm64/mm"};

static struct prng prng;
static int made, topics, wanted;
static uint32_t versions[FOLDERS * SUBFOLDERS * FILES];
static int touched[COMMIT_FILES * TOPIC_COMMITS]; /* by the topic at hand */
static size_t touched_count;

static uint64_t below(uint64_t limit)
{
	return prng_below(&prng, limit);
}

static void put_data(const char *text)
{
	printf("data %zu\n%s\n", strlen(text), text);
}

/* One line of forty moves with each version, as a small change of a source file would. */
static void put_file(int file)
{
	int folder = file / (SUBFOLDERS * FILES), sub = file / FILES % SUBFOLDERS;
	char text[LINES * 48], *at = text;
	uint32_t version = versions[file];

	if (folder < (int)ARRAY_SIZE(watched))
		printf("M 100644 inline %s/s%d/f%d.c\n", watched[folder], sub, file % FILES);
	else
		printf("M 100644 inline drivers/d%d/s%d/f%d.c\n", folder, sub, file % FILES);
	for (uint32_t line = 0; line < LINES; line++) {
		uint32_t last = version >= line ? (version - line) / LINES : 0;

		at += sprintf(at, "int f%d_l%u = 0x%08x;\n", file, line,
			(last + 1) * 2654435761u ^ line * 40503u);
	}
	put_data(text);
}

static void change_files(void)
{
	uint64_t first = below(ARRAY_SIZE(versions));

	for (uint64_t i = 1 + below(COMMIT_FILES); i > 0; i--) {
		int file = (int)((first + i) % ARRAY_SIZE(versions));

		versions[file]++;
		put_file(file);
		touched[touched_count++] = file;
	}
}

/* A commit on `from` (0: a root). With `other` it merges that topic, all of its files. */
static int put_commit(const char *ref, int from, int other)
{
	char message[120];
	int mark = ++made;

	printf("commit %s\nmark :%d\ncommitter A U Thor <a@example.org> %d +0000\n", ref, mark,
		1000000000 + mark * 60);
	if (other)
		snprintf(message, sizeof(message), "Merge branch kvm-arm64/topic-%d into next",
			topics);
	else
		snprintf(message, sizeof(message), "subsystem: change %d of %d", mark, wanted);
	put_data(message);
	if (from)
		printf("from :%d\n", from);
	if (other)
		printf("merge :%d\n", other);
	else
		change_files();
	for (size_t i = 0; other && i < touched_count; i++)
		put_file(touched[i]);
	return mark;
}

static void put_ref(const char *ref, int mark)
{
	printf("reset %s\nfrom :%d\n\n", ref, mark);
}

/* Takes a topic off the tip; some leave their branch behind. Returns its last commit. */
static int put_topic(int tip)
{
	static const char ref[] = "refs/heads/work";
	int last = tip;

	topics++;
	for (uint64_t i = 1 + below(TOPIC_COMMITS); i > 0; i--)
		last = put_commit(ref, last, 0);
	if (topics % KEEP_EVERY == 0) {
		char kept[80];

		snprintf(kept, sizeof(kept), "refs/heads/kvm-arm64/topic-%d,%d", topics,
			topics % 7);
		put_ref(kept, last);
	}
	return last;
}

static int put_step(int tip)
{
	touched_count = 0;
	if (tip && below(4) == 0)
		return put_commit("refs/heads/next", tip, put_topic(tip));
	return put_commit("refs/heads/next", tip, 0);
}

int main(int argc, char **argv)
{
	int tip = 0;

	wanted = argc > 1 ? atoi(argv[1]) : 100000;
	prng_init(&prng, argc > 2 ? strtoull(argv[2], NULL, 10) : 1);
	while (made < wanted) {
		char tag[40];
		int before = made;

		tip = put_step(tip);
		if (made / TAG_EVERY == before / TAG_EVERY)
			continue;
		snprintf(tag, sizeof(tag), "refs/tags/kvmarm-%d", made / TAG_EVERY);
		put_ref(tag, tip);
	}
	return 0;
}
