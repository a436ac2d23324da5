/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_METHOD_H
#define PAGE_METHOD_H

#include "base/err.h"

/* Writes method.html: how is measured and judged, with the parameters that are used. */
int page_method_write(const char *site_folder, struct err *err);

#endif
