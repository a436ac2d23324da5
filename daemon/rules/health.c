/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/health.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "text/facts.h"

static const char *text_of(const char *text)
{
	return text ? text : "unknown";
}

enum health_blame health_blame(int code)
{
	switch (-code) {
	case EHOSTDOWN:
	case EKEYREJECTED:
		return HEALTH_FINAL;
	case ETIMEDOUT:
	case EAGAIN:
	case EPIPE:
	case EBADMSG:
	case EPROTO:
	case EACCES:
	case ENOEXEC:
	case EOPNOTSUPP:
	case EIO:
		return HEALTH_HOSTS;
	default:
		return HEALTH_OURS;
	}
}

bool health_judge(const char *facts, const char *dmesg, char **ret_text)
{
	auto_free char *release = facts_value(facts, "release");
	auto_free char *taint = facts_value(facts, "/proc/sys/kernel/tainted");
	auto_free char *kvm = facts_value(facts, "kvm");
	auto_free char *online = facts_value(facts, "/sys/devices/system/cpu/online");
	auto_free char *possible = facts_value(facts, "/sys/devices/system/cpu/possible");
	auto_free char *memory = facts_value(facts, "/proc/meminfo");
	auto_free char *mode = facts_kvm_mode(dmesg);

	if (!taint || strcmp(taint, "0") != 0)
		*ret_text = mem_printf("the golden kernel is tainted: %s", text_of(taint));
	else if (!kvm || strcmp(kvm, "present") != 0)
		*ret_text = mem_printf("/dev/kvm cannot be opened: %s", text_of(kvm));
	else if (!online || !possible || strcmp(online, possible) != 0)
		*ret_text = mem_printf(
			"CPUs %s are online of %s", text_of(online), text_of(possible));
	else {
		*ret_text = mem_printf("golden %s, %s, CPUs %s, %s, no taint", text_of(release),
			mode ? mode : "KVM of a mode that the log no longer tells", online,
			text_of(memory));
		return true;
	}
	return false;
}
