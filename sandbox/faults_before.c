/* What happens at Exact just before a request. */
#include "sandbox/faults_acts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sandbox/books.h"
#include "sandbox/odata.h"
#include "sandbox/state.h"

#define ROWS_CHANGED 5

/* "/api/v1/100001/crm/Accounts": the list and its division's code. */
static const struct odata_entity *list_of(
	const struct turn *turn, int *ret_division)
{
	char key[128];
	char *end;

	if (strncasecmp(turn->path, "/api/v1/", 8) != 0)
		return NULL;
	*ret_division = (int)strtol(turn->path + 8, &end, 10);
	return *end == '/' ? odata_find(end + 1, key, sizeof(key)) : NULL;
}

/* A list that cannot be changed stays as it is. */
void faults_before_rows_change(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	struct error ignored;
	int division;
	const char *name = strrchr(turn->path, '/');

	(void)set;
	if (list_of(turn, &division) && name)
		(void)!books_change(sandbox->books, division, name + 1,
			ROWS_CHANGED, turn->now_ms, NULL, &ignored);
}

void faults_before_rights_lost(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	struct error ignored;
	int division, app;
	int user = turn_find_user(sandbox, turn, &app);
	const struct odata_entity *entity = list_of(turn, &division);

	(void)set;
	if (user >= 0 && entity && entity->scope)
		(void)!rights_set(&sandbox->rights, user, -1, entity->scope,
			true, &ignored);
}

void faults_before_user_gone(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	int app;
	int user = turn_find_user(sandbox, turn, &app);

	(void)set;
	if (user >= 0)
		sandbox->directory.users[user].active = false;
}

void faults_before_consent_revoked(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	int app;
	int user = turn_find_user(sandbox, turn, &app);

	(void)set;
	if (user < 0 || app < 0)
		return;
	sandbox->directory.users[user].consents[app].given = false;
	grants_revoke(&sandbox->grants, app, user);
}

void faults_before_clock_ahead(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	turn->now_ms += set->row->ms - sandbox->offset_ms;
	sandbox->offset_ms = set->row->ms;
}
