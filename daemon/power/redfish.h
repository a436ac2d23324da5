/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POWER_REDFISH_H
#define POWER_REDFISH_H

#include <stdbool.h>

#include "base/err.h"
#include "model/host.h"
#include "model/rig.h"

/*
 * The power method "redfish": the web interface of a BMC. TLS is verified; one
 * logs in with a session, or by basic authentication where that is configured;
 * the password is in no sentence and no log. A service that is busy (503) is asked
 * again a few times.
 */
bool redfish_is_there(const struct host_spec *spec);

/*
 * Returns when the system says that it is on, or off. -EACCES: it does not let us
 * in; -EOPNOTSUPP: it allows no reset that would do; -ETIMEDOUT; -EIO.
 */
int redfish_switch(const struct host_spec *spec, enum power_deed deed, struct err *err);

#endif
