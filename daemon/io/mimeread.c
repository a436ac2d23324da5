/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/mimeread.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <gmime/gmime.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "string/str.h"
#include "text/mbox.h"

#define LIST_MAX_BYTES ((size_t)64 << 20)
#define MAIL_MAX_BYTES ((size_t)16 << 20)

enum { MAILS_MAX = 5000, PARTS_MAX = 100, DEPTH_MAX = 8, LINE_MAX_BYTES = 2000 };

static void release(void *pointer_to_object)
{
	void **object = pointer_to_object;

	if (*object)
		g_object_unref(*object);
}

#define auto_object __attribute__((cleanup(release)))

static void begin(void)
{
	static bool begun;

	if (!begun)
		g_mime_init();
	begun = true;
}

/* ---- single values ---- */

/* Valid UTF-8 on one line, no control characters, not too long. */
static char *clean(const char *text)
{
	auto_free char *repaired = MEM_NEW(char, 3 * strlen(text) + 1);
	auto_str struct str line = STR_INIT;

	utf8_repair(text, repaired);
	for (const char *at = repaired; *at; at++) {
		bool blank = (unsigned char)*at <= ' ' || *at == 0x7f;

		/* Only between characters: 0x80 and above go on with one. */
		if (line.length >= LINE_MAX_BYTES && ((unsigned char)*at & 0xc0) != 0x80)
			break;
		if (!blank)
			str_add_char(&line, *at);
		else if (line.length && line.text[line.length - 1] != ' ')
			str_add_char(&line, ' ');
	}
	return mem_strdup(line.text ? text_trim(line.text) : "");
}

char *mime_words(const char *text)
{
	char *decoded, *ret;

	begin();
	decoded = g_mime_utils_header_decode_text(NULL, text);
	ret = clean(decoded ? decoded : "");
	g_free(decoded);
	return ret;
}

int mime_address(const char *text, char **ret_name, char **ret_mail)
{
	auto_object InternetAddressList *list = NULL;

	begin();
	list = internet_address_list_parse(NULL, text);
	for (int i = 0; list && i < internet_address_list_length(list); i++) {
		InternetAddress *address = internet_address_list_get_address(list, i);
		const char *name = internet_address_get_name(address), *mail;
		auto_free char *clean_mail = NULL;

		if (!INTERNET_ADDRESS_IS_MAILBOX(address))
			continue;
		mail = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address));
		clean_mail = clean(mail ? mail : "");
		if (!strchr(clean_mail, '@') || strpbrk(clean_mail, "<> \""))
			continue;
		*ret_name = clean(name ? name : "");
		*ret_mail = take_ptr(clean_mail);
		return 0;
	}
	return -EINVAL;
}

static int read_date(GDateTime *date, int64_t *ret_s, int *ret_offset_min)
{
	if (!date)
		return -EINVAL;
	*ret_s = g_date_time_to_unix(date);
	*ret_offset_min = (int)(g_date_time_get_utc_offset(date) / (60 * 1000 * 1000));
	return 0;
}

int mime_date(const char *text, int64_t *ret_s, int *ret_offset_min)
{
	GDateTime *date;
	int r;

	begin();
	date = g_mime_utils_header_decode_date(text);
	r = read_date(date, ret_s, ret_offset_min);
	if (date)
		g_date_time_unref(date);
	return r;
}

char *mime_utf8(const char *text, const char *charset)
{
	char *converted, *ret;

	begin();
	if (!charset || g_utf8_validate(text, -1, NULL))
		return mem_strdup(text);
	converted = g_convert(text, -1, "UTF-8", charset, NULL, NULL, NULL);
	ret = mem_strdup(converted ? converted : text);
	g_free(converted);
	return ret;
}

/* ---- the body ---- */

struct body {
	struct str text;
	const char *charset; /* of its first part */
	int parts;
};

