/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/schedule.h"

#include "support.h"

#include "base/mem.h"

/*
 * A row is a sentence and a lab: jobs and hosts in one line each. Jobs:
 * "STATE[@HOST][=WANTED][!WISH][+PRIORITY][~COMMIT_TIME][>NOT_BEFORE][*]", where
 * WANTED is a name or #TAG, HOST is the number of the chosen host from 1 and * means that a
 * child is at work. Hosts: "NAME[,TAG][:LEASE_JOB][-]", - not usable, a name of "here" is this
 * machine. Jobs are numbered from 1. Now is 1000.
 */
struct row {
	const char *sentence;
	const char *jobs, *hosts;
	bool is_paused;
	const char *answer; /* "fetch 1", "host 2 on 1", "wait", "wait 2000" */
};

static const struct row rows[] = {
	{"an empty queue waits", "", "a", false, "wait"},
	{"a queued job begins", "queued", "a", false, "fetch 1"},
	{"without a host nothing is built", "queued", "", false, "wait"},
	{"nor for a host that is quarantined", "queued", "a-", false, "wait"},
	{"higher priority is first", "queued queued+5", "a", false, "fetch 2"},
	{"then the newer commit", "queued~10 queued~30 queued~20", "a", false, "fetch 2"},
	{"then the older job", "queued~10 queued~10", "a", false, "fetch 1"},
	{"priority beats age of the commit", "queued~99 queued+1~1", "a", false, "fetch 2"},
	{"one job builds at a time", "build* queued", "a", false, "wait"},
	{"what was begun is finished before anything new", "build queued+9", "a", false,
		"phase 1"},
	{"a job that is built takes a host", "ready", "a", false, "host 1 on 1"},
	{"a host that is leased is not given again", "boot@1* ready", "a:1", false, "wait"},
	{"the free one of two is given", "boot@1* ready", "a:1 b", false, "host 2 on 2"},
	{"a quarantined host is not given", "ready", "a-", false, "wait"},
	{"the wanted host is waited for", "boot@1* ready=a", "a:1 b", false, "wait"},
	{"a tag names hosts too", "ready=#big", "a b,big", false, "host 1 on 2"},
	{"a name is no tag", "ready=big", "a b,big", false, "wait"},
	{"a tag is no name", "ready=#a", "a b,big", false, "wait"},
	{"a comparison stays on its host", "boot@1* ready@1", "a:1 b", false, "wait"},
	{"a job for the free host passes one for a busy host", "boot@1* ready+9=a ready=b",
		"a:1 b", false, "host 3 on 2"},
	{"the builder works ahead while a host measures", "boot@1* queued", "a:1", false,
		"fetch 2"},
	{"but not further than two jobs a host", "boot@1* ready ready queued", "a:1", false,
		"wait"},
	{"what is built for one host is no reason to let another starve",
		"boot@1* ready=a ready=a queued=a+9 queued=b", "a:1 b", false, "fetch 5"},
	{"a back-off is respected, and woken from", "queued>2000 build>1500", "a", false,
		"wait 1500"},
	{"a back-off does not hold the builder", "build>2000 queued", "a", false, "fetch 2"},
	{"a paused job is passed over", "queued!pause+9 queued", "a", false, "fetch 2"},
	{"a paused built job takes no host", "ready!pause ready", "a", false, "host 2 on 1"},
	{"a job that pauses gives its host back", "boot@1!pause", "a:1", false, "yield 1"},
	{"but what was measured is judged first", "judge@1!pause", "a:1", false, "phase 1"},
	{"a boot that runs is not disturbed by a pause", "trial@1!pause*", "a:1", false,
		"wait"},
	{"a job is cancelled between phases", "build!cancel", "a", false, "cancel 1"},
	{"a child at work is not cancelled here", "build!cancel*", "a", false, "wait"},
	{"a paused service begins nothing", "queued ready build", "a", true, "wait"},
	{"it goes on wrapping up", "queued publish", "a", true, "phase 2"},
	{"the pages are written by one at a time", "publish* publish", "a", false, "wait"},
	{"it cancels", "queued!cancel", "a", true, "cancel 1"},
	{"its hosts are given back", "boot@1", "a:1", true, "yield 1"},
	{"a host in quarantine is left between two boots", "boot@1", "a-:1", false, "lose 1"},
	{"but not under a boot that runs", "trial@1*", "a-:1", false, "wait"},
	{"what was measured there is judged", "judge@1", "a-:1", false, "phase 1"},
	{"this machine is not measured while it builds", "build* ready", "here", false, "wait"},
	{"another one is", "build* ready", "here b", false, "host 2 on 2"},
	{"nothing is built on a machine that is measured", "boot@1* queued", "here:1", false,
		"wait"},
	{"nor are pages written there", "boot@1* publish", "here:1", false, "wait"},
	{"nor is it measured while pages are written", "publish* ready", "here", false, "wait"},
	{"after a restart each job goes on where it was", "queued trial@1 judge@2", "a:2 b:3",
		false, "phase 2"},
};

