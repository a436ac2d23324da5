/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PROBE_MARKS_H
#define PROBE_MARKS_H

/*
 * The marks by which the instruction counter (runner/count) finds the system
 * calls that the probe wraps: `hint #imm`, which every arm64 CPU executes as a
 * no-op for the numbers 0x70 to 0x7f (Arm ARM, "HINT": unallocated hints are
 * NOPs). A pair of kind K is
 *
 *	hint #(MARK_BEGIN + K)
 *	svc  #0
 *	hint #(MARK_END + K)
 *
 * so that exactly one instruction of user space lies between the marks: what
 * is counted is the kernel's work. Pairs of different kinds may nest.
 */
enum mark_kind {
	MARK_ENABLE,   /* KVM_SET_USER_MEMORY_REGION(2) switching dirty logging on */
	MARK_DISABLE,  /* ... switching it off */
	MARK_GET,      /* KVM_GET_DIRTY_LOG */
	MARK_CLEAR,    /* KVM_CLEAR_DIRTY_LOG */
	MARK_OVERHEAD, /* nothing between the marks: what a pair itself costs */
	MARK_WRAPPER,  /* all that the probe does around one wrapped call */
	MARK_CONTROL,  /* one pass of the negative control (control.h), no call of KVM's */
	MARK_KIND_COUNT
};

#define MARK_BEGIN 0x70
#define MARK_END   0x78

/* Encoding of `hint #imm`: CRm:op2 in bits 5 to 11. */
#define MARK_HINT_OPCODE 0xd503201fu
#define MARK_HINT_MASK	 0xfffff01fu
#define MARK_HINT_SHIFT	 5

/* The word used in the lines of the probe and of the counter. */
static inline const char *mark_name(enum mark_kind kind)
{
	static const char *const names[MARK_KIND_COUNT] = {
		[MARK_ENABLE] = "enable",
		[MARK_DISABLE] = "disable",
		[MARK_GET] = "get",
		[MARK_CLEAR] = "clear",
		[MARK_OVERHEAD] = "overhead",
		[MARK_WRAPPER] = "wrapper",
		[MARK_CONTROL] = "control",
	};

	return names[kind];
}

#endif
