/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/zip.h"

#include <errno.h>

#include "support.h"

#include "base/mem.h"
#include "base/prng.h"

static const size_t sizes[] = {0, 1, 7, 8, 1000, 1 << 20};

static void what_was_packed_comes_back(void **state)
{
	struct prng prng;

	(void)state;
	prng_init(&prng, 3);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		auto_free char *data = mem_new(sizes[i], 1), *back = NULL;
		auto_free void *packed = NULL;
		struct err err = ERR_INIT;
		size_t packed_bytes, bytes;

		for (size_t k = 0; k < sizes[i]; k++)
			data[k] = (char)prng_next(&prng);
		zip_pack(data, sizes[i], &packed, &packed_bytes);
		assert_int_equal(
			zip_unpack(packed, packed_bytes, sizes[i], &back, &bytes, &err), 0);
		assert_int_equal(bytes, sizes[i]);
		assert_memory_equal(back, data, bytes);
		assert_int_equal(back[bytes], '\0');
	}
}

static void text_gets_small(void **state)
{
	auto_free char *text = mem_new(100000, 1);
	auto_free void *packed = NULL;
	size_t packed_bytes;

	(void)state;
	memset(text, 'x', 100000);
	zip_pack(text, 100000, &packed, &packed_bytes);
	assert_true(packed_bytes < 1000);
}

static void check_bad(
	const char *what, const void *packed, size_t bytes, size_t limit, int code)
{
	struct err err = ERR_INIT;
	char *back = NULL;
	size_t got = 77;
	int r = zip_unpack(packed, bytes, limit, &back, &got, &err);

	if (r != code || back || got != 77 || !err.text[0])
		fail_msg("%s: %d %s", what, r, err.text);
}

static void damage_is_an_error(void **state)
{
	static const char text[] = "Test iterations: 2, interval: 10 (ms)\n";
	auto_free unsigned char *bad = NULL;
	auto_free void *packed = NULL;
	size_t bytes;

	(void)state;
	zip_pack(text, sizeof(text), &packed, &bytes);
	check_bad("a limit below the size", packed, bytes, sizeof(text) - 1, -EFBIG);
	check_bad("a lost end", packed, bytes - 1, 1000, -EBADMSG);
	check_bad("a header alone", packed, 8, 1000, -EBADMSG);
	check_bad("half a header", packed, 7, 1000, -EBADMSG);
	check_bad("nothing", NULL, 0, 1000, -EBADMSG);
	bad = mem_copy(packed, bytes);
	bad[0]++;
	check_bad("a header that claims more", bad, bytes, 1000, -EBADMSG);
	bad[0] -= 2;
	check_bad("a header that claims less", bad, bytes, 1000, -EBADMSG);
	bad[0] = 0;
	check_bad("a header that claims nothing", bad, bytes, 1000, -EBADMSG);
	bad[7] = 0x80;
	check_bad("a header that claims everything", bad, bytes, 1000, -EFBIG);
	memcpy(bad, packed, bytes);
	bad[bytes - 1] ^= 1;
	check_bad("a wrong checksum", bad, bytes, 1000, -EBADMSG);
}

static void a_byte_behind_an_empty_claim_is_damage(void **state)
{
	auto_free unsigned char *packed = NULL;
	auto_free void *one = NULL;
	size_t bytes;

	(void)state;
	zip_pack("x", 1, &one, &bytes);
	packed = mem_copy(one, bytes);
	packed[0] = 0;
	check_bad("a header that claims nothing of one byte", packed, bytes, 1000, -EBADMSG);
}

static void bytes_behind_the_stream_are_damage(void **state)
{
	auto_free unsigned char *longer = NULL;
	auto_free void *packed = NULL;
	size_t bytes;

	(void)state;
	zip_pack("text", 4, &packed, &bytes);
	longer = mem_new(bytes + 3, 1);
	memcpy(longer, packed, bytes);
	check_bad("three bytes more", longer, bytes + 3, 1000, -EBADMSG);
}

/* What gzip wrote, in full, cut, damaged and too large. */
static void a_gzip_file_is_read(void **state)
{
	/* printf 'CONFIG_KVM=y\n' | gzip -n */
	static const unsigned char file[] = {0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 0x03, 0x73,
		0xf6, 0xf7, 0x73, 0xf3, 0x74, 0x8f, 0xf7, 0x0e, 0xf3, 0xb5, 0xad, 0xe4, 0x02,
		0x00, 0xd8, 0x2c, 0x83, 0x57, 0x0d, 0x00, 0x00, 0x00};
	static const struct {
		const char *what;
		size_t bytes, limit;
		int damage, code;
	} rows[] = {
		{"the whole file", sizeof(file), 100, -1, 0},
		{"a limit that just holds it", sizeof(file), 13, -1, 0},
		{"a limit of one byte less", sizeof(file), 12, -1, -EFBIG},
		{"a file without its last byte", sizeof(file) - 1, 100, -1, -EBADMSG},
		{"a file cut in its data", 16, 100, -1, -EBADMSG},
		{"no file at all", 0, 100, -1, -EBADMSG},
		{"a damaged checksum", sizeof(file), 100, 25, -EBADMSG},
		{"something else", sizeof(file), 100, 0, -EBADMSG},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_free unsigned char *copy = mem_copy(file, sizeof(file));
		auto_free char *text = NULL;
		struct err err = ERR_INIT;
		size_t bytes = 0;
		int r;

		if (rows[i].damage >= 0)
			copy[rows[i].damage] ^= 1;
		r = zip_gunzip(copy, rows[i].bytes, rows[i].limit, &text, &bytes, &err);
		if (r != rows[i].code || (r == 0 && strcmp(text, "CONFIG_KVM=y\n") != 0))
			fail_msg("%s: %d %s", rows[i].what, r, err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_packed_comes_back),
		cmocka_unit_test(text_gets_small),
		cmocka_unit_test(damage_is_an_error),
		cmocka_unit_test(a_gzip_file_is_read),
		cmocka_unit_test(a_byte_behind_an_empty_claim_is_damage),
		cmocka_unit_test(bytes_behind_the_stream_are_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
