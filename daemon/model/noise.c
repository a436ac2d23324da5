/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/noise.h"

#include <stdlib.h>
#include <string.h>

const int noise_boots[NOISE_SIZES] = {2, 4, 8};

void noise_clear(struct noise *noise)
{
	free(noise->cells);
	free(noise->metrics);
	memset(noise, 0, sizeof(*noise));
}
