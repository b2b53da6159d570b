/*
 * `login ID`: sends a person to Exact, receives the sign-in code when Exact
 * sends the browser back, and links the company.
 *
 *	--url        give out a state, print the address to open, end
 *	--callback   read the redirected address from standard input
 *	--listen A   wait for the browser on A (behind the HTTPS name, or on
 *	             loopback)
 *	--paste      print the address to open, and wait until the redirected
 *	             address is pasted
 *
 * All but --url then go on alike: the code becomes tokens, durably, before
 * anything else is asked (app/signing.c).
 */
#include "cli/login.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "cli/argument.h"
#include "app/session.h"
#include "app/signing.h"
#include "http/listener.h"
#include "oauth/authorize.h"
#include "oauth/callback.h"

/* A connection that is silent for so long is closed and gives its place to
 * another one; a browser sends its request at once. */
#define IDLE_S 15

struct login_run {
	const struct invocation *invocation; /* borrowed */
	struct session session;
	struct signing signing;
	struct listener *listener; /* owned; its last page is being sent */
};

/* A browser that comes back to us. */
struct visit {
	struct signing *signing;      /* borrowed */
	char path[SETTINGS_TEXT_MAX]; /* of the redirect URI */
	bool done;                    /* a good code came, or `fail` */
	int fail;                     /* the state could not be stored */
	struct error err;
	struct callback callback;
};

/* ---- messages ------------------------------------------------------------ */

static void print_receiver(const struct settings_region *region)
{
	char host[256];

	if (http_url_check(region->redirect_uri, host, NULL) < 0)
		return;
	fprintf(stderr, "Exact sends the sign-in code to %s (%s).\n", host,
		region->redirect_uri);
	if (!region->receiver_is_ours)
		fprintf(stderr,
			"WARNING: if that host is not yours, its owner "
			"receives the code. The code is useless without your "
			"client secret. If the host is yours, set "
			"'regions.%s.receiver_is_ours = true'.\n",
			region->name);
}

static int refuse(enum callback_verdict verdict,
	const struct callback *callback, struct error *err)
{
	return error_set(err, FAIL_SIGN_IN, "%s%s%s%s", callback_text(verdict),
		callback->words[0] == '\0' ? "" : " (Exact says: ",
		callback->words, callback->words[0] == '\0' ? "" : ")");
}

/* Reads the redirected address and uses its state up. */
static int take(struct signing *signing, const char *text, size_t len,
	struct callback *ret, struct error *err)
{
	enum callback_verdict verdict = callback_parse(text, len, ret);
	int fail = signing_take(signing, verdict, ret,
		clock_now(signing->session->clock), &verdict, err);

	if (fail < 0)
		return fail;
	if (verdict != CALLBACK_GOOD)
		return refuse(verdict, ret, err);
	return 0;
}

/* ---- the ways to receive the code ---------------------------------------- */

/* One line. A longer line is cut, and callback_parse() then refuses it. */
static size_t read_line(char *line, size_t size)
{
	size_t len;

	if (!fgets(line, (int)size, stdin))
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
			"standard input holds no redirected address");
	fail = take(signing, line, len, ret, err);
	crypto_wipe(line, sizeof(line));
	return fail;
}

