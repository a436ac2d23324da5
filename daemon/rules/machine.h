/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_MACHINE_H
#define RULES_MACHINE_H

/*
 * Which facts of a boot define the machine: firmware, processors, memory, the
 * host's page size, and whether KVM runs in VHE. Values of two boots are
 * comparable only when these are equal. What a kernel chooses (its release,
 * its mitigations, how it numbers interrupts) is not among them, nor is what
 * changes while a machine runs.
 *
 * Takes the "key: value" lines of a boot and its KVM mode, either may be NULL.
 * Returns the defining lines, sorted, one "key: value" each, so that they can
 * be hashed and shown; the caller frees.
 *
 * Memory is rounded up to an eighth of the power of two below it: how much of
 * it a kernel keeps for itself differs from kernel to kernel.
 */
char *machine_identity(const char *facts, const char *kvm_mode);

#endif
