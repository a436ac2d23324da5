/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The preparation of a machine that is a folder. It is linked with --wrap=files_write:
 * a process can be killed right before or right after any write to a control file.
 */
#include "prepare.h"

#include "scratch.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "interrupts.h"

int __real_files_write(const char *path, const char *value, struct err *err);
int __wrap_files_write(const char *path, const char *value, struct err *err);

static int writes, kill_before, kill_after; /* at this write, counted from 1; 0: never */
static const char *refused;		    /* a file that takes nothing, or NULL */

int __wrap_files_write(const char *path, const char *value, struct err *err)
{
	int r;

	if (++writes == kill_before)
		raise(SIGKILL);
	if (refused && strcmp(path, refused) == 0)
		return err_set(err, -EIO, "%s is the kernel's own", path);
	r = __real_files_write(path, value, err);
	if (writes == kill_after)
		raise(SIGKILL);
	return r;
}

#define THP  "/sys/kernel/mm/transparent_hugepage/"
#define HUGE "/sys/kernel/mm/hugepages/hugepages-2048kB/"
#define CPU  "/sys/devices/system/cpu/cpufreq/"
#define IRQ  "/proc/irq/"

/* What the machine is like, and what it is to be like. */
static const struct {
	const char *path, *before, *prepared;
} files[] = {
	{THP "enabled", "always", "madvise"},
	{THP "defrag", "madvise", "madvise"},
	{THP "khugepaged/defrag", "1", "0"},
	{"/sys/kernel/mm/ksm/run", "0", "0"},
	{"/proc/sys/kernel/numa_balancing", "1", "0"},
	{"/proc/sys/kernel/randomize_va_space", "2", "0"},
	{"/proc/sys/vm/compaction_proactiveness", "20", "0"},
	{CPU "policy0/scaling_governor", "schedutil", "performance"},
	{CPU "policy4/scaling_governor", "powersave", "performance"},
	{CPU "boost", "1", "0"},
	{IRQ "default_smp_affinity", "ff", "8"},
	{IRQ "9/smp_affinity_list", "0-7", "3"},
	{IRQ "10/smp_affinity_list", "3", "3"},
	{IRQ "40/smp_affinity_list", "5", "3"},
	{"/sys/devices/system/cpu/online", "0-7", "0-7"},
	{HUGE "nr_hugepages", "4", "32"},
	{HUGE "free_hugepages", "32", "32"},
	{"/proc/meminfo", "Hugepagesize:       2048 kB", "Hugepagesize:       2048 kB"},
	{"/proc/sys/kernel/random/boot_id", "11111111-2222", "11111111-2222"},
};

struct machine {
	char *folder, *changes; /* changes: where they are noted */
};

static void put(const struct machine *m, const char *path, const char *text)
{
	auto_free char *there = mem_printf("%s%s", m->folder, path);
	auto_free char *line = mem_printf("%s\n", text);
	auto_free char *folder = mem_strndup(there, (size_t)(strrchr(there, '/') - there));

	assert_int_equal(fs_make_folder(folder, NULL), 0);
	assert_int_equal(fs_write_atomic(there, line, strlen(line), NULL), 0);
}

static void machine_open(struct machine *m)
{
	m->folder = scratch_make();
	m->changes = mem_printf("%s/run.prepared", m->folder);
	files_set_root(m->folder);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		put(m, files[i].path, files[i].before);
	writes = kill_before = kill_after = 0;
	refused = NULL;
}

static void machine_close(struct machine *m)
{
	files_set_root("");
	free(m->changes);
	scratch_remove(m->folder);
}

/* Returns the first file that is not as it was, or as it is to be; NULL: none. */
static const char *wrong(bool prepared)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		auto_free char *line = files_line(files[i].path);

		if (!line || strcmp(line, prepared ? files[i].prepared : files[i].before))
			return files[i].path;
	}
	return NULL;
}

