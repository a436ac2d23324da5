/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "serve.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "check.h"
#include "facts.h"
#include "files.h"
#include "kexec.h"
#include "prepare.h"
#include "run.h"
#include "store.h"
#include "undo.h"

#define LIST_MAX 256

struct server {
	struct channel *channel;
	bool is_init, may_reboot;
	struct store store;
	struct undo undo;
	int (*after)(struct err *err); /* to be done once the answer is on its way */
};

/*
 * One verb: takes its fields off args, does the deed, adds its fields to done.
 * Returns 0 or a negative errno with a sentence.
 */
typedef int verb_fn(struct server *server, uint16_t tag, struct wire_reader *args,
	struct str *done, struct err *err);

static int malformed(struct err *err)
{
	return err_set(err, -EBADMSG, "the request's fields are not those of its verb");
}

static int verb_hello(struct server *server, uint16_t tag, struct wire_reader *args,
	struct str *done, struct err *err)
{
	auto_free char *boot_id = files_line("/proc/sys/kernel/random/boot_id");
	uint64_t nonce = wire_get_u64(args);
	struct utsname name = {0};

	(void)tag;
	if (wire_reader_end(args) < 0)
		return malformed(err);
	uname(&name);
	wire_add_u64(done, nonce);
	wire_add_u64(done, WIRE_PROTOCOL);
	wire_add_text(done, KVMPERF_VERSION);
	wire_add_text(done, boot_id);
	wire_add_text(done, name.release);
	wire_add_u64(done, server->is_init);
	return 0;
}

static int verb_facts(struct server *server, uint16_t tag, struct wire_reader *args,
	struct str *done, struct err *err)
{
	auto_str struct str facts = STR_INIT;

	(void)done;
	if (wire_reader_end(args) < 0)
		return malformed(err);
	facts_add_all(&facts);
	return channel_send_data(
		server->channel, tag, WIRE_STREAM_OUTPUT, facts.text, facts.length);
}

static int verb_dmesg(struct server *server, uint16_t tag, struct wire_reader *args,
	struct str *done, struct err *err)
{
	auto_str struct str log = STR_INIT;
	int r;

	(void)done;
	if (wire_reader_end(args) < 0)
		return malformed(err);
	r = facts_dmesg(&log);
	if (r < 0)
		return err_sys(err, r, "cannot read the kernel log");
	return channel_send_data(
		server->channel, tag, WIRE_STREAM_OUTPUT, log.text, log.length);
}

static int verb_put(struct server *server, uint16_t tag, struct wire_reader *args,
	struct str *done, struct err *err)
{
	auto_free char *name = wire_get_text(args), *hash = wire_get_text(args), *path = NULL;
	uint64_t size = wire_get_u64(args), mode = wire_get_u64(args), offset;
	int r;

	(void)tag;
	if (wire_reader_end(args) < 0)
		return malformed(err);
	r = store_put(&server->store, name, hash, size, (unsigned)mode, &path, &offset, err);
	if (r < 0)
		return r;
	wire_add_text(done, path);
	wire_add_u64(done, offset);
	return 0;
}

static int verb_commit(struct server *server, uint16_t tag, struct wire_reader *args,
	struct str *done, struct err *err)
{
	(void)tag;
	(void)done;
	if (wire_reader_end(args) < 0)
		return malformed(err);
	return store_commit(&server->store, err);
}

static int verb_prepare(struct server *server, uint16_t tag, struct wire_reader *args,
	struct str *done, struct err *err)
{
	uint64_t page_bytes = wire_get_u64(args), pages = wire_get_u64(args);
	bool wants_thp = wire_get_u64(args) != 0;
	auto_free char *pin = wire_get_text(args);
	const struct prepare_order order = {page_bytes, pages, wants_thp, pin};
	auto_str struct str report = STR_INIT;
	int r, sent;

	(void)done;
	if (wire_reader_end(args) < 0)
		return malformed(err);
	r = prepare_machine(&order, &server->undo, &report, err);
	sent = channel_send_data(
		server->channel, tag, WIRE_STREAM_OUTPUT, report.text, report.length);
	return r < 0 ? r : sent;
}

static void get_list(struct wire_reader *args, struct strv *ret)
{
	uint64_t count = wire_get_u64(args);

	if (count > LIST_MAX)
		args->bad = true;
	for (uint64_t i = 0; i < count && !args->bad; i++) {
		auto_free char *item = wire_get_text(args);

		strv_add(ret, item);
	}
}

static int verb_run(struct server *server, uint16_t tag, struct wire_reader *args,
	struct str *done, struct err *err)
{
	auto_strv struct strv argv = STRV_INIT, env = STRV_INIT;
	int64_t limit_ms = wire_get_i64(args);
	struct run_end end;
	int r;

	get_list(args, &argv);
	get_list(args, &env);
	if (wire_reader_end(args) < 0 || !argv.count)
		return malformed(err);
	r = run_program(server->channel, tag, &argv, &env, limit_ms, &end, err);
	if (r < 0)
		return r;
	wire_add_i64(done, end.exit_status);
	wire_add_u64(done, (uint64_t)end.signal);
	wire_add_u64(done, end.timed_out);
	wire_add_i64(done, end.started_unix_ms);
	wire_add_i64(done, end.duration_ms);
	wire_add_u64(done, end.thp_served);
	wire_add_u64(done, end.thp_fell_back);
	wire_add_u64(done, end.huge_pages_in_use);
	return 0;
}

