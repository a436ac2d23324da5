/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_CMDLINE_H
#define RULES_CMDLINE_H

/*
 * The canonical command line of a host's test kernels, out of the one that golden
 * was started with: by rules, so that nothing piles up from boot to boot and
 * both sides of a comparison get the same. Kept is what the machine needs (root,
 * console, workarounds); left out is
 *	what a boot loader says of files (BOOT_IMAGE, initrd);
 *	what is the plan's (huge pages) and ours (kvmperf.*, what makes a broken
 *	kernel reset the machine), which are put there anew;
 *	crashkernel, because a dump kernel would stand between a panic and golden;
 *	init's own words, from a lone -- on, for ours would be taken as more of them.
 * Quoted blanks part no words. What comes out gives itself when it goes in
 * again. The caller frees.
 */
char *cmdline_derive(const char *golden);

#endif
