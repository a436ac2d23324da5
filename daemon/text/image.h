/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_IMAGE_H
#define TEXT_IMAGE_H

#include <stddef.h>

/*
 * What keeps an image from being the flat arm64 kernel of that release and
 * build-id (hexadecimal), as half a sentence; NULL: nothing.
 * Documentation/arch/arm64/booting.rst has the header.
 */
const char *image_flaw(
	const void *image, size_t size_bytes, const char *release, const char *build_id);

/*
 * A kernel image contains the names it was built under: its release, which
 * carries the commit, and the build-id, which is derived from all of it. Two
 * commits with equal code differ in nothing else. This overwrites every
 * occurrence of `what` with zeros, in place, and returns how many there were.
 */
size_t image_blank(void *image, size_t size_bytes, const void *what, size_t what_bytes);

/*
 * Blanks both: the end of the release that names commit and configuration, and
 * the build-id, given in hexadecimal, which is in the image as bytes.
 */
void image_blank_names(
	void *image, size_t size_bytes, const char *localversion, const char *build_id);

#endif
