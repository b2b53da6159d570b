/*
 * `login ID`: send a person to Exact, take them back, keep what they give.
 *
 *	--url        note a state, print the address, end
 *	--callback   read the redirected address from standard input, go on
 *	--listen A   wait for the browser on A (behind the HTTPS name, or on
 *	             loopback), go on
 *	--paste      print the address, wait for the redirected one to be
 *	             pasted, go on
 *
 * Going on is the same for all: the code becomes tokens, durably, before
 * anything else is asked (signing.c).
 */
#include "cli/login.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "cli/company.h"
#include "cli/session.h"
#include "cli/signing.h"
#include "http/listener.h"
#include "oauth/authorize.h"
#include "oauth/callback.h"

/* A connection that says nothing for so long gives its place to another; a
 * browser says all at once. */
#define IDLE_S 15

struct visit {
	struct signing *signing;
	char company[COMPANY_ID_MAX + 1];
	char path[SETTINGS_TEXT_MAX]; /* of the redirect URI */
	bool done;                    /* a good code came */
	int fail;                     /* the store refused */
	struct error err;
	struct callback callback;
};

/* ---- what the person is told ------------------------------------------- */

static void tell_receiver(const struct settings_region *region)
{
	char host[256];

	if (http_url_check(region->redirect_uri, host, NULL) < 0)
		return;
	fprintf(stderr, "The sign-in code goes to %s (%s).\n", host,
		region->redirect_uri);
	if (!region->receiver_is_ours)
		fprintf(stderr,
			"WARNING: if that host is not yours, its owner "
			"receives the code. It is worth nothing without your "
			"client secret. Set 'regions.%s.receiver_is_ours = "
			"true' when it is yours.\n",
			region->name);
}

static int refuse(enum callback_verdict verdict,
	const struct callback *callback, struct error *err)
{
	return error_set(err, FAIL_SIGN_IN, "%s%s%s%s", callback_text(verdict),
		callback->words[0] == '\0' ? "" : " (Exact says: ",
		callback->words, callback->words[0] == '\0' ? "" : ")");
}

/* Read the redirected address, use its state up. */
static int take(struct signing *signing, const char *text, size_t len,
	struct callback *ret, struct error *err)
{
	struct session *session = signing->session;
	struct authorize_found found = { 0 };
	enum callback_verdict verdict;
	int fail;

	verdict = callback_parse(text, len, ret);
	fail = authorize_take(signing->pending, verdict, ret,
		signing->region->name, signing->company.id,
		clock_now(session->clock), clock_boot_id(session->clock),
		&verdict, &found, err);
	if (fail < 0)
		return fail;
	if (verdict != CALLBACK_GOOD)
		return refuse(verdict, ret, err);
	return 0;
}

/* ---- the four ways home ------------------------------------------------- */

/* One line; a longer one is cut, and callback_parse() refuses it then. */
static size_t read_line(char *line, size_t size)
{
	size_t len;

	if (fgets(line, (int)size, stdin) == NULL)
		return 0;
	len = strlen(line);
	while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
		line[--len] = '\0';
	return len;
}

static int from_input(
	struct signing *signing, struct callback *ret, struct error *err)
{
	char line[CALLBACK_MAX + 64];
	size_t len = read_line(line, sizeof(line));
	int fail;

	if (len == 0)
		return error_set(err, FAIL_USAGE,
			"no redirected address came on standard input");
	fail = take(signing, line, len, ret, err);
	crypto_wipe(line, sizeof(line));
	return fail;
}

static void visited(void *arg, const struct exchange_request *request,
	struct instant now, struct exchange_reply *reply)
{
	struct visit *visit = arg;
	size_t len = strlen(visit->path);
	const char *query = request->target + len;
	struct signing *signing = visit->signing;
	enum callback_verdict verdict;
	struct authorize_found found = { 0 };
	struct callback callback;
	int fail;

