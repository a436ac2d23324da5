/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DRIVER_SSH_H
#define DRIVER_SSH_H

#include "model/rig.h"

/*
 * The driver of lab machines that are reached over OpenSSH, as a program: the
 * user's ssh configuration and keys hold, host keys are strict, nothing is ever
 * asked. One master connection is shared (a control socket in a private folder);
 * the stream is a "kvmperf-runner serve" beyond it. The runner carries its
 * SHA-256 in its name there, and is put there by sftp when it cannot be
 * executed. Each kernel is connected to anew.
 *
 * The remote words are made of names that config/settings.c has checked to mean
 * nothing to any shell.
 */
extern const struct driver driver_ssh;

#endif
