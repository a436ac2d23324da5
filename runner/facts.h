/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUNNER_FACTS_H
#define RUNNER_FACTS_H

#include "string/str.h"

/*
 * What this machine is and in which state: one "key: value" line a fact. The
 * key is the path of the file the value was read from; a file of several lines
 * gives several facts with the same key. Keys without a slash are ours:
 *	release, version, machine	uname(2)
 *	build-id	GNU build-id of the kernel, hexadecimal, from /sys/kernel/notes
 *	kvm		"present" when /dev/kvm can be opened, else why not
 *	page-size	bytes
 */
void facts_add_all(struct str *ret);

/* The kernel log; a negative errno when it cannot be read. */
int facts_dmesg(struct str *ret);

#endif
