/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The power method "redfish" with a BMC that is stood in for (redfish_standin.py),
 * over real TLS on loopback.
 */
#include "power/redfish.h"

#include "scratch.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>

#include "string/str.h"
#include "sys/proc.h"

struct bmc {
	char *folder, *url;
	pid_t pid;
};

static char *in(const struct bmc *bmc, const char *name)
{
	return mem_printf("%s/%s", bmc->folder, name);
}

static void make_certificate(const struct bmc *bmc, const char *cert, const char *key)
{
	auto_free char *cert_path = in(bmc, cert), *key_path = in(bmc, key);
	const char *const words[] = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
		"ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
		"/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key_path,
		"-out", cert_path};
	auto_free char *log = in(bmc, "openssl.log");
	auto_strv struct strv argv = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	struct proc_end end;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		strv_add(&argv, words[i]);
	spec.argv = &argv;
	spec.log_path = log;
	assert_int_equal(proc_run(&spec, &end, NULL), 0);
	assert_int_equal(end.exit_status, 0);
}

static void write_in(const struct bmc *bmc, const char *name, const char *text)
{
	auto_free char *path = in(bmc, name);

	scratch_write(path, text);
	assert_int_equal(chmod(path, 0600), 0);
}

static void start(struct bmc *bmc)
{
	auto_free char *port = in(bmc, "port"), *log = in(bmc, "server.log"), *text = NULL;
	auto_strv struct strv argv = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;

	strv_add(&argv, "python3");
	strv_add(&argv, "tests/unit/redfish_standin.py");
	strv_add(&argv, bmc->folder);
	spec.argv = &argv;
	spec.log_path = log;
	assert_int_equal(proc_start(&spec, &bmc->pid, NULL), 0);
	for (int i = 0; i < 3000 && !fs_exists(port); i++)
		usleep(10000);
	assert_int_equal(fs_read(port, 32, &text, NULL, NULL), 0);
	bmc->url = mem_printf("https://127.0.0.1:%s", text);
}

static int set_up(void **state)
{
	struct bmc *bmc = MEM_NEW(struct bmc, 1);

	*state = bmc;
	bmc->folder = scratch_make();
	make_certificate(bmc, "cert.pem", "key.pem");
	make_certificate(bmc, "other.pem", "other.key");
	write_in(bmc, "right", "s3cret\n");
	write_in(bmc, "wrong", "guess\n");
	start(bmc);
	return 0;
}

static int tear_down(void **state)
{
	struct bmc *bmc = *state;

	proc_stop(bmc->pid, 1000);
	scratch_remove(bmc->folder);
	free(bmc->url);
	free(bmc);
	return 0;
}

static void a_machine_is_switched(void **state)
{
	static const struct {
		const char *sentence;
		enum power_deed deed;
		const char *mood, *password, *ca, *system;
		enum redfish_auth auth;
		int code;
		const char *text; /* must be in the error */
		const char *log;  /* must be in the BMC's */
	} rows[] = {
		{"a cycle, with a session that is ended", POWER_CYCLE, "", "right", "cert.pem",
			"", REDFISH_SESSION, 0, "", "PowerCycle"},
		{"basic authentication", POWER_CYCLE, "no-session", "right", "cert.pem", "",
			REDFISH_BASIC, 0, "", "PowerCycle"},
		{"a password that systemd gave", POWER_CYCLE, "", "credential:right",
			"cert.pem", "", REDFISH_SESSION, 0, "", "PowerCycle"},
		{"one that it did not give", POWER_CYCLE, "", "credential:nowhere", "cert.pem",
			"", REDFISH_BASIC, -ENOENT, "nowhere", ""},
		{"no sessions, which were asked for", POWER_CYCLE, "no-session", "right",
			"cert.pem", "", REDFISH_SESSION, -EIO, "There are no sessions.", "404"},
		{"a wrong password", POWER_CYCLE, "", "wrong", "cert.pem", "", REDFISH_SESSION,
			-EACCES, "status 401: The password is wrong.", "401"},
		{"a wrong password, basic", POWER_CYCLE, "", "wrong", "cert.pem", "",
			REDFISH_BASIC, -EACCES, "status 401", "401"},
		{"one that is busy at first", POWER_OFF, "busy 1", "right", "cert.pem", "",
			REDFISH_SESSION, 0, "", "503"},
		{"and on again", POWER_ON, "", "right", "cert.pem", "", REDFISH_SESSION, 0, "",
			"204 POST /redfish/v1/Systems/1/Actions/ComputerSystem.Reset On"},
		{"one that does not tell what it allows", POWER_CYCLE, "types", "right",
			"cert.pem", "", REDFISH_SESSION, 0, "", "Reset ForceOff"},
		{"one that allows nothing that would do", POWER_CYCLE, "types Nmi", "right",
			"cert.pem", "", REDFISH_SESSION, -EOPNOTSUPP,
			"allows no reset that would do, only: Nmi", "200 GET"},
		{"one that refuses", POWER_CYCLE, "refuse", "right", "cert.pem", "",
			REDFISH_SESSION, -EIO, "status 400: The chassis is open.", "400"},
		{"two systems", POWER_CYCLE, "two", "right", "cert.pem", "", REDFISH_SESSION,
			-ENODEV, "has 2 systems", "200 GET"},
		{"the second of two", POWER_CYCLE, "two", "right", "cert.pem", "2",
			REDFISH_SESSION, 0, "", "Systems/2/Actions/ComputerSystem.Reset"},
		{"a certificate that nobody vouches for", POWER_CYCLE, "", "right", "other.pem",
			"", REDFISH_SESSION, -EIO, "certificate", ""},
		{"a password file that is not there", POWER_CYCLE, "", "nowhere", "cert.pem",
			"", REDFISH_SESSION, -ENOENT, "nowhere", ""},
	};
	struct bmc *bmc = *state;
	auto_free char *log_path = in(bmc, "log");

	setenv("CREDENTIALS_DIRECTORY", bmc->folder, 1);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_free char *password = text_starts(rows[i].password, "credential:")
						   ? mem_strdup(rows[i].password)
						   : in(bmc, rows[i].password);
		auto_free char *ca = in(bmc, rows[i].ca);
		auto_free char *system = mem_strdup(rows[i].system), *log = NULL;
		const struct host_spec spec = {.name = (char *)(uintptr_t) "lab",
			.redfish = bmc->url,
			.redfish_user = (char *)(uintptr_t) "lab",
			.redfish_password_file = password,
			.redfish_ca = ca,
			.redfish_system = system,
			.redfish_auth = rows[i].auth};
		struct err err = ERR_INIT;

		write_in(bmc, "mood", rows[i].mood);
		write_in(bmc, "log", "");
		if (redfish_switch(&spec, rows[i].deed, &err) != rows[i].code ||
			!strstr(err.text, rows[i].text) || strstr(err.text, "s3cret"))
			fail_msg("%s: %s", rows[i].sentence, err.text);
		assert_int_equal(fs_read(log_path, 1 << 20, &log, NULL, NULL), 0);
		if (!strstr(log, rows[i].log))
			fail_msg("%s: %s", rows[i].sentence, log);
		if (rows[i].code == 0 && rows[i].auth == REDFISH_SESSION &&
			!strstr(log, "DELETE /redfish/v1/SessionService/Sessions/7"))
			fail_msg("%s: the session stays", rows[i].sentence);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_machine_is_switched, set_up, tear_down)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
