/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_FACTS_H
#define TEXT_FACTS_H

/*
 * Looks up "key: value" lines as a runner tells them (runner/facts.h): the
 * value of the first line with this key, or NULL. The caller frees.
 */
char *facts_value(const char *facts, const char *key);

/*
 * The way KVM came up according to a kernel log: "VHE mode", "Hyp nVHE mode",
 * from the line "kvm [1]: Hyp nVHE mode initialized successfully"; NULL when
 * there is no such line. The caller frees.
 */
char *facts_kvm_mode(const char *dmesg);

/*
 * What has changed between two tellings: the lines of `after` that `before` does not
 * have, each as "after KEY: VALUE". The caller frees.
 */
char *facts_changed(const char *before, const char *after);

/*
 * The last place where a text says this, to the end of the line: without the
 * time stamp that a kernel log puts before it. NULL: nowhere. The caller frees.
 */
char *facts_last(const char *text, const char *saying);

/*
 * What a kernel log says when an interrupt controller did not survive a kexec: memory
 * may be corrupted. NULL: nothing. The caller frees.
 */
char *facts_gic_fault(const char *dmesg);

#endif
