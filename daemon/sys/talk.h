/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_TALK_H
#define SYS_TALK_H

#include <stdint.h>

#include "base/err.h"
#include "string/str.h"
#include "text/wire.h"

/*
 * A conversation of frames (text/wire.h) with a runner, over a stream socket:
 * one request, then its answer. Every wait asks for the wish to stop. Errors:
 *	-EINTR		stopping was asked for
 *	-ETIMEDOUT	the peer was silent for too long
 *	-EPIPE		the stream ended
 *	-EBADMSG	an answer that is not one
 * anything else is the peer's own answer, with its sentence.
 */
struct talk {
	char *name; /* of the peer, for sentences */
	int fd;
	uint16_t tag; /* of the request under way */
	struct wire_parser parser;
};

/* Takes the socket. */
void talk_init(struct talk *talk, const char *name, int fd);
void talk_clear(struct talk *talk);

/* One request, and what its answer is gathered in. */
struct talk_request {
	enum wire_type type;
	struct str frame; /* fields are added with wire_add_...() */
	size_t begin;
	struct str *streams[WIRE_STREAMS]; /* where DATA goes; NULL: none is expected */
	int64_t silence_ms;		   /* between two frames; talk_begin() sets 60 s */
	bool stop_kindly;	   /* on the wish to stop send WIRE_STOP and wait for DONE */
	struct str done;	   /* the DONE's payload */
	struct wire_reader fields; /* its own fields, after code and sentence */
};

#define auto_request __attribute__((cleanup(talk_request_clear))) struct talk_request
#define TALK_REQUEST_INIT              \
	{                              \
		.type = 0, .begin = 0, \
	}

void talk_begin(struct talk *talk, struct talk_request *request, enum wire_type type);
void talk_request_clear(struct talk_request *request);

/* Sends the request and gathers its answer; 0 leaves request->fields to be read. */
int talk_converse(struct talk *talk, struct talk_request *request, struct err *err);

/* -EBADMSG and its sentence, for fields that do not fit. */
int talk_nonsense(const struct talk *talk, const struct talk_request *request, struct err *err);

/* Sends whole frames. */
int talk_send(struct talk *talk, const struct str *frames, struct err *err);

/*
 * Waits for one frame, at most until deadline_ms (clock_monotonic_ms()) and at
 * most 200 ms. Returns 1 and the frame, or 0 when there was none.
 */
int talk_receive(
	struct talk *talk, int64_t deadline_ms, struct wire_frame *ret, struct err *err);

#endif