static void answer_visit(void *arg, const struct exchange_request *request,
	struct instant now, struct exchange_reply *reply)
{
	struct visit *visit = arg;
	size_t len = strlen(visit->path);
	const char *query = request->target + len;
	struct signing *signing = visit->signing;
	enum callback_verdict verdict;
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
	fail = signing_take(
		signing, verdict, &callback, now, &verdict, &visit->err);
	exchange_reply_header(
		reply, "Content-Type", "text/html; charset=utf-8");
	if (fail < 0) {
		visit->fail = fail;
		visit->done = true;
		verdict = CALLBACK_NOT_KEPT;
	}
	/* The words are shown as Exact's only for a sign-in that we began. */
	bool known = verdict == CALLBACK_DENIED || verdict == CALLBACK_ERROR;
	reply->status = callback_page(verdict, signing->company.id,
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

	at = at ? strchr(at + 3, '/') : NULL;
	return snprintf(ret, size, "%s", at ? at : "/") >= (int)size ? -1 : 0;
}

/* A timer's callback: it ends loop_turn(). */
static void end_turn(struct loop *loop, void *arg)
{
	(void)loop;
	(void)arg;
}

/* Turns the loop until the browser came back. */
static int wait_for_visit(
	struct login_run *run, const struct visit *visit, struct error *err)
{
	struct loop *loop = run->session.loop;
	int64_t until = loop_now(loop).boot_ms + AUTHORIZE_LIFE_MS;
	struct loop_timer timer = { 0 };
	int fail = 0;

	loop_timer_set(loop, &timer, until, end_turn, NULL);
	while (fail == 0 && !visit->done) {
		loop_turn(loop);
		if (loop_interrupted(loop) != 0)
			fail = error_set(err, FAIL_INTERRUPTED, "interrupted");
		else if (loop_now(loop).boot_ms >= until)
			fail = error_set(err, FAIL_SIGN_IN,
				"nobody signed in within ten minutes; run "
				"'exact-connector login %s' again",
				run->signing.company.id);
	}
	loop_timer_cancel(loop, &timer);
	if (fail == 0 && visit->fail < 0) {
		*err = visit->err;
		fail = visit->fail;
	}
	return fail;
}

static int from_listener(struct login_run *run, const char *address,
	struct callback *ret, struct error *err)
{
	static struct visit visit; /* large */
	struct signing *signing = &run->signing;
	struct listener_options options = {
		.address = address,
		.max_body = 1024,
		.max_target = CALLBACK_MAX,
		.idle_s = IDLE_S,
		.handler = answer_visit,
		.arg = &visit,
	};
	char host[256];
	int fail;

	visit = (struct visit){ .signing = signing };
	if (redirect_path(signing->region->redirect_uri, visit.path,
		    sizeof(visit.path)) < 0)
		return error_set(
			err, FAIL_CONFIG, "the redirect URI is too long");
	fail = listener_open(&run->listener, run->session.loop, &options, err);
	if (fail < 0)
		return fail;
	printf("Open this address, sign in and agree:\n%s\nlistening on %s%s "
	       "for the browser to come back (10 minutes)\n",
		signing->url.data, listener_url(run->listener), visit.path);
	fflush(stdout);
	if (http_url_check(listener_url(run->listener), host, NULL) < 0)
		fprintf(stderr,
			"WARNING: other machines can reach %s, unencrypted. "
			"Let only the proxy connect that holds the certificate "
			"of the redirect URI.\n",
			listener_url(run->listener));
	fail = wait_for_visit(run, &visit, err);
	if (fail == 0)
		*ret = visit.callback;
	crypto_wipe(&visit.callback, sizeof(visit.callback));
	return fail;
}

static int from_paste(
	struct signing *signing, struct callback *ret, struct error *err)
{
	printf("Open this address, sign in and agree:\n\n  %s\n\n"
	       "The browser then goes to %s…; it does not matter if that "
	       "page fails to load.\nPaste the browser's whole address here "
	       "within 180 seconds:\n> ",
		signing->url.data, signing->region->redirect_uri);
	fflush(stdout);
	return from_input(signing, ret, err);
}

/* Where to listen without --listen: at the redirect URI's own address, if
 * that is a loopback address. */
static bool own_address(const char *uri, char *ret, size_t size)
{
	char host[256];
	const char *at = uri + strlen("http://");
	size_t len;

	if (strncmp(uri, "http://", 7) != 0 ||
		http_url_check(uri, host, NULL) < 0)
		return false;
	len = strcspn(at, "/?#");
	if (!memchr(at, ':', len) || len >= size)
		return false;
	memcpy(ret, at, len);
	ret[len] = '\0';
	return true;
}

static int wait_for_callback(
	struct login_run *run, struct callback *ret, struct error *err)
{
	const struct invocation *invocation = run->invocation;
	const char *address = invocation->value[OPTION_LISTEN];
	struct signing *signing = &run->signing;
	char own[128];
	int fail;