static bool is_readable(GMimeObject *part)
{
	GMimeContentType *type = g_mime_object_get_content_type(part);

	return !type || g_mime_content_type_is_type(type, "text", "plain") ||
	       g_mime_content_type_is_type(type, "text", "x-patch") ||
	       g_mime_content_type_is_type(type, "text", "x-diff");
}

static void add_part(struct body *body, GMimePart *part)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	auto_object GMimeStream *out = NULL;
	GByteArray *bytes;

	if (!content)
		return;
	out = g_mime_stream_mem_new();
	if (g_mime_data_wrapper_write_to_stream(content, out) < 0)
		return;
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(out));
	if (body->text.length && body->text.text[body->text.length - 1] != '\n')
		str_add_char(&body->text, '\n');
	str_add_bytes(&body->text, bytes->data ? (const void *)bytes->data : "", bytes->len);
	if (!body->charset)
		body->charset =
			g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset");
}

/* The text parts in their order; of a signed mail what is signed, of alternatives the plain
 * one. */
static void read_parts(struct body *body, GMimeObject *object, int depth)
{
	bool first_only;
	int count;

	if (depth > DEPTH_MAX || ++body->parts > PARTS_MAX)
		return;
	if (GMIME_IS_PART(object)) {
		if (is_readable(object))
			add_part(body, GMIME_PART(object));
		return;
	}
	if (!GMIME_IS_MULTIPART(object))
		return;
	first_only = GMIME_IS_MULTIPART_SIGNED(object);
	count = g_mime_multipart_get_count(GMIME_MULTIPART(object));
	for (int i = 0; i < count && !(first_only && i > 0); i++)
		read_parts(
			body, g_mime_multipart_get_part(GMIME_MULTIPART(object), i), depth + 1);
}

/* CR LF becomes LF. */
static void unify_lines(struct str *text)
{
	size_t to = 0;

	for (size_t from = 0; from < text->length; from++)
		if (text->text[from] != '\r' || from + 1 == text->length ||
			text->text[from + 1] != '\n')
			text->text[to++] = text->text[from];
	if (text->text) {
		text->length = to;
		text->text[to] = '\0';
	}
}

static void read_body(GMimeMessage *message, struct posting *mail)
{
	GMimeObject *top = g_mime_message_get_mime_part(message);
	struct body body = {0};

	if (top)
		read_parts(&body, top, 0);
	unify_lines(&body.text);
	mail->body_bytes = body.text.length;
	mail->body = body.text.text ? str_take(&body.text) : mem_strdup("");
	if (body.charset && strcasecmp(body.charset, "utf-8") != 0 &&
		strcasecmp(body.charset, "us-ascii") != 0)
		mail->charset = clean(body.charset);
}

/* ---- a mail ---- */

static GMimeMessage *parse(const char *text, size_t bytes)
{
	auto_object GMimeStream *stream = g_mime_stream_mem_new_with_buffer(text, bytes);
	auto_object GMimeParser *parser = g_mime_parser_new_with_stream(stream);

	g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE);
	return g_mime_parser_construct_message(parser, NULL);
}

static const char *header(GMimeMessage *message, const char *name)
{
	const char *value = g_mime_object_get_header(GMIME_OBJECT(message), name);

	return value ? value : "";
}

/* The last, or only, Message-ID of a header; the caller frees; "" for none. */
static char *last_reference(const char *value)
{
	GMimeReferences *references = g_mime_references_parse(NULL, value);
	int count = g_mime_references_length(references);
	const char *last =
		count > 0 ? g_mime_references_get_message_id(references, count - 1) : NULL;
	char *ret = clean(last ? last : "");

	g_mime_references_free(references);
	return ret;
}

