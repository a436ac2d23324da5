/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/cmdline.h"

#include "support.h"

#include "base/mem.h"

#define RESET "panic=10 oops=panic softlockup_panic=1 hung_task_panic=1"

struct row {
	const char *name, *golden, *derived; /* without RESET at the end */
};

static const struct row rows[] = {
	{"root and console stay, in their order",
		"root=UUID=1234 ro console=tty0 console=ttyAMA0,115200",
		"root=UUID=1234 ro console=tty0 console=ttyAMA0,115200 "},
	{"a boot loader's files go",
		"BOOT_IMAGE=/boot/vmlinuz-6.1.0-18-arm64 root=/dev/sda2 "
		"initrd=\\boot\\initrd.img",
		"root=/dev/sda2 "},
	{"golden's own huge pages go: they are the plan's",
		"root=/dev/sda2 default_hugepagesz=1G hugepagesz=1G hugepages=16 ro",
		"root=/dev/sda2 ro "},
	{"a dump kernel goes", "root=/dev/sda2 crashkernel=512M-2G:128M,2G-:256M",
		"root=/dev/sda2 "},
	{"golden's way with a panic gives way to ours", "panic=-1 root=/dev/sda2 oops=panic",
		"root=/dev/sda2 "},
	{"dashes and underscores are one", "softlockup-panic=0 hung-task-panic=0 ro", "ro "},
	{"our own words go", "kvmperf.boot=0123456789abcdef ro", "ro "},
	{"names that only begin alike stay",
		"panic_on_warn=1 initrdmem=0x1 hugepages_treat_as_movable kvm-arm.mode=nvhe",
		"panic_on_warn=1 initrdmem=0x1 hugepages_treat_as_movable kvm-arm.mode=nvhe "},
	{"what keeps a watchdog running stays", "watchdog.stop_on_reboot=0 efi=noruntime",
		"watchdog.stop_on_reboot=0 efi=noruntime "},
	{"quoted blanks part no words", "dyndbg=\"file drivers/x panic=1 +p\" ro",
		"dyndbg=\"file drivers/x panic=1 +p\" ro "},
	{"init's words go with what parts them", "ro quiet -- single panic=1", "ro quiet "},
	{"blanks at the ends and a newline are nothing", "  ro \t quiet\n", "ro quiet "},
	{"an open quote ends with the line", "ro x=\"a b", "ro x=\"a b "},
	{"of nothing comes what resets", "", ""},
};

static void test_row(void **state)
{
	const struct row *row = *state;
	auto_free char *wanted = mem_printf("%s" RESET, row->derived);
	auto_free char *got = cmdline_derive(row->golden);

	assert_string_equal(got, wanted);
}

static void test_no_pile(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_free char *once = cmdline_derive(rows[i].golden);
		auto_free char *booted = mem_printf(
			"%s default_hugepagesz=1G hugepages=16 kvmperf.boot=1", once);
		auto_free char *twice = cmdline_derive(booted);

		if (strchr(rows[i].golden, '"') && strstr(rows[i].golden, "x="))
			continue; /* the open quote swallows what follows, here as in the kernel
				   */
		assert_string_equal(twice, once);
	}
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows) + 1] = {
		{"nothing piles up from boot to boot", test_no_pile, NULL, NULL, NULL}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i + 1] = (struct CMUnitTest){
			rows[i].name, test_row, NULL, NULL, (void *)(uintptr_t)&rows[i]};
	return cmocka_run_group_tests_name("cmdline", tests, NULL, NULL);
}
