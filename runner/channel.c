/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "channel.h"

#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

/* A frame that does not grow for this long was cut off. */
#define PATIENCE_MS 2000

static void pause_ms(int milliseconds)
{
	struct timespec pause = {milliseconds / 1000, milliseconds % 1000 * 1000000L};

	nanosleep(&pause, NULL);
}

/* What a read() told: 1 bytes came, 0 nothing now, -EPIPE the end. */
static int fill(struct channel *channel)
{
	char bytes[16 * 1024];
	ssize_t n = read(channel->in, bytes, sizeof(bytes));

	if (n > 0) {
		wire_feed(&channel->parser, bytes, (size_t)n);
		return 1;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (!channel->persistent)
		return -EPIPE;
	/* Nobody is connected: half a frame from the last peer means nothing to the next. */
	wire_parser_clear(&channel->parser);
	pause_ms(20);
	return 0;
}

int channel_receive(struct channel *channel, int limit_ms, struct wire_frame *ret)
{
	int64_t start_ms = clock_monotonic_ms(&clock_real);
	int64_t heard_ms = start_ms;

	while (!wire_next(&channel->parser, ret)) {
		struct pollfd poll_in = {.fd = channel->in, .events = POLLIN};
		int64_t now_ms = clock_monotonic_ms(&clock_real);
		int wait_ms = PATIENCE_MS;
		int r;

		if (limit_ms >= 0 && now_ms - start_ms >= limit_ms)
			return 0;
		if (limit_ms >= 0 && limit_ms - (now_ms - start_ms) < wait_ms)
			wait_ms = (int)(limit_ms - (now_ms - start_ms));
		if (now_ms - heard_ms > PATIENCE_MS)
			wire_give_up(&channel->parser);
		if (poll(&poll_in, 1, wait_ms) <= 0)
			continue;
		r = fill(channel);
		if (r < 0)
			return r;
		if (r > 0)
			heard_ms = clock_monotonic_ms(&clock_real);
	}
	return 1;
}

int channel_send(struct channel *channel, const struct str *frames)
{
	size_t sent = 0;

	while (sent < frames->length) {
		ssize_t n = write(channel->out, frames->text + sent, frames->length - sent);

		if (n >= 0) {
			sent += (size_t)n;
		} else if (errno == EAGAIN) {
			struct pollfd poll_out = {.fd = channel->out, .events = POLLOUT};

			/* A port nobody listens to says so by POLLHUP: the frames are lost. */
			if (poll(&poll_out, 1, PATIENCE_MS) > 0 &&
				!(poll_out.revents & POLLOUT))
				return -EPIPE;
		} else if (errno != EINTR) {
			return -EPIPE;
		}
	}
	return 0;
}

int channel_send_data(struct channel *channel, uint16_t tag, enum wire_stream stream,
	const void *bytes, size_t count)
{
	const char *at = bytes;
	int r;

	do {
		size_t part = count < WIRE_CHUNK ? count : WIRE_CHUNK;
		auto_str struct str frame = STR_INIT;
		size_t begin = wire_begin(&frame, WIRE_DATA, tag);

		wire_add_u64(&frame, (uint64_t)stream);
		wire_add_bytes(&frame, at, part);
		r = wire_end(&frame, begin);
		if (r == 0)
			r = channel_send(channel, &frame);
		at += part;
		count -= part;
	} while (count && r == 0);
	return r;
}

void channel_clear(struct channel *channel)
{
	wire_parser_clear(&channel->parser);
}
