/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DRIVER_LOCAL_H
#define DRIVER_LOCAL_H

#include "model/rig.h"

/*
 * The driver of the machine that we run on ourselves. The stream is a socket to a
 * runner with the rights that we do not have: systemd starts one for each connection
 * (kvmperf-runner.socket). Where there is no such socket, and we are root, the runner
 * is our child.
 *
 * To enter a kernel ends our own process: the runner loads the kernel and has
 * systemd stop all services, us among them. The service of the next kernel goes on
 * (lab/host.h, host_reopen()).
 */
extern const struct driver driver_local;

#define DRIVER_LOCAL_SOCKET "/run/kvmperf-runner.socket"

#endif
