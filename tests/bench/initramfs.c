/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packs an initramfs for the machine that the bench drives by hand:
 *
 *	initramfs OUT NAME=FILE...
 *
 * NAME may be in lib/, which is made as dev/ and dev/console are.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "io/cpio.h"

int main(int argc, char **argv)
{
	auto_free struct cpio_entry *entries =
		MEM_NEW(struct cpio_entry, 3 + (size_t)(argc > 2 ? argc : 2));
	struct err err = ERR_INIT;
	size_t count = 0;

	if (argc < 3) {
		fputs("usage: initramfs OUT NAME=FILE...\n", stderr);
		return 2;
	}
	entries[count++] = (struct cpio_entry){CPIO_FOLDER, "dev", 0755, NULL, 0, 0};
	entries[count++] = (struct cpio_entry){CPIO_FOLDER, "lib", 0755, NULL, 0, 0};
	entries[count++] = (struct cpio_entry){CPIO_CHARACTER, "dev/console", 0600, NULL, 5, 1};
	for (int i = 2; i < argc; i++) {
		char *equals = strchr(argv[i], '=');

		if (!equals) {
			fprintf(stderr, "initramfs: \"%s\" is not NAME=FILE\n", argv[i]);
			return 2;
		}
		*equals = '\0';
		entries[count++] =
			(struct cpio_entry){CPIO_FILE, argv[i], 0755, equals + 1, 0, 0};
	}
	if (cpio_write(argv[1], entries, count, &err) < 0) {
		fprintf(stderr, "initramfs: %s\n", err.text);
		return 1;
	}
	return 0;
}
