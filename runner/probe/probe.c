/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * libkvmperf-probe.so: preloaded into an unmodified KVM selftest, it stands
 * between the test and ioctl(2). It
 *
 * - switches eager page splitting on: KVM accepts the chunk size only before
 *   the first memslot, and the selftest library adds one inside the function
 *   that creates the VM, so the one place left is directly behind
 *   KVM_CREATE_VM. KVMPERF_CHUNK=BYTES asks for it; 0 changes nothing but
 *   reads the size back; unset leaves everything alone.
 * - times the four dirty-log calls and puts marks around them (marks.h).
 *
 * Every other call goes straight to the kernel. See report.h for what is told.
 */
#include <errno.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>

#include "probe/marks.h"
#include "probe/report.h"

/* Newer than the headers of some cross compilers. */
#ifndef KVM_SET_USER_MEMORY_REGION2
struct kvm_userspace_memory_region2 {
	__u32 slot;
	__u32 flags;
	__u64 guest_phys_addr;
	__u64 memory_size;
	__u64 userspace_addr;
	__u64 guest_memfd_offset;
	__u32 guest_memfd;
	__u32 pad1;
	__u64 pad2[14];
};
#define KVM_SET_USER_MEMORY_REGION2 _IOW(KVMIO, 0x49, struct kvm_userspace_memory_region2)
#endif
#ifndef KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE
#define KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE 228
#endif

#define VM_FDS	       256
#define VM_SLOTS       32768 /* all that KVM allows: slot numbers are below 32767 */
#define REHEARSALS     3
#define KERNEL_ERRORS  4095
#define NS_PER_SECOND  1000000000
#define NOTHING_MARKED MARK_KIND_COUNT

enum { SLOT_EXISTS = 1, SLOT_LOGGED = 2 };

/* By descriptor of the VM, then slot. Pages never touched cost nothing. */
static uint8_t slots[VM_FDS][VM_SLOTS];
static int64_t chunk_bytes = -1; /* -1: left alone */
static pthread_once_t started = PTHREAD_ONCE_INIT;

static long plain_ioctl(long fd, unsigned long request, void *argument)
{
	register long x0 __asm__("x0") = fd;
	register unsigned long x1 __asm__("x1") = request;
	register void *x2 __asm__("x2") = argument;
	register long x8 __asm__("x8") = SYS_ioctl;

	__asm__ volatile("svc #0" : "+r"(x0) : "r"(x1), "r"(x2), "r"(x8) : "memory");
	return x0;
}

#define MARKED(kind, between)                                                           \
	__asm__ volatile(                                                               \
		"hint %[begin]\n\t" between "hint %[end]"                               \
		: "+r"(x0)                                                              \
		: "r"(x1), "r"(x2),                                                     \
		"r"(x8), [begin] "i"(MARK_BEGIN + (kind)), [end] "i"(MARK_END + (kind)) \
		: "memory")

/* The marks must touch the system call, so their numbers are constants of the code. */
static long marked_ioctl(enum mark_kind kind, long fd, unsigned long request, void *argument)
{
	register long x0 __asm__("x0") = fd;
	register unsigned long x1 __asm__("x1") = request;
	register void *x2 __asm__("x2") = argument;
	register long x8 __asm__("x8") = SYS_ioctl;

	switch (kind) {
	case MARK_ENABLE:
		MARKED(MARK_ENABLE, "svc #0\n\t");
		break;
	case MARK_DISABLE:
		MARKED(MARK_DISABLE, "svc #0\n\t");
		break;
	case MARK_GET:
		MARKED(MARK_GET, "svc #0\n\t");
		break;
	case MARK_CLEAR:
		MARKED(MARK_CLEAR, "svc #0\n\t");
		break;
	case MARK_OVERHEAD:
		MARKED(MARK_OVERHEAD, "");
		x0 = 0;
		break;
	case MARK_WRAPPER:
	case MARK_CONTROL:
	case MARK_KIND_COUNT:
		break;
	}
	return x0;
}

/* Of a region that exists in a VM we know: its state byte. */
static uint8_t *slot_of(int fd, const struct kvm_userspace_memory_region *region)
{
	if (fd < 0 || fd >= VM_FDS || region->slot >= VM_SLOTS)
		return NULL;
	return &slots[fd][region->slot];
}

/*
 * The kind of a call, or NOTHING_MARKED. Only a change of an existing slot's
 * flag is marked. Never specialised, so that a rehearsal pays what a call pays.
 */
