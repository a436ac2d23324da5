/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_EVENTS_H
#define CMD_EVENTS_H

/* Lists events. */
int cmd_events(int argc, char **argv);

#endif