static int prepare(
	const struct machine *m, struct undo *undo, struct str *report, struct err *err)
{
	const struct prepare_order order = {2 << 20, 32, true, "1,0,2,77"};

	undo_init(undo, m->changes);
	return prepare_machine(&order, undo, report, err);
}

static void a_machine_is_prepared_and_put_back(void **state)
{
	auto_str struct str report = STR_INIT, back = STR_INIT;
	struct err err = ERR_INIT;
	struct machine m;
	struct undo undo;

	(void)state;
	machine_open(&m);
	if (prepare(&m, &undo, &report, &err) < 0)
		fail_msg("%s", err.text);
	assert_null(wrong(true));
	assert_non_null(strstr(str_text(&report), THP "enabled: always -> madvise\n"));
	assert_null(strstr(str_text(&report), "ksm")); /* it was right already */
	assert_non_null(strstr(str_text(&report), HUGE "free_hugepages: 32 free\n"));
	assert_int_equal(undo_all(&undo, &back), 0);
	assert_null(wrong(false));
	assert_non_null(strstr(
		str_text(&back), CPU "policy4/scaling_governor: performance -> powersave\n"));
	assert_int_equal(undo_all(&undo, &back), 0); /* once more does nothing */
	assert_int_equal(undo_left(m.changes, &back), 0);
	undo_clear(&undo);
	machine_close(&m);
}

/* Prepares in a process that kills itself; returns whether it did. */
static bool prepare_killed(const struct machine *m, int before, int after)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		auto_str struct str report = STR_INIT;
		struct undo undo;

		kill_before = before;
		kill_after = after;
		prepare(m, &undo, &report, NULL);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

/* Whenever it is killed, in the middle of two changes or of one, all is put back. */
static void what_a_killed_runner_changed_is_put_back(void **state)
{
	int at = 1;
	bool killed = true;

	(void)state;
	for (; killed; at++)
		for (int when = 0; when < 2; when++) {
			auto_str struct str back = STR_INIT;
			struct machine m;

			machine_open(&m);
			killed = prepare_killed(&m, when ? 0 : at, when ? at : 0);
			assert_int_equal(undo_left(m.changes, &back), 0);
			if (wrong(false))
				fail_msg("killed %s write %d: %s is not as it was",
					when ? "after" : "before", at, wrong(false));
			machine_close(&m);
		}
	assert_int_equal(at - 2, 12); /* every change of the table above was met */
}

