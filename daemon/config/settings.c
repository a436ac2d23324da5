/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/builtin.h"
#include "base/mem.h"
#include "string/str.h"
#include "text/keys.h"
#include "text/mailbox.h"

enum { HOSTS_MAX = 256, BRANCHES_MAX = 256 };

static const char *const drivers[] = {"qemu", "ssh", "local", NULL}; /* enum host_driver */
static const char *const whats[] = {"tip", "merges", "paths", NULL}; /* enum watch_what */

static const char *const auths[] = {"session", "basic", NULL};	    /* enum redfish_auth */
static const char *const tls[] = {"starttls", "tls", "none", NULL}; /* enum mail_tls */
static const char *const days[] = {
	"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", NULL};

#define SETTING(field) offsetof(struct settings, field)
#define HOST(field)    offsetof(struct host_spec, field)
#define BRANCH(field)  offsetof(struct branch_spec, field)

static const struct key keys[] = {
	{"kvmperf", "state", KEY_TEXT, SETTING(state), "", 0, 0, NULL},
	{"service", "retry-delay", KEY_DURATION, SETTING(service.retry_delay_s), "30s", 0, 0,
		NULL},
	{"service", "keep-days", KEY_INT, SETTING(service.keep_days), "30", 1, 10000, NULL},
	{"service", "keep-gb", KEY_INT, SETTING(service.keep_gb), "100", 0, 1000000, NULL},
	{"service", "aa-every", KEY_INT, SETTING(service.aa_every), "20", 0, 1000000, NULL},
	{"kernel", "config", KEY_TEXT, SETTING(kernel.config), "", 0, 0, NULL},
	{"kernel", "base", KEY_TEXT, SETTING(kernel.base), "", 0, 0, NULL},
	{"kernel", "prebuilt", KEY_TEXT, SETTING(kernel.prebuilt), "", 0, 0, NULL},
	{"service", "bisect-aligned", KEY_SWITCH, SETTING(service.bisect_aligned), "no", 0, 0,
		NULL},
	{"mail", "from", KEY_TEXT, SETTING(mail.from), "", 0, 0, NULL},
	{"mail", "to", KEY_TEXT, SETTING(mail.to), "", 0, 0, NULL},
	{"mail", "cc", KEY_TEXT, SETTING(mail.cc), "", 0, 0, NULL},
	{"mail", "series-cc", KEY_TEXT, SETTING(mail.series_cc), "", 0, 0, NULL},
	{"mail", "cc-commit", KEY_WORDS, SETTING(mail.cc_commit), "", 0, 0, NULL},
	{"mail", "owner", KEY_TEXT, SETTING(mail.owner), "", 0, 0, NULL},
	{"mail", "smtp", KEY_TEXT, SETTING(mail.smtp), "", 0, 0, NULL},
	{"mail", "tls", KEY_CHOICE, SETTING(mail.tls), "starttls", 0, 0, tls},
	{"mail", "ca-file", KEY_TEXT, SETTING(mail.ca_file), "", 0, 0, NULL},
	{"mail", "user", KEY_TEXT, SETTING(mail.user), "", 0, 0, NULL},
	{"mail", "password-file", KEY_TEXT, SETTING(mail.password_file), "", 0, 0, NULL},
	{"mail", "archive", KEY_TEXT, SETTING(mail.archive), "", 0, 0, NULL},
	{"mail", "site", KEY_TEXT, SETTING(mail.site), "", 0, 0, NULL},
	{"mail", "lab", KEY_TEXT, SETTING(mail.lab), "", 0, 0, NULL},
	{"mail", "quiet-hours", KEY_TEXT, SETTING(mail.quiet), "", 0, 0, NULL},
	{"mail", "digest-day", KEY_CHOICE, SETTING(mail.digest_day), "monday", 0, 0, days},
	{"mail", "daily-limit", KEY_INT, SETTING(mail.daily_limit), "2", 0, 1000, NULL},
	{"mail", "emulated", KEY_SWITCH, SETTING(mail.emulated), "no", 0, 0, NULL},
	{"mail", "regzbot", KEY_WORDS, SETTING(mail.regzbot), "", 0, 0, NULL},
	{"host", "driver", KEY_CHOICE, HOST(driver), NULL, 0, 0, drivers},
	{"host", "tags", KEY_WORDS, HOST(tags), "", 0, 0, NULL},
	{"host", "cpu", KEY_TEXT, HOST(cpu), "cortex-a57", 0, 0, NULL},
	{"host", "cpus", KEY_INT, HOST(cpus), "2", 2, 64, NULL},
	{"host", "memory-mb", KEY_INT, HOST(memory_mb), "2048", 512, 1 << 22, NULL},
	{"host", "golden-image", KEY_TEXT, HOST(golden_image), "", 0, 0, NULL},
	{"host", "kernel-parameters", KEY_TEXT, HOST(cmdline), "", 0, 0, NULL},
	{"host", "initrd", KEY_TEXT, HOST(initrd), "", 0, 0, NULL},
	{"host", "address", KEY_TEXT, HOST(address), "", 0, 0, NULL},
	{"host", "ssh-config", KEY_TEXT, HOST(ssh_config), "", 0, 0, NULL},
	{"host", "runner-folder", KEY_TEXT, HOST(runner_folder), "/var/lib/kvmperf", 0, 0,
		NULL},
	{"host", "become", KEY_WORDS, HOST(become), "", 0, 0, NULL},
	{"host", "power-off", KEY_WORDS, HOST(power_off), "", 0, 0, NULL},
	{"host", "power-on", KEY_WORDS, HOST(power_on), "", 0, 0, NULL},
	{"host", "redfish", KEY_TEXT, HOST(redfish), "", 0, 0, NULL},
	{"host", "redfish-user", KEY_TEXT, HOST(redfish_user), "", 0, 0, NULL},
	{"host", "redfish-password-file", KEY_TEXT, HOST(redfish_password_file), "", 0, 0,
		NULL},
	{"host", "redfish-ca", KEY_TEXT, HOST(redfish_ca), "", 0, 0, NULL},
	{"host", "redfish-system", KEY_TEXT, HOST(redfish_system), "", 0, 0, NULL},
	{"host", "redfish-auth", KEY_CHOICE, HOST(redfish_auth), "session", 0, 0, auths},
	{"host", "sysrq", KEY_WORDS, HOST(sysrq), "", 0, 0, NULL},
	{"host", "watchdog", KEY_DURATION, HOST(watchdog_s), "0", 0, 0, NULL},
	{"host", "golden-limit", KEY_DURATION, HOST(golden_limit_s), "0", 0, 0, NULL},
	{"branch", "repository", KEY_TEXT, BRANCH(repository), NULL, 0, 0, NULL},
	{"branch", "ref", KEY_TEXT, BRANCH(ref), NULL, 0, 0, NULL},
	{"branch", "interval", KEY_DURATION, BRANCH(interval_s), "10m", 0, 0, NULL},
	{"branch", "baseline", KEY_TEXT, BRANCH(baseline_of), "parent", 0, 0, NULL},
	{"branch", "what", KEY_CHOICE, BRANCH(what), "paths", 0, 0, whats},
	{"branch", "paths", KEY_WORDS, BRANCH(paths), SETTINGS_PATHS, 0, 0, NULL},
	{"branch", "cap", KEY_INT, BRANCH(cap), "8", 1, 1000, NULL},
	{"branch", "plan", KEY_TEXT, BRANCH(plan), "dirty-log", 0, 0, NULL},
	{"branch", "kernel-config", KEY_TEXT, BRANCH(kernel_config), "", 0, 0, NULL},
	{"branch", "host", KEY_TEXT, BRANCH(host), "", 0, 0, NULL},
	{"branch", "user", KEY_TEXT, BRANCH(access.user), "", 0, 0, NULL},
	{"branch", "password-file", KEY_TEXT, BRANCH(access.password_file), "", 0, 0, NULL},
	{"branch", "ca-file", KEY_TEXT, BRANCH(access.ca_file), "", 0, 0, NULL},
	{"branch", "ssh-config", KEY_TEXT, BRANCH(access.ssh_config), "", 0, 0, NULL},
	{"branch", "reference", KEY_TEXT, BRANCH(reference), "", 0, 0, NULL},
};

