/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/story.h"

#include <stdlib.h>

#include "base/mem.h"

int story_end(struct db *db, int64_t *ret_id, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, "SELECT coalesce(max(id), 0) FROM job_steps", &query, err);

	return r < 0 ? r : query_run_id(query, ret_id, err);
}

void story_free(struct story_line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(lines[i].kernel);
		free(lines[i].text);
	}
	free(lines);
}

int story_since(
	struct db *db, int64_t id, struct story_line **ret, size_t *ret_count, struct err *err)
{
	auto_query struct query *query = NULL;
	struct story_line *lines = NULL;
	size_t count = 0;
	int r = query_open(db,
		"SELECT s.id, s.job_id, coalesce(j.host_id, 0), s.state, s.text, c.oid "
		"FROM job_steps s JOIN jobs j ON j.id = s.job_id "
		"LEFT JOIN commits c ON c.id = j.new_commit WHERE s.id > :id ORDER BY s.id",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	while ((r = query_step(query, err)) > 0) {
		lines = mem_grow(lines, count + 1, sizeof(*lines));
		lines[count++] = (struct story_line){
			.id = query_int(query, 0),
			.job = query_int(query, 1),
			.host_id = query_int(query, 2),
			.state = job_state_from_name(query_text(query, 3)),
			.text = query_text_dup(query, 4),
			.kernel = query_text_dup(query, 5),
		};
	}
	if (r < 0) {
		story_free(lines, count);
		return r;
	}
	*ret = lines;
	*ret_count = count;
	return 0;
}
