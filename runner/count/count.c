/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * kvmperf-count.so: a plugin of QEMU's code generator that counts how many
 * instructions a virtual CPU executes between the two marks of a pair
 * (probe/marks.h). Everything that CPU does in between counts: the system
 * call, and an interrupt or another task that gets in the way. The marks
 * themselves do not.
 *
 *	-plugin kvmperf-count.so,out=FILE
 *
 * appends one line a pair to FILE, when the end mark is executed and before
 * the guest goes on:
 *
 *	count kind=clear instructions=1523456 waited=0 begin=1 end=1
 *
 * waited are the instructions of blocks of code that hold a WFE or YIELD, and
 * not among instructions. Such blocks are the bodies of loops that wait for
 * another CPU, usually for its spin lock. How often they go round says how long
 * the emulator's own machine let that CPU's thread rest, by millions of
 * instructions, and nothing about the kernel.
 *
 * begin and end are the virtual CPUs that executed the marks. When they
 * differ, the task was moved in between and both counts are 0: none is right
 * then. An end without a begin writes nothing, and a second begin replaces the
 * first, which belonged to a task that was killed.
 *
 * How it counts: blocks of translated code add their length to the counter of
 * the CPU that enters them. A mark is found when its block is translated, and
 * its place in the block corrects the counter to the very instruction. A block
 * left early by a fault was counted as a whole: at most a few instructions a
 * fault.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "count/qemu_plugin_api.h"
#include "probe/marks.h"

#define MAX_VCPUS  64
#define CACHE_LINE 64

#define OPCODE_WFE   0xd503205fu
#define OPCODE_YIELD 0xd503203fu

__attribute__((visibility("default"))) int qemu_plugin_version = QEMU_PLUGIN_API_VERSION;

/* Written by its own CPU's thread only, so no lock and no atomic add. */
static struct counter {
	uint64_t executed; /* without waited */
	uint64_t waited;
} __attribute__((aligned(CACHE_LINE))) counters[MAX_VCPUS];

static struct pair {
	bool is_open;
	unsigned int vcpu;
	struct counter begin;
} pairs[MARK_KIND_COUNT];

static pthread_mutex_t pairs_lock = PTHREAD_MUTEX_INITIALIZER;
static int out_fd = -1;

/* What a mark's callback needs, packed into the pointer that QEMU hands back. */
struct place {
	enum mark_kind kind;
	unsigned int position; /* in the block */
	unsigned int length;   /* of the block */
};

static void *place_pack(struct place place)
{
	return (void *)((uintptr_t)place.kind << 32 | (uintptr_t)place.position << 16 |
			(uintptr_t)place.length);
}

static struct place place_unpack(void *data)
{
	uintptr_t bits = (uintptr_t)data;

	return (struct place){
		.kind = (enum mark_kind)(bits >> 32),
		.position = bits >> 16 & 0xffff,
		.length = bits & 0xffff,
	};
}

/* The counters as they were before the instruction at this place was executed. */
static struct counter counters_before(unsigned int vcpu, struct place place)
{
	struct counter counter = counters[vcpu];

	counter.executed -= place.length - place.position;
	return counter;
}

static void block_executed(unsigned int vcpu, void *length)
{
	if (vcpu < MAX_VCPUS)
		counters[vcpu].executed += (uintptr_t)length;
}

static void block_waited(unsigned int vcpu, void *length)
{
	if (vcpu < MAX_VCPUS)
		counters[vcpu].waited += (uintptr_t)length;
}

static void begin_executed(unsigned int vcpu, void *data)
{
	struct place place = place_unpack(data);
	struct pair pair = {.is_open = true, .vcpu = vcpu};

	if (vcpu >= MAX_VCPUS)
		return;
	pair.begin = counters_before(vcpu, place);
	pair.begin.executed++;
	pthread_mutex_lock(&pairs_lock);
	pairs[place.kind] = pair;
	pthread_mutex_unlock(&pairs_lock);
}

static void write_pair(enum mark_kind kind, uint64_t executed, uint64_t waited,
	unsigned int begin_vcpu, unsigned int end_vcpu)
{
	char line[160];
	int length = snprintf(line, sizeof(line),
		"count kind=%s instructions=%llu waited=%llu begin=%u end=%u\n",
		mark_name(kind), (unsigned long long)executed, (unsigned long long)waited,
		begin_vcpu, end_vcpu);

	/* A line that is lost is noticed by who compares it with the probe's report. */
	if (write(out_fd, line, (size_t)length) != length)
		fprintf(stderr, "kvmperf-count: cannot write: %s\n", strerror(errno));
}

