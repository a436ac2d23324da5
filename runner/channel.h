/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUNNER_CHANNEL_H
#define RUNNER_CHANNEL_H

#include "base/err.h"
#include "text/wire.h"

/*
 * The runner's end of the link: frames over a pair of descriptors (a virtio
 * port, or stdin and stdout). in and out are non-blocking and stay with the
 * caller. persistent: an end of file is a daemon that went away and will come
 * back (the virtio port), not the end of our work.
 */
struct channel {
	int in, out;
	bool persistent;
	struct wire_parser parser;
};

/*
 * Waits at most limit_ms (-1: for ever) for a frame. Returns 1 and *ret (valid
 * until the next call), 0 when the time is up, -EPIPE when the peer is gone
 * for good.
 */
int channel_receive(struct channel *channel, int limit_ms, struct wire_frame *ret);

/* Sends whole frames; -EPIPE when the peer is gone. */
int channel_send(struct channel *channel, const struct str *frames);

/* One WIRE_DATA frame a WIRE_CHUNK of the bytes, an empty one for none. */
int channel_send_data(struct channel *channel, uint16_t tag, enum wire_stream stream,
	const void *bytes, size_t count);

void channel_clear(struct channel *channel);

#endif
