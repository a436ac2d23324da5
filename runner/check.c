/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "control.h"
#include "files.h"
#include "kexec.h"

/*
 * The head of an arm64 Image (Documentation/arch/arm64/booting.rst), which fits every
 * page size, and where two megabytes of memory are wanted for it. Little-endian, as
 * we are.
 */
struct image_head {
	uint32_t code[2];
	uint64_t text_offset, image_size, flags, reserved[3];
	char magic[4];
	uint32_t pe;
};

static const struct image_head head = {
	.code = {0x14000000}, /* b . */
	.image_size = 2 << 20,
	.magic = {'A', 'R', 'M', 'd'},
};

_Static_assert(sizeof(head) == 64, "the head of an Image has 64 bytes");

static int write_image(const char *path, struct err *err)
{
	auto_close int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, &head, sizeof(head)) != (ssize_t)sizeof(head))
		return err_sys(err, errno ? -errno : -EIO, "cannot write %s", path);
	return 0;
}

/* A kernel that somebody has loaded is not taken from him. */
static int try_kexec(const char *path, struct err *err)
{
	uint64_t loaded = 0;
	int r;

	files_number("/sys/kernel/kexec_loaded", &loaded);
	if (loaded)
		return err_set(err, -EBUSY, "a kernel is loaded already");
	r = write_image(path, err);
	if (r == 0)
		r = kexec_load(path, "", "", err);
	return r < 0 ? r : kexec_unload(err);
}

void check_add_all(const char *folder, struct str *ret)
{
	auto_free char *path = mem_printf("%s/check-image", folder);
	struct err err = ERR_INIT;
	int64_t score_us;

	if (try_kexec(path, &err) < 0)
		str_addf(ret, "kexec: %s\n", err.text);
	else
		str_add(ret, "kexec: loads\n");
	unlink(path);
	if (control_score(&score_us) == 0)
		str_addf(ret, "score-us: %lld\n", (long long)score_us);
}
