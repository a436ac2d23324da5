/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include <stddef.h>

#include "base/err.h"
#include "model/branch.h"
#include "model/host.h"
#include "model/mail.h"

/* What a change of KVM/arm64 touches. */
#define SETTINGS_PATHS                                       \
	"arch/arm64/kvm virt/kvm arch/arm64/mm include/kvm " \
	"arch/arm64/include/asm/kvm*"

/* How the service goes about its work. */
struct service_spec {
	int retry_delay_s;   /* after a first failure; doubles with each */
	int keep_days;	     /* logs of jobs, images nobody needs */
	int keep_gb;	     /* of images and build folders, at most; 0: no limit */
	bool bisect_aligned; /* repeat a proof on hardware with functions aligned */
	int aa_every;	     /* an A/A run of an idle host after so many jobs; 0: none */
};

/* Where kernels come from. */
struct kernel_source {
	char *config; /* file that jobs of watched branches are configured with; "": shipped */
	char *base;   /* "running" or a path that it is laid over; "": nothing */
	char *prebuilt; /* program that is asked first, see driver/prebuilt.h; "": none */
};

/*
 * The configuration file, read once. Without one the built-in settings hold:
 * one emulated host named "emulated".
 */
struct settings {
	struct service_spec service;
	struct mail_spec mail;
	struct kernel_source kernel;
	char *state; /* folder for everything kvmperf keeps; "" when not configured */
	struct host_spec *hosts;
	size_t host_count;
	struct branch_spec *branches; /* one a [branch NAME] section */
	size_t branch_count;
};

/* file is the name for error sentences. The caller clears *ret. */
int settings_parse(const char *file, const char *text, struct settings *ret, struct err *err);

/* The built-in configuration's text. */
const char *settings_builtin(void);

void settings_clear(struct settings *settings);

/* The host of that name, or NULL. Borrowed. */
const struct host_spec *settings_host(const struct settings *settings, const char *name);

/* Is the machine that we run on among the hosts? */
bool settings_is_here(const struct settings *settings);

/* The hook that is asked for kernels first, or NULL. Borrowed. */
const char *settings_prebuilt(const struct settings *settings);

/*
 * The first host that is meant by a name or a tag (host_is_meant()), or NULL.
 * Borrowed.
 */
const struct host_spec *settings_host_for(const struct settings *settings, const char *wanted);

/* The branch section of that name, or NULL. Borrowed. */
const struct branch_spec *settings_branch(const struct settings *settings, const char *name);

#endif
