/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/hash.h"

#include <errno.h>

#include "scratch.h"

/* FIPS 180-2, appendix B. */
static const struct {
	const char *text, *want;
} vectors[] = {
	{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

static void known_texts_have_known_hashes(void **state)
{
	auto_scratch char *root = scratch_make();
	auto_free char *path = mem_printf("%s/f", root);
	char hex[HASH_HEX_BYTES], of_file[HASH_HEX_BYTES];
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		hash_bytes(vectors[i].text, strlen(vectors[i].text), hex);
		assert_string_equal(hex, vectors[i].want);
		scratch_write(path, vectors[i].text);
		assert_int_equal(hash_file(path, of_file, &err), 0);
		assert_string_equal(of_file, hex);
	}
}

/* The third vector of FIPS 180-2: a million times "a", more than one read. */
static void a_large_file_has_the_hash_of_its_bytes(void **state)
{
	auto_scratch char *root = scratch_make();
	auto_free char *path = mem_printf("%s/f", root), *data = mem_new(1000000, 1);
	char hex[HASH_HEX_BYTES];
	struct err err = ERR_INIT;

	(void)state;
	memset(data, 'a', 1000000);
	assert_int_equal(fs_write_atomic(path, data, 1000000, &err), 0);
	assert_int_equal(hash_file(path, hex, &err), 0);
	assert_string_equal(
		hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void what_cannot_be_read_is_named(void **state)
{
	char hex[HASH_HEX_BYTES] = "untouched";
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(hash_file("/nonexistent", hex, &err), -ENOENT);
	assert_non_null(strstr(err.text, "/nonexistent"));
	assert_int_equal(hash_file("/tmp", hex, &err), -EISDIR);
	assert_string_equal(hex, "untouched");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_texts_have_known_hashes),
		cmocka_unit_test(a_large_file_has_the_hash_of_its_bytes),
		cmocka_unit_test(what_cannot_be_read_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
