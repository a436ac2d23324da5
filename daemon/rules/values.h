/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_VALUES_H
#define RULES_VALUES_H

#include <stddef.h>

#include "model/plan.h"
#include "model/raw.h"
#include "model/trial.h"

/*
 * What one test process gives: the lines it printed, and its wrapped ioctls.
 *
 *	populate enable dirty get clear disable get-total clear-total
 *		seconds as printed by the test
 *	ioctl.KIND		seconds of each call, iteration is its number
 *	ioctl.KIND.count	calls
 *	ioctl.KIND.total	seconds of all
 *	insn.KIND		instructions of each call that was counted
 *	probe.overhead		instructions of a call that are the probe's own: counted
 *				between two marks around nothing
 *	probe.wrapper		all instructions that the probe adds to one call, nearly
 *				all of them outside of what is counted and timed
 *	control insn.control	of each pass of the negative control
 */
struct value_list {
	struct process_value *values;
	size_t count;
};

/*
 * Reads a report that has not failed so far. Output that is incomplete or not
 * of the mode that was asked for sets the report's failure, symptom and
 * reason, and there are no values. The caller frees ret->values; the names
 * are constants.
 */
void values_read(struct process_report *report, const struct scenario *scenario,
	const char *mode, struct value_list *ret);

/* The same of the negative control, which prints nothing. */
void values_read_control(const struct process_report *report, struct value_list *ret);

#endif
