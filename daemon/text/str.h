/* SPDX-License-Identifier: GPL-2.0-or-later */
/* moved: include "string/str.h" */
#include "string/str.h"
