/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_SELF_H
#define SYS_SELF_H

#include "base/fingerprint.h"

/*
 * Stands for this very program: another build of it has another fingerprint
 * (the linker's build-id, else the version).
 */
fingerprint self_print(void);

#endif
