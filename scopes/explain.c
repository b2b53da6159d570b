/*
 * A call may read what the app's scope AND the user's role AND the licence's
 * modules allow. Exact marks only refusals for the first reason:
 *
 *	Forbidden - Application Scope Violated. Cannot read
 *	'financial.receivables' scope.         -> the app's registration
 *	Forbidden                              -> the user, or the licence
 *
 * Texts may come in the user's language; a scope's id does not.
 */
#include "scopes/explain.h"

#include <stdio.h>
#include <string.h>

#include "scopes/catalogue.h"

const char explain_rights[] = "the user's role or the licence's modules don't "
			      "allow this; an administrator of the company "
			      "grants the user that right, or adds the module";

static const char violated[] = "Application Scope Violated";

/* A known scope's id in quotes, whatever the language around it. */
static const char *find_quoted(const char *said)
{
	for (const char *at = strchr(said, '\''); at;
		at = strchr(at + 1, '\'')) {
		size_t len = strcspn(at + 1, "'");

		if (at[1 + len] == '\'' && catalogue_find(at + 1, len) >= 0)
			return at;
	}
	return NULL;
}

bool explain_refused(const char *said, char ret_scope[static EXPLAIN_SCOPE])
{
	const char *at = find_quoted(said);
	const char *words = strstr(said, violated);
	size_t len = 0;

	if (!at && !words)
		return false;
	if (!at)
		at = strchr(words, '\'');
	if (at) {
		at++;
		len = strcspn(at, "'");
		if (at[len] != '\'' || len >= EXPLAIN_SCOPE)
			len = 0;
	}
	if (len > 0)
		memcpy(ret_scope, at, len);
	ret_scope[len] = '\0';
	return true;
}

const char *explain_where(void)
{
	return "the app's owner sets scopes in Exact's App Center (Manage my "
	       "apps, the app, Submit for review, Data & Security review, "
	       "Scopes); once Exact has approved the change, the user must "
	       "consent again with 'exact-connector login ID'";
}

void explain_missing(const char *scope, char ret[static EXPLAIN_MAX])
{
	int known = catalogue_find(scope, strlen(scope));

	if (scope[0] == '\0')
		snprintf(ret, EXPLAIN_MAX, "the app lacks a scope; %s",
			explain_where());
	else if (known < 0)
		snprintf(ret, EXPLAIN_MAX, "the app lacks the scope %s; %s",
			scope, explain_where());
	else
		snprintf(ret, EXPLAIN_MAX,
			"the app lacks the scope %s (\"%s\", at least Read); "
			"%s",
			scope, catalogue_scopes[known].printed,
			explain_where());
}