static __attribute__((noipa)) enum mark_kind kind_of(
	int fd, unsigned long request, void *argument)
{
	const struct kvm_userspace_memory_region *region = argument;
	const uint8_t *slot;
	bool logged;

	if (request == KVM_GET_DIRTY_LOG)
		return MARK_GET;
	if (request == KVM_CLEAR_DIRTY_LOG)
		return MARK_CLEAR;
	if (request != KVM_SET_USER_MEMORY_REGION && request != KVM_SET_USER_MEMORY_REGION2)
		return NOTHING_MARKED;
	slot = argument ? slot_of(fd, region) : NULL;
	if (!slot || !(*slot & SLOT_EXISTS) || !region->memory_size)
		return NOTHING_MARKED;
	logged = region->flags & KVM_MEM_LOG_DIRTY_PAGES;
	if (logged == !!(*slot & SLOT_LOGGED))
		return NOTHING_MARKED;
	return logged ? MARK_ENABLE : MARK_DISABLE;
}

/* After a memory region call that the kernel accepted. */
static void slot_changed(int fd, const struct kvm_userspace_memory_region *region)
{
	uint8_t *slot = slot_of(fd, region);

	if (!slot)
		return;
	*slot = region->memory_size ? SLOT_EXISTS : 0;
	if (region->memory_size && (region->flags & KVM_MEM_LOG_DIRTY_PAGES))
		*slot |= SLOT_LOGGED;
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

static long measured_ioctl(enum mark_kind kind, int fd, unsigned long request, void *argument)
{
	int64_t begin_ns = now_ns(), end_ns;
	long ret;

	ret = marked_ioctl(kind, fd, request, argument);
	end_ns = now_ns();
	report_call(kind, end_ns - begin_ns, ret < 0 ? (int)-ret : 0);
	return ret;
}

/*
 * Goes the way of a wrapped call without the system call, so that its price is
 * known: the inner pair holds nothing, the outer one all that the probe adds.
 */
static void rehearse(void)
{
	struct kvm_userspace_memory_region region = {.memory_size = 1};

	for (int i = 0; i < REHEARSALS; i++) {
		__asm__ volatile("hint %0" : : "i"(MARK_BEGIN + MARK_WRAPPER) : "memory");
		if (kind_of(0, KVM_SET_USER_MEMORY_REGION2, &region) == NOTHING_MARKED)
			measured_ioctl(MARK_OVERHEAD, -1, 0, NULL);
		__asm__ volatile("hint %0" : : "i"(MARK_END + MARK_WRAPPER) : "memory");
	}
}

static void on_terminate(int number)
{
	report_flush(0);
	/* SA_RESETHAND brought the default action back. */
	raise(number);
}

static void read_chunk(void)
{
	const char *text = getenv("KVMPERF_CHUNK");
	char *end;

	if (!text)
		return;
	errno = 0;
	chunk_bytes = strtoll(text, &end, 10);
	if (end == text || *end || errno || chunk_bytes < 0) {
		report_bad_chunk(text);
		chunk_bytes = -1;
	}
	/* Programs that the test starts measure nothing. */
	unsetenv("KVMPERF_CHUNK");
}

static void start(void)
{
	struct sigaction old,
		action = {.sa_handler = on_terminate, .sa_flags = (int)SA_RESETHAND};

	report_start();
	read_chunk();
	if (!sigaction(SIGTERM, NULL, &old) && old.sa_handler == SIG_DFL)
		sigaction(SIGTERM, &action, NULL);
	rehearse();
}

static __attribute__((destructor)) void finish(void)
{
	report_flush(1);
}

static void set_chunk(int fd)
{
	struct kvm_enable_cap cap = {
		.cap = KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE,
		.args[0] = (uint64_t)chunk_bytes,
	};
	long ret = 0, effective;

	if (chunk_bytes > 0)
		ret = plain_ioctl(fd, KVM_ENABLE_CAP, &cap);
	effective = plain_ioctl(
		fd, KVM_CHECK_EXTENSION, (void *)(uintptr_t)KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE);
	report_chunk(chunk_bytes, ret < 0 ? -1 : (int)ret, ret < 0 ? (int)-ret : 0, effective);
}

static void vm_created(int fd)
{
	int saved = errno;

	pthread_once(&started, start);
	if (fd < VM_FDS)
		memset(slots[fd], 0, sizeof(slots[fd]));
	else
		report_untracked_vm();
	if (chunk_bytes >= 0)
		set_chunk(fd);
	/* The test takes an assertion that fails with EACCES in errno for a reason to skip. */
	errno = saved;
}

/* Takes the place of libc's; the same contract. */
int ioctl(int fd, unsigned long request, ...)
{
	enum mark_kind kind;
	void *argument;
	va_list args;
	long ret;

	va_start(args, request);
	argument = va_arg(args, void *);
	va_end(args);

	kind = kind_of(fd, request, argument);
	if (kind == NOTHING_MARKED)
		ret = plain_ioctl(fd, request, argument);
	else
		ret = measured_ioctl(kind, fd, request, argument);
	if (ret < 0 && ret >= -KERNEL_ERRORS) {
		errno = (int)-ret;
		return -1;
	}
	if (request == KVM_SET_USER_MEMORY_REGION || request == KVM_SET_USER_MEMORY_REGION2)
		slot_changed(fd, argument);
	else if (request == KVM_CREATE_VM)
		vm_created((int)ret);
	return (int)ret;
}
