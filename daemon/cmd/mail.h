/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_MAIL_H
#define CMD_MAIL_H

/* The outbox: shows, tries and sends mails. */
int cmd_mail(int argc, char **argv);

#endif
