/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/link.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"
#include "sys/talk.h"
#include "text/wire.h"

#define HELLO_MS 500	     /* between two hellos, */
#define SOON_MS	 50	     /* and between the first two */
#define BEAT_MS	 (60 * 1000) /* silence of a runner that runs a program: it is dead */

struct link {
	struct talk talk;
};

struct link *link_open(const char *name, int fd)
{
	struct link *link = MEM_NEW(struct link, 1);

	talk_init(&link->talk, name, fd);
	return link;
}

void link_close(struct link *link)
{
	if (!link)
		return;
	talk_clear(&link->talk);
	free(link);
}

bool link_is_lost(int code)
{
	return code == -EPIPE || code == -ETIMEDOUT || code == -EBADMSG;
}

void link_hello_clear(struct link_hello *hello)
{
	free(take_ptr(hello->version));
	free(take_ptr(hello->boot_id));
	free(take_ptr(hello->release));
}

/* Reads one frame as the answer to our hello; 0 when it is something else. */
static int take_hello(const struct wire_frame *frame, uint64_t nonce, struct link_hello *ret,
	uint64_t *ret_protocol)
{
	auto_free char *sentence = NULL, *version = NULL, *boot_id = NULL, *release = NULL;
	struct wire_reader reader;
	uint64_t is_init;

	if (frame->type != WIRE_DONE)
		return 0;
	wire_reader_init(&reader, frame);
	if (wire_get_i64(&reader) != 0)
		return 0;
	sentence = wire_get_text(&reader);
	if (wire_get_u64(&reader) != nonce || reader.bad)
		return 0;
	*ret_protocol = wire_get_u64(&reader);
	version = wire_get_text(&reader);
	boot_id = wire_get_text(&reader);
	release = wire_get_text(&reader);
	is_init = wire_get_u64(&reader);
	if (wire_reader_end(&reader) < 0)
		return 0;
	ret->version = take_ptr(version);
	ret->boot_id = take_ptr(boot_id);
	ret->release = take_ptr(release);
	ret->is_init = is_init != 0;
	return 1;
}

static int send_hello(struct link *link, uint64_t nonce, struct err *err)
{
	auto_str struct str frame = STR_INIT;
	size_t begin = wire_begin(&frame, WIRE_HELLO, ++link->talk.tag);

	wire_add_u64(&frame, nonce);
	wire_end(&frame, begin);
	return talk_send(&link->talk, &frame, err);
}

int link_hello(struct link *link, int64_t limit_ms, struct link_hello *ret, struct err *err)
{
	int64_t now_ms = clock_monotonic_ms(&clock_real), next_ms = now_ms;
	int64_t deadline_ms = now_ms + limit_ms, wait_ms = SOON_MS;
	uint64_t nonce = 0, protocol = 0;
	int r;

	if (getrandom(&nonce, sizeof(nonce), 0) < 0)
		return err_sys(err, -errno, "no random numbers");
	for (; now_ms < deadline_ms; now_ms = clock_monotonic_ms(&clock_real)) {
		struct wire_frame frame;

		if (stop_requested())
			return err_set(err, -EINTR, "stopped");
		if (now_ms >= next_ms) {
			r = send_hello(link, nonce, err);
			if (r < 0)
				return r;
			wire_give_up(&link->talk.parser);
			/* What goes to a kernel that ends is lost; the next one's waits for it.
			 */
			next_ms = now_ms + wait_ms;
			wait_ms = 2 * wait_ms < HELLO_MS ? 2 * wait_ms : HELLO_MS;
		}
		r = talk_receive(&link->talk, next_ms < deadline_ms ? next_ms : deadline_ms,
			&frame, err);
		if (r < 0)
			return r;
		if (r == 0 || take_hello(&frame, nonce, ret, &protocol) == 0)
			continue;
		if (protocol == WIRE_PROTOCOL)
			return 0;
		link_hello_clear(ret);
		return err_set(err, -EPROTO, "%s speaks link protocol %llu, expected %d",
			link->talk.name, (unsigned long long)protocol, WIRE_PROTOCOL);
	}
	return err_set(err, -ETIMEDOUT, "%s did not answer in %lld s", link->talk.name,
		(long long)limit_ms / 1000);
}

static int read_text(struct link *link, enum wire_type type, char **ret, struct err *err)
{
	auto_str struct str text = STR_INIT;
	auto_request request = TALK_REQUEST_INIT;
	int r;

	talk_begin(&link->talk, &request, type);
	request.streams[WIRE_STREAM_OUTPUT] = &text;
	r = talk_converse(&link->talk, &request, err);
	if (r == 0)
		*ret = str_take(&text);
	return r;
}

int link_facts(struct link *link, char **ret, struct err *err)
{
	return read_text(link, WIRE_FACTS, ret, err);
}

int link_dmesg(struct link *link, char **ret, struct err *err)
{
	return read_text(link, WIRE_DMESG, ret, err);
}

int link_check(struct link *link, char **ret, struct err *err)
{
	return read_text(link, WIRE_CHECK, ret, err);
}

static int send_content(
	struct link *link, int fd, const char *path, uint64_t offset, struct err *err)
{
	char bytes[WIRE_CHUNK];
	ssize_t n;
	int r = 0;

