/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for a machine that measures itself, and for its systemd:
 *
 *	machine-here SOCKET FOLDER GOLDEN PROGRAM [ARGUMENT...]
 *
 * PROGRAM is the service. Each kexec and each reset stops it in order, and it is
 * started again in the next kernel, or when somebody kills it. SIGUSR1 is a power cut, SIGTERM
 *the end.
 */
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "machine.h"

static volatile sig_atomic_t power_cut, end_asked;
static const char *golden;
static char **service_argv;
static pid_t service;

static void on_power_cut(int number)
{
	(void)number;
	power_cut = 1;
}

static void on_end_asked(int number)
{
	(void)number;
	end_asked = 1;
}

static void start_service(void)
{
	service = fork();
	if (service == 0) {
		execvp(service_argv[0], service_argv);
		_exit(127);
	}
}

static bool is_up(void)
{
	if (waitpid(service, NULL, WNOHANG) == service)
		start_service();
	return !power_cut && !end_asked;
}

static void back(struct machine *m)
{
	enter(m, golden, "golden");
}

/* Until the machine goes down, whoever connects. */
static void serve_all(struct machine *m, int listener)
{
	while (!m->off && !m->next_image && is_up()) {
		struct pollfd poll_fd = {listener, POLLIN, 0};

		if (poll(&poll_fd, 1, 20) <= 0)
			continue;
		m->channel = (struct channel){0};
		m->channel.in = m->channel.out = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
		serve(m);
		close(m->channel.in);
		channel_clear(&m->channel);
	}
}

static void go_down(struct machine *m)
{
	kill(service, power_cut ? SIGKILL : SIGTERM);
	waitpid(service, NULL, 0);
	if (m->next_image && !power_cut)
		enter_next(m);
	else
		back(m);
	free(take_ptr(m->next_image));
	free(take_ptr(m->next_cmdline));
	m->off = false;
	power_cut = 0;
}

int main(int argc, char **argv)
{
	struct machine m = {.store.fd = -1, .on_panic = back, .is_up = is_up};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	auto_free char *scratch = NULL;

	if (argc < 5)
		return 2;
	scratch = mem_printf("%s/stand-in", argv[2]);
	golden = argv[3];
	service_argv = argv + 4;
	signal(SIGUSR1, on_power_cut);
	signal(SIGTERM, on_end_asked);
	signal(SIGPIPE, SIG_IGN);
	m.folder = argv[2];
	m.console = m.counts = mem_strdup("/dev/null");
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", argv[1]);
	unlink(argv[1]);
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) < 0 ||
		listen(listener, 4) < 0 || store_init(&m.store, scratch, NULL) < 0)
		return 1;
	back(&m);
	while (!end_asked) {
		start_service();
		serve_all(&m, listener);
		go_down(&m);
	}
	close(listener);
	free(m.console);
	machine_clear(&m);
	return 0;
}