	exchange_reply_header(reply, "Cache-Control", "no-store");
	exchange_reply_header(reply, "Referrer-Policy", "no-referrer");
	if (strcmp(request->method, "GET") != 0 ||
		strncmp(request->target, visit->path, len) != 0 ||
		(*query != '?' && *query != '\0')) {
		reply->status = 404;
		exchange_reply_header(
			reply, "Content-Type", "text/plain; charset=utf-8");
		buf_puts(&reply->body, "There is nothing here.\n");
		return;
	}
	verdict = callback_parse(query, strlen(query), &callback);
	fail = authorize_take(signing->pending, verdict, &callback,
		signing->region->name, signing->company.id, now,
		clock_boot_id(signing->session->clock), &verdict, &found,
		&visit->err);
	exchange_reply_header(
		reply, "Content-Type", "text/html; charset=utf-8");
	if (fail < 0) {
		visit->fail = fail;
		visit->done = true;
		verdict = CALLBACK_NOT_KEPT;
	}
	/* Words are shown as Exact's only for a sign-in that we began. */
	bool known = verdict == CALLBACK_DENIED || verdict == CALLBACK_ERROR;
	reply->status = callback_page(verdict, visit->company,
		known ? callback.words : "", &reply->body);
	if (fail == 0 && verdict == CALLBACK_GOOD && !visit->done) {
		visit->callback = callback;
		visit->done = true;
	}
	crypto_wipe(&callback, sizeof(callback));
}

/* "/oauth/callback" of "http://127.0.0.1:8910/oauth/callback". */
static int redirect_path(const char *uri, char *ret, size_t size)
{
	const char *at = strstr(uri, "://");

	at = at == NULL ? NULL : strchr(at + 3, '/');
	return snprintf(ret, size, "%s", at == NULL ? "/" : at) >= (int)size
		       ? -1
		       : 0;
}

static int from_listener(struct signing *signing, const char *address,
	struct callback *ret, struct error *err)
{
	static struct visit visit; /* large */
	struct session *session = signing->session;
	struct listener *listener = NULL;
	struct listener_options options = {
		.address = address,
		.max_body = 1024,
		.max_target = CALLBACK_MAX,
		.idle_s = IDLE_S,
		.handler = visited,
		.arg = &visit,
	};
	struct loop_timer timer = { 0 };
	char host[256];
	int64_t until = clock_now(session->clock).boot_ms + AUTHORIZE_LIFE_MS;
	int fail;

	visit = (struct visit){ .signing = signing };
	snprintf(visit.company, sizeof(visit.company), "%s",
		signing->company.id);
	if (redirect_path(signing->region->redirect_uri, visit.path,
		    sizeof(visit.path)) < 0)
		return error_set(
			err, FAIL_CONFIG, "the redirect URI is too long");
	fail = listener_open(&listener, session->loop, &options, err);
	if (fail < 0)
		return fail;
	printf("Open this address, sign in and agree:\n%s\nlistening on %s%s "
	       "until it comes back (10 minutes)\n",
		signing->url.data, listener_url(listener), visit.path);
	fflush(stdout);
	if (http_url_check(listener_url(listener), host, NULL) < 0)
		fprintf(stderr,
			"WARNING: %s can be reached from other machines, in "
			"the clear. Let only the proxy in that holds the "
			"certificate of the redirect URI.\n",
			listener_url(listener));
	loop_timer_set(session->loop, &timer, until, signing_wake, NULL);
	while (fail == 0 && !visit.done) {
		loop_turn(session->loop);
		if (loop_interrupted(session->loop) != 0)
			fail = error_set(err, FAIL_INTERRUPTED, "interrupted");
		else if (loop_now(session->loop).boot_ms >= until)
			fail = error_set(err, FAIL_SIGN_IN,
				"nobody came back within ten minutes; run "
				"'exact-connector login %s' again",
				signing->company.id);
	}
	loop_timer_cancel(session->loop, &timer);
	if (fail == 0 && visit.fail < 0) {
		*err = visit.err;
		fail = visit.fail;
	}
	if (fail == 0) {
		*ret = visit.callback;
		signing->listener = listener; /* its page is still on the way */
	} else {
		listener_free(listener);
	}
	crypto_wipe(&visit.callback, sizeof(visit.callback));
	return fail;
}

static int from_paste(
	struct signing *signing, struct callback *ret, struct error *err)
{
	printf("Open this address, sign in and agree:\n\n  %s\n\n"
	       "The browser ends at %s…; its page may not load, that does "
	       "not matter.\nPaste that whole address here. The code in it "
	       "lives 180 seconds:\n> ",
		signing->url.data, signing->region->redirect_uri);
	fflush(stdout);
	return from_input(signing, ret, err);
}

