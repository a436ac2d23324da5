/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/secret.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "scratch.h"

static void a_file_is_read_that_only_its_owner_reads(void **state)
{
	auto_scratch char *folder = scratch_make();
	auto_free char *path = mem_printf("%s/password", folder);
	auto_secret char *secret = NULL;
	struct err err = ERR_INIT;

	(void)state;
	scratch_write(path, "secret\nrest\n");
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(secret_read(path, &secret, &err), -EPERM);
	assert_non_null(strstr(err.text, "chmod 600"));
	assert_null(secret);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(secret_read(path, &secret, &err), 0);
	assert_string_equal(secret, "secret");
}

static void what_is_no_file_is_refused(void **state)
{
	auto_scratch char *folder = scratch_make();
	char *secret = NULL;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(chmod(folder, 0700), 0);
	assert_int_equal(secret_read(folder, &secret, &err), -EPERM);
	assert_int_equal(secret_read("/no/such/file", &secret, &err), -ENOENT);
	secret_free(secret);
}

static void a_credential_is_one_of_systemd(void **state)
{
	auto_scratch char *folder = scratch_make();
	auto_free char *path = mem_printf("%s/git", folder);
	auto_secret char *secret = NULL;
	struct err err = ERR_INIT;

	(void)state;
	scratch_write(path, "word");
	unsetenv("CREDENTIALS_DIRECTORY");
	assert_int_equal(secret_read("credential:git", &secret, &err), -ENOENT);
	setenv("CREDENTIALS_DIRECTORY", folder, 1);
	assert_int_equal(secret_read("credential:x/../git", &secret, &err), -ENOENT);
	assert_int_equal(secret_read("credential:git", &secret, &err), 0);
	assert_string_equal(secret, "word");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_read_that_only_its_owner_reads),
		cmocka_unit_test(what_is_no_file_is_refused),
		cmocka_unit_test(a_credential_is_one_of_systemd),
	};

	return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
