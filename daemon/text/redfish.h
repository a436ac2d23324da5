/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_REDFISH_H
#define TEXT_REDFISH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "string/strv.h"

/*
 * What a Redfish service (DMTF DSP0266, the web interface of a BMC) answers, as
 * far as power is concerned. All of it is hostile: a path that it gives is one
 * on the same server, or refused.
 */

/* Paths of the members of a collection: -EBADMSG when it is none. */
int redfish_members(const char *json, size_t bytes, struct strv *ret, struct err *err);

/* A computer system. */
struct redfish_system {
	char *power_state;   /* "On", "Off", "PoweringOn", ...; "" when it does not tell */
	char *reset_path;    /* to which a reset is posted */
	struct strv allowed; /* reset types; empty: it does not tell */
};

void redfish_system_clear(struct redfish_system *system);

/* -EBADMSG when it cannot be reset. The caller clears *ret. */
int redfish_system(const char *json, size_t bytes, struct redfish_system *ret, struct err *err);

/* What an error answer says, all its messages in one line; NULL: nothing. The caller frees. */
char *redfish_messages(const char *json, size_t bytes);

/* {"UserName": ..., "Password": ...}; the caller frees. */
char *redfish_login(const char *user, const char *password);

#endif
