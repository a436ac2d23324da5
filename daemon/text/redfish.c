/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/redfish.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "string/str.h"

enum { MEMBERS_MAX = 256, TYPES_MAX = 32, SAID_MAX = 300 };

static void put_away(json_t **json)
{
	json_decref(*json);
}

#define auto_json __attribute__((cleanup(put_away)))

static json_t *parse(const char *json, size_t bytes, struct err *err)
{
	json_error_t fault;
	json_t *root = json_loadb(json, bytes, 0, &fault);

	if (root && json_is_object(root))
		return root;
	json_decref(root);
	err_set(err, -EBADMSG, "the answer is no JSON object: line %d: %s", fault.line,
		root ? "another type" : fault.text);
	return NULL;
}

/* A path on the same server, made of what a URL may hold. */
static bool is_path(const char *path)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789/._-~!$&'()*+,;=:@%#";

	return path && path[0] == '/' && path[1] != '/' && strlen(path) < 512 &&
	       strspn(path, letters) == strlen(path) && !strstr(path, "/..");
}

int redfish_members(const char *json, size_t bytes, struct strv *ret, struct err *err)
{
	auto_json json_t *root = parse(json, bytes, err);
	auto_strv struct strv found = STRV_INIT;
	const json_t *members = root ? json_object_get(root, "Members") : NULL, *member;
	size_t i;

	if (!root)
		return -EBADMSG;
	if (!json_is_array(members) || json_array_size(members) > MEMBERS_MAX)
		return err_set(err, -EBADMSG, "the answer is no collection");
	json_array_foreach(members, i, member)
	{
		const char *path = json_string_value(json_object_get(member, "@odata.id"));

		if (!is_path(path))
			return err_set(err, -EBADMSG,
				"member %zu of the collection has no path on this server", i);
		strv_add(&found, path);
	}
	*ret = found;
	found = (struct strv)STRV_INIT;
	return 0;
}

void redfish_system_clear(struct redfish_system *system)
{
	free(system->power_state);
	free(system->reset_path);
	strv_clear(&system->allowed);
	memset(system, 0, sizeof(*system));
}

static bool is_word(const char *text)
{
	return text && *text && strlen(text) < 64 &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") ==
		       strlen(text);
}

int redfish_system(const char *json, size_t bytes, struct redfish_system *ret, struct err *err)
{
	auto_json json_t *root = parse(json, bytes, err);
	const json_t *actions = root ? json_object_get(root, "Actions") : NULL, *type;
	const json_t *reset = json_object_get(actions, "#ComputerSystem.Reset");
	const char *target = json_string_value(json_object_get(reset, "target"));
	const char *state =
		root ? json_string_value(json_object_get(root, "PowerState")) : NULL;
	size_t i;

	if (!root)
		return -EBADMSG;
	if (!is_path(target))
		return err_set(err, -EBADMSG, "the system offers no reset");
	*ret = (struct redfish_system){
		mem_strdup(is_word(state) ? state : ""), mem_strdup(target), STRV_INIT};
	json_array_foreach(json_object_get(reset, "ResetType@Redfish.AllowableValues"), i, type)
	{
		if (i < TYPES_MAX && is_word(json_string_value(type)))
			strv_add(&ret->allowed, json_string_value(type));
	}
	return 0;
}

char *redfish_messages(const char *json, size_t bytes)
{
	auto_json json_t *root = parse(json, bytes, NULL);
	const json_t *error = root ? json_object_get(root, "error") : NULL, *info;
	const char *whole = json_string_value(json_object_get(error, "message"));
	auto_str struct str said = STR_INIT;
	size_t i;

	json_array_foreach(json_object_get(error, "@Message.ExtendedInfo"), i, info)
	{
		const char *message = json_string_value(json_object_get(info, "Message"));

		if (message && said.length < SAID_MAX)
			str_addf(&said, "%s%.200s", said.length ? "; " : "", message);
	}
	if (!said.length && whole)
		str_addf(&said, "%.200s", whole);
	for (char *p = said.text; p && *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
	return said.length ? str_take(&said) : NULL;
}

char *redfish_login(const char *user, const char *password)
{
	auto_json json_t *root =
		json_pack("{s:s, s:s}", "UserName", user, "Password", password);

	return root ? json_dumps(root, JSON_COMPACT) : NULL;
}
