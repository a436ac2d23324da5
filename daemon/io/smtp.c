/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/smtp.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/mem.h"
#include "base/scan.h"
#include "base/stop.h"
#include "string/str.h"
#include "sys/secret.h"

enum { CONNECT_LIMIT_S = 30 };

/* --- what goes over the wire --- */

/* Feeds the mail with CR LF; libcurl doubles the dots. */
struct feed {
	const char *at;
	bool cr; /* the CR of this line end is out */
};

static size_t feed(char *out, size_t size, size_t count, void *data)
{
	struct feed *f = data;
	size_t room = size * count, n = 0;

	while (n < room && *f->at) {
		if (*f->at == '\n' && !f->cr) {
			out[n++] = '\r';
			f->cr = true;
			continue;
		}
		f->cr = false;
		out[n++] = *f->at++;
	}
	return n;
}

/* Keeps the server's last line but its farewell: its answers, never what we said. */
static size_t hear(char *line, size_t size, size_t count, void *data)
{
	struct smtp_answer *answer = data;
	struct scan scan = scan_of(line, size * count);

	while (scan_left(&scan) && (scan.end[-1] == '\n' || scan.end[-1] == '\r'))
		scan.end--;
	if (scan_left(&scan) && !scan_starts(&scan, "221"))
		scan_quote(&scan, answer->text, sizeof(answer->text));
	return size * count;
}

static int watch(void *data, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	(void)data, (void)a, (void)b, (void)c, (void)d;
	return stop_requested();
}

/* --- one attempt --- */

static bool is_loopback(const char *url)
{
	const char *host = strstr(url, "://");

	host = host ? host + 3 : url;
	return text_starts(host, "localhost:") || text_starts(host, "127.0.0.1:") ||
	       text_starts(host, "[::1]:");
}

static int set_auth(CURL *curl, const struct mail_spec *spec, struct err *err)
{
	auto_secret char *password = NULL;
	int r;

	if (!spec->user[0])
		return 0;
	if (spec->tls == MAIL_NO_TLS && !is_loopback(spec->smtp))
		return err_set(err, -EPERM, "[mail]: a password is not sent without TLS");
	r = secret_read(spec->password_file, &password, err);
	if (r < 0)
		return r;
	curl_easy_setopt(curl, CURLOPT_USERNAME, spec->user);
	curl_easy_setopt(curl, CURLOPT_PASSWORD, password);
	return 0;
}

static void set_server(CURL *curl, const struct mail_spec *spec, int limit_s)
{
	curl_easy_setopt(curl, CURLOPT_URL, spec->smtp);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_LIMIT_S);
	curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)limit_s);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)limit_s);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_USE_SSL,
		(long)(spec->tls == MAIL_NO_TLS ? CURLUSESSL_NONE : CURLUSESSL_ALL));
	if (spec->ca_file[0]) {
		curl_easy_setopt(curl, CURLOPT_CAINFO, spec->ca_file);
		curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
	}
}

static struct curl_slist *split_lines(const char *text)
{
	struct curl_slist *list = NULL;

	while (*text) {
		size_t length = strcspn(text, "\n");
		auto_free char *address = mem_printf("<%.*s>", (int)length, text);

		if (length)
			list = curl_slist_append(list, address);
		text += length + (text[length] == '\n');
	}
	return list;
}

/* Only a 5xx to this mail is for good: after a wrong password the next mail fares no better. */
static enum smtp_outcome classify(CURLcode code, long status)
{
	if (code == CURLE_OK)
		return SMTP_SENT;
	if (code == CURLE_LOGIN_DENIED || code == CURLE_USE_SSL_FAILED)
		return SMTP_LATER;
	return status >= 500 && status < 600 ? SMTP_NEVER : SMTP_LATER;
}

static void attempt(CURL *curl, const struct mail *mail, struct smtp_answer *ret)
{
	struct curl_slist *recipients = split_lines(mail->recipients);
	auto_free char *sender = mem_printf("<%s>", mail->sender);
	struct feed f = {mail->message, false};
	long status = 0;
	CURLcode code;

	curl_easy_setopt(curl, CURLOPT_MAIL_FROM, sender);
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, feed);
	curl_easy_setopt(curl, CURLOPT_READDATA, &f);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, hear);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, ret);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, hear);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, ret);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	ret->outcome = classify(code, status);
	if (code != CURLE_OK && (status < 400 || !ret->text[0])) {
		const char *why = curl_easy_strerror(code);
		struct scan scan = scan_of(why, strlen(why));

		scan_quote(&scan, ret->text, sizeof(ret->text));
	}
	curl_slist_free_all(recipients);
}

int smtp_send(const struct mail_spec *spec, const struct mail *mail, int limit_s,
	struct smtp_answer *ret, struct err *err)
{
	CURL *curl;
	int r;

	memset(ret, 0, sizeof(*ret));
	curl_global_init(CURL_GLOBAL_DEFAULT);
	curl = curl_easy_init();
	if (!curl)
		return err_set(err, -ENOSYS, "libcurl does not start");
	set_server(curl, spec, limit_s);
	r = set_auth(curl, spec, err);
	if (r == 0)
		attempt(curl, mail, ret);
	curl_easy_cleanup(curl);
	return r;
}
