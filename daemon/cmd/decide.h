/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_DECIDE_H
#define CMD_DECIDE_H

/* kvmperf ack, invalid, wontfix, reopen: a person's word on an event. */
int cmd_decide(int argc, char **argv);

#endif
