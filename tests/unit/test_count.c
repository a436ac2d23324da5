/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"
#include "text/probe.h"

/* The plugin with a code generator of our own around it: blocks of code, executed by us. */
#include "../../runner/count/count.c"

#define NOP	     0xd503201fu
#define BEGIN(kind)  (NOP | (MARK_BEGIN + (kind)) << MARK_HINT_SHIFT)
#define END(kind)    (NOP | (MARK_END + (kind)) << MARK_HINT_SHIFT)
#define BLOCK_MAX    8
#define OUTPUT_BYTES 4096

struct qemu_plugin_insn {
	uint32_t opcode;
	size_t size;
	qemu_plugin_vcpu_udata_cb_t callback;
	void *data;
};

struct qemu_plugin_tb {
	struct qemu_plugin_insn insns[BLOCK_MAX];
	size_t length;
	qemu_plugin_vcpu_udata_cb_t callback;
	void *data;
};

static qemu_plugin_vcpu_tb_trans_cb_t translated;

void qemu_plugin_register_vcpu_tb_trans_cb(
	qemu_plugin_id_t id, qemu_plugin_vcpu_tb_trans_cb_t callback)
{
	(void)id;
	translated = callback;
}

void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb,
	qemu_plugin_vcpu_udata_cb_t callback, enum qemu_plugin_cb_flags flags, void *userdata)
{
	(void)flags;
	tb->callback = callback;
	tb->data = userdata;
}

void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
	qemu_plugin_vcpu_udata_cb_t callback, enum qemu_plugin_cb_flags flags, void *userdata)
{
	(void)flags;
	insn->callback = callback;
	insn->data = userdata;
}

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb)
{
	return tb->length;
}

struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index)
{
	return (struct qemu_plugin_insn *)(uintptr_t)&tb->insns[index];
}

const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn)
{
	return &insn->opcode;
}

size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn)
{
	return insn->size;
}

/* A block of at most BLOCK_MAX instructions, executed on a CPU; 0 ends the list early. */
struct step {
	unsigned int vcpu;
	uint32_t opcodes[BLOCK_MAX];
};

static void execute(const struct step *step)
{
	struct qemu_plugin_tb tb = {.length = 0};

	while (tb.length < BLOCK_MAX && step->opcodes[tb.length]) {
		tb.insns[tb.length] = (struct qemu_plugin_insn){
			.opcode = step->opcodes[tb.length], .size = sizeof(uint32_t)};
		tb.length++;
	}
	translated(0, &tb);
	tb.callback(step->vcpu, tb.data);
	for (size_t i = 0; i < tb.length; i++) {
		if (tb.insns[i].callback)
			tb.insns[i].callback(step->vcpu, tb.insns[i].data);
	}
}

static const struct count_case {
	const char *sentence;
	struct step steps[8];
	const char *want;
} cases[] = {
	{"two marks side by side hold nothing",
		{{0, {NOP, BEGIN(MARK_OVERHEAD), END(MARK_OVERHEAD), NOP}}},
		"count kind=overhead instructions=0 waited=0 begin=0 end=0\n"},
	{"what stands before and behind the marks in their blocks is not counted",
		{{0, {NOP, NOP, BEGIN(MARK_CLEAR), NOP}}, {0, {NOP, NOP, NOP}},
			{0, {NOP, END(MARK_CLEAR), NOP, NOP, NOP}}},
		"count kind=clear instructions=5 waited=0 begin=0 end=0\n"},
	{"marks at the borders of their blocks are exact too",
		{{1, {NOP, BEGIN(MARK_GET)}}, {1, {NOP}}, {1, {END(MARK_GET), NOP}}},
		"count kind=get instructions=1 waited=0 begin=1 end=1\n"},
	{"what another CPU does is not counted",
		{{0, {BEGIN(MARK_GET)}}, {1, {NOP, NOP, NOP, NOP}}, {0, {NOP, END(MARK_GET)}}},
		"count kind=get instructions=1 waited=0 begin=0 end=0\n"},
	{"a task that was moved has no count",
		{{0, {BEGIN(MARK_ENABLE), NOP}}, {1, {NOP, END(MARK_ENABLE)}}},
		"count kind=enable instructions=0 waited=0 begin=0 end=1\n"},
	{"a loop that waits is counted apart",
		{{0, {BEGIN(MARK_ENABLE), NOP}}, {0, {NOP, OPCODE_WFE, NOP}},
			{0, {OPCODE_YIELD}}, {0, {NOP, END(MARK_ENABLE)}}},
		"count kind=enable instructions=2 waited=4 begin=0 end=0\n"},
	{"a wait in the block of a mark does not upset the mark",
		{{0, {OPCODE_WFE, BEGIN(MARK_GET), NOP}},
			{0, {NOP, END(MARK_GET), OPCODE_WFE}}},
		"count kind=get instructions=2 waited=0 begin=0 end=0\n"},
	{"pairs of two kinds nest",
		{{0, {BEGIN(MARK_WRAPPER), NOP, BEGIN(MARK_OVERHEAD), END(MARK_OVERHEAD), NOP,
			     END(MARK_WRAPPER)}}},
		"count kind=overhead instructions=0 waited=0 begin=0 end=0\n"
		"count kind=wrapper instructions=4 waited=0 begin=0 end=0\n"},
	{"an end without a begin is nothing", {{0, {NOP, END(MARK_CLEAR)}}}, ""},
	{"an end comes once", {{0, {BEGIN(MARK_GET), END(MARK_GET), END(MARK_GET)}}},
		"count kind=get instructions=0 waited=0 begin=0 end=0\n"},
	{"a second begin replaces the first",
		{{0, {BEGIN(MARK_GET), NOP}}, {1, {BEGIN(MARK_GET), NOP, END(MARK_GET)}}},
		"count kind=get instructions=1 waited=0 begin=1 end=1\n"},
	{"hints that are no marks are instructions like others",
		{{0, {BEGIN(MARK_GET), BEGIN(MARK_KIND_COUNT), END(MARK_KIND_COUNT),
			     END(MARK_KIND_COUNT + 1), NOP, END(MARK_GET)}}},
		"count kind=get instructions=4 waited=0 begin=0 end=0\n"},
	{"a CPU beyond the last counter is left alone",
		{{MAX_VCPUS, {BEGIN(MARK_GET), NOP, END(MARK_GET)}}}, ""},
};

