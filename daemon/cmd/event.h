/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_EVENT_H
#define CMD_EVENT_H

/* Shows one event: rows, evidence, story, mails. */
int cmd_event(int argc, char **argv);

#endif
