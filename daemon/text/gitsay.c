/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/gitsay.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"

/* The first row that is found counts: what is said about keys comes before what follows it. */
static const struct {
	const char *words;
	int code;
} sayings[] = {
	{"host key verification failed", -EKEYREJECTED},
	{"remote host identification has changed", -EKEYREJECTED},
	{"no matching host key", -EKEYREJECTED},
	{"certificate", -EKEYREJECTED},
	{"permission denied (", -EACCES}, /* (publickey), by ssh */
	{"too many authentication failures", -EACCES},
	{"authentication", -EACCES},
	{"status code: 401", -EACCES},
	{"status code: 403", -EACCES},
	{"dubious ownership", -EACCES},
	{"no space left", -ENOSPC},
	{"not exported", -ENOENT},
	{"does not appear to be a git repository", -ENOENT},
	{"not a git repository", -ENOENT},
	{"no such file", -ENOENT},
	{"repository not found", -ENOENT},
	{"status code: 404", -ENOENT},
	{"timed out", -ETIMEDOUT},
	{"could not resolve", -ENETUNREACH},
	{"failed to resolve", -ENETUNREACH},
	{"connection refused", -ENETUNREACH},
	{"failed to connect", -ENETUNREACH},
	{"no route to host", -ENETUNREACH},
	{"network is unreachable", -ENETUNREACH},
	{"connection reset", -ENETUNREACH},
	{"connection closed", -ENETUNREACH},
	{"the connection broke", -ENETUNREACH},
	{"broken pipe", -ENETUNREACH},
	{"early eof", -ENETUNREACH},
	{"status code: 5", -ENETUNREACH},
	{"shallow", -EPROTO},
	{"pkt-line", -EPROTO},
};

int git_said(const char *words)
{
	for (size_t i = 0; words && i < ARRAY_SIZE(sayings); i++)
		if (strcasestr(words, sayings[i].words))
			return sayings[i].code;
	return 0;
}

const char *git_advice(int code)
{
	switch (code) {
	case -EACCES:
		return ": check the address, and the key or password of the user that runs "
		       "kvmperf";
	case -EKEYREJECTED:
		return ": check the server's certificate, or its key in known_hosts";
	case -ENOENT:
		return ": check the address";
	}
	return "";
}