static int refuse_unless_allowed(const struct server *server, struct err *err)
{
	if (server->is_init || server->may_reboot)
		return 0;
	return err_set(err, -EOPNOTSUPP,
		"this runner is not the machine's init and was not told that it may reboot");
}

static int verb_kexec(struct server *server, uint16_t tag, struct wire_reader *args,
	struct str *done, struct err *err)
{
	auto_free char *image = wire_get_text(args), *initrd = wire_get_text(args),
		       *cmdline = wire_get_text(args);
	int r = refuse_unless_allowed(server, err);

	(void)tag;
	(void)done;
	if (wire_reader_end(args) < 0)
		return malformed(err);
	if (r == 0)
		r = kexec_load(image, initrd, cmdline, err);
	if (r == 0)
		server->after = kexec_enter;
	return r;
}

static int verb_restore(struct server *server, uint16_t tag, struct wire_reader *args,
	struct str *done, struct err *err)
{
	int r = refuse_unless_allowed(server, err);

	(void)tag;
	(void)done;
	if (wire_reader_end(args) < 0)
		return malformed(err);
	if (r == 0)
		server->after = kexec_reset;
	return r;
}

static int verb_check(struct server *server, uint16_t tag, struct wire_reader *args,
	struct str *done, struct err *err)
{
	auto_str struct str lines = STR_INIT;

	(void)done;
	if (wire_reader_end(args) < 0)
		return malformed(err);
	check_add_all(server->store.folder, &lines);
	return channel_send_data(
		server->channel, tag, WIRE_STREAM_OUTPUT, lines.text, lines.length);
}

static verb_fn *const verbs[] = {
	[WIRE_HELLO] = verb_hello,
	[WIRE_FACTS] = verb_facts,
	[WIRE_DMESG] = verb_dmesg,
	[WIRE_PUT] = verb_put,
	[WIRE_COMMIT] = verb_commit,
	[WIRE_PREPARE] = verb_prepare,
	[WIRE_RUN] = verb_run,
	[WIRE_KEXEC] = verb_kexec,
	[WIRE_RESTORE] = verb_restore,
	[WIRE_CHECK] = verb_check,
};

/* The two that have no answer. */
static bool take_silent(struct server *server, const struct wire_frame *frame)
{
	struct wire_reader args;
	const void *bytes;
	uint64_t offset;
	size_t count;

	if (frame->type == WIRE_STOP)
		return true; /* came after its process had ended */
	if (frame->type != WIRE_CHUNK_DATA)
		return false;
	wire_reader_init(&args, frame);
	offset = wire_get_u64(&args);
	bytes = wire_get_bytes(&args, &count);
	if (wire_reader_end(&args) == 0)
		store_chunk(&server->store, offset, bytes, count);
	return true;
}

static int answer(struct server *server, const struct wire_frame *frame)
{
	auto_str struct str done = STR_INIT, fields = STR_INIT;
	struct err err = ERR_INIT;
	struct wire_reader args;
	uint16_t tag = frame->tag;
	size_t begin;
	int code;

	wire_reader_init(&args, frame);
	if (frame->type >= ARRAY_SIZE(verbs) || !verbs[frame->type])
		code = err_set(&err, -ENOSYS, "the runner knows no verb %u", frame->type);
	else
		code = verbs[frame->type](server, tag, &args, &fields, &err);
	begin = wire_begin(&done, WIRE_DONE, tag);
	wire_add_i64(&done, code);
	wire_add_text(&done, err.text);
	if (code == 0)
		str_add_bytes(&done, str_text(&fields), fields.length);
	wire_end(&done, begin);
	return channel_send(server->channel, &done);
}

/* Children that nobody waits for land on init. */
static void reap(void)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

/* stderr goes to whoever started us. */
static void tell(const struct str *changes)
{
	if (changes->length)
		fprintf(stderr, "kvmperf-runner: put back:\n%s", str_text(changes));
}

static void tell_put_back(struct undo *undo)
{
	auto_str struct str changes = STR_INIT;

	undo_all(undo, &changes);
	tell(&changes);
}

/* What a runner that was killed has left behind. */
static void put_back(const char *path)
{
	auto_str struct str changes = STR_INIT;

	undo_left(path, &changes);
	tell(&changes);
}

int serve(struct channel *channel, const char *store, bool is_init, bool may_reboot,
	struct err *err)
{
	struct server server = {
		.channel = channel, .is_init = is_init, .may_reboot = may_reboot};
	auto_free char *changes = mem_printf("%s.prepared", store);
	int r = store_init(&server.store, store, err);

	put_back(changes);
	undo_init(&server.undo, changes);
	signal(SIGPIPE, SIG_IGN);
	while (r == 0) {
		struct wire_frame frame;

		r = channel_receive(channel, 1000, &frame);
		reap();
		if (r <= 0)
			continue;
		r = take_silent(&server, &frame) ? 0 : answer(&server, &frame);
		if (server.after) {
			struct err fault = ERR_INIT;

			if (server.after(&fault) < 0)
				fprintf(stderr, "kvmperf-runner: %s\n", fault.text);
			server.after = NULL;
		}
		if (r == -EPIPE && channel->persistent)
			r = 0;
	}
	tell_put_back(&server.undo);
	undo_clear(&server.undo);
	store_clear(&server.store);
	return r == -EPIPE ? 0 : r;
}
