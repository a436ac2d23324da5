/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FAKEBIN_MACHINE_H
#define FAKEBIN_MACHINE_H

/*
 * A machine that executes nothing, for stand-ins: it answers the runner's verbs on a
 * stream, so that everything above, from the link to the pages, is the real thing at
 * a hundred times the speed.
 *
 * An image is what tests/pipeline/lab makes: it holds its release ("6.12.1-..."),
 * a build-id, and words that say how the kernel behaves:
 *	stand-in:percent=110	every operation takes 110 % of the instructions
 *	stand-in:control=105	the negative control takes 105 % of them
 *	stand-in:panic		it panics when it is entered
 *	stand-in:run-panic	it panics when a test runs
 *	stand-in:run-hang	a test never ends, unless it is stopped; where there is a
 *				file HOST-FOLDER/deaf, nobody hears that
 * Where there is a file HOST-FOLDER/stubborn, it says that it reboots, and stays up.
 * A file HOST-FOLDER/check holds what it answers when it is checked.
 * Which kernels it has entered is in HOST-FOLDER/entered, "release command-line" a line.
 * A file HOST-FOLDER/drift holds the percent that the machine itself has come to.
 * What a boot measures follows from the kernel and from how many boots of it the
 * store holds already, so that a boot that is repeated measures the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/prng.h"
#include "channel.h"
#include "control.h"
#include "io/db.h"
#include "store.h"
#include "string/strv.h"
#include "sys/fs.h"
#include "text/buildid.h"

enum { IMAGE_LIMIT = 16 << 20 };

struct machine {
	struct channel channel;
	struct store store;
	char *console, *counts, *cmdline, *folder;
	char boot_id[40], *release, build_id[BUILDID_HEX_BYTES];
	double percent, control, drift;
	bool panics_in_test, hangs_in_test;
	uint64_t seed; /* of this boot */
	struct strv runs;
	char *next_image, *next_cmdline; /* to be entered */
	bool off;
	/* A panic was told to the console; what follows is the stand-in's. */
	void (*on_panic)(struct machine *machine);
	/* Every 20 ms of silence: to go on? NULL: always. */
	bool (*is_up)(void);
};

/* ---- the kernel ---- */

static uint64_t hash(uint64_t h, const char *text)
{
	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 0x100000001b3u;
	return h;
}

/* How many boots of this release have ended well; 0 while there is no store. */
static int64_t boots_before(const struct machine *m)
{
	auto_free char *path = mem_printf("%s/../../kvmperf.db", m->folder);
	auto_query struct query *query = NULL;
	struct db *db = NULL;
	int64_t count = 0;

	if (db_open(path, false, &db, NULL) < 0)
		return 0;
	if (query_open(db,
		    "SELECT count(*) FROM boots WHERE state = 'done' AND release = :release",
		    &query, NULL) == 0) {
		query_bind_text(query, ":release", m->release);
		if (query_step(query, NULL) > 0)
			count = query_int(query, 0);
	}
	query_close(take_ptr(query));
	db_close(db);
	return count;
}

static void say(const struct machine *m, const char *text)
{
	FILE *console = fopen(m->console, "ae");

	if (!console)
		return;
	fputs(text, console);
	fclose(console);
}

static void panic(struct machine *m)
{
	say(m, "[    0.1] Kernel panic - not syncing: the stand-in was told to\n");
	m->on_panic(m);
}

static void new_boot_id(struct machine *m)
{
	int fd = open("/proc/sys/kernel/random/uuid", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, m->boot_id, sizeof(m->boot_id) - 1);

	close(fd);
	m->boot_id[n > 0 ? n - 1 : 0] = '\0';
}

static double drift_of(const struct machine *m)
{
	auto_free char *path = mem_printf("%s/drift", m->folder), *text = NULL;
	size_t size;

	return fs_read(path, 64, &text, &size, NULL) < 0 ? 100 : atof(text);
}

static void note_entry(const struct machine *m)
{
	auto_free char *path = mem_printf("%s/entered", m->folder);
	FILE *entered = fopen(path, "ae");

	if (!entered)
		return;
	fprintf(entered, "%s %s\n", m->release, m->cmdline);
	fclose(entered);
}