static bool is_name(const char *name)
{
	return name && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.") == strlen(name) &&
	       name[0] != '.' && strlen(name) <= 63;
}

/*
 * One more section with a name. Allocated to the limit at once: the table writes
 * through the pointer later.
 */
#define ADD_NAMED(list, count, max, name_)                        \
	({                                                        \
		if (!(list))                                      \
			(list) = mem_new((max), sizeof(*(list))); \
		(list)[count].name = mem_strdup(name_);           \
		&(list)[(count)++];                               \
	})

static void *open_section(void *data, const char *section, const char *name, struct err *err)
{
	struct settings *settings = data;
	bool is_host = strcmp(section, "host") == 0;

	if (strcmp(section, "kvmperf") == 0 || strcmp(section, "service") == 0 ||
		strcmp(section, "mail") == 0 || strcmp(section, "kernel") == 0) {
		if (name)
			err_set(err, -EINVAL, "[%s %.80s]: this section has no name", section,
				name);
		return name ? NULL : settings;
	}
	if (!is_name(name)) {
		err_set(err, -EINVAL, "[%s %.80s]: a %s needs a name of a-z, 0-9, - and dots",
			section, name ? name : "", section);
		return NULL;
	}
	if (is_host && settings->host_count == HOSTS_MAX) {
		err_set(err, -E2BIG, "more than %d hosts", HOSTS_MAX);
		return NULL;
	}
	if (is_host)
		return ADD_NAMED(settings->hosts, settings->host_count, HOSTS_MAX, name);
	if (settings->branch_count == BRANCHES_MAX) {
		err_set(err, -E2BIG, "more than %d branches", BRANCHES_MAX);
		return NULL;
	}
	return ADD_NAMED(settings->branches, settings->branch_count, BRANCHES_MAX, name);
}

