/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_OUTLET_H
#define IO_OUTLET_H

#include <stdbool.h>

#include "base/err.h"
#include "model/host.h"
#include "model/rig.h"

/*
 * The power method "command": programs of the configuration that switch a host
 * off and on (ipmitool, a PDU's own), each an argument vector with a deadline,
 * never a shell. A host has the method when both are configured.
 */
bool outlet_is_there(const struct host_spec *spec);

/* Returns -EIO when the program did not end well; its last line is in the sentence. */
int outlet_switch(const struct host_spec *spec, enum power_deed deed, struct err *err);

/* The same for the kernel's emergency key, on a console that such a program reaches. */
int outlet_sysrq(const struct host_spec *spec, struct err *err);

#endif
