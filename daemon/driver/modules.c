/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "driver/modules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/hash.h"
#include "string/str.h"
#include "sys/fs.h"

#define STEP_LIMIT_MS (10 * 60 * 1000) /* an initramfs on a slow disk */
enum { NOT_FOUND = 127, HASH_DIGITS = 12 };

const char modules_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

struct installation {
	struct link *link;
	const struct modules_place *place;
	char *modules; /* place->folder/modules */
	char *tree;    /* this kernel's in it */
	char *initramfs;
	char *link_path; /* in place->links */
	char *config;	 /* in place->boot, while the initramfs is made */
	const char *release;
};

static void installation_clear(struct installation *i)
{
	free(i->modules);
	free(i->tree);
	free(i->initramfs);
	free(i->link_path);
	free(i->config);
}

/* What a program said last, for a sentence. */
static const char *last_words(struct str *said)
{
	char *text = mem_strdup(str_text(said)), *line = text_trim(text), *before;

	before = strrchr(line, '\n');
	str_clear(said);
	str_add(said, *line ? (before ? before + 1 : line) : "it said nothing");
	free(text);
	return str_text(said);
}

/* Runs a program there; *ret_status is how it ended. The list ends with NULL. */
static int ask(const struct installation *i, const char *const *words, int *ret_status,
	struct str *said, struct err *err)
{
	auto_strv struct strv argv = STRV_INIT, env = STRV_INIT;
	struct link_run run = {0};
	int r;

	strv_add(&argv, "/usr/bin/env"); /* finds the program on PATH */
	for (; *words; words++)
		strv_add(&argv, *words);
	strv_addf(&env, "PATH=%s", i->place->path);
	strv_add(&env, "LC_ALL=C");
	strv_add(&env, "HOME=/root");
	r = link_run(i->link, &argv, &env, STEP_LIMIT_MS, &run, err);
	if (r == 0) {
		*ret_status = run.timed_out ? -1 : run.exit_status;
		str_add_bytes(said, str_text(&run.errors), run.errors.length);
	}
	link_run_clear(&run);
	return r;
}

static int demand(const struct installation *i, const char *const *words, struct err *err)
{
	auto_str struct str said = STR_INIT;
	int status, r = ask(i, words, &status, &said, err);

	if (r < 0 || status == 0)
		return r;
	return err_set(err, -EREMOTEIO, "%s ends with status %d: %.300s", words[0], status,
		last_words(&said));
}

#define DEMAND(i, err, ...) demand((i), (const char *const[]){__VA_ARGS__, NULL}, (err))

/* ---- steps ---- */

static int unpack(
	const struct installation *i, const char *archive, const char *hash, struct err *err)
{
	auto_free char *there = NULL;
	int r = link_put(i->link, archive, hash, "modules.tar.gz", 0600, &there, err);

	if (r == 0)
		r = DEMAND(i, err, "rm", "-rf", i->tree);
	if (r == 0)
		r = DEMAND(i, err, "mkdir", "-p", i->tree);
	if (r == 0)
		r = DEMAND(i, err, "tar", "-xzf", there, "-C", i->tree, "--strip-components=3",
			"--no-same-owner");
	return r < 0 ? r : DEMAND(i, err, "rm", "-f", there);
}

/* By the first tool that is there. */
static int call_tool(const struct installation *i, struct err *err)
{
	auto_free char *fresh = mem_printf("%s.new", i->initramfs);
	const char *const tools[][6] = {
		{"mkinitramfs", "-o", fresh, i->release},
		{"dracut", "--force", "--kver", i->release, fresh},
	};

	for (size_t k = 0; k < ARRAY_SIZE(tools); k++) {
		auto_str struct str said = STR_INIT;
		int status, r = ask(i, tools[k], &status, &said, err);

		if (r < 0)
			return r;
		if (status == 0)
			return DEMAND(i, err, "mv", "-f", fresh, i->initramfs);
		if (status != NOT_FOUND)
			return err_set(err, -EREMOTEIO, "%s ends with status %d: %.300s",
				tools[k][0], status, last_words(&said));
	}
	return err_set(err, -EREMOTEIO,
		"kernel %s has modules and the host neither initramfs-tools nor dracut: "
		"install "
		"one of them, or build in what is needed",
		i->release);
}

