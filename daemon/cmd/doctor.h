/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_DOCTOR_H
#define CMD_DOCTOR_H

/* kvmperf doctor: what this machine is good for, and how to mend what is missing. */
int cmd_doctor(int argc, char **argv);

#endif
