/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/queue.h"

#include "text/html.h"

void queue_next(FILE *out, const struct front_queue *queue)
{
	size_t jobs = queue ? queue->running + queue->building + queue->waiting : 0;

	if (!queue)
		fputs("by hand", out);
	else if (queue->running)
		fputs("running now", out);
	else if (queue->building)
		fputs("being built now", out);
	else if (queue->waiting)
		fprintf(out, "queued as number %zu", queue->place);
	else
		fputs(queue->is_gone ? "never: the branch is gone" : "when it moves", out);
	if (!queue)
		return;
	if (jobs > 1)
		fprintf(out, "<small>%zu jobs</small>", jobs);
	if (queue->is_paused && !queue->running)
		fputs("<small>the service is paused</small>", out);
	if (queue->problem) {
		fputs("<small>x not looked at: ", out);
		html_text_cut(out, queue->problem, 120);
		fputs("</small>", out);
	} else if (!jobs && queue->looked_unix_ms) {
		fputs("<small>looked at ", out);
		html_time(out, queue->looked_unix_ms);
		fputs("</small>", out);
	}
}