static void enter(struct machine *m, const char *image_path, const char *cmdline)
{
	auto_free char *image = NULL;
	size_t size;
	const char *word;

	if (fs_read(image_path, IMAGE_LIMIT, &image, &size, NULL) < 0)
		exit(1);
	free(m->release);
	word = memmem(image, size, "6.12.1-", 7);
	m->release = mem_strdup(word ? word : "none");
	if (buildid_from_elf(image, size, m->build_id, NULL) < 0)
		m->build_id[0] = '\0';
	word = memmem(image, size, "stand-in:percent=", 17);
	m->percent = word ? atof(word + 17) : 100;
	word = memmem(image, size, "stand-in:control=", 17);
	m->control = word ? atof(word + 17) : 100;
	m->drift = drift_of(m);
	m->panics_in_test = memmem(image, size, "stand-in:run-panic", 18);
	m->hangs_in_test = memmem(image, size, "stand-in:run-hang", 17);
	free(m->cmdline);
	m->cmdline = mem_strdup(cmdline);
	new_boot_id(m);
	strv_clear(&m->runs);
	m->seed =
		hash(hash(0xcbf29ce484222325u, m->release), "boot") + (uint64_t)boots_before(m);
	note_entry(m);
	if (memmem(image, size, "stand-in:panic", 14)) {
		panic(m);
		return;
	}
	say(m, "[    0.1] Linux version of the stand-in\n");
}

#include "rehearsal.h"

/* ---- the verbs ---- */

static void get_list(struct wire_reader *args, struct strv *ret)
{
	uint64_t count = wire_get_u64(args);

	for (uint64_t i = 0; i < count && !args->bad; i++) {
		auto_free char *item = wire_get_text(args);

		strv_add(ret, item);
	}
}

/* A test that goes on until somebody stops it, or leaves. */
static void await_stop(struct machine *m)
{
	auto_free char *deaf = mem_printf("%s/deaf", m->folder);
	struct wire_frame frame = {0};
	int r;

	do
		r = channel_receive(&m->channel, -1, &frame);
	while (r >= 0 && (frame.type != WIRE_STOP || fs_exists(deaf)));
}

static int do_run(struct machine *m, uint16_t tag, struct wire_reader *args, struct str *done)
{
	auto_strv struct strv argv = STRV_INIT, env = STRV_INIT;
	struct texts texts = {STR_INIT, STR_INIT, STR_INIT, 0};
	long long chunk = 0;
	FILE *counts;

	wire_get_i64(args);
	get_list(args, &argv);
	get_list(args, &env);
	for (size_t i = 0; i < env.count; i++)
		if (text_starts(env.items[i], "KVMPERF_CHUNK="))
			chunk = atoll(strchr(env.items[i], '=') + 1);
	if (argv.count > 1 && strcmp(argv.items[1], "-h") == 0)
		add_help(&texts.output);
	else if (argv.count > 1 && strcmp(argv.items[1], "control") == 0)
		run_control(m, &texts);
	else if (m->panics_in_test)
		panic(m);
	else if (m->hangs_in_test)
		await_stop(m);
	else
		run_test(m, &argv, chunk, &texts);
	counts = fopen(m->counts, "ae");
	fputs(str_text(&texts.counts), counts);
	fclose(counts);
	channel_send_data(&m->channel, tag, WIRE_STREAM_OUTPUT, str_text(&texts.output),
		texts.output.length);
	channel_send_data(&m->channel, tag, WIRE_STREAM_PROBE, str_text(&texts.probe),
		texts.probe.length);
	wire_add_i64(done, 0);
	wire_add_u64(done, 0);
	wire_add_u64(done, 0);
	wire_add_i64(done, (int64_t)time(NULL) * 1000);
	wire_add_i64(done, 5);
	wire_add_u64(done, option(&argv, "-s", -1) == -1 ? 0 : 8); /* huge page faults */
	wire_add_u64(done, 0);
	wire_add_u64(done, 0);
	str_clear(&texts.output);
	str_clear(&texts.probe);
	str_clear(&texts.counts);
	return 0;
}

static int do_hello(struct machine *m, struct wire_reader *args, struct str *done)
{
	wire_add_u64(done, wire_get_u64(args));
	wire_add_u64(done, WIRE_PROTOCOL);
	wire_add_text(done, KVMPERF_VERSION);
	wire_add_text(done, m->boot_id);
	wire_add_text(done, m->release);
	wire_add_u64(done, 1);
	return 0;
}

static int do_facts(struct machine *m, uint16_t tag)
{
	auto_free char *facts = mem_printf(
		"release: %s\nversion: #1\nmachine: aarch64\nbuild-id: %s\n"
		"kvm: present\npage-size: 4096\n/proc/cmdline: %s\n"
		"/proc/sys/kernel/tainted: 0\n"
		"/sys/devices/system/cpu/online: 0-1\n"
		"/sys/devices/system/cpu/possible: 0-1\n"
		"/proc/meminfo: MemTotal:        2013264 kB\n",
		m->release, m->build_id, m->cmdline);

	return channel_send_data(&m->channel, tag, WIRE_STREAM_OUTPUT, facts, strlen(facts));
}