static void end_executed(unsigned int vcpu, void *data)
{
	struct place place = place_unpack(data);
	struct counter end;
	struct pair pair;

	if (vcpu >= MAX_VCPUS)
		return;
	end = counters_before(vcpu, place);
	pthread_mutex_lock(&pairs_lock);
	pair = pairs[place.kind];
	pairs[place.kind].is_open = false;
	pthread_mutex_unlock(&pairs_lock);
	if (!pair.is_open)
		return;
	if (pair.vcpu != vcpu)
		end = pair.begin;
	write_pair(place.kind, end.executed - pair.begin.executed,
		end.waited - pair.begin.waited, pair.vcpu, vcpu);
}

static uint32_t opcode_of(const struct qemu_plugin_insn *insn)
{
	uint32_t opcode = 0;

	/* A guest of the guest may run 32-bit code, where instructions can be shorter. */
	if (qemu_plugin_insn_size(insn) == sizeof(opcode))
		memcpy(&opcode, qemu_plugin_insn_data(insn), sizeof(opcode));
	return opcode;
}

/* Registers the callback of a mark. Returns false when the instruction is none. */
static bool watch_mark(struct qemu_plugin_insn *insn, size_t position, size_t length)
{
	uint32_t opcode = opcode_of(insn);
	uint32_t number = (opcode & ~MARK_HINT_MASK) >> MARK_HINT_SHIFT;
	qemu_plugin_vcpu_udata_cb_t callback = begin_executed;
	uint32_t first = MARK_BEGIN;
	struct place place = {
		.position = (unsigned int)position,
		.length = (unsigned int)length,
	};

	if ((opcode & MARK_HINT_MASK) != MARK_HINT_OPCODE)
		return false;
	if (number >= MARK_END) {
		callback = end_executed;
		first = MARK_END;
	}
	if (number < first || number >= first + MARK_KIND_COUNT)
		return false;
	place.kind = (enum mark_kind)(number - first);
	qemu_plugin_register_vcpu_insn_exec_cb(
		insn, callback, QEMU_PLUGIN_CB_NO_REGS, place_pack(place));
	return true;
}

static void block_translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t length = qemu_plugin_tb_n_insns(tb);
	bool waits = false, marked = false;

	(void)id;
	for (size_t i = 0; i < length; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint32_t opcode = opcode_of(insn);

		waits |= opcode == OPCODE_WFE || opcode == OPCODE_YIELD;
		marked |= watch_mark(insn, i, length);
	}
	/* A mark's place is a correction of what was executed, so its block counts there. */
	qemu_plugin_register_vcpu_tb_exec_cb(tb,
		waits && !marked ? block_waited : block_executed, QEMU_PLUGIN_CB_NO_REGS,
		(void *)(uintptr_t)length);
}

static int open_output(int argc, char **argv)
{
	const char *path = NULL;

	for (int i = 0; i < argc; i++) {
		if (strncmp(argv[i], "out=", 4) != 0) {
			fprintf(stderr,
				"kvmperf-count: unknown argument %s, expected out=FILE\n",
				argv[i]);
			return -1;
		}
		path = argv[i] + 4;
	}
	if (!path || !*path) {
		fprintf(stderr, "kvmperf-count: out=FILE is missing\n");
		return -1;
	}
	out_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (out_fd < 0)
		fprintf(stderr, "kvmperf-count: cannot open %s: %s\n", path, strerror(errno));
	return out_fd;
}

__attribute__((visibility("default"))) int qemu_plugin_install(
	qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
	if (strcmp(info->target_name, "aarch64") != 0 || !info->system_emulation) {
		fprintf(stderr,
			"kvmperf-count: counts for qemu-system-aarch64 only, not for %s\n",
			info->target_name);
		return -1;
	}
	if (info->system.max_vcpus > MAX_VCPUS) {
		fprintf(stderr, "kvmperf-count: %d virtual CPUs, at most %d are counted\n",
			info->system.max_vcpus, MAX_VCPUS);
		return -1;
	}
	if (open_output(argc, argv) < 0)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, block_translated);
	return 0;
}
