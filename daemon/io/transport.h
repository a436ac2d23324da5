/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_TRANSPORT_H
#define IO_TRANSPORT_H

#include "string/strv.h"

/*
 * How libgit2 reaches a repository through a program that speaks git's protocol
 * on stdin and stdout: git-upload-pack for a path on this machine, ssh for one
 * elsewhere.
 *
 * libgit2 has ways of its own for both, which are not used: reading another
 * repository in place takes it eight times as long as upload-pack takes with the
 * packs that are there, and libssh2, as Debian has it, knows neither the keys
 * that servers use today nor anybody's ssh configuration.
 */
struct git_transport;
struct git_remote;

struct transport_program {
	struct strv argv;
	const char *log; /* file that gets its stderr */
};

/*
 * Of libgit2's type git_transport_cb, with data a struct transport_program that
 * outlives the transport. The program is started when libgit2 connects, ends
 * with the transport, and may be silent for five minutes.
 */
int transport_open(struct git_transport **ret, struct git_remote *owner, void *data);

#endif
