/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_GITSAY_H
#define TEXT_GITSAY_H

/*
 * What git, ssh, libgit2 and servers say when a repository cannot be had, as a
 * negative errno:
 *	-EACCES		we are not let in
 *	-EKEYREJECTED	the server is not who it should be: certificate, host key
 *	-ENOENT		there is no such repository
 *	-ENETUNREACH	the server cannot be reached, or went away
 *	-ETIMEDOUT	it is silent
 *	-ENOSPC		our disk is full
 *	-EPROTO		it speaks something else
 * 0 when the words are not known. NULL is said by nobody.
 */
int git_said(const char *words);

/* What to do about a code of git_said(), to end a sentence with: ": check the address"; or "".
 */
const char *git_advice(int code);

#endif
