/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/buildid.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Room that a name or description takes: padded to four bytes. */
static size_t padded(size_t size_bytes)
{
	return (size_bytes + 3) & ~(size_t)3;
}

static void write_hex(const uint8_t *bytes, size_t count, char *ret)
{
	for (size_t i = 0; i < count; i++)
		snprintf(ret + 2 * i, 3, "%02x", bytes[i]);
}

int buildid_from_notes(
	const void *notes, size_t size_bytes, char ret_hex[BUILDID_HEX_BYTES], struct err *err)
{
	const uint8_t *bytes = notes;
	size_t at = 0;

	while (size_bytes - at >= sizeof(Elf64_Nhdr)) {
		Elf64_Nhdr note;
		size_t name_bytes, content_bytes, left;

		memcpy(&note, bytes + at, sizeof(note));
		at += sizeof(note);
		left = size_bytes - at;
		name_bytes = le32toh(note.n_namesz);
		content_bytes = le32toh(note.n_descsz);
		if (name_bytes > left || padded(name_bytes) > left ||
			content_bytes > left - padded(name_bytes))
			break;
		if (le32toh(note.n_type) == NT_GNU_BUILD_ID && name_bytes == 4 &&
			!memcmp(bytes + at, "GNU", 4) && content_bytes > 0 &&
			content_bytes <= BUILDID_MAX_BYTES) {
			write_hex(bytes + at + padded(name_bytes), content_bytes, ret_hex);
			return 0;
		}
		at += padded(name_bytes);
		if (padded(content_bytes) > size_bytes - at)
			break;
		at += padded(content_bytes);
	}
	return err_set(err, -ENOENT, "no GNU build-id among the notes");
}

int buildid_from_elf(
	const void *elf, size_t size_bytes, char ret_hex[BUILDID_HEX_BYTES], struct err *err)
{
	const uint8_t *bytes = elf;
	Elf64_Ehdr head;
	uint64_t table;
	size_t count;

	if (size_bytes < sizeof(head))
		return err_set(err, -EINVAL, "too short for an ELF file");
	memcpy(&head, bytes, sizeof(head));
	if (memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 ||
		head.e_ident[EI_CLASS] != ELFCLASS64 || head.e_ident[EI_DATA] != ELFDATA2LSB)
		return err_set(err, -EINVAL, "not a 64-bit little-endian ELF file");
	table = le64toh(head.e_phoff);
	count = le16toh(head.e_phnum);
	if (le16toh(head.e_phentsize) != sizeof(Elf64_Phdr) || table > size_bytes ||
		count > (size_bytes - table) / sizeof(Elf64_Phdr))
		return err_set(err, -EINVAL, "the ELF program headers are cut");
	for (size_t i = 0; i < count; i++) {
		Elf64_Phdr program;
		uint64_t from, length;

		memcpy(&program, bytes + table + i * sizeof(program), sizeof(program));
		from = le64toh(program.p_offset);
		length = le64toh(program.p_filesz);
		if (le32toh(program.p_type) != PT_NOTE)
			continue;
		if (from > size_bytes || length > size_bytes - from)
			return err_set(err, -EINVAL, "the ELF notes are cut");
		if (buildid_from_notes(bytes + from, length, ret_hex, NULL) == 0)
			return 0;
	}
	return err_set(err, -ENOENT, "the ELF file has no GNU build-id");
}
