/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/smtp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "scratch.h"

/*
 * A peer that says lines, one after each line (after DATA: after the lone dot)
 * that it hears; the first before any. "hang" says nothing more, "drop" hangs up.
 */
struct peer {
	const char *const *says;
	int listener;
	char url[64];
	pid_t pid;
};

static void converse(int fd, const char *const *says)
{
	FILE *io = fdopen(fd, "r+");
	char line[1024];
	bool data = false;

	setvbuf(io, NULL, _IONBF, 0);
	for (; *says; says++) {
		if (strcmp(*says, "hang") == 0)
			pause();
		if (strcmp(*says, "drop") == 0)
			return;
		fprintf(io, "%s\r\n", *says);
		data = strncmp(*says, "354", 3) == 0;
		do
			if (!fgets(line, sizeof(line), io))
				return;
		while (data && strcmp(line, ".\r\n") != 0);
	}
}

static void peer_start(struct peer *peer)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);

	peer->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(peer->listener, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(peer->listener, 4), 0);
	assert_int_equal(getsockname(peer->listener, (struct sockaddr *)&address, &size), 0);
	snprintf(peer->url, sizeof(peer->url), "smtp://127.0.0.1:%d", ntohs(address.sin_port));
	peer->pid = fork();
	assert_true(peer->pid >= 0);
	if (peer->pid == 0) {
		converse(accept(peer->listener, NULL, NULL), peer->says);
		_exit(0);
	}
	close(peer->listener);
}

static void peer_stop(struct peer *peer)
{
	kill(peer->pid, SIGKILL);
	waitpid(peer->pid, NULL, 0);
}

#define HELLO "220 here", "250 hello"

static const struct {
	const char *name;
	const char *says[9];
	enum smtp_outcome outcome;
	const char *answer; /* part of it */
} talks[] = {
	{"a mail that is taken is sent",
		{HELLO, "250 from", "250 to", "354 go on", "250 2.0.0 taken", "221 bye"},
		SMTP_SENT, "250 2.0.0 taken"},
	{"a server that is closed for now", {"421 4.3.2 not now"}, SMTP_LATER, ""},
	{"a server that is closed for good", {"554 5.3.2 never"}, SMTP_NEVER, ""},
	{"a sender that is refused", {HELLO, "550 5.7.1 not you"}, SMTP_NEVER, "not you"},
	{"a recipient that is refused, and a farewell",
		{HELLO, "250 from", "550 5.1.1 nobody", "221 bye"}, SMTP_NEVER, "nobody"},
	{"a recipient that is greylisted", {HELLO, "250 from", "451 4.7.1 later"}, SMTP_LATER,
		"later"},
	{"a mail that is refused", {HELLO, "250 from", "250 to", "354 go on", "554 5.6.0 no"},
		SMTP_NEVER, "no"},
	{"a mail that may come again",
		{HELLO, "250 from", "250 to", "354 go on", "452 4.3.1 full"}, SMTP_LATER,
		"full"},
	{"a line that drops after the mail", {HELLO, "250 from", "250 to", "354 go on", "drop"},
		SMTP_LATER, ""},
	{"a server that hangs at once", {"hang"}, SMTP_LATER, ""},
	{"a server that hangs after the mail",
		{HELLO, "250 from", "250 to", "354 go on", "hang"}, SMTP_LATER, ""},
	{"something that is no mail server", {"SSH-2.0-x", "drop"}, SMTP_LATER, ""},
};

static struct mail_spec spec_of(const char *url)
{
	char *none = (char *)(uintptr_t) "";

	return (struct mail_spec){.smtp = (char *)(uintptr_t)url,
		.tls = MAIL_NO_TLS,
		.ca_file = none,
		.user = none,
		.password_file = none};
}

static const struct mail mail = {.sender = (char *)(uintptr_t) "bot@lab.example",
	.recipients = (char *)(uintptr_t) "a@b.org",
	.message = (char *)(uintptr_t) "Subject: s\n\n.\nbody\n"};

static void test_talks(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(talks); i++) {
		struct peer peer = {.says = talks[i].says};
		struct smtp_answer answer;
		struct err err = ERR_INIT;
		struct mail_spec spec;

		peer_start(&peer);
		spec = spec_of(peer.url);
		assert_int_equal(smtp_send(&spec, &mail, 1, &answer, &err), 0);
		peer_stop(&peer);
		if (answer.outcome != talks[i].outcome ||
			!strstr(answer.text, talks[i].answer) || !answer.text[0])
			fail_msg("%s: %d, %s", talks[i].name, answer.outcome, answer.text);
	}
}

static void a_server_without_tls_gets_nothing_unless_told(void **state)
{
	static const char *const says[] = {HELLO, "250 from", NULL};
	struct peer peer = {.says = says};
	struct smtp_answer answer;
	struct mail_spec spec;

	(void)state;
	peer_start(&peer);
	spec = spec_of(peer.url);
	spec.tls = MAIL_STARTTLS;
	assert_int_equal(smtp_send(&spec, &mail, 2, &answer, NULL), 0);
	assert_int_equal(answer.outcome, SMTP_LATER);
	peer_stop(&peer);
}

static void a_password_stays_where_it_is(void **state)
{
	auto_scratch char *folder = scratch_make();
	auto_free char *path = mem_printf("%s/password", folder);
	struct mail_spec spec = spec_of("smtp://mail.example.org:25");
	struct smtp_answer answer;
	struct err err = ERR_INIT;

	(void)state;
	scratch_write(path, "secret\nrest\n");
	assert_int_equal(chmod(path, 0600), 0);
	spec.user = spec.password_file = path;
	assert_int_equal(smtp_send(&spec, &mail, 2, &answer, &err), -EPERM);
	assert_non_null(strstr(err.text, "without TLS"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_talks),
		cmocka_unit_test(a_server_without_tls_gets_nothing_unless_told),
		cmocka_unit_test(a_password_stays_where_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