	if (lseek(fd, (off_t)offset, SEEK_SET) < 0)
		return err_sys(err, -errno, "cannot read %s", path);
	while (r == 0 && (n = read(fd, bytes, sizeof(bytes))) != 0) {
		auto_str struct str frame = STR_INIT;
		size_t begin = wire_begin(&frame, WIRE_CHUNK_DATA, link->talk.tag);

		if (n < 0)
			return err_sys(err, -errno, "cannot read %s", path);
		wire_add_u64(&frame, offset);
		wire_add_bytes(&frame, bytes, (size_t)n);
		wire_end(&frame, begin);
		r = talk_send(&link->talk, &frame, err);
		offset += (uint64_t)n;
	}
	return r;
}

/* Announces the file; *ret_offset is where its content is wanted from. */
static int announce(struct link *link, const char *name, const char *hash, uint64_t size,
	unsigned mode, char **ret_path, uint64_t *ret_offset, struct err *err)
{
	auto_free char *path = NULL;
	auto_request request = TALK_REQUEST_INIT;
	int r;

	talk_begin(&link->talk, &request, WIRE_PUT);
	wire_add_text(&request.frame, name);
	wire_add_text(&request.frame, hash);
	wire_add_u64(&request.frame, size);
	wire_add_u64(&request.frame, mode);
	r = talk_converse(&link->talk, &request, err);
	if (r < 0)
		return r;
	path = wire_get_text(&request.fields);
	*ret_offset = wire_get_u64(&request.fields);
	if (wire_reader_end(&request.fields) < 0 || *ret_offset > size)
		return talk_nonsense(&link->talk, &request, err);
	*ret_path = take_ptr(path);
	return 0;
}

int link_put(struct link *link, const char *local_path, const char *hash, const char *name,
	unsigned mode, char **ret_path, struct err *err)
{
	auto_close int fd = open(local_path, O_RDONLY | O_CLOEXEC);
	auto_free char *path = NULL;
	auto_request request = TALK_REQUEST_INIT;
	uint64_t offset;
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(err, -errno, "cannot open %s", local_path);
	r = announce(link, name, hash, (uint64_t)st.st_size, mode, &path, &offset, err);
	if (r < 0)
		return r;
	if (offset < (uint64_t)st.st_size || !st.st_size) {
		r = send_content(link, fd, local_path, offset, err);
		if (r < 0)
			return r;
		talk_begin(&link->talk, &request, WIRE_COMMIT);
		r = talk_converse(&link->talk, &request, err);
		if (r < 0)
			return r;
	}
	*ret_path = take_ptr(path);
	return 0;
}

int link_prepare(struct link *link, int64_t huge_page_bytes, int huge_pages, bool wants_thp,
	const char *pin, char **ret_report, struct err *err)
{
	auto_str struct str report = STR_INIT;
	auto_request request = TALK_REQUEST_INIT;
	int r;

	talk_begin(&link->talk, &request, WIRE_PREPARE);
	wire_add_i64(&request.frame, huge_page_bytes);
	wire_add_i64(&request.frame, huge_pages);
	wire_add_u64(&request.frame, wants_thp);
	wire_add_text(&request.frame, pin);
	request.streams[WIRE_STREAM_OUTPUT] = &report;
	r = talk_converse(&link->talk, &request, err);
	*ret_report = str_take(&report);
	return r;
}

void link_run_clear(struct link_run *run)
{
	str_clear(&run->output);
	str_clear(&run->errors);
	str_clear(&run->probe);
}

static void add_list(struct str *out, const struct strv *list)
{
	wire_add_u64(out, list->count);
	for (size_t i = 0; i < list->count; i++)
		wire_add_text(out, list->items[i]);
}

int link_run(struct link *link, const struct strv *argv, const struct strv *env,
	int64_t limit_ms, struct link_run *ret, struct err *err)
{
	auto_request request = TALK_REQUEST_INIT;
	int r;

	talk_begin(&link->talk, &request, WIRE_RUN);
	wire_add_i64(&request.frame, limit_ms);
	add_list(&request.frame, argv);
	add_list(&request.frame, env);
	request.streams[WIRE_STREAM_OUTPUT] = &ret->output;
	request.streams[WIRE_STREAM_ERRORS] = &ret->errors;
	request.streams[WIRE_STREAM_PROBE] = &ret->probe;
	request.silence_ms = BEAT_MS;
	request.stop_kindly = true;
	r = talk_converse(&link->talk, &request, err);
	if (r < 0)
		return r;
	ret->exit_status = (int)wire_get_i64(&request.fields);
	ret->signal = (int)wire_get_u64(&request.fields);
	ret->timed_out = wire_get_u64(&request.fields) != 0;
	ret->started_unix_ms = wire_get_i64(&request.fields);
	ret->duration_ms = wire_get_i64(&request.fields);
	ret->thp_served = wire_get_u64(&request.fields);
	ret->thp_fell_back = wire_get_u64(&request.fields);
	ret->huge_pages_in_use = wire_get_u64(&request.fields);
	return wire_reader_end(&request.fields) < 0 ? talk_nonsense(&link->talk, &request, err)
						    : 0;
}

int link_kexec(struct link *link, const char *image, const char *initrd, const char *cmdline,
	struct err *err)
{
	auto_request request = TALK_REQUEST_INIT;

	talk_begin(&link->talk, &request, WIRE_KEXEC);
	wire_add_text(&request.frame, image);
	wire_add_text(&request.frame, initrd);
	wire_add_text(&request.frame, cmdline);
	return talk_converse(&link->talk, &request, err);
}

int link_restore(struct link *link, struct err *err)
{
	auto_request request = TALK_REQUEST_INIT;

	talk_begin(&link->talk, &request, WIRE_RESTORE);
	return talk_converse(&link->talk, &request, err);
}