static int install(char *argument, const char *target, bool system, int vcpus)
{
	qemu_info_t info = {.target_name = target, .system_emulation = system};

	info.system.max_vcpus = vcpus;
	return qemu_plugin_install(0, &info, argument ? 1 : 0, &argument);
}

static size_t read_output(const char *path, char *ret)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, ret, OUTPUT_BYTES - 1);

	close(fd);
	assert_true(n >= 0);
	ret[n] = '\0';
	return (size_t)n;
}

static void counts_are_exact(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char path[] = "/tmp/test-count-XXXXXX", argument[64], got[OUTPUT_BYTES];
		int fd = mkstemp(path);

		assert_true(fd >= 0);
		close(fd);
		snprintf(argument, sizeof(argument), "out=%s", path);
		assert_int_equal(install(argument, "aarch64", true, 2), 0);
		for (size_t j = 0; j < ARRAY_SIZE(cases[i].steps); j++) {
			if (cases[i].steps[j].opcodes[0])
				execute(&cases[i].steps[j]);
		}
		read_output(path, got);
		unlink(path);
		close(out_fd);
		memset(pairs, 0, sizeof(pairs));
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: %s", cases[i].sentence, got);
	}
}

static void the_parser_reads_what_the_plugin_writes(void **state)
{
	static const char report[] =
		"kvmperf-probe 1\ncall kind=clear ns=1 errno=0\nend calls=1\n";
	static const struct step step = {
		1, {BEGIN(MARK_WRAPPER), BEGIN(MARK_OVERHEAD), END(MARK_OVERHEAD),
			   END(MARK_WRAPPER), BEGIN(MARK_CLEAR), NOP, END(MARK_CLEAR)}};
	char path[] = "/tmp/test-count-XXXXXX", argument[64], counts[OUTPUT_BYTES];
	struct probe_report got;
	struct err err = ERR_INIT;
	size_t bytes;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	snprintf(argument, sizeof(argument), "out=%s", path);
	assert_int_equal(install(argument, "aarch64", true, 2), 0);
	execute(&step);
	bytes = read_output(path, counts);
	unlink(path);
	close(out_fd);
	if (probe_parse(report, strlen(report), counts, bytes, &got, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(got.calls[0].instructions, 1);
	assert_int_equal(got.wrapper_instructions, 2);
	probe_report_clear(&got);
}

static void a_wrong_start_is_refused(void **state)
{
	char good[] = "out=/dev/null", unknown[] = "file=/dev/null",
	     empty[] = "out=", missing[] = "out=/nonexistent/file";

	(void)state;
	assert_int_equal(install(NULL, "aarch64", true, 2), -1);
	assert_int_equal(install(unknown, "aarch64", true, 2), -1);
	assert_int_equal(install(empty, "aarch64", true, 2), -1);
	assert_int_equal(install(missing, "aarch64", true, 2), -1);
	assert_int_equal(install(good, "x86_64", true, 2), -1);
	assert_int_equal(install(good, "aarch64", false, 2), -1);
	assert_int_equal(install(good, "aarch64", true, MAX_VCPUS + 1), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_are_exact),
		cmocka_unit_test(the_parser_reads_what_the_plugin_writes),
		cmocka_unit_test(a_wrong_start_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
