/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_HEALTH_H
#define RULES_HEALTH_H

#include <stdbool.h>

/* So many failures in a row end the trust in a host. */
enum { HEALTH_FAILURES = 3 };

/*
 * What a deed on a host failed with: is it the machine's or its link's fault, so
 * that it counts against the host? final: waiting does not help, somebody must
 * look at it.
 */
enum health_blame { HEALTH_OURS, HEALTH_HOSTS, HEALTH_FINAL };
enum health_blame health_blame(int code);

/*
 * Is a host on its golden kernel fit to be measured? By what its runner tells
 * ("key: value" lines) and its kernel log: no taint, /dev/kvm and the way KVM
 * came up, every possible CPU online. *ret_text is a line for people (the
 * caller frees): what it has, or the first thing that is wrong.
 */
bool health_judge(const char *facts, const char *dmesg, char **ret_text);

#endif
