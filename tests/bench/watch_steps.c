/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What watching does to a repository, one step by itself:
 *
 *	watch_steps fetch STATE URL		into its mirror
 *	watch_steps walk REPOSITORY OLD TIP PATH...	prints the commits that touch a path
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "io/ancestry.h"
#include "work/mirrors.h"

static int walk(char **words, struct err *err)
{
	auto_ancestry struct ancestry *ancestry = NULL;
	auto_strv struct strv paths = STRV_INIT;
	struct ancestry_ask ask = {words[2], words[1], &paths, false, (size_t)-1};
	struct ancestry_chain chain = {0};
	int r = ancestry_open(&ancestry, words[0], err);

	for (int i = 3; words[i]; i++)
		strv_add(&paths, words[i]);
	if (r == 0)
		r = ancestry_chain(ancestry, &ask, &chain, err);
	for (size_t i = 0; r == 0 && i < chain.count; i++)
		if (chain.steps[i].touches)
			puts(chain.steps[i].oid);
	ancestry_chain_clear(&chain);
	return r;
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	int r;

	if (argc == 4 && strcmp(argv[1], "fetch") == 0)
		r = mirrors_fetch(
			&(struct mirrors_order){.state = argv[2], .url = argv[3]}, &err);
	else if (argc > 5 && strcmp(argv[1], "walk") == 0)
		r = walk(argv + 2, &err);
	else
		return 2;
	if (r < 0)
		fprintf(stderr, "watch_steps: %s\n", err.text);
	return r < 0;
}
