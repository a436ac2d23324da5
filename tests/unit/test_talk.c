/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/talk.h"

/* A conversation whose answers are written before the request is made. */
struct fixture {
	struct talk talk;
	int peer;
};

static void fixture_init(struct fixture *fixture)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	talk_init(&fixture->talk, "lab1", pair[0]);
	fixture->peer = pair[1];
}

static void fixture_clear(struct fixture *fixture)
{
	talk_clear(&fixture->talk);
	mem_close_fd(&fixture->peer);
}

static void add_done(struct str *out, uint16_t tag, int64_t code, const char *sentence)
{
	size_t begin = wire_begin(out, WIRE_DONE, tag);

	wire_add_i64(out, code);
	wire_add_text(out, sentence);
	wire_add_u64(out, 42);
	wire_end(out, begin);
}

static void add_data(struct str *out, uint16_t tag, uint64_t stream, const char *text)
{
	size_t begin = wire_begin(out, WIRE_DATA, tag);

	wire_add_u64(out, stream);
	wire_add_text(out, text);
	wire_end(out, begin);
}

/* Asks for facts when the peer has said this already. */
static int ask(struct fixture *fixture, const struct str *said, struct str *text,
	uint64_t *ret_field, struct err *err)
{
	auto_request request = TALK_REQUEST_INIT;
	int r;

	if (said->length)
		assert_int_equal(write(fixture->peer, said->text, said->length), said->length);
	talk_begin(&fixture->talk, &request, WIRE_FACTS);
	request.streams[WIRE_STREAM_OUTPUT] = text;
	request.silence_ms = 300;
	r = talk_converse(&fixture->talk, &request, err);
	*ret_field = r == 0 ? wire_get_u64(&request.fields) : 0;
	return r;
}

static void an_answer_is_gathered_and_old_ones_are_not(void **state)
{
	auto_str struct str said = STR_INIT, text = STR_INIT;
	struct err err = ERR_INIT;
	struct fixture fixture;
	uint64_t field;

	(void)state;
	fixture_init(&fixture);
	add_done(&said, 0, -5, "an answer to something else");
	add_data(&said, 0, 1, "old ");
	str_add(&said, "console noise KVPF");
	add_data(&said, 1, 1, "page-size: ");
	add_data(&said, 1, 1, "4096\n");
	add_done(&said, 1, 0, "");
	assert_int_equal(ask(&fixture, &said, &text, &field, &err), 0);
	assert_string_equal(str_text(&text), "page-size: 4096\n");
	assert_int_equal(field, 42);
	fixture_clear(&fixture);
}

static void the_peers_own_error_carries_its_name_and_sentence(void **state)
{
	auto_str struct str said = STR_INIT, text = STR_INIT;
	struct err err = ERR_INIT;
	struct fixture fixture;
	uint64_t field;

	(void)state;
	fixture_init(&fixture);
	add_done(&said, 1, -ENOMEM, "only 3 of 4 huge pages are free");
	assert_int_equal(ask(&fixture, &said, &text, &field, &err), -ENOMEM);
	assert_string_equal(err.text, "lab1: only 3 of 4 huge pages are free");
	fixture_clear(&fixture);
}

static void nonsense_is_refused(void **state)
{
	static const struct {
		const char *sentence;
		int64_t code;	 /* of a DONE, or */
		uint64_t stream; /* of a DATA when not 0 */
	} rows[] = {
		{"a DONE with a positive code", 5, 0},
		{"a DONE with a code that is no errno", -70000, 0},
		{"DATA on a stream that was not asked for", 0, WIRE_STREAM_PROBE},
		{"DATA on a stream that does not exist", 0, 99},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_str struct str said = STR_INIT, text = STR_INIT;
		struct err err = ERR_INIT;
		struct fixture fixture;
		uint64_t field;

		fixture_init(&fixture);
		if (rows[i].stream)
			add_data(&said, 1, rows[i].stream, "x");
		else
			add_done(&said, 1, rows[i].code, "");
		if (ask(&fixture, &said, &text, &field, &err) != -EBADMSG)
			fail_msg("%s is accepted", rows[i].sentence);
		assert_non_null(strstr(err.text, "lab1"));
		fixture_clear(&fixture);
	}
}

static void silence_and_an_end_are_told_apart(void **state)
{
	auto_str struct str said = STR_INIT, text = STR_INIT;
	struct err err = ERR_INIT;
	struct fixture fixture;
	uint64_t field;

	(void)state;
	fixture_init(&fixture);
	add_data(&said, 1, 1, "half an answer");
	assert_int_equal(ask(&fixture, &said, &text, &field, &err), -ETIMEDOUT);
	assert_non_null(strstr(err.text, "lab1 said nothing"));
	mem_close_fd(&fixture.peer);
	str_reset(&said);
	assert_int_equal(ask(&fixture, &said, &text, &field, &err), -EPIPE);
	assert_string_equal(err.text, "the link to lab1 ended");
	fixture_clear(&fixture);
}

static void a_request_over_the_limit_is_not_sent(void **state)
{
	auto_request request = TALK_REQUEST_INIT;
	auto_free char *large = mem_new(WIRE_PAYLOAD_MAX + 1, 1);
	struct err err = ERR_INIT;
	struct fixture fixture;
	char byte;

	(void)state;
	fixture_init(&fixture);
	talk_begin(&fixture.talk, &request, WIRE_KEXEC);
	wire_add_bytes(&request.frame, large, WIRE_PAYLOAD_MAX + 1);
	assert_int_equal(talk_converse(&fixture.talk, &request, &err), -EMSGSIZE);
	assert_int_equal(recv(fixture.peer, &byte, 1, MSG_DONTWAIT), -1);
	fixture_clear(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_gathered_and_old_ones_are_not),
		cmocka_unit_test(the_peers_own_error_carries_its_name_and_sentence),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(silence_and_an_end_are_told_apart),
		cmocka_unit_test(a_request_over_the_limit_is_not_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
