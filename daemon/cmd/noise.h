/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_NOISE_H
#define CMD_NOISE_H

/* kvmperf noise: a kernel measured against itself, and what that host can see. */
int cmd_noise(int argc, char **argv);

#endif
