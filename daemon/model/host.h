/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_HOST_H
#define MODEL_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "string/strv.h"

enum host_driver {
	HOST_QEMU,  /* emulated arm64 machine: instructions are judged, never time */
	HOST_SSH,   /* lab machine over OpenSSH */
	HOST_LOCAL, /* the daemon's own machine */
};

/* So long a wish to stop waits at most for a machine's way back to golden. */
enum { HOST_STOP_S = 150 };

enum redfish_auth { REDFISH_SESSION, REDFISH_BASIC };

/* One arm64 machine that is measured, as the configuration describes it. */
struct host_spec {
	char *name;
	struct strv tags; /* by which jobs name it beside its name */
	enum host_driver driver;
	char *cpu;	     /* qemu: -cpu */
	int cpus;	     /* qemu: -smp */
	int memory_mb;	     /* qemu: -m */
	char *golden_image;  /* flat Image of the known-good kernel */
	char *cmdline;	     /* canonical kernel command line of this host */
	char *initrd;	     /* for test kernels, a path on the machine; "" for none */
	char *address;	     /* ssh: destination; "": the host's name */
	char *ssh_config;    /* ssh: its configuration file; "": the user's */
	char *runner_folder; /* ssh: where the runner is put, absolute */
	struct strv power_off, power_on; /* argument vectors; empty: it has no such switch */
	struct strv become;		 /* ssh: words before the runner's, "sudo -n" */
	char *redfish;			 /* https://ADDRESS of the BMC; "": none */
	char *redfish_user, *redfish_password_file;
	char *redfish_ca;     /* file with the certificates to trust; "": the system's */
	char *redfish_system; /* id of the system, where the BMC has several; "" */
	int redfish_auth;     /* enum redfish_auth */
	struct strv sysrq;  /* argument vector that presses sysrq b on the console; or empty */
	int watchdog_s;	    /* of a watchdog that outlives a kexec; 0: none */
	int golden_limit_s; /* from a reset to golden's answer; 0: as its driver needs */
};

const char *host_driver_name(enum host_driver driver);
bool host_is_emulated(const struct host_spec *spec);
int host_golden_limit_s(const struct host_spec *spec);

/* Is it meant by "altra" (a name), "tag:big", or "" (any host)? tags may be NULL. */
bool host_is_meant(const char *wanted, const char *name, const struct strv *tags);
void host_spec_clear(struct host_spec *spec);

#endif
