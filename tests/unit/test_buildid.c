/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/buildid.h"

#include <elf.h>
#include <errno.h>

#include "support.h"

#include "base/mem.h"

#define HEAD(name, content, type) \
	(char)(name), 0, 0, 0, (char)(content), 0, 0, 0, (char)(type), 0, 0, 0
#define GNU 'G', 'N', 'U', 0
#define ID4 (char)0xde, (char)0xad, 0x00, 0x0f

static const char only[] = {HEAD(4, 4, 3), GNU, ID4};
static const char second[] = {
	HEAD(6, 1, 257), 'L', 'i', 'n', 'u', 'x', 0, 0, 0, 7, 0, 0, 0, HEAD(4, 4, 3), GNU, ID4};
static const char unpadded_end[] = {HEAD(4, 3, 3), GNU, (char)0xde, (char)0xad, 0x00};
static const char other_owner[] = {HEAD(4, 4, 3), 'G', 'N', 'X', 0, ID4};
static const char other_type[] = {HEAD(4, 4, 1), GNU, ID4};
static const char cut_content[] = {HEAD(4, 20, 3), GNU, ID4};
static const char cut_head[] = {4, 0, 0, 0, 4, 0};
static const char no_content[] = {HEAD(4, 0, 3), GNU};
static const char huge_name[] = {
	(char)0xff, (char)0xff, (char)0xff, (char)0xff, 4, 0, 0, 0, 3, 0, 0, 0, GNU, ID4};
static const char huge_content[] = {
	4, 0, 0, 0, (char)0xfd, (char)0xff, (char)0xff, (char)0xff, 3, 0, 0, 0, GNU, ID4};

struct row {
	const char *name;
	const char *notes;
	size_t size;
	const char *hex; /* NULL: there is none */
};

static const struct row rows[] = {
	{"a single note is read", only, sizeof(only), "dead000f"},
	{"a note behind another, padded one is read", second, sizeof(second), "dead000f"},
	{"the last content needs no padding", unpadded_end, sizeof(unpadded_end), "dead00"},
	{"a note of another owner is not a build-id", other_owner, sizeof(other_owner), NULL},
	{"a note of another type is not a build-id", other_type, sizeof(other_type), NULL},
	{"a content that is cut is none", cut_content, sizeof(cut_content), NULL},
	{"a head that is cut is none", cut_head, sizeof(cut_head), NULL},
	{"an empty build-id is none", no_content, sizeof(no_content), NULL},
	{"a name of 4 GiB does not wrap", huge_name, sizeof(huge_name), NULL},
	{"a content of 4 GiB does not wrap", huge_content, sizeof(huge_content), NULL},
	{"nothing holds nothing", only, 0, NULL},
};

static void test_notes(void **state)
{
	const struct row *row = *state;
	auto_free char *copy = mem_copy(row->notes, row->size); /* so that ASan sees its end */
	char hex[BUILDID_HEX_BYTES] = "untouched";
	struct err err = ERR_INIT;
	int r = buildid_from_notes(copy, row->size, hex, &err);

	assert_int_equal(r, row->hex ? 0 : -ENOENT);
	assert_string_equal(hex, row->hex ? row->hex : "untouched");
}

/* An ELF file of one program header and a note behind it. */
struct tiny_elf {
	Elf64_Ehdr head;
	Elf64_Phdr program;
	char note[sizeof(only)];
};

static struct tiny_elf tiny(void)
{
	struct tiny_elf elf = {0};

	memcpy(elf.head.e_ident, ELFMAG, SELFMAG);
	elf.head.e_ident[EI_CLASS] = ELFCLASS64;
	elf.head.e_ident[EI_DATA] = ELFDATA2LSB;
	elf.head.e_phoff = offsetof(struct tiny_elf, program);
	elf.head.e_phnum = 1;
	elf.head.e_phentsize = sizeof(Elf64_Phdr);
	elf.program.p_type = PT_NOTE;
	elf.program.p_offset = offsetof(struct tiny_elf, note);
	elf.program.p_filesz = sizeof(only);
	memcpy(elf.note, only, sizeof(only));
	return elf;
}

static void test_elf(void **state)
{
	struct tiny_elf elf = tiny();
	char hex[BUILDID_HEX_BYTES];

	(void)state;
	assert_int_equal(buildid_from_elf(&elf, sizeof(elf), hex, NULL), 0);
	assert_string_equal(hex, "dead000f");
	elf.program.p_type = PT_LOAD;
	assert_int_equal(buildid_from_elf(&elf, sizeof(elf), hex, NULL), -ENOENT);
}

static void test_elf_cut(void **state)
{
	struct tiny_elf elf = tiny();
	char hex[BUILDID_HEX_BYTES];

	(void)state;
	for (size_t size = 0; size < offsetof(struct tiny_elf, note) + sizeof(only); size++) {
		auto_free char *cut = mem_copy(&elf, size);

		assert_int_equal(buildid_from_elf(cut, size, hex, NULL), -EINVAL);
	}
}

static void test_elf_offsets(void **state)
{
	struct tiny_elf elf = tiny();
	char hex[BUILDID_HEX_BYTES];

	(void)state;
	elf.head.e_phoff = UINT64_MAX - 8;
	assert_int_equal(buildid_from_elf(&elf, sizeof(elf), hex, NULL), -EINVAL);
	elf = tiny();
	elf.head.e_phnum = 0xffff;
	assert_int_equal(buildid_from_elf(&elf, sizeof(elf), hex, NULL), -EINVAL);
	elf = tiny();
	elf.program.p_filesz = UINT64_MAX;
	assert_int_equal(buildid_from_elf(&elf, sizeof(elf), hex, NULL), -EINVAL);
	elf = tiny();
	elf.head.e_ident[EI_DATA] = ELFDATA2MSB;
	assert_int_equal(buildid_from_elf(&elf, sizeof(elf), hex, NULL), -EINVAL);
}

int main(void)
{
	struct CMUnitTest tests[32] = {
		{"the build-id of an ELF file is read", test_elf, NULL, NULL, NULL},
		{"an ELF file cut anywhere is refused", test_elf_cut, NULL, NULL, NULL},
		{"ELF offsets do not wrap", test_elf_offsets, NULL, NULL, NULL},
	};
	size_t count = 3;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[count++] = (struct CMUnitTest){
			rows[i].name, test_notes, NULL, NULL, (void *)(uintptr_t)&rows[i]};
	return _cmocka_run_group_tests("buildid", tests, count, NULL, NULL);
}
