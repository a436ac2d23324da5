/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_STEER_H
#define CMD_STEER_H

/* kvmperf retry, cancel, pause, resume: what a person wishes of a job. See their --help. */
int cmd_retry(int argc, char **argv);
int cmd_cancel(int argc, char **argv);
int cmd_pause(int argc, char **argv);
int cmd_resume(int argc, char **argv);

#endif
