/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_FAILURE_H
#define BASE_FAILURE_H

/*
 * How a step can fail: the class says whose fault it is and so who is told;
 * the symptom says what was seen. Both are stored by name (failure_name(),
 * symptom_name()); the names never change once released.
 */
enum failure {
	FAILURE_NONE,
	FAILURE_SOURCE,	 /* the commit or the repository */
	FAILURE_BUILD,	 /* the kernel or the test does not build */
	FAILURE_KERNEL,	 /* the kernel under test: panics, hangs, lacks KVM, ... */
	FAILURE_KEXEC,	 /* golden could not load or enter the kernel */
	FAILURE_HOST,	 /* the machine itself */
	FAILURE_LINK,	 /* the byte stream to the runner */
	FAILURE_TEST,	 /* the test binary: skips, asserts, is killed, prints nonsense */
	FAILURE_SERVICE, /* kvmperf itself: its store, its disk, a program it needs */
	FAILURE_COUNT
};

enum symptom {
	SYMPTOM_NONE,
	SYMPTOM_COMPILE,	/* make ended with an error */
	SYMPTOM_CONFIG,		/* a needed option did not survive olddefconfig */
	SYMPTOM_PANIC,		/* console shows a panic, golden came back */
	SYMPTOM_RESET,		/* golden came back, no panic was seen */
	SYMPTOM_HANG,		/* silent until the deadline, power was cut */
	SYMPTOM_WRONG_RELEASE,	/* another kernel than the one that was loaded answers */
	SYMPTOM_WRONG_BUILD_ID, /* right release, other image */
	SYMPTOM_REFUSED,	/* golden would not load or enter it by kexec */
	SYMPTOM_NO_KVM,		/* no /dev/kvm or no "initialized successfully" line */
	SYMPTOM_TAINTED,
	SYMPTOM_PREPARE,  /* huge pages, THP or a control file could not be set */
	SYMPTOM_NO_MODE,  /* the host lacks a guest mode of the plan */
	SYMPTOM_SKIP,	  /* test exit 4 */
	SYMPTOM_ASSERT,	  /* test exit 254 */
	SYMPTOM_KILLED,	  /* test ended by a signal */
	SYMPTOM_TIMEOUT,  /* test or step ran into its limit */
	SYMPTOM_OUTPUT,	  /* a line is cut or missing, or does not parse */
	SYMPTOM_NO_SPLIT, /* the eager-split chunk size was refused or reads back differently */
	SYMPTOM_THP_FALLBACK, /* huge pages were asked for and small ones given */
	SYMPTOM_EXIT,	      /* any other exit status */
	SYMPTOM_LOST,	      /* the link broke */
	SYMPTOM_COUNT
};

const char *failure_name(enum failure failure); /* "kernel" */
const char *symptom_name(enum symptom symptom); /* "no-kvm" */

/* Back from a stored name; FAILURE_NONE or SYMPTOM_NONE for an unknown one. */
enum failure failure_from_name(const char *name);
enum symptom symptom_from_name(const char *name);

/* A phrase for people: "panics at boot", "comes up without KVM". */
const char *symptom_phrase(enum symptom symptom);
/* What stands before the phrase of a boot's symptom: "the kernel ", or "". */
const char *symptom_subject(enum symptom symptom);

#endif
