/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_MAILBOX_H
#define TEXT_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Mail addresses as people and commits write them: "Name <local@domain>" or
 * "local@domain", comma separated. Stricter than RFC 5322: an address is
 * ASCII without blanks, quotes or brackets, at most 254 bytes, the domain of
 * letters, digits, '-' and dots ("localhost" too). A name may hold anything but
 * controls; quotes around it are taken off.
 */
struct mailbox {
	char *name; /* "" for none */
	char *address;
};

struct mailboxes {
	struct mailbox *items;
	size_t count;
};

/*
 * Reads a list, adding to *ret, which stays owned by the caller. Returns NULL, or
 * a static phrase on what is wrong; nothing is added then. "" is an empty list.
 */
const char *mailboxes_read(struct mailboxes *ret, const char *text);

bool mailbox_address_is_good(const char *address);

/* Adds one unless its address is there already (compared without case). */
void mailboxes_add(struct mailboxes *list, const char *name, const char *address);

void mailboxes_clear(struct mailboxes *list);
#define auto_mailboxes __attribute__((cleanup(mailboxes_clear)))

#endif
