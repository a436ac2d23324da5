/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/self.h"

#include <link.h>
#include <stdint.h>

#include "text/buildid.h"

/* The program itself is the first object that is told; its notes are in memory. */
static int read_notes(struct dl_phdr_info *object, size_t size, void *data)
{
	char *build_id = data;

	(void)size;
	for (int i = 0; i < object->dlpi_phnum && !*build_id; i++) {
		const ElfW(Phdr) *header = &object->dlpi_phdr[i];
		uintptr_t at = (uintptr_t)(object->dlpi_addr + header->p_vaddr);

		if (header->p_type == PT_NOTE)
			(void)buildid_from_notes(
				(const void *)at, header->p_memsz, build_id, NULL);
	}
	return 1;
}

fingerprint self_print(void)
{
	char build_id[BUILDID_HEX_BYTES] = "";

	dl_iterate_phdr(read_notes, build_id);
	return fingerprint_text(FINGERPRINT_INIT, *build_id ? build_id : KVMPERF_VERSION);
}
