#include "sandbox/directory.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/seeded.h"

/* The default scopes of an accounting connector's app. */
static const char default_scopes[] =
	"crm.accounts,sales.orders,sales.invoices,purchase.orders,"
	"purchase.invoices,logistics.items,financial.generalledgers,"
	"financial.accounting,financial.receivables,financial.payables,"
	"financial.costcenters,financial.currencies,financial.cashflow,"
	"financial.budgets,financial.assets,organization.administration,"
	"organization.documents";

static const struct directory_app registered[DIRECTORY_APPS] = {
	{ .name = "nl",
		.region = SANDBOX_NL,
		.client_id = SANDBOX_NL_CLIENT_ID,
		.secret = SANDBOX_NL_CLIENT_SECRET },
	{ .name = "uk",
		.region = SANDBOX_UK,
		.client_id = SANDBOX_UK_CLIENT_ID,
		.secret = SANDBOX_UK_CLIENT_SECRET },
};

void directory_init(struct directory *directory, uint64_t seed)
{
	int jan;

	memset(directory, 0, sizeof(*directory));
	directory->seed = seed;
	for (size_t i = 0; i < DIRECTORY_APPS; i++) {
		directory->apps[i] = registered[i];
		snprintf(directory->apps[i].scopes,
			sizeof(directory->apps[i].scopes), "%s",
			default_scopes);
	}
	jan = directory_add_user(directory, SANDBOX_USER);
	assert(jan == 0);
	(void)jan;
}

int directory_find_client(
	const struct directory *directory, const char *client_id)
{
	/* Exact prints client ids as GUIDs with braces in some places; the
	 * authorise URL takes them without braces. */
	for (int i = 0; i < DIRECTORY_APPS; i++)
		if (strcmp(directory->apps[i].client_id, client_id) == 0)
			return i;
	return -1;
}

int directory_find_app(const struct directory *directory, const char *name)
{
	for (int i = 0; i < DIRECTORY_APPS; i++)
		if (strcmp(directory->apps[i].name, name) == 0)
			return i;
	return -1;
}

int directory_find_user(const struct directory *directory, const char *name)
{
	for (size_t i = 0; i < directory->user_count; i++)
		if (strcmp(directory->users[i].name, name) == 0)
			return (int)i;
	return -1;
}

int directory_find_division(const struct directory *directory, int code)
{
	for (size_t i = 0; i < directory->division_count; i++)
		if (directory->divisions[i] == code)
			return (int)i;
	return -1;
}

int directory_add_user(struct directory *directory, const char *name)
{
	int found = directory_find_user(directory, name);
	struct directory_user *user;
	struct seeded seeded;

	if (found >= 0)
		return found;
	if (directory->user_count == DIRECTORY_USERS || name[0] == '\0' ||
		strlen(name) >= sizeof(user->name))
		return -1;
	found = (int)directory->user_count;
	user = &directory->users[directory->user_count++];
	snprintf(user->name, sizeof(user->name), "%s", name);
	user->active = true;
	/* The two hosts are independent: a user has an id at each. */
	seeded_begin(&seeded, directory->seed, 'u', (uint64_t)found);
	seeded_guid(&seeded, user->id[SANDBOX_NL]);
	seeded_guid(&seeded, user->id[SANDBOX_UK]);
	return found;
}

int directory_add_division(
	struct directory *directory, int code, enum sandbox_region region)
{
	int index = (int)directory->division_count;

	if (index == DIRECTORY_DIVISIONS)
		return -1;
	directory->divisions[index] = code;
	directory->regions[index] = region;
	directory->division_count++;
	return index;
}

bool directory_redirect_allowed(const char *redirect_uri)
{
	static const char *const loopback[] = { "http://127.0.0.1",
		"http://localhost" };

	if (strcmp(redirect_uri, SANDBOX_REDIRECT_URI) == 0)
		return true;
	for (size_t i = 0; i < sizeof(loopback) / sizeof(loopback[0]); i++) {
		size_t len = strlen(loopback[i]);
		const char *rest = redirect_uri + len;

		if (strncmp(redirect_uri, loopback[i], len) != 0)
			continue;
		if (*rest == ':')
			rest += 1 + strspn(rest + 1, "0123456789");
		return *rest == '/' && !strpbrk(rest, "#\\\r\n\" ");
	}
	return false;
}

bool directory_scope_granted(
	const struct directory_app *app, const char *scopes)
{
	while (scopes && *scopes != '\0') {
		size_t len = strcspn(scopes, "|");
		const char *at = app->scopes;

		while (*at != '\0') {
			size_t have = strcspn(at, ",");

			if (have == len && strncmp(at, scopes, len) == 0)
				return true;
			at += have + (at[have] == ',');
		}
		scopes += len + (scopes[len] == '|');
		if (*scopes == '\0')
			return false;
	}
	return true;
}

void directory_set_add(struct directory_set *set, int index)
{
	set->bits[index / 64] |= UINT64_C(1) << (index % 64);
}

bool directory_set_has(const struct directory_set *set, int index)
{
	return (set->bits[index / 64] >> (index % 64) & 1) != 0;
}

bool directory_set_parse(const struct directory *directory, const char *list,
	struct directory_set *ret)
{
	struct directory_set set = { 0 };

	while (*list != '\0') {
		char *end;
		long code = strtol(list, &end, 10);
		int index;

		if (end == list || (*end != ',' && *end != '\0') || code < 0 ||
			code > INT32_MAX)
			return false;
		index = directory_find_division(directory, (int)code);
		if (index < 0)
			return false;
		directory_set_add(&set, index);
		list = *end == ',' ? end + 1 : end;
	}
	*ret = set;
	return true;
}

bool directory_in_region(
	const struct directory *directory, int app, int division)
{
	enum sandbox_region region = directory->regions[division];

	return region == SANDBOX_ANY || region == directory->apps[app].region;
}

bool directory_user_opens(
	const struct directory *directory, int user, int app, int division)
{
	return directory_set_has(&directory->users[user].divisions, division) &&
	       directory_in_region(directory, app, division);
}

bool directory_consented(
	const struct directory *directory, int user, int app, int division)
{
	const struct directory_consent *consent = &directory->users[user]
							   .consents[app];

	return consent->given &&
	       directory_set_has(&consent->divisions, division) &&
	       directory_user_opens(directory, user, app, division);
}

int directory_current_division(
	const struct directory *directory, int user, int app)
{
	if (directory->users[user].current != 0)
		return directory->users[user].current;
	for (int i = 0; i < (int)directory->division_count; i++)
		if (directory_user_opens(directory, user, app, i))
			return directory->divisions[i];
	return 0;
}
