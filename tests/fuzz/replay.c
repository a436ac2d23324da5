/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a fuzz target over its kept corpus, without a fuzzer: each input is one
 * test. Usage: fuzz_NAME [FILE...]; without files the corpus folder of the
 * target's name is taken.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 1 << 24 };

static int replay(const char *path)
{
	uint8_t *data = malloc(INPUT_MAX);
	FILE *file = fopen(path, "rb");
	size_t size = file && data ? fread(data, 1, INPUT_MAX, file) : 0;
	uint8_t *exact = malloc(size ? size : 1);

	if (!file || !exact)
		return -1;
	fclose(file);
	/* A block of just this size, so that a sanitizer sees a read behind its end. */
	memcpy(exact, data, size);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
	free(data);
	return 0;
}

static int replay_folder(const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, NULL, alphasort), tests = 0, failed = 0;

	for (int i = 0; i < count; i++) {
		char path[4096 + 256 + 2];

		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.') {
			int r = replay(path);

			failed |= r;
			printf("%s %d - %s\n", r < 0 ? "not ok" : "ok", ++tests,
				entries[i]->d_name);
		}
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	if (!tests)
		printf("not ok 1 - %s holds no input\n", folder);
	return tests && !failed ? 0 : 1;
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
	char folder[4096];

	if (argc > 1) {
		for (int i = 1; i < argc; i++)
			if (replay(argv[i]) < 0)
				return 1;
		return 0;
	}
	snprintf(folder, sizeof(folder), "tests/fuzz/corpus/%s",
		strncmp(name, "fuzz_", 5) == 0 ? name + 5 : name);
	return replay_folder(folder);
}