/* The tools read in the kernel's configuration what it can unpack. */
static int make_initramfs(const struct installation *i, const char *config, struct err *err)
{
	auto_free char *there = NULL;
	char hash[HASH_HEX_BYTES];
	int r = hash_file(config, hash, err), tidied;

	if (r == 0)
		r = link_put(i->link, config, hash, "kernel.config", 0600, &there, err);
	if (r == 0)
		r = DEMAND(i, err, "ln", "-sfn", there, i->config);
	if (r == 0)
		r = DEMAND(i, err, "depmod", i->release);
	if (r == 0)
		r = call_tool(i, err);
	if (r < 0 && r != -EREMOTEIO)
		return r;
	tidied = DEMAND(i, r < 0 ? NULL : err, "rm", "-f", i->config);
	return r < 0 ? r : tidied;
}

/* Old trees and initramfs, and links to trees that are gone. */
static int tidy(const struct installation *i, struct err *err)
{
	auto_free char *ours = mem_printf("%s/*", i->modules);
	int r = DEMAND(i, err, "touch", "-c", i->tree, i->initramfs);

	if (r == 0)
		r = DEMAND(i, err, "find", i->modules, "-mindepth", "1", "-maxdepth", "1",
			"-mtime", "+30", "-exec", "rm", "-rf", "{}", "+");
	if (r == 0)
		r = DEMAND(i, err, "find", i->place->links, "-maxdepth", "1", "-lname", ours,
			"-xtype", "l", "-delete");
	return r;
}

static int install(const struct installation *i, const char *archive, const char *hash,
	const char *config, struct err *err)
{
	auto_str struct str said = STR_INIT;
	int status, r = ask(i, (const char *const[]){"test", "-s", i->initramfs, NULL}, &status,
			    &said, err);

	if (r == 0 && status != 0)
		r = unpack(i, archive, hash, err);
	if (r == 0)
		r = DEMAND(i, err, "ln", "-sfn", i->tree, i->link_path);
	if (r == 0 && status != 0)
		r = make_initramfs(i, config, err);
	return r < 0 ? r : tidy(i, err);
}

int modules_install(struct link *link, const struct kernel *kernel,
	const struct modules_place *place, char **ret_initramfs, struct err *err)
{
	const char *slash = strrchr(kernel->image_path, '/');
	int folder = slash ? (int)(slash - kernel->image_path) + 1 : 0;
	auto_free char *archive = mem_printf("%.*smodules.tar.gz", folder, kernel->image_path);
	auto_free char *config = mem_printf("%.*sconfig", folder, kernel->image_path);
	struct installation i = {.link = link, .place = place, .release = kernel->release};
	char hash[HASH_HEX_BYTES];
	int r;

	if (!fs_exists(archive)) {
		*ret_initramfs = NULL;
		return 0;
	}
	r = hash_file(archive, hash, err);
	if (r < 0)
		return r;
	i.modules = mem_printf("%s/modules", place->folder);
	i.tree = mem_printf("%s/%s", i.modules, kernel->release);
	i.initramfs = mem_printf(
		"%s/initramfs-%s-%.*s", i.modules, kernel->release, HASH_DIGITS, hash);
	i.link_path = mem_printf("%s/%s", place->links, kernel->release);
	i.config = mem_printf("%s/config-%s", place->boot, kernel->release);
	r = install(&i, archive, hash, config, err);
	if (r == 0)
		*ret_initramfs = take_ptr(i.initramfs);
	else
		err_note(err, "modules of kernel %s", kernel->release);
	installation_clear(&i);
	return r;
}
