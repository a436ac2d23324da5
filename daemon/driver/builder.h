/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DRIVER_BUILDER_H
#define DRIVER_BUILDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/failure.h"
#include "io/kmake.h"

/*
 * A warm build folder in our hands: source/ has the files of one commit, out/
 * is make's, and between builds both stay, so that a small change is a small
 * build.
 */

/* How a build went, when it was not our own fault. */
struct build_end {
	enum failure failure; /* FAILURE_NONE: it is built */
	enum symptom symptom;
	char *reason; /* the compiler's words, when it is not built */
};

void build_end_clear(struct build_end *end);

struct builder_order {
	const char *repo;	    /* path of the git repository */
	const char *commit;	    /* full object id */
	const char *build_folder;   /* made when missing */
	const char *ccache_folder;  /* NULL: without ccache */
	const char *private_folder; /* what the build must not see, but for the two; or NULL */
	int jobs;		    /* of make; 0: as many as there are processors */
	/*
	 * Called now and then: what is done ("check out", "configure", "build"), how
	 * many steps of it, and how many there may be in all (0: nobody knows). May
	 * be NULL.
	 */
	void (*on_progress)(const char *what, size_t done, size_t of, void *data);
	void *data;
};

struct builder {
	struct builder_order order;
	struct kmake make;
	struct kmake_tools tools;
	char *folder, *ccache;	  /* absolute */
	char *source, *out, *log; /* below the folder */
	char *stamp;		  /* file, see builder_configure() */
	/*
	 * A file that is there while make writes to out/. Who finds it there was left
	 * it by a process that was killed, and removes out/, in which half an object
	 * file may look like a whole one.
	 */
	char *making;
	size_t steps_expected;
	bool has_modules; /* by its configuration */
	struct sandbox sandbox;
	struct err no_sandbox; /* why there is none; empty: there is one */
	int lock;
	struct build_end end; /* so far */
};

/* What a builder is before builder_open(), so that it can be cleared in any state. */
#define BUILDER_INIT       \
	{                  \
		.lock = -1 \
	}

/*
 * Takes the folder and checks the commit out into it. -EBUSY when another
 * process has it, -EINVAL for a path that the kernel's make cannot take,
 * -ENOENT without a compiler for arm64; and like worktree_switch(). The order's
 * strings are borrowed until builder_clear().
 */
int builder_open(struct builder *builder, const struct builder_order *order, struct err *err);
void builder_clear(struct builder *builder);

bool builder_is_good(const struct builder *builder); /* nothing has failed to build yet */

/* Says that the source is at fault; takes the reason over. */
void builder_fail(struct builder *builder, enum symptom symptom, char *reason);

/*
 * Turns the end of make into the builder's end: symptom and, from the log, the
 * reason when it failed. A disk that is full or a compiler that was killed is
 * the machine's fault: -ENOSPC, -ENOMEM.
 */
int builder_judge(struct builder *builder, const struct proc_end *end, enum symptom symptom,
	struct err *err);

/*
 * Has make write out/.config from the fragment, or from the base that it is laid
 * over (KCONFIG_ON_TOP), and reads it; the caller frees
 * *ret. Making it anew takes half as long as a small build, so it is left out
 * when the stamp says that this .config came out of this fragment with this
 * compiler and no file that decides it was touched since.
 */
int builder_configure(
	struct builder *builder, const char *fragment, char **ret, struct err *err);

/* Builds the image, and counts steps for progress. */
int builder_make_image(struct builder *builder, const char *localversion, struct err *err);

/*
 * Builds the modules and packs them, below lib/modules/<release>, as
 * modules.tar.gz in the builder's folder.
 */
int builder_make_modules(struct builder *builder, const char *localversion, struct err *err);

/* Builds a selftest, "kvm/dirty_log_perf_test"; *ret_path is the program, the caller frees. */
int builder_make_test(
	struct builder *builder, const char *test, char **ret_path, struct err *err);

#define auto_builder __attribute__((cleanup(builder_clear)))

#endif