static void read_head(GMimeMessage *message, struct posting *mail)
{
	const char *id = g_mime_message_get_message_id(message);

	mail->id = clean(id ? id : "");
	mail->reply_to = last_reference(header(message, "In-Reply-To"));
	if (!mail->reply_to[0]) {
		free(mail->reply_to);
		mail->reply_to = last_reference(header(message, "References"));
	}
	mail->subject = mime_words(header(message, "Subject"));
	if (mime_address(header(message, "From"), &mail->from_name, &mail->from_mail) < 0) {
		mail->from_name = mem_strdup("");
		mail->from_mail = mem_strdup("");
	}
	read_date(g_mime_message_get_date(message), &mail->date_s, &mail->date_offset_min);
}

/* How many parts a mail can have at most: GMime goes as deep as a mail asks for. */
static size_t count_parts(const char *text, size_t bytes)
{
	size_t count = 0;

	for (size_t i = 0; i + 8 < bytes; i++)
		if (strncasecmp(text + i, "multipart", 9) == 0 ||
			strncasecmp(text + i, "message/", 8) == 0)
			count++;
	return count;
}

static size_t head_bytes(const char *text, size_t bytes)
{
	const char *end = memmem(text, bytes, "\n\n", 2);
	const char *end_crlf = memmem(text, bytes, "\r\n\r\n", 4);

	if (!end || (end_crlf && end_crlf < end))
		end = end_crlf;
	return end ? (size_t)(end - text) + 1 : bytes < 65536 ? bytes : 65536;
}

static void read_mail(const struct str *text, struct posting *mail)
{
	size_t bytes = text->length;
	auto_object GMimeMessage *message = NULL;

	if (bytes > MAIL_MAX_BYTES)
		mail->problem = mem_printf("the mail has %zu MiB, more than %zu", bytes >> 20,
			MAIL_MAX_BYTES >> 20);
	else if (count_parts(str_text(text), bytes) > PARTS_MAX)
		mail->problem = mem_printf("the mail has more than %d parts", PARTS_MAX);
	if (mail->problem)
		bytes = head_bytes(str_text(text), bytes);
	message = parse(str_text(text), bytes);
	if (message)
		read_head(message, mail);
	if (message && !mail->problem)
		read_body(message, mail);
	if (!message) {
		mail->id = mem_strdup("");
		mail->reply_to = mem_strdup("");
		mail->subject = mem_strdup("");
		mail->from_name = mem_strdup("");
		mail->from_mail = mem_strdup("");
	}
	if (!mail->body)
		mail->body = mem_strdup("");
}

/* ---- a list of mails ---- */

static bool is_known(const struct posting_list *list, const char *id)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->mails[i].id, id) == 0)
			return true;
	return false;
}

/* Puts a mail into the list; what is known, or no mail at all, is dropped. */
static void keep(struct posting_list *list, struct posting *mail)
{
	bool known = mail->id[0] && is_known(list, mail->id);

	if (known || (!mail->id[0] && !mail->subject[0])) {
		list->duplicates += known;
		posting_clear(mail);
		return;
	}
	if (list->count % 64 == 0)
		list->mails = mem_grow(list->mails, list->count + 64, sizeof(*list->mails));
	list->mails[list->count++] = *mail;
}

int mime_read(const char *name, const char *text, size_t bytes, struct posting_list *ret,
	struct err *err)
{
	auto_posting_list struct posting_list list = {0};
	auto_str struct str one = STR_INIT;
	struct mbox mbox = mbox_of(text, bytes);
	int seen = 0;

	begin();
	if (bytes > LIST_MAX_BYTES)
		return err_set(err, -EFBIG, "%s has more than %zu MiB of mail", name,
			LIST_MAX_BYTES >> 20);
	while (mbox_next(&mbox, &one)) {
		struct posting mail = {0};

		if (++seen > MAILS_MAX)
			return err_set(
				err, -EFBIG, "%s has more than %d mails", name, MAILS_MAX);
		read_mail(&one, &mail);
		keep(&list, &mail);
	}
	if (list.count == 0)
		return err_set(err, -ENODATA, "%s holds no mail", name);
	*ret = list;
	list = (struct posting_list){0};
	return 0;
}
