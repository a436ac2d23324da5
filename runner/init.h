/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUNNER_INIT_H
#define RUNNER_INIT_H

/*
 * The runner as process 1 of an initramfs: the whole user land of a measured
 * machine. Mounts what the tests need and waits for the virtio port that is
 * named "kvmperf"; returns its descriptor, open for reading and writing and
 * non-blocking. Faults go to the console; it does not return without a port.
 */
int init_machine(void);

#endif
