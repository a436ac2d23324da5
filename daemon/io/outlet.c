/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/outlet.h"

#include <errno.h>
#include <stdio.h>

#include "base/stop.h"
#include "sys/proc.h"

enum {
	SWITCH_MS = 60 * 1000,
	REST_MS = 5 * 1000, /* between off and on: supplies must drain */
};

bool outlet_is_there(const struct host_spec *spec)
{
	return spec->power_off.count && spec->power_on.count;
}

static void keep_line(const char *line, void *data)
{
	snprintf(data, 200, "%s", line);
}

static int run(const struct host_spec *spec, const char *what, const struct strv *argv,
	struct err *err)
{
	struct proc_spec proc = PROC_SPEC_INIT;
	char how[64], last[200] = "it said nothing";
	struct proc_end end;
	int r;

	proc.argv = argv;
	proc.limit_ms = SWITCH_MS;
	proc.on_line = keep_line;
	proc.data = last;
	r = proc_run(&proc, &end, err);
	if (r < 0)
		return err_note(err, "%s of host %s", what, spec->name);
	if (end.exit_status == 0)
		return 0;
	proc_end_text(&end, how, sizeof(how));
	return err_set(err, -EIO, "%s of host %s: %s: %s: %s", what, spec->name, argv->items[0],
		how, last);
}

int outlet_switch(const struct host_spec *spec, enum power_deed deed, struct err *err)
{
	int r = 0;

	if (deed != POWER_ON)
		r = run(spec, "power", &spec->power_off, err);
	if (r == 0 && deed == POWER_CYCLE && !stop_sleep_ms(REST_MS))
		r = err_set(err, -EINTR, "stopped");
	if (r == 0 && deed != POWER_OFF)
		r = run(spec, "power", &spec->power_on, err);
	return r;
}

int outlet_sysrq(const struct host_spec *spec, struct err *err)
{
	return run(spec, "sysrq", &spec->sysrq, err);
}
