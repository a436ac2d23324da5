/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/talk.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"

enum {
	LOOK_MS = 200,	     /* how often the wish to stop is asked for */
	ANSWER_MS = 60000,   /* how long a peer may be silent, by default */
	DATA_MAX = 64 << 20, /* most that one stream of an answer may hold */
	STOP_MS = 2000,	     /* for the DONE after a WIRE_STOP */
};

void talk_init(struct talk *talk, const char *name, int fd)
{
	*talk = (struct talk){.name = mem_strdup(name), .fd = fd};
	fcntl(fd, F_SETFL, O_NONBLOCK);
}

void talk_clear(struct talk *talk)
{
	close(talk->fd);
	wire_parser_clear(&talk->parser);
	free(take_ptr(talk->name));
}

static int ended(const struct talk *talk, struct err *err)
{
	return err_set(err, -EPIPE, "the link to %s ended", talk->name);
}

int talk_send(struct talk *talk, const struct str *frames, struct err *err)
{
	int64_t heard_ms = clock_monotonic_ms(&clock_real);
	size_t sent = 0;

	while (sent < frames->length) {
		struct pollfd out = {.fd = talk->fd, .events = POLLOUT};
		ssize_t n = send(
			talk->fd, frames->text + sent, frames->length - sent, MSG_NOSIGNAL);

		if (n > 0) {
			sent += (size_t)n;
			heard_ms = clock_monotonic_ms(&clock_real);
			continue;
		}
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return ended(talk, err);
		if (stop_requested())
			return err_set(err, -EINTR, "stopped");
		if (clock_monotonic_ms(&clock_real) - heard_ms > ANSWER_MS)
			return err_set(
				err, -ETIMEDOUT, "%s takes nothing from the link", talk->name);
		poll(&out, 1, LOOK_MS);
	}
	return 0;
}

/*
 * Waits until a frame came, at most until deadline_ms. Returns 1 and the
 * frame, 0 when there was none in LOOK_MS or time is up.
 */
int talk_receive(
	struct talk *talk, int64_t deadline_ms, struct wire_frame *ret, struct err *err)
{
	int64_t wait_ms = deadline_ms - clock_monotonic_ms(&clock_real);
	struct pollfd in = {.fd = talk->fd, .events = POLLIN};
	char bytes[64 * 1024];
	ssize_t n;

	if (wire_next(&talk->parser, ret))
		return 1;
	if (wait_ms > LOOK_MS)
		wait_ms = LOOK_MS;
	if (poll(&in, 1, wait_ms > 0 ? (int)wait_ms : 0) <= 0)
		return 0;
	n = read(talk->fd, bytes, sizeof(bytes));
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		return ended(talk, err);
	if (n > 0)
		wire_feed(&talk->parser, bytes, (size_t)n);
	return wire_next(&talk->parser, ret);
}

void talk_begin(struct talk *talk, struct talk_request *request, enum wire_type type)
{
	*request = (struct talk_request){.type = type, .silence_ms = ANSWER_MS};
	request->begin = wire_begin(&request->frame, type, ++talk->tag);
}

void talk_request_clear(struct talk_request *request)
{
	str_clear(&request->frame);
	str_clear(&request->done);
}

int talk_nonsense(const struct talk *talk, const struct talk_request *request, struct err *err)
{
	return err_set(err, -EBADMSG, "%s gave an answer to \"%s\" that cannot be read",
		talk->name, wire_type_name(request->type));
}

static int take_data(struct talk *talk, struct talk_request *request,
	const struct wire_frame *frame, struct err *err)
{
	struct wire_reader reader;
	uint64_t stream;
	const void *bytes;
	size_t count;

	wire_reader_init(&reader, frame);
	stream = wire_get_u64(&reader);
	bytes = wire_get_bytes(&reader, &count);
	if (wire_reader_end(&reader) < 0 || stream >= WIRE_STREAMS || !request->streams[stream])
		return talk_nonsense(talk, request, err);
	if (request->streams[stream]->length + count > DATA_MAX)
		return err_set(err, -EBADMSG, "%s sends more than %d MiB for \"%s\"",
			talk->name, DATA_MAX >> 20, wire_type_name(request->type));
	str_add_bytes(request->streams[stream], bytes, count);
	return 0;
}

/* Reads code and sentence of a DONE and leaves request->fields at the verb's own. */
static int take_done(struct talk *talk, struct talk_request *request,
	const struct wire_frame *frame, struct err *err)
{
	struct wire_frame copy = *frame;
	auto_free char *sentence = NULL;
	int64_t code;

	str_add_bytes(&request->done, frame->payload, frame->length);
	copy.payload = (const unsigned char *)request->done.text;
	wire_reader_init(&request->fields, &copy);
	code = wire_get_i64(&request->fields);
	sentence = wire_get_text(&request->fields);
	if (request->fields.bad || code > 0 || code < -4095)
		return talk_nonsense(talk, request, err);
	if (code < 0)
		return err_set(err, (int)code, "%s: %s", talk->name, sentence);
	return 0;
}

static int send_stop(struct talk *talk, struct err *err)
{
	auto_str struct str frame = STR_INIT;
	size_t begin = wire_begin(&frame, WIRE_STOP, talk->tag);

	wire_end(&frame, begin);
	return talk_send(talk, &frame, err);
}

static int silent(const struct talk *talk, const struct talk_request *request, struct err *err)
{
	return err_set(err, -ETIMEDOUT, "%s said nothing for %lld s while asked for \"%s\"",
		talk->name, (long long)request->silence_ms / 1000,
		wire_type_name(request->type));
}

/* Gathers DATA until the DONE of this request. */
static int await(struct talk *talk, struct talk_request *request, struct err *err)
{
	int64_t deadline_ms = clock_monotonic_ms(&clock_real) + request->silence_ms;
	bool stopping = false;

	for (;;) {
		struct wire_frame frame;
		int r = talk_receive(talk, deadline_ms, &frame, err);
		int64_t now_ms = clock_monotonic_ms(&clock_real);

		if (r < 0)
			return r;
		if (r > 0 && frame.tag == talk->tag && frame.type == WIRE_DONE) {
			r = take_done(talk, request, &frame, err);
			return stopping ? err_set(err, -EINTR, "stopped") : r;
		}
		if (r > 0 && frame.tag == talk->tag && frame.type == WIRE_DATA) {
			r = take_data(talk, request, &frame, err);
			if (r < 0)
				return r;
			if (!stopping)
				deadline_ms = now_ms + request->silence_ms;
		}
		if (stop_requested() && !stopping) {
			if (!request->stop_kindly || send_stop(talk, NULL) < 0)
				return err_set(err, -EINTR, "stopped");
			stopping = true;
			deadline_ms = now_ms + STOP_MS;
		}
		if (now_ms >= deadline_ms)
			return stopping ? err_set(err, -EINTR, "stopped")
					: silent(talk, request, err);
	}
}

int talk_converse(struct talk *talk, struct talk_request *request, struct err *err)
{
	int r = wire_end(&request->frame, request->begin);

	if (r < 0)
		return err_set(err, r, "a \"%s\" for %s is too long",
			wire_type_name(request->type), talk->name);
	r = talk_send(talk, &request->frame, err);
	return r < 0 ? r : await(talk, request, err);
}
