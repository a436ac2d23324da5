/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/http.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "base/mem.h"
#include "base/stop.h"
#include "string/str.h"

enum { REDIRECTS_MAX = 5, VALUE_MAX = 300 };

struct request {
	const struct http_wish *wish;
	struct str body;
	char *etag, *modified, *token, *location;
	bool too_large;
};

void http_answer_clear(struct http_answer *answer)
{
	free(answer->body);
	free(answer->type);
	free(answer->etag);
	free(answer->modified);
	free(answer->token);
	free(answer->location);
	memset(answer, 0, sizeof(*answer));
}

static size_t take_body(char *data, size_t size, size_t count, void *user)
{
	struct request *request = user;

	if (size * count > request->wish->limit_bytes - request->body.length) {
		request->too_large = true;
		return 0;
	}
	str_add_bytes(&request->body, data, size * count);
	return size * count;
}

/* The value of a header line when it has that name; it is kept in a file of lines. */
static void take_value(const char *line, const char *name, char **value)
{
	auto_free char *copy = NULL;
	const char *kept;

	if (strncasecmp(line, name, strlen(name)) != 0)
		return;
	copy = mem_strdup(line + strlen(name));
	kept = text_trim(copy);
	free(*value);
	*value = kept[0] && strlen(kept) <= VALUE_MAX && !strpbrk(kept, "\r\n")
			 ? mem_strdup(kept)
			 : NULL;
}

static size_t take_header(char *data, size_t size, size_t count, void *user)
{
	struct request *request = user;
	auto_free char *line = mem_strndup(data, size * count);

	/* Another answer begins, after a redirect: what the one before said is of no use. */
	if (text_starts(line, "HTTP/")) {
		free(take_ptr(request->etag));
		free(take_ptr(request->modified));
		free(take_ptr(request->token));
		free(take_ptr(request->location));
	}
	take_value(line, "ETag:", &request->etag);
	take_value(line, "Last-Modified:", &request->modified);
	take_value(line, "X-Auth-Token:", &request->token);
	take_value(line, "Location:", &request->location);
	return size * count;
}

static int take_progress(
	void *user, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up_now)
{
	(void)user, (void)total, (void)now, (void)up_total, (void)up_now;
	return stop_requested();
}

static bool has_secret(const struct http_wish *wish)
{
	return wish->user || wish->token;
}

static struct curl_slist *headers_of(const struct http_wish *wish)
{
	auto_free char *etag = wish->etag ? mem_printf("If-None-Match: %s", wish->etag) : NULL;
	auto_free char *modified =
		wish->modified ? mem_printf("If-Modified-Since: %s", wish->modified) : NULL;
	auto_free char *token =
		wish->token ? mem_printf("X-Auth-Token: %s", wish->token) : NULL;
	struct curl_slist *list = curl_slist_append(NULL, wish->json || has_secret(wish)
								  ? "Accept: application/json"
								  : "Accept: application/gzip");

	if (etag)
		list = curl_slist_append(list, etag);
	if (modified)
		list = curl_slist_append(list, modified);
	if (token)
		list = curl_slist_append(list, token);
	if (wish->json)
		list = curl_slist_append(list, "Content-Type: application/json");
	return list;
}

static void set_up(CURL *curl, struct request *request, struct curl_slist *headers, char *said)
{
	curl_easy_setopt(curl, CURLOPT_URL, request->wish->url);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "kvmperf/" KVMPERF_VERSION);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)request->wish->limit_ms);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, said);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, request);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, request);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, take_progress);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
}

static int failure(
	const struct request *request, CURLcode code, const char *said, struct err *err)
{
	const char *url = request->wish->url;

	if (stop_requested())
		return err_set(err, -EINTR, "%.300s: stopped", url);
	if (request->too_large)
		return err_set(err, -EFBIG, "%.300s: more than %zu MiB", url,
			request->wish->limit_bytes >> 20);
	return err_set(err, code == CURLE_OPERATION_TIMEDOUT ? -ETIMEDOUT : -EIO, "%.300s: %s",
		url, said[0] ? said : curl_easy_strerror(code));
}

static void read_answer(CURL *curl, struct request *request, struct http_answer *ret)
{
	const char *type = NULL;
	curl_off_t wait_s = 0;
	long status = 0;

	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
	curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &wait_s);
	*ret = (struct http_answer){
		.status = (int)status,
		.body_bytes = request->body.length,
		.type = mem_strdup(type ? type : ""),
		.etag = take_ptr(request->etag),
		.modified = take_ptr(request->modified),
		.token = take_ptr(request->token),
		.location = take_ptr(request->location),
		.retry_after_s = wait_s,
	};
	ret->body = request->body.text ? str_take(&request->body) : mem_strdup("");
}

static void set_up_deed(CURL *curl, const struct http_wish *wish)
{
	if (wish->method)
		curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, wish->method);
	if (wish->json)
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, wish->json);
	if (wish->user) {
		curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		curl_easy_setopt(curl, CURLOPT_USERNAME, wish->user);
		curl_easy_setopt(curl, CURLOPT_PASSWORD, wish->password);
	}
	if (wish->ca_file)
		curl_easy_setopt(curl, CURLOPT_CAINFO, wish->ca_file);
	if (has_secret(wish) || wish->json) {
		curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
		curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	}
}

int http_get(const struct http_wish *wish, struct http_answer *ret, struct err *err)
{
	struct request request = {.wish = wish};
	char said[CURL_ERROR_SIZE] = "";
	CURL *curl = curl_easy_init();
	struct curl_slist *headers = headers_of(wish);
	CURLcode code = CURLE_FAILED_INIT;
	int r = 0;

	if (curl) {
		set_up(curl, &request, headers, said);
		set_up_deed(curl, wish);
		code = curl_easy_perform(curl);
	}
	if (code == CURLE_OK)
		read_answer(curl, &request, ret);
	else
		r = failure(&request, code, said, err);
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
	str_clear(&request.body);
	free(request.etag);
	free(request.modified);
	free(request.token);
	free(request.location);
	return r;
}
