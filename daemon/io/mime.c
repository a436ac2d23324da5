/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/mime.h"

#include <string.h>

#include <gmime/gmime.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "string/str.h"

enum { LINE_MAX_BYTES = 990, SUBJECT_MAX_BYTES = 400 };

/* One line of valid UTF-8 without controls. */
static char *header_text(const char *text)
{
	char *clean = mem_new(3 * strlen(text) + 1, 1);

	utf8_repair(text, clean);
	for (char *p = clean; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7F)
			*p = ' ';
	return clean;
}

/* GMime would look for the smallest charset that does: kernel people read UTF-8. */
static void add_mailbox(GMimeMessage *message, GMimeAddressType type, const char *name,
	const struct mailbox *mailbox)
{
	InternetAddressList *list = g_mime_message_get_addresses(message, type);
	InternetAddress *address;

	g_mime_message_add_mailbox(message, type, name[0] ? name : NULL, mailbox->address);
	address =
		internet_address_list_get_address(list, internet_address_list_length(list) - 1);
	internet_address_set_charset(address, "utf-8");
}

static void add_all(GMimeMessage *message, GMimeAddressType type, const struct mailboxes *list)
{
	for (size_t i = 0; list && i < list->count; i++) {
		auto_free char *name = header_text(list->items[i].name);

		add_mailbox(message, type, name, &list->items[i]);
	}
}

static void add_ids(GMimeMessage *message, const char *header, const char *ids)
{
	auto_str struct str value = STR_INIT;

	while (*ids) {
		size_t length = strcspn(ids, " ");

		if (length)
			str_addf(&value, "%s<%.*s>", value.length ? " " : "", (int)length, ids);
		ids += length + (ids[length] == ' ');
	}
	if (value.length)
		g_mime_object_append_header(
			GMIME_OBJECT(message), header, str_text(&value), NULL);
}

static bool has_long_line(const char *text)
{
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		if (strcspn(text, "\n") > LINE_MAX_BYTES)
			return true;
	return false;
}

static void set_body(GMimeMessage *message, const char *body)
{
	auto_free char *clean = mem_new(3 * strlen(body) + 1, 1);
	GMimeTextPart *part = g_mime_text_part_new_with_subtype("plain");
	GMimeDataWrapper *content;
	GMimeStream *stream;

	utf8_repair(body, clean);
	for (char *p = clean; *p; p++)
		if ((unsigned char)*p < ' ' && *p != '\n' && *p != '\t')
			*p = ' ';
	/* not set_text(), which chooses a charset of its own */
	stream = g_mime_stream_mem_new_with_buffer(clean, strlen(clean));
	content = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
	g_mime_part_set_content(GMIME_PART(part), content);
	g_object_unref(content);
	g_object_unref(stream);
	g_mime_text_part_set_charset(part, "utf-8");
	g_mime_part_set_content_encoding(
		GMIME_PART(part), has_long_line(clean) ? GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE
						       : GMIME_CONTENT_ENCODING_8BIT);
	g_mime_message_set_mime_part(message, GMIME_OBJECT(part));
	g_object_unref(part);
}

char *mime_write(const struct mime_mail *mail)
{
	auto_free char *subject = header_text(mail->subject);
	auto_free char *from = header_text(mail->from->name);
	GMimeMessage *message;
	GDateTime *date = g_date_time_new_from_unix_utc(mail->unix_ms / 1000);
	char *text, *ret;

	g_mime_init();
	message = g_mime_message_new(FALSE);
	if (strlen(subject) > SUBJECT_MAX_BYTES) {
		size_t cut = SUBJECT_MAX_BYTES;

		while (cut && ((unsigned char)subject[cut] & 0xC0) == 0x80)
			cut--;
		subject[cut] = 0;
	}
	add_mailbox(message, GMIME_ADDRESS_TYPE_FROM, from, mail->from);
	add_all(message, GMIME_ADDRESS_TYPE_TO, mail->to);
	add_all(message, GMIME_ADDRESS_TYPE_CC, mail->cc);
	g_mime_message_set_subject(message, subject, "utf-8");
	g_mime_message_set_date(message, date);
	g_mime_message_set_message_id(message, mail->message_id);
	add_ids(message, "In-Reply-To", mail->in_reply_to);
	add_ids(message, "References", mail->references);
	g_mime_object_append_header(
		GMIME_OBJECT(message), "Auto-Submitted", "auto-generated", NULL);
	set_body(message, mail->body);
	text = g_mime_object_to_string(GMIME_OBJECT(message), NULL);
	ret = mem_strdup(text);
	g_free(text);
	g_date_time_unref(date);
	g_object_unref(message);
	return ret;
}
