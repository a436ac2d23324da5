/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_HTTP_H
#define IO_HTTP_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* One polite request to a web server: our name and version, no second try. */
struct http_wish {
	const char *url;	     /* http:// or https:// */
	const char *etag, *modified; /* of the copy that is there; NULL: none */
	size_t limit_bytes;
	int64_t limit_ms;

	/*
	 * For a machine that is told to do something; all may be NULL. With a secret
	 * only https is spoken and no redirect followed. None of them is ever in a
	 * sentence.
	 */
	const char *method;	     /* "POST", "DELETE"; NULL: GET */
	const char *json;	     /* what is posted */
	const char *user, *password; /* basic authentication */
	const char *token;	     /* X-Auth-Token */
	const char *ca_file;	     /* trusted in the place of the system's */
};

struct http_answer {
	int status;
	char *body; /* a NUL byte follows; compressed content stays as it is */
	size_t body_bytes;
	char *type;		/* "application/gzip", "" when not told */
	char *etag, *modified;	/* or NULL */
	char *token, *location; /* X-Auth-Token and Location, or NULL */
	int64_t retry_after_s;	/* 0: not told */
};

/*
 * GET, or as ->method says. 0 when the server answered, whatever its status. -EFBIG for a body
 * above the limit, -ETIMEDOUT, -EIO otherwise; the sentence names the URL. Redirects are
 * followed, over http and https alone. The caller clears *ret.
 */
int http_get(const struct http_wish *wish, struct http_answer *ret, struct err *err);
void http_answer_clear(struct http_answer *answer);

#define auto_http_answer __attribute__((cleanup(http_answer_clear)))

#endif
