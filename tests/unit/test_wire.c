/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>

#include "base/mem.h"
#include "text/wire.h"

/* A frame as the protocol says it looks, byte by byte: STOP with tag 0x1234 and one number. */
static const unsigned char known_frame[] = {'K', 'V', 'P', 'F', 9, 0, 0x34, 0x12, 9, 0, 0, 0,
	0x05, 0xcb, 0x1f, 0x1c, 'u', 5, 0, 0, 0, 0, 0, 0, 0};

static size_t add_frame(struct str *out, enum wire_type type, uint16_t tag, const char *text)
{
	size_t begin = wire_begin(out, type, tag);

	wire_add_text(out, text);
	assert_int_equal(wire_end(out, begin), 0);
	return begin;
}

static void the_checksum_is_that_of_ieee_802_3(void **state)
{
	(void)state;
	assert_int_equal(wire_crc32(0, "123456789", 9), 0xcbf43926);
	assert_int_equal(wire_crc32(wire_crc32(0, "1234", 4), "56789", 5), 0xcbf43926);
}

static void a_frame_is_these_bytes_and_no_others(void **state)
{
	auto_str struct str out = STR_INIT;
	size_t begin = wire_begin(&out, WIRE_STOP, 0x1234);

	(void)state;
	wire_add_u64(&out, 5);
	assert_int_equal(wire_end(&out, begin), 0);
	assert_int_equal(out.length, sizeof(known_frame));
	assert_memory_equal(out.text, known_frame, sizeof(known_frame));
}

static void fields_come_back_as_they_went(void **state)
{
	auto_str struct str out = STR_INIT;
	struct wire_parser parser = {0};
	struct wire_frame frame;
	struct wire_reader reader;
	auto_free char *text = NULL, *empty = NULL;
	const void *bytes;
	size_t count, begin = wire_begin(&out, WIRE_RUN, 7);

	(void)state;
	wire_add_u64(&out, UINT64_MAX);
	wire_add_i64(&out, -22);
	wire_add_bytes(&out, "a\0b", 3);
	wire_add_text(&out, "dirty log");
	wire_add_text(&out, NULL);
	assert_int_equal(wire_end(&out, begin), 0);
	wire_feed(&parser, out.text, out.length);
	assert_true(wire_next(&parser, &frame));
	assert_int_equal(frame.type, WIRE_RUN);
	assert_int_equal(frame.tag, 7);
	wire_reader_init(&reader, &frame);
	assert_true(wire_get_u64(&reader) == UINT64_MAX);
	assert_int_equal(wire_get_i64(&reader), -22);
	bytes = wire_get_bytes(&reader, &count);
	assert_int_equal(count, 3);
	assert_memory_equal(bytes, "a\0b", 3);
	text = wire_get_text(&reader);
	assert_string_equal(text, "dirty log");
	empty = wire_get_text(&reader);
	assert_string_equal(empty, "");
	assert_int_equal(wire_reader_end(&reader), 0);
	wire_parser_clear(&parser);
}

static void frames_are_found_however_the_stream_is_cut(void **state)
{
	auto_str struct str out = STR_INIT;

	(void)state;
	add_frame(&out, WIRE_FACTS, 1, "one");
	add_frame(&out, WIRE_DMESG, 2, "two");
	for (size_t cut = 1; cut < out.length; cut++) {
		struct wire_parser parser = {0};
		unsigned seen[3] = {0}, count = 0;
		struct wire_frame frame;

		for (size_t at = 0; at < out.length; at += cut) {
			wire_feed(&parser, out.text + at,
				out.length - at < cut ? out.length - at : cut);
			while (count < 3 && wire_next(&parser, &frame))
				seen[count++] = frame.type;
		}
		assert_int_equal(count, 2);
		assert_int_equal(seen[0], WIRE_FACTS);
		assert_int_equal(seen[1], WIRE_DMESG);
		assert_int_equal(parser.skipped_bytes, 0);
		wire_parser_clear(&parser);
	}
}

