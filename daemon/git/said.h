/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GIT_SAID_H
#define GIT_SAID_H

/*
 * Why a program of git's, or ssh, failed: the line of its log that tells the weather
 * (text/gitsay.h), else its last one, else "". The caller frees.
 */
char *git_log_said(const char *path);

#endif