/* Where to listen when nobody says: on the redirect URI's own loopback
 * address, if it is one. */
static bool own_address(const char *uri, char *ret, size_t size)
{
	char host[256];
	const char *at = uri + strlen("http://");
	size_t len;

	if (strncmp(uri, "http://", 7) != 0 ||
		http_url_check(uri, host, NULL) < 0)
		return false;
	len = strcspn(at, "/?#");
	if (memchr(at, ':', len) == NULL || len >= size)
		return false;
	memcpy(ret, at, len);
	ret[len] = '\0';
	return true;
}

static int come_home(
	struct signing *signing, struct callback *ret, struct error *err)
{
	const struct invocation *invocation = signing->session->invocation;
	const char *address = invocation->value[OPTION_LISTEN];
	char own[128];

	if (invocation->value[OPTION_CALLBACK] != NULL)
		return from_input(signing, ret, err);
	if (address == NULL && invocation->value[OPTION_PASTE] == NULL &&
		own_address(signing->region->redirect_uri, own, sizeof(own)))
		address = own;
	if (address != NULL) {
		int fail = loop_catch_signals(signing->session->loop, err);

		if (fail < 0)
			return fail;
		return from_listener(signing, address, ret, err);
	}
	return from_paste(signing, ret, err);
}

/* How many of the four ways are named; more than one is refused. */
static int ways_named(const struct invocation *invocation, struct error *err)
{
	static const enum option ways[] = { OPTION_LISTEN, OPTION_PASTE,
		OPTION_URL, OPTION_CALLBACK };
	int given = 0;

	for (int i = 0; i < 4; i++)
		given += invocation->value[ways[i]] != NULL;
	if (given > 1)
		return error_set(err, FAIL_USAGE,
			"--listen, --paste, --url and --callback exclude each "
			"other");
	return given;
}

static void tell_linked(const struct signing *signing)
{
	printf("signed in as %s: login %s, company %s reads division %lld "
	       "(%s)\n",
		signing->user, signing->company.login, signing->company.id,
		(long long)signing->company.division, signing->division_name);
}

static int run(struct signing *signing, struct error *err)
{
	const struct invocation *invocation = signing->session->invocation;
	const char *division = invocation->value[OPTION_DIVISION];
	static struct callback callback; /* wiped */
	int fail = 0;

	if (division != NULL)
		fail = company_read_division(
			division, &signing->company.division, err);
	if (fail == 0 && ways_named(invocation, NULL) == 0 &&
		division != NULL && signing->company.login[0] != '\0' &&
		signing->company.state == COMPANY_PENDING_AUTH) {
		fail = signing_settle(signing, err);
		if (fail == 0)
			tell_linked(signing);
		return fail;
	}
	if (fail == 0 && invocation->value[OPTION_CALLBACK] == NULL) {
		tell_receiver(signing->region);
		fail = signing_begin(signing, err);
	}
	if (fail == 0 && invocation->value[OPTION_URL] != NULL) {
		puts(signing->url.data);
		return 0;
	}
	if (fail == 0)
		fail = come_home(signing, &callback, err);
	/* From here a code is spent: no signal may cut that short. */
	if (fail == 0)
		fail = loop_catch_signals(signing->session->loop, err);
	if (fail == 0)
		fail = signing_exchange(signing, callback.code, err);
	crypto_wipe(&callback, sizeof(callback));
	if (fail == 0)
		fail = signing_link(signing, err);
	if (fail == 0)
		tell_linked(signing);
	return fail;
}

enum exit_code login_command(const struct invocation *invocation)
{
	struct error err = { 0 };
	struct session session;
	struct signing signing;
	int fail;

	fail = ways_named(invocation, &err);
	if (fail < 0)
		return command_fail(&err);
	fail = session_open(&session, invocation, &err);
	if (fail < 0)
		return command_fail(&err);
	fail = signing_open(
		&signing, &session, invocation->positional[0], &err);
	if (fail == 0)
		fail = run(&signing, &err);
	signing_close(&signing);
	session_close(&session);
	return fail == 0 ? EXIT_DONE : command_fail(&err);
}