/* What stands before a good frame; the good frame must be found behind it. */
static void a_stream_heals_behind(void **state)
{
	static const struct {
		const char *sentence;
		const char *junk;
		size_t bytes;
	} rows[] = {
		{"console noise", "[    0.1] Booting Linux\r\n", 25},
		{"the first bytes of a magic", "KVP", 3},
		{"a magic that begins anew", "KVKVP", 5},
		{"a frame of an impossible length", "KVPF\1\0\0\0\xff\xff\xff\x7f\0\0\0\0", 16},
		{"a frame with another checksum", "KVPF\1\0\0\0\0\0\0\0\1\2\3\4", 16},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_str struct str out = STR_INIT;
		struct wire_parser parser = {0};
		struct wire_frame frame;

		str_add_bytes(&out, rows[i].junk, rows[i].bytes);
		add_frame(&out, WIRE_HELLO, 3, "x");
		wire_feed(&parser, out.text, out.length);
		if (!wire_next(&parser, &frame) || frame.type != WIRE_HELLO)
			fail_msg("no frame is found behind %s", rows[i].sentence);
		assert_int_equal(parser.skipped_bytes, rows[i].bytes);
		wire_parser_clear(&parser);
	}
}

static void giving_up_a_cut_frame_shows_the_next(void **state)
{
	auto_str struct str out = STR_INIT;
	struct wire_parser parser = {0};
	struct wire_frame frame;

	(void)state;
	add_frame(&out, WIRE_DATA, 1, "the sender of this one was reset in the middle of it");
	out.length -= 40;
	add_frame(&out, WIRE_HELLO, 2, "");
	wire_feed(&parser, out.text, out.length);
	assert_false(wire_next(&parser, &frame));
	wire_give_up(&parser);
	assert_true(wire_next(&parser, &frame));
	assert_int_equal(frame.type, WIRE_HELLO);
	wire_give_up(&parser); /* with nothing left it is no error */
	assert_false(wire_next(&parser, &frame));
	wire_parser_clear(&parser);
}

static void a_payload_over_the_limit_is_taken_back(void **state)
{
	auto_free char *large = mem_new(WIRE_PAYLOAD_MAX, 1);
	auto_str struct str out = STR_INIT;
	size_t first = add_frame(&out, WIRE_HELLO, 1, "x"), length = out.length;
	size_t begin = wire_begin(&out, WIRE_DATA, 2);

	(void)state;
	(void)first;
	wire_add_bytes(&out, large, WIRE_PAYLOAD_MAX);
	assert_int_equal(wire_end(&out, begin), -EMSGSIZE);
	assert_int_equal(out.length, length);
}

static void fields_that_are_not_there_are_a_fault(void **state)
{
	static const struct {
		const char *sentence;
		const char *payload;
		size_t bytes;
		bool wants_text;
	} rows[] = {
		{"a number that is cut", "u\1\2\3", 4, false},
		{"text where a number is wanted", "s\1\0\0\0x", 6, false},
		{"a number where text is wanted", "u\1\0\0\0\0\0\0\0", 9, true},
		{"text longer than the payload", "s\xff\xff\xff\xffx", 6, true},
		{"text with a NUL byte", "s\3\0\0\0a\0b", 8, true},
		{"nothing at all", "", 0, true},
		{"a byte too many", "u\1\0\0\0\0\0\0\0x", 10, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct wire_frame frame = {.payload = (const unsigned char *)rows[i].payload,
			.length = rows[i].bytes};
		struct wire_reader reader;

		wire_reader_init(&reader, &frame);
		if (rows[i].wants_text) {
			auto_free char *text = wire_get_text(&reader);

			assert_string_equal(text, "");
		} else {
			wire_get_u64(&reader);
		}
		if (wire_reader_end(&reader) != -EBADMSG)
			fail_msg("%s is accepted", rows[i].sentence);
	}
}

static void every_verb_has_a_name(void **state)
{
	(void)state;
	for (unsigned type = WIRE_HELLO; type <= WIRE_CHECK; type++)
		assert_string_not_equal(wire_type_name(type), "unknown verb");
	assert_string_equal(wire_type_name(0), "unknown verb");
	assert_string_equal(wire_type_name(WIRE_CHECK + 1), "unknown verb");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_checksum_is_that_of_ieee_802_3),
		cmocka_unit_test(a_frame_is_these_bytes_and_no_others),
		cmocka_unit_test(fields_come_back_as_they_went),
		cmocka_unit_test(frames_are_found_however_the_stream_is_cut),
		cmocka_unit_test(a_stream_heals_behind),
		cmocka_unit_test(giving_up_a_cut_frame_shows_the_next),
		cmocka_unit_test(a_payload_over_the_limit_is_taken_back),
		cmocka_unit_test(fields_that_are_not_there_are_a_fault),
		cmocka_unit_test(every_verb_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
