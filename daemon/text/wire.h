/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_WIRE_H
#define TEXT_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "string/str.h"

/*
 * The link protocol between the daemon and kvmperf-runner: how a frame looks,
 * and what the verbs say. Pure: bytes in, frames out; who reads and writes the
 * byte stream is io/link.c on one end and runner/channel.c on the other.
 *
 * FRAME, numbers little-endian:
 *	4 bytes  magic "KVPF"
 *	2 bytes  type (enum wire_type)
 *	2 bytes  tag: a reply carries the tag of its request
 *	4 bytes  length of the payload, at most WIRE_PAYLOAD_MAX
 *	4 bytes  CRC-32 (IEEE 802.3) over type, tag, length and payload
 *	n bytes  payload
 * A reader that sees anything else skips to the next magic: the stream of a
 * machine that was reset in mid-frame heals by itself.
 *
 * PAYLOAD: fields in a fixed order, each with its type:
 *	'u' and 8 bytes: an unsigned number (errno values: two's complement)
 *	's' and 4 bytes length and the bytes: text or data, may hold NUL bytes
 * A list is its count ('u') and that many fields.
 *
 * CONVERSATION: the daemon sends one request and waits; the runner answers
 * with any number of WIRE_DATA frames (stream 'u', bytes 's') and one
 * WIRE_DONE: code 'u' (0 or negative errno), sentence 's', then the fields
 * named at the verb, which only a DONE with code 0 carries. While WIRE_RUN is
 * answered the daemon may send WIRE_STOP; nothing else overlaps.
 *
 * VERBS (request fields -> fields of DONE):
 *	HELLO	nonce u -> nonce u, protocol u, version s, boot id s, release s,
 *		runs as init u. The daemon sends it until a DONE carries its nonce
 *		and throws away what came before.
 *	FACTS	-> DATA stream 1 is "key: value" lines
 *	DMESG	-> DATA stream 1 is the kernel log
 *	PUT	name s, SHA-256 in hex s, size u, mode u -> path s, offset u.
 *		The content is wanted from the offset on: size when the file is there
 *		already, else what an interrupted put had left.
 *	CHUNK	offset u, bytes s: no answer; a fault is told by COMMIT
 *	COMMIT	-> nothing; -EBADMSG when the file has another hash
 *	PREPARE	huge page size u, huge pages u, wants THP u, CPUs of the test s ->
 *		DATA stream 1 is "file: old -> new" lines
 *	RUN	limit in ms u, argv list, environment list -> DATA streams 1 stdout,
 *		2 stderr, 3 probe, while it runs, at least an empty one every two
 *		seconds as a sign of life; exit status u (two's complement, -1
 *		after a signal), signal u, hit its limit u, start in Unix ms u,
 *		duration in ms u, THP faults served u, THP faults that fell back u,
 *		huge pages still in use afterwards u
 *	STOP	the running process is killed; RUN's DONE follows
 *	KEXEC	image path s, initramfs path s, command line s -> nothing; a DONE
 *		with code 0 is the last word of this kernel
 *	RESTORE	-> nothing; the machine resets after the DONE
 *	CHECK	-> DATA stream 1 is "key: value" lines: what a machine that is on
 *		golden can do (runner/check.h)
 */
#define WIRE_PROTOCOL	 2
#define WIRE_HEADER	 16
#define WIRE_PAYLOAD_MAX (64 * 1024)
#define WIRE_CHUNK	 (32 * 1024) /* bytes of content in a DATA or CHUNK frame, at most */

enum wire_type {
	WIRE_HELLO = 1,
	WIRE_FACTS,
	WIRE_DMESG,
	WIRE_PUT,
	WIRE_CHUNK_DATA,
	WIRE_COMMIT,
	WIRE_PREPARE,
	WIRE_RUN,
	WIRE_STOP,
	WIRE_KEXEC,
	WIRE_RESTORE,
	WIRE_DATA,
	WIRE_DONE,
	WIRE_CHECK,
};

enum wire_stream {
	WIRE_STREAM_OUTPUT = 1,
	WIRE_STREAM_ERRORS = 2,
	WIRE_STREAM_PROBE = 3,
};
#define WIRE_STREAMS 4 /* one more than the largest */

/*
 * Writing. wire_begin() adds a header to out and returns where the frame
 * starts; after the fields wire_end() fills in length and checksum. Several
 * frames may follow each other in one str.
 */
size_t wire_begin(struct str *out, enum wire_type type, uint16_t tag);
void wire_add_u64(struct str *out, uint64_t value);
void wire_add_i64(struct str *out, int64_t value);
void wire_add_bytes(struct str *out, const void *bytes, size_t count);
void wire_add_text(struct str *out, const char *text); /* NULL is "" */

/* Returns 0, or -EMSGSIZE (the frame is taken back) when the payload is over the limit. */
int wire_end(struct str *out, size_t begin);

/* One received frame; payload belongs to the parser and is valid until its next call. */
struct wire_frame {
	unsigned type; /* an enum wire_type, or one that a newer peer knows */
	uint16_t tag;
	const unsigned char *payload;
	size_t length;
};

/*
 * Finds frames in a byte stream. Zero-initialised it is ready;
 * wire_parser_clear() frees. skipped_bytes counts what was no frame.
 */
struct wire_parser {
	struct str bytes;
	size_t used;
	uint64_t skipped_bytes;
};

void wire_feed(struct wire_parser *parser, const void *bytes, size_t count);
bool wire_next(struct wire_parser *parser, struct wire_frame *ret); /* false: feed more */
void wire_parser_clear(struct wire_parser *parser);

/*
 * Gives up the frame that is not complete yet: for a reader that has waited
 * long enough to know that its sender was cut off.
 */
void wire_give_up(struct wire_parser *parser);

/*
 * Reading the fields of a payload, in order. A fault sticks: the values are 0
 * and "" from then on, and wire_reader_end() tells. So a reader takes all its
 * fields and asks once.
 */
struct wire_reader {
	const unsigned char *at;
	size_t left;
	bool bad;
};

void wire_reader_init(struct wire_reader *reader, const struct wire_frame *frame);
uint64_t wire_get_u64(struct wire_reader *reader);
int64_t wire_get_i64(struct wire_reader *reader);
const void *wire_get_bytes(struct wire_reader *reader, size_t *ret_count); /* borrowed */
char *wire_get_text(
	struct wire_reader *reader); /* caller frees; a NUL byte inside is a fault */

/* 0 when every field was there and nothing is left over, else -EBADMSG. */
int wire_reader_end(const struct wire_reader *reader);

/* CRC-32 of IEEE 802.3 (reflected, 0xedb88320); start with 0, feed the result back to go on. */
uint32_t wire_crc32(uint32_t crc, const void *bytes, size_t count);

/* "run": for sentences; "unknown verb" for any other number. */
const char *wire_type_name(unsigned type);

#endif