	if (invocation->value[OPTION_CALLBACK])
		return from_input(signing, ret, err);
	if (!address && !invocation->value[OPTION_PASTE] &&
		own_address(signing->region->redirect_uri, own, sizeof(own)))
		address = own;
	if (!address)
		return from_paste(signing, ret, err);
	fail = loop_catch_signals(run->session.loop, err);
	return fail < 0 ? fail : from_listener(run, address, ret, err);
}

/* How many of the four options are given; more than one is refused. */
static int ways_named(const struct invocation *invocation, struct error *err)
{
	static const enum option ways[] = { OPTION_LISTEN, OPTION_PASTE,
		OPTION_URL, OPTION_CALLBACK };
	int given = 0;

	for (int i = 0; i < 4; i++)
		given += invocation->value[ways[i]] ? 1 : 0;
	if (given > 1)
		return error_set(err, FAIL_USAGE,
			"give only one of --listen, --paste, --url and "
			"--callback");
	return given;
}

static void print_linked(const struct signing *signing)
{
	printf("signed in as %s: login %s, company %s reads division %lld "
	       "(%s)\n",
		signing->user, signing->company.login, signing->company.id,
		(long long)signing->company.division, signing->division_name);
}

/* The company has a login, and only its division is missing. */
static bool needs_only_division(const struct login_run *run)
{
	return ways_named(run->invocation, NULL) == 0 &&
	       run->invocation->value[OPTION_DIVISION] &&
	       run->signing.company.login[0] != '\0' &&
	       run->signing.company.state == COMPANY_PENDING_AUTH;
}

static int sign_in(struct login_run *run, struct error *err)
{
	static struct callback callback; /* wiped */
	struct signing *signing = &run->signing;
	int fail = wait_for_callback(run, &callback, err);

	/* From here a code is spent: no signal may cut that short. */
	if (fail == 0)
		fail = loop_catch_signals(run->session.loop, err);
	if (fail == 0)
		fail = signing_exchange(signing, callback.code, err);
	crypto_wipe(&callback, sizeof(callback));
	return fail < 0 ? fail : signing_link(signing, err);
}

static int perform(struct login_run *run, struct error *err)
{
	const char *division = run->invocation->value[OPTION_DIVISION];
	bool callback_only = run->invocation->value[OPTION_CALLBACK];
	struct signing *signing = &run->signing;
	int fail = 0;

	if (division)
		fail = argument_division(
			division, &signing->company.division, err);
	if (fail == 0 && needs_only_division(run)) {
		fail = signing_settle(signing, err);
	} else {
		if (fail == 0 && !callback_only) {
			print_receiver(signing->region);
			fail = signing_begin(signing, err);
		}
		if (fail == 0 && run->invocation->value[OPTION_URL]) {
			puts(signing->url.data);
			return 0;
		}
		if (fail == 0)
			fail = sign_in(run, err);
	}
	if (fail == 0)
		print_linked(signing);
	return fail;
}

enum exit_code login_command(const struct invocation *invocation)
{
	static struct login_run run; /* large; one a process */
	struct error err = { 0 };
	int fail;

	run.invocation = invocation;
	fail = ways_named(invocation, &err);
	if (fail < 0)
		return command_fail(&err);
	fail = session_open(&run.session, &invocation->chosen, &err);
	if (fail < 0)
		return command_fail(&err);
	fail = signing_open(
		&run.signing, &run.session, invocation->positional[0], &err);
	if (fail == 0)
		fail = perform(&run, &err);
	signing_close(&run.signing);
	listener_free(run.listener);
	session_close(&run.session);
	return fail == 0 ? EXIT_DONE : command_fail(&err);
}