struct lab {
	struct schedule_job jobs[16];
	struct schedule_host hosts[8];
	struct strv tags[8], job_words, host_words;
	struct schedule schedule;
};

/* Cuts the text at the next mark and returns what follows the mark, if it is this one. */
static const char *field(char *word, char mark, char *out, size_t size)
{
	char *at = strchr(word, mark);
	size_t n;

	if (!at)
		return NULL;
	n = strcspn(at + 1, "@=!+~>*:-,");
	snprintf(out, size, "%.*s", (int)n, at + 1);
	return out;
}

static struct schedule_job read_job(char *word, int64_t id)
{
	static char wanted[16][24];
	char text[16], name[16];
	struct schedule_job job = {.id = id, .wanted_host = ""};

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word, "@=!+~>*"), word);
	job.state = job_state_from_name(name);
	assert_true(job.state < JOB_STATE_COUNT);
	if (field(word, '@', text, sizeof(text)))
		job.host_id = atoi(text);
	if (field(word, '=', text, sizeof(text))) {
		snprintf(wanted[id], sizeof(wanted[id]), "%s%s", *text == '#' ? "tag:" : "",
			text + (*text == '#'));
		job.wanted_host = wanted[id];
	}
	if (field(word, '!', text, sizeof(text)))
		job.wish = job_wish_from_name(text);
	if (field(word, '+', text, sizeof(text)))
		job.priority = atoi(text);
	if (field(word, '~', text, sizeof(text)))
		job.commit_time_s = atoi(text);
	if (field(word, '>', text, sizeof(text)))
		job.not_before_unix_ms = atoi(text);
	job.has_child = strchr(word, '*') != NULL;
	return job;
}

static void read_hosts(struct lab *lab, const char *text)
{
	char buffer[32];

	strv_split(&lab->host_words, text, " ");
	for (size_t i = 0; i < lab->host_words.count; i++) {
		char *word = lab->host_words.items[i];
		struct schedule_host *host = &lab->hosts[i];

		host->id = (int64_t)i + 1;
		host->is_usable = !strchr(word, '-');
		if (field(word, ',', buffer, sizeof(buffer)))
			strv_add(&lab->tags[i], buffer);
		host->tags = &lab->tags[i];
		if (field(word, ':', buffer, sizeof(buffer)))
			host->lease_job = atoi(buffer);
		word[strcspn(word, ",:-")] = '\0';
		host->name = word;
		host->is_here = strcmp(word, "here") == 0;
	}
	lab->schedule.host_count = lab->host_words.count;
}

static void read_row(struct lab *lab, const struct row *row)
{
	memset(lab, 0, sizeof(*lab));
	strv_split(&lab->job_words, row->jobs, " ");
	for (size_t i = 0; i < lab->job_words.count; i++)
		lab->jobs[i] = read_job(lab->job_words.items[i], (int64_t)i + 1);
	lab->schedule = (struct schedule){.jobs = lab->jobs,
		.job_count = lab->job_words.count,
		.hosts = lab->hosts,
		.builders = 1,
		.is_paused = row->is_paused,
		.now_unix_ms = 1000};
	read_hosts(lab, row->hosts);
}

static void lab_clear(struct lab *lab)
{
	for (size_t i = 0; i < ARRAY_SIZE(lab->tags); i++)
		strv_clear(&lab->tags[i]);
	strv_clear(&lab->job_words);
	strv_clear(&lab->host_words);
}

static void say(const struct schedule_answer *answer, char *text, size_t size)
{
	static const char *const deeds[] = {
		[SCHEDULE_PHASE] = "phase",
		[SCHEDULE_FETCH] = "fetch",
		[SCHEDULE_HOST] = "host",
		[SCHEDULE_YIELD] = "yield",
		[SCHEDULE_LOSE] = "lose",
		[SCHEDULE_CANCEL] = "cancel",
	};

	if (answer->deed == SCHEDULE_HOST)
		snprintf(text, size, "host %zu on %zu", answer->job + 1, answer->host + 1);
	else if (answer->deed != SCHEDULE_WAIT)
		snprintf(text, size, "%s %zu", deeds[answer->deed], answer->job + 1);
	else if (answer->wake_unix_ms)
		snprintf(text, size, "wait %lld", (long long)answer->wake_unix_ms);
	else
		snprintf(text, size, "wait");
}

static void the_next_deed_is_the_right_one(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct schedule_answer answer;
		struct lab lab;
		char said[64];

		read_row(&lab, &rows[i]);
		answer = schedule_next(&lab.schedule);
		say(&answer, said, sizeof(said));
		lab_clear(&lab);
		if (strcmp(said, rows[i].answer) == 0)
			continue;
		failed++;
		print_error("%s: \"%s\" on \"%s\" gives \"%s\", expected \"%s\"\n",
			rows[i].sentence, rows[i].jobs, rows[i].hosts, said, rows[i].answer);
	}
	assert_int_equal(failed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_next_deed_is_the_right_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