/* Addresses are checked where they are written, not when a mail is due. */
static int check_mail(const struct key *key, const char *value, struct err *err)
{
	static const char *const lists[] = {"from", "to", "cc", "owner", "series-cc", NULL};
	static const char *const people[] = {"author", "committer", "reviewers", NULL};
	auto_mailboxes struct mailboxes found = {0};
	const char *wrong = NULL;
	int from, to;

	for (int i = 0; lists[i]; i++)
		if (strcmp(key->name, lists[i]) == 0)
			wrong = mailboxes_read(&found, value);
	if (strcmp(key->name, "from") == 0 && found.count > 1)
		wrong = "there is one sender";
	if (strcmp(key->name, "quiet-hours") == 0 && value[0] &&
		!mail_quiet_hours(value, &from, &to))
		wrong = "expected two hours such as 22-06";
	if (strcmp(key->name, "smtp") == 0 && value[0] && !text_starts(value, "smtp://") &&
		!text_starts(value, "smtps://"))
		wrong = "expected smtp://HOST:PORT or smtps://HOST:PORT";
	if (strcmp(key->name, "cc-commit") == 0) {
		auto_strv struct strv words = STRV_INIT;

		strv_split(&words, value, " \t");
		for (size_t i = 0; i < words.count; i++)
			if (strcmp(words.items[i], people[0]) &&
				strcmp(words.items[i], people[1]) &&
				strcmp(words.items[i], people[2]))
				wrong = "expected author, committer, reviewers";
	}
	return wrong ? err_set(err, -EINVAL, "%s", wrong) : 0;
}

/* The service runs elsewhere than who wrote this. */
static int check_kernel(const char *name, const char *value, struct err *err)
{
	if (strcmp(name, "base") == 0 && strcmp(value, "running") == 0)
		return 0;
	if (value[0] && value[0] != '/')
		return err_set(err, -EINVAL, "expected an absolute path%s",
			strcmp(name, "base") == 0 ? ", or the word running" : "");
	return 0;
}

static int check_value(void *object, const struct key *key, const char *value, struct err *err)
{
	if (strcmp(key->section, "branch") == 0)
		return branch_spec_take(object, key->name, value, err);
	if (strcmp(key->section, "mail") == 0)
		return check_mail(key, value, err);
	if (strcmp(key->section, "kernel") == 0)
		return check_kernel(key->name, value, err);
	return 0;
}

/* Made of characters that mean nothing to a shell, an option parser or sftp. */
static bool is_plain(const char *word, const char *more)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	for (const char *p = word; *p; p++)
		if (!strchr(letters, *p) && !strchr(more, *p))
			return false;
	return word[0] != '-';
}

