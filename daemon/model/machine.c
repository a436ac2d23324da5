/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/machine.h"

#include <stdlib.h>
#include <string.h>

const char *const machine_programs[] = {"make", "gcc", "aarch64-linux-gnu-gcc", "bison", "flex",
	"bc", "ccache", "qemu-system-aarch64", "gnuplot", "ssh", "systemctl", NULL};

void machine_clear(struct machine *machine)
{
	free(machine->arch);
	free(machine->release);
	free(machine->name);
	free(machine->huge_page_bytes);
	free(machine->kvm_mode);
	strv_clear(&machine->programs);
	memset(machine, 0, sizeof(*machine));
}

bool machine_has(const struct machine *machine, const char *program)
{
	for (size_t i = 0; i < machine->programs.count; i++)
		if (strcmp(machine->programs.items[i], program) == 0)
			return true;
	return false;
}