/* ... also by a runner that is killed while it puts back what one has left. */
static void so_is_what_was_put_back_half(void **state)
{
	(void)state;
	for (int at = 1; at <= 12; at++) {
		auto_str struct str back = STR_INIT;
		struct machine m;
		int status;
		pid_t pid;

		machine_open(&m);
		prepare_killed(&m, 0, 12);
		pid = fork();
		if (pid == 0) {
			writes = 0;
			kill_after = at;
			undo_left(m.changes, &back);
			_exit(0);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(undo_left(m.changes, &back), 0);
		assert_null(wrong(false));
		machine_close(&m);
	}
}

static void a_runner_at_work_is_left_alone(void **state)
{
	auto_str struct str report = STR_INIT, back = STR_INIT;
	struct err err = ERR_INIT;
	struct undo undo, other;
	struct machine m;
	int both[2];
	char byte;
	pid_t pid;

	(void)state;
	machine_open(&m);
	assert_int_equal(pipe(both), 0);
	pid = fork();
	if (pid == 0) {
		if (prepare(&m, &undo, &report, NULL) == 0 && write(both[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(both[0], &byte, 1), 1);
	assert_int_equal(undo_left(m.changes, &back), 0);
	assert_null(wrong(true));
	put(&m, CPU "boost", "1"); /* something is to be done */
	assert_int_equal(prepare(&m, &other, &report, &err), -EBUSY);
	assert_non_null(strstr(err.text, "another runner has prepared this machine"));
	undo_clear(&other);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_int_equal(undo_left(m.changes, &back), 0);
	assert_null(wrong(false));
	close(both[0]);
	close(both[1]);
	machine_close(&m);
}

static const struct {
	const char *name, *text;
} lists[] = {
	{"of a boot that is over", "kvmperf-prepared 1 another\nset\t" CPU "boost\t7\n"},
	{"of another version", "kvmperf-prepared 2 11111111-2222\nset\t" CPU "boost\t7\n"},
	{"with a line that is cut", "kvmperf-prepared 1 11111111-2222\nset\t" CPU "boost\t7"},
	{"with lines that make no sense",
		"kvmperf-prepared 1 11111111-2222\nset\nset\tboost\t7\nset\t\t\t\nget\t" CPU
		"boost\t7\n\n\t\nset\t" CPU "boost\t7\textra\n"},
	{"that is empty", ""},
	{"of noise", "\x01\xff\n\n\xfe"},
};

static void lists_of_changes_that_are_not_ours_change_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		auto_str struct str back = STR_INIT;
		struct machine m;

		machine_open(&m);
		assert_int_equal(
			fs_write_atomic(m.changes, lists[i].text, strlen(lists[i].text), NULL),
			0);
		if (undo_left(m.changes, &back) || wrong(false))
			fail_msg("a list %s", lists[i].name);
		machine_close(&m);
	}
}

static void what_a_file_does_not_take_is_an_error_that_names_it(void **state)
{
	auto_str struct str report = STR_INIT, back = STR_INIT;
	auto_free char *boost = NULL;
	struct err err = ERR_INIT;
	struct machine m;
	struct undo undo;

	(void)state;
	machine_open(&m);
	boost = mem_printf("%s" CPU "boost", m.folder);
	unlink(boost);
	assert_int_equal(symlink("/dev/null", boost), 0);
	assert_int_equal(prepare(&m, &undo, &report, &err), -EIO);
	assert_non_null(strstr(err.text, CPU "boost was set to 0 and reads nothing"));
	assert_non_null(strstr(err.text, "wanted because: ... that a warm machine can hold"));
	undo_all(&undo, &back); /* what went before is put back all the same */
	unlink(boost);
	put(&m, CPU "boost", "1");
	assert_null(wrong(false));
	undo_clear(&undo);
	machine_close(&m);
}

static void a_machine_without_any_of_it_is_fine(void **state)
{
	const struct prepare_order nothing = {0, 0, false, ""}, thp = {0, 0, true, ""},
				   huge = {2 << 20, 1, false, ""};
	auto_str struct str report = STR_INIT;
	struct err err = ERR_INIT;
	struct machine m = {.folder = scratch_make()};
	struct undo undo;

	(void)state;
	m.changes = mem_printf("%s/run.prepared", m.folder);
	files_set_root(m.folder);
	undo_init(&undo, m.changes);
	assert_int_equal(prepare_machine(&nothing, &undo, &report, &err), 0);
	assert_int_equal(report.length, 0);
	assert_int_equal(prepare_machine(&thp, &undo, &report, &err), -ENOENT);
	assert_int_equal(prepare_machine(&huge, &undo, &report, &err), -ENOENT);
	undo_clear(&undo);
	machine_close(&m);
}

static void interrupts_go_where_the_test_is_not(void **state)
{
	static const struct {
		const char *sentence, *online, *pin, *cpu, *mask;
	} rows[] = {
		{"the first one that is free", "0-7", "2,3", "0", "1"},
		{"... behind those of the test", "0-7", "1,0", "2", "4"},
		{"the first of all when none is free", "0-1", "1,0", "0", "1"},
		{"without pins", "0-3", "", "0", "1"},
		{"CPUs are not always numbered from 0", "4,6-7", "4", "6", "40"},
		{"many CPUs", "0-159", "0-33", "34", "4,00000000"},
		{"nonsense is no pin", "0-3", "x,-1", "0", "1"},
		{"nor is a CPU that cannot be", "0-3", "99999999999999999999,0", "1", "2"},
		{"nobody says what is online", "", "0", "0", "1"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_str struct str report = STR_INIT, back = STR_INIT;
		auto_free char *list = NULL, *mask = NULL;
		struct machine m;
		struct undo undo;

		machine_open(&m);
		put(&m, "/sys/devices/system/cpu/online", rows[i].online);
		undo_init(&undo, m.changes);
		assert_int_equal(interrupts_move(rows[i].pin, &undo, &report, NULL), 0);
		list = files_line(IRQ "40/smp_affinity_list");
		mask = files_line(IRQ "default_smp_affinity");
		if (strcmp(list, rows[i].cpu) || strcmp(mask, rows[i].mask))
			fail_msg("%s: %s, mask %s", rows[i].sentence, list, mask);
		undo_all(&undo, &back);
		undo_clear(&undo);
		machine_close(&m);
	}
}

static void an_interrupt_that_is_the_kernels_own_stays(void **state)
{
	auto_str struct str report = STR_INIT, back = STR_INIT;
	struct machine m;
	struct undo undo;

	(void)state;
	machine_open(&m);
	refused = IRQ "40/smp_affinity_list";
	if (prepare(&m, &undo, &report, NULL) < 0)
		fail_msg("%s", str_text(&report));
	assert_string_equal(wrong(true), refused);
	assert_non_null(strstr(str_text(&report),
		IRQ "*/smp_affinity_list: 2 -> 3, 1 stay where the kernel has them\n"));
	assert_int_equal(undo_all(&undo, &back), 0);
	assert_null(wrong(false));
	undo_clear(&undo);
	machine_close(&m);
}

/* "T" when it is stopped. */
static char state_of(pid_t pid)
{
	auto_free char *path = mem_printf("/proc/%d/stat", (int)pid), *text = NULL;

	assert_int_equal(fs_read(path, 4096, &text, NULL, NULL), 0);
	return strrchr(text, ')')[2];
}

static void await_state(pid_t pid, char state)
{
	for (int i = 0; i < 500 && state_of(pid) != state; i++)
		usleep(10 * 1000);
	assert_int_equal(state_of(pid), state);
}

static void who_balances_interrupts_is_stopped_meanwhile(void **state)
{
	auto_str struct str report = STR_INIT, back = STR_INIT;
	auto_free char *comm = NULL;
	struct machine m;
	struct undo undo;
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		for (;;)
			pause();
	machine_open(&m);
	comm = mem_printf("/proc/%d/comm", (int)pid);
	put(&m, comm, "irqbalance");
	put(&m, "/proc/self/comm", "irqbalance");
	assert_int_equal(prepare(&m, &undo, &report, NULL), 0);
	await_state(pid, 'T');
	undo_clear(&undo); /* the runner is killed */
	assert_int_equal(undo_left(m.changes, &back), 0);
	await_state(pid, 'S');
	assert_non_null(strstr(str_text(&back), "goes on"));

	assert_int_equal(prepare(&m, &undo, &report, NULL), 0);
	await_state(pid, 'T');
	put(&m, comm, "another one");
	assert_int_equal(undo_all(&undo, &back), 0);
	assert_int_equal(state_of(pid), 'T');
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	undo_clear(&undo);
	machine_close(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_machine_is_prepared_and_put_back),
		cmocka_unit_test(what_a_killed_runner_changed_is_put_back),
		cmocka_unit_test(so_is_what_was_put_back_half),
		cmocka_unit_test(a_runner_at_work_is_left_alone),
		cmocka_unit_test(lists_of_changes_that_are_not_ours_change_nothing),
		cmocka_unit_test(what_a_file_does_not_take_is_an_error_that_names_it),
		cmocka_unit_test(a_machine_without_any_of_it_is_fine),
		cmocka_unit_test(interrupts_go_where_the_test_is_not),
		cmocka_unit_test(an_interrupt_that_is_the_kernels_own_stays),
		cmocka_unit_test(who_balances_interrupts_is_stopped_meanwhile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