/* What becomes part of ssh's words, which a shell reads at the other end. */
static int check_host(const char *file, const struct host_spec *host, struct err *err)
{
	bool is_here = host->driver == HOST_LOCAL;

	if (!is_plain(host->address, is_here ? "/" : "@:%"))
		return err_set(err, -EINVAL, "%s: [host %s]: address \"%.80s\" is no %s", file,
			host->name, host->address, is_here ? "path" : "host name");
	if (!is_plain(host->runner_folder, "/+") || host->runner_folder[0] != '/')
		return err_set(err, -EINVAL,
			"%s: [host %s]: runner-folder \"%.80s\" must be an absolute path of "
			"letters, digits and ._-+",
			file, host->name, host->runner_folder);
	if (*host->redfish && (!text_starts(host->redfish, "https://") ||
				      strpbrk(host->redfish + 8, "/@ ") || !host->redfish[8]))
		return err_set(err, -EINVAL,
			"%s: [host %s]: redfish \"%.80s\" must be https://ADDRESS or "
			"https://ADDRESS:PORT",
			file, host->name, host->redfish);
	if (*host->redfish && (!*host->redfish_user || !*host->redfish_password_file))
		return err_set(err, -EINVAL,
			"%s: [host %s]: redfish needs redfish-user and redfish-password-file",
			file, host->name);
	for (size_t i = 0; i < host->tags.count; i++)
		if (!is_name(host->tags.items[i]))
			return err_set(err, -EINVAL,
				"%s: [host %s]: a tag is made of a-z, 0-9, - and dots", file,
				host->name);
	for (size_t i = 0; i < host->become.count; i++)
		if (!is_plain(host->become.items[i] + (i && host->become.items[i][0] == '-'),
			    "/"))
			return err_set(err, -EINVAL,
				"%s: [host %s]: become may only hold plain words, like sudo -n",
				file, host->name);
	return 0;
}

int settings_parse(const char *file, const char *text, struct settings *ret, struct err *err)
{
	struct settings settings = {0};
	struct key_table table = {keys, ARRAY_SIZE(keys), open_section, &settings, check_value};
	/* What holds when the file has no such section. */
	int r = keys_read(&table, "built-in settings", "[service]\n[mail]\n[kernel]\n", err);

	if (r == 0)
		r = keys_read(&table, file, text, err);
	for (size_t i = 0; i < settings.host_count && r == 0; i++)
		r = check_host(file, &settings.hosts[i], err);
	if (r == 0 && settings.host_count == 0)
		r = err_set(err, -EINVAL, "%s: there is no [host NAME] section", file);
	for (size_t i = 0; i < settings.branch_count && r == 0; i++)
		if (!settings_host_for(&settings, settings.branches[i].host))
			r = err_set(err, -EINVAL,
				"%s: [branch %s]: no host is called \"%.80s\"", file,
				settings.branches[i].name, settings.branches[i].host);
	if (r < 0) {
		settings_clear(&settings);
		return r;
	}
	if (!settings.state)
		settings.state = mem_strdup("");
	*ret = settings;
	return 0;
}

const char *settings_builtin(void)
{
	return builtin_text("plans/builtin.conf");
}

void settings_clear(struct settings *settings)
{
	for (size_t i = 0; i < settings->host_count; i++)
		host_spec_clear(&settings->hosts[i]);
	free(settings->hosts);
	for (size_t i = 0; i < settings->branch_count; i++)
		branch_spec_clear(&settings->branches[i]);
	free(settings->branches);
	mail_spec_clear(&settings->mail);
	free(settings->kernel.config);
	free(settings->kernel.base);
	free(settings->kernel.prebuilt);
	free(settings->state);
	memset(settings, 0, sizeof(*settings));
}

const struct host_spec *settings_host(const struct settings *settings, const char *name)
{
	for (size_t i = 0; i < settings->host_count; i++)
		if (strcmp(settings->hosts[i].name, name) == 0)
			return &settings->hosts[i];
	return NULL;
}

bool settings_is_here(const struct settings *settings)
{
	for (size_t i = 0; i < settings->host_count; i++)
		if (settings->hosts[i].driver == HOST_LOCAL)
			return true;
	return false;
}

const char *settings_prebuilt(const struct settings *settings)
{
	return settings->kernel.prebuilt[0] ? settings->kernel.prebuilt : NULL;
}

const struct host_spec *settings_host_for(const struct settings *settings, const char *wanted)
{
	for (size_t i = 0; i < settings->host_count; i++)
		if (host_is_meant(wanted, settings->hosts[i].name, &settings->hosts[i].tags))
			return &settings->hosts[i];
	return NULL;
}

const struct branch_spec *settings_branch(const struct settings *settings, const char *name)
{
	for (size_t i = 0; i < settings->branch_count; i++)
		if (strcmp(settings->branches[i].name, name) == 0)
			return &settings->branches[i];
	return NULL;
}
