/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_HEALTH_H
#define RULES_HEALTH_H

#include <stdbool.h>

/*
 * Is a host on its golden kernel fit to be measured? By what its runner tells
 * ("key: value" lines) and its kernel log: no taint, /dev/kvm and the way KVM
 * came up, every possible CPU online. *ret_text is a line for people (the
 * caller frees): what it has, or the first thing that is wrong.
 */
bool health_judge(const char *facts, const char *dmesg, char **ret_text);

#endif