/* What it can do: HOST-FOLDER/check says otherwise. */
static int do_check(struct machine *m, uint16_t tag)
{
	auto_free char *path = mem_printf("%s/check", m->folder), *text = NULL;

	if (fs_read(path, 4096, &text, NULL, NULL) < 0)
		text = mem_strdup("kexec: loads\nscore-us: 1000\n");
	return channel_send_data(&m->channel, tag, WIRE_STREAM_OUTPUT, text, strlen(text));
}

static int do_put(
	struct machine *m, struct wire_reader *args, struct str *done, struct err *err)
{
	auto_free char *name = wire_get_text(args), *sha = wire_get_text(args), *path = NULL;
	uint64_t size = wire_get_u64(args), mode = wire_get_u64(args), offset;
	int r = store_put(&m->store, name, sha, size, (unsigned)mode, &path, &offset, err);

	if (r < 0)
		return r;
	wire_add_text(done, path);
	wire_add_u64(done, offset);
	return 0;
}

static bool is_stubborn(const struct machine *m)
{
	auto_free char *path = mem_printf("%s/stubborn", m->folder);

	return fs_exists(path);
}

static int do_verb(
	struct machine *m, const struct wire_frame *frame, struct str *done, struct err *err)
{
	static const char log[] = "[    0.1] kvm [1]: Hyp nVHE mode initialized successfully\n";
	struct wire_reader args;

	wire_reader_init(&args, frame);
	switch (frame->type) {
	case WIRE_HELLO:
		return do_hello(m, &args, done);
	case WIRE_FACTS:
		return do_facts(m, frame->tag);
	case WIRE_CHECK:
		return do_check(m, frame->tag);
	case WIRE_DMESG:
		return channel_send_data(
			&m->channel, frame->tag, WIRE_STREAM_OUTPUT, log, strlen(log));
	case WIRE_PUT:
		return do_put(m, &args, done, err);
	case WIRE_COMMIT:
		return store_commit(&m->store, err);
	case WIRE_PREPARE:
		return channel_send_data(&m->channel, frame->tag, WIRE_STREAM_OUTPUT, "", 0);
	case WIRE_RUN:
		return do_run(m, frame->tag, &args, done);
	case WIRE_KEXEC:
		m->next_image = wire_get_text(&args);
		free(wire_get_text(&args));
		m->next_cmdline = wire_get_text(&args);
		return 0;
	case WIRE_RESTORE:
		m->off = !is_stubborn(m);
		return 0;
	default:
		return err_set(err, -ENOSYS, "the stand-in knows no verb %u", frame->type);
	}
}

static void take_chunk(struct machine *m, const struct wire_frame *frame)
{
	struct wire_reader args;
	const void *bytes;
	uint64_t offset;
	size_t count;

	wire_reader_init(&args, frame);
	offset = wire_get_u64(&args);
	bytes = wire_get_bytes(&args, &count);
	store_chunk(&m->store, offset, bytes, count);
}

static void answer(struct machine *m, const struct wire_frame *frame)
{
	auto_str struct str done = STR_INIT, fields = STR_INIT;
	struct err err = ERR_INIT;
	uint16_t tag = frame->tag;
	int code = do_verb(m, frame, &fields, &err);
	size_t begin = wire_begin(&done, WIRE_DONE, tag);

	wire_add_i64(&done, code);
	wire_add_text(&done, err.text);
	if (code == 0)
		str_add_bytes(&done, str_text(&fields), fields.length);
	wire_end(&done, begin);
	channel_send(&m->channel, &done);
}

/* Until it is off, its peer is gone, or it is to enter m->next_image. */
static void serve(struct machine *m)
{
	struct wire_frame frame;
	int r = 0;

	while (!m->off && (!m->is_up || m->is_up()) &&
		(r = channel_receive(&m->channel, m->is_up ? 20 : -1, &frame)) >= 0) {
		if (r > 0 && frame.type == WIRE_CHUNK_DATA)
			take_chunk(m, &frame);
		else if (r > 0 && frame.type != WIRE_STOP)
			answer(m, &frame);
		if (m->next_image)
			break;
	}
}

/* Frees what it came to; its folder and console are the stand-in's. */
static inline void machine_clear(struct machine *m)
{
	free(m->cmdline);
	free(m->release);
	free(m->next_image);
	free(m->next_cmdline);
	strv_clear(&m->runs);
	store_clear(&m->store);
	channel_clear(&m->channel);
}

static inline void enter_next(struct machine *m)
{
	auto_free char *image = take_ptr(m->next_image), *cmdline = take_ptr(m->next_cmdline);

	enter(m, image, cmdline);
}

#endif
