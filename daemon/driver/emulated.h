/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DRIVER_EMULATED_H
#define DRIVER_EMULATED_H

#include "model/rig.h"

/*
 * The driver of emulated hosts: power, console and byte stream of a machine
 * that is a QEMU process, with our runner as its whole user land. A machine
 * that resets is off afterwards (QEMU ends): power on starts golden again, as
 * firmware would, without the translations of the kernel before. To connect to
 * a machine that is off switches it on. Console and counter files start empty
 * when the host is taken.
 */
extern const struct driver driver_emulated;

#endif
