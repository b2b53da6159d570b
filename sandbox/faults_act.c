#include "sandbox/faults_act.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sandbox/books.h"
#include "sandbox/form.h"
#include "sandbox/odata.h"

#define ROWS_CHANGED 5

/* By its bearer, or at the token endpoint by its code or token. -1: nobody
 * known. */
static int who(struct sandbox *sandbox, const struct turn *turn, int *ret_app)
{
	const char *header = exchange_request_header(
		turn->request, "Authorization");
	char text[GRANTS_TEXT_MAX] = "";
	int user = -1;

	*ret_app = -1;
	if (header != NULL && strncmp(header, "Bearer ", 7) == 0) {
		(void)grants_check_access(&sandbox->grants,
			header + 7 + strspn(header + 7, " "), turn->now_ms,
			ret_app, &user);
		return user;
	}
	if (!turn_has_form(turn))
		return -1;
	if (form_get(turn->request->body, turn->request->body_len,
		    "refresh_token", text, sizeof(text)) == 1)
		return grants_user_of(&sandbox->grants, text, false);
	if (form_get(turn->request->body, turn->request->body_len, "code", text,
		    sizeof(text)) == 1)
		return grants_user_of(&sandbox->grants, text, true);
	return -1;
}

const char *faults_act_user(struct sandbox *sandbox, const struct turn *turn)
{
	int app;
	int user = who(sandbox, turn, &app);

	return user < 0 ? NULL : sandbox->directory.users[user].name;
}

/* "/api/v1/100001/crm/Accounts": the list and its division's code. */
static const struct odata_entity *list_of(const struct turn *turn, int *ret)
{
	char key[128];
	char *end;

	if (strncasecmp(turn->path, "/api/v1/", 8) != 0)
		return NULL;
	*ret = (int)strtol(turn->path + 8, &end, 10);
	return *end == '/' ? odata_find(end + 1, key, sizeof(key)) : NULL;
}

static void change_rows(struct sandbox *sandbox, const struct turn *turn)
{
	struct error ignored;
	int code = 0;
	const char *name = strrchr(turn->path, '/');

	if (list_of(turn, &code) != NULL && name != NULL &&
		books_change(sandbox->books, code, name + 1, ROWS_CHANGED,
			turn->now_ms, NULL, &ignored) < 0)
		return; /* a list that nobody changes */
}

static void take_right(
	struct sandbox *sandbox, const struct turn *turn, int user)
{
	struct error ignored;
	int code = 0;
	const struct odata_entity *entity = list_of(turn, &code);

	if (entity != NULL && entity->scope != NULL &&
		rights_set(&sandbox->rights, user, -1, entity->scope, true,
			&ignored) < 0)
		return; /* no room for one more */
}

static void revoke(struct sandbox *sandbox, int user, int app)
{
	sandbox->directory.users[user].consents[app].given = false;
	grants_revoke(&sandbox->grants, app, user);
}

void faults_act_before(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	int app;
	int user = who(sandbox, turn, &app);

	switch (set->kind) {
	case FAULTS_ROWS_CHANGE:
		change_rows(sandbox, turn);
		break;
	case FAULTS_RIGHTS_LOST:
		if (user >= 0)
			take_right(sandbox, turn, user);
		break;
	case FAULTS_USER_GONE:
		if (user >= 0)
			sandbox->directory.users[user].active = false;
		break;
	case FAULTS_REVOKED:
		if (user >= 0 && app >= 0)
			revoke(sandbox, user, app);
		break;
	case FAULTS_CLOCK_AHEAD:
		turn->now_ms += set->ms - sandbox->offset_ms;
		sandbox->offset_ms = set->ms;
		break;
	default:
		break;
	}
}
