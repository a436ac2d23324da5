/* SPDX-License-Identifier: GPL-2.0-or-later */
/* moved: include "string/strv.h" */
#include "string/strv.h"
