#include "world.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "oauth/token.h"

struct flight {
	struct loop_timer timer;
	struct http_response response;
	http_done_fn done;
	void *arg;
};

void must(bool condition)
{
	if (!condition)
		abort();
}

void world_save_exact(const struct world *world)
{
	if (world->exact_path[0] == '\0')
		return;
	int fd = open(world->exact_path, O_WRONLY | O_CREAT, 0600);
	must(pwrite(fd, &world->exact, sizeof(world->exact), 0) ==
		(ssize_t)sizeof(world->exact));
	close(fd);
}

void world_load_exact(struct world *world)
{
	int fd = open(world->exact_path, O_RDONLY);

	must(fd >= 0);
	must(read(fd, &world->exact, sizeof(world->exact)) ==
		(ssize_t)sizeof(world->exact));
	close(fd);
}

static void land(struct loop *at, void *arg)
{
	struct flight *flight = arg;

	flight->response.done_boot_ms = loop_now(at).boot_ms;
	flight->done(flight->arg, &flight->response);
	http_response_free(&flight->response);
	free(flight);
}

static void refuse(struct flight *flight, int status, const char *body)
{
	flight->response.status = status;
	buf_puts(&flight->response.body, body);
}

static void issue(struct world *world, struct flight *flight, int64_t now)
{
	world->exact.number++;
	world->exact.rotations++;
	world->exact.issued = now;
	flight->response.status = 200;
	if (world->fault != FAULT_EMPTY)
		buf_printf(&flight->response.body,
			"{\"access_token\":\"a!%d.%d\",\"token_type\":"
			"\"bearer\",\"expires_in\":\"600\","
			"\"refresh_token\":\"r!%d.%d\"}",
			world->exact.chain, world->exact.number,
			world->exact.chain, world->exact.number);
}

static void serve(struct world *world, struct flight *flight, const char *body,
	int64_t now)
{
	int chain = 0, number = 0;
	const char *at = strstr(body, "refresh_token=r%21");

	world->exact.requests++;
	if (world->fault == FAULT_BUSY) {
		refuse(flight, 503, "<html>");
	} else if (world->fault == FAULT_CONFIG) {
		refuse(flight, 400, "{\"error\":\"invalid_request\"}");
	} else if (world->fault == FAULT_ODD) {
		refuse(flight, 400, "{\"error\":\"x\"}");
	} else if (strstr(body, "grant_type=authorization_code&code=c%21") !=
		   NULL) {
		if (strstr(body, "code=c%21bad&")) {
			refuse(flight, 400, "{\"error\":\"invalid_grant\"}");
			return;
		}
		world->exact.chain++;
		world->exact.number = 0;
		issue(world, flight, now);
	} else if (at && sscanf(at, "refresh_token=r%%21%d.%d", &chain,
				 &number) == 2) {
		bool current = number == world->exact.number ||
			       (world->exact.lenient &&
				       number == world->exact.number - 1);
		if (chain != world->exact.chain)
			refuse(flight, 400,
				"{\"error\":\"invalid_grant\",\"error_"
				"description\":\"Token is not allowed, because "
				"of invalid or empty chainId\"}");
		else if (!current)
			refuse(flight, 401,
				"{\"error\":\"unauthorized_client\",\"error_"
				"description\":\"Old refresh token used.\"}");
		else if (now - world->exact.issued < 570000)
			refuse(flight, 400,
				"{\"error\":\"access_denied\",\"error_"
				"description\":\"Rate limit exceeded: "
				"access_token not expired\"}");
		else
			issue(world, flight, now);
	} else {
		world->exact.strays++;
	}
}

static int fake_send(void *ctx, const struct http_request *request,
	http_done_fn done, struct error *err)
{
	struct world *world = ctx;
	struct flight *flight = calloc(1, sizeof(*flight));
	struct instant now = loop_now(world->loop);

	(void)err;
	must(request->fresh_connection);
	must(!request->before_send);
	must(strcmp(request->url,
		     "https://start.exactonline.nl/api/oauth2/token") == 0);
	http_response_init(&flight->response, TOKEN_REPLY_MAX);
	flight->done = done;
	flight->arg = request->arg;
	flight->response.sends = 1;
	flight->response.sent_boot_ms = now.boot_ms;
	flight->response.outcome = HTTP_DONE;
	if (world->fault == FAULT_UNSENT) {
		flight->response.outcome = HTTP_UNSENT;
		flight->response.sends = 0;
	} else if (world->fault == FAULT_UNSEEN) {
		flight->response.outcome = HTTP_LOST;
	} else {
		serve(world, flight, request->body, now.boot_ms);
	}
	if (world->fault == FAULT_LOST) {
		buf_reset(&flight->response.body);
		flight->response.outcome = HTTP_LOST;
		flight->response.status = 0;
	}
	world_save_exact(world);
	loop_timer_set(world->loop, &flight->timer,
		now.boot_ms + world->latency, land, flight);
	return 0;
}

/* ---- the world ------------------------------------------------------- */

const struct credentials world_app = {
	.region = "nl",
	.base_url = "https://start.exactonline.nl/",
	.client_id = "app",
	.client_secret = "SECRET",
	.redirect_uri = "https://me.example/cb",
};

void world_reopen(struct world *world, int64_t wall_ms)
{
	struct error err;

	world->fault = FAULT_NONE;
	world->latency = 200;
	must(clock_open_private(&world->clock, wall_ms) == 0);
	must(loop_new(&world->loop, world->clock, &err) == 0);
	must(vault_open(&world->vault, world->dir, world->key, &err) == 0);
	world->ops = vault_adapter_ops(world->vault);
	world->transport = (struct http_transport){ .send = fake_send,
		.ctx = world };
}

void world_leave(struct world *world)
{
	vault_free(world->vault);
	loop_free(world->loop);
	clock_free(world->clock);
}

void world_open(struct world *world)
{
	struct error err;

	memset(world, 0, sizeof(*world));
	snprintf(world->home, sizeof(world->home), "/tmp/keeper-check-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(world->home));
	snprintf(world->dir, sizeof(world->dir), "%s/logins", world->home);
	snprintf(world->key, sizeof(world->key), "%s/vault.key", world->home);
	ck_assert_int_eq(vault_make_key(world->key, &err), 0);
	world_reopen(world, WORLD_START_WALL);
}

void world_close(struct world *world)
{
	int status;

	world_leave(world);
	pid_t pid = fork();
	if (pid == 0) {
		execlp("rm", "rm", "-rf", world->home, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
}

static void set_done(struct loop *at, void *arg)
{
	(void)at;
	*(bool *)arg = true;
}

void world_pass(struct world *world, int64_t ms)
{
	struct loop_timer timer = { 0 };
	bool done = false;

	loop_timer_set(world->loop, &timer, loop_now(world->loop).boot_ms + ms,
		set_done, &done);
	ck_assert_int_eq(loop_run_until(world->loop, &done), 0);
}

void world_refreshed(void *arg, int fail, const struct error *err)
{
	struct outcome *outcome = arg;

	outcome->done = true;
	outcome->fail = fail;
	outcome->err = *err;
}

struct refresh *world_start_refresh(struct world *world,
	const struct vault_ops *with, const char *name, struct outcome *outcome)
{
	const struct refresh_options options = { .loop = world->loop,
		.transport = &world->transport,
		.ops = with,
		.credentials = &world_app,
		.name = name,
		.done = world_refreshed,
		.arg = outcome };
	struct refresh *refresh;
	struct error err;

	memset(outcome, 0, sizeof(*outcome));
	must(refresh_start(&refresh, &options, &err) == 0);
	return refresh;
}

struct outcome world_refresh(struct world *world, const char *name)
{
	struct outcome outcome;
	struct refresh *refresh = world_start_refresh(
		world, &world->ops, name, &outcome);

	must(loop_run_until(world->loop, &outcome.done) == 0);
	must(!refresh_at_stake(refresh) || outcome.fail == FAIL_STORE);
	refresh_free(refresh);
	return outcome;
}

static void consented(
	void *arg, int fail, const char *name, const struct error *err)
{
	struct outcome *outcome = arg;

	outcome->done = true;
	outcome->fail = fail;
	outcome->err = *err;
	if (name)
		snprintf(outcome->name, sizeof(outcome->name), "%s", name);
}

struct outcome world_exchange(struct world *world, const char *code)
{
	struct outcome outcome = { .done = false };
	const struct consent_options options = { .loop = world->loop,
		.transport = &world->transport,
		.ops = &world->ops,
		.credentials = &world_app,
		.code = code,
		.done = consented,
		.arg = &outcome };
	struct consent *consent;
	struct error err = { 0 };

	must(consent_start(&consent, &options, &err) == 0);
	must(loop_run_until(world->loop, &outcome.done) == 0);
	consent_free(consent);
	return outcome;
}

const struct consent_user world_jan = {
	.id = "aaaa-jan", .user = "Jan", .full_name = "Jan Jansen"
};

void world_sign_in(
	struct world *world, const struct consent_user *user, char *ret_name)
{
	struct outcome outcome = world_exchange(world, "c!1");
	char id[LOGIN_ID_MAX + 1];
	struct error err = { 0 };

	ck_assert_msg(outcome.fail == 0, "%s", outcome.err.text);
	ck_assert_msg(
		consent_join(&world->ops, outcome.name, user,
			clock_boot_id(world->clock), ret_name, id, &err) == 0,
		"%s", err.text);
}

struct keeper *world_keeper(struct world *world, const char *name)
{
	struct keeper *keeper;
	struct error err = { 0 };

	ck_assert_msg(keeper_open(&keeper, &world->ops, name,
			      clock_boot_id(world->clock), &err) == 0,
		"%s", err.text);
	return keeper;
}

struct keeper_answer world_ask(struct world *world, struct keeper *keeper)
{
	struct keeper_answer answer;
	struct error err = { 0 };

	ck_assert_msg(
		keeper_ask(keeper, loop_now(world->loop), &answer, &err) == 0,
		"%s", err.text);
	return answer;
}

enum keeper_age world_refused_after(struct world *world, struct keeper *keeper,
	uint64_t generation, int64_t ms)
{
	struct error err = { 0 };
	enum keeper_age age = KEEPER_ANY;
	int64_t sent = loop_now(world->loop).boot_ms - ms;

	ck_assert_int_eq(keeper_refused(keeper, generation, sent,
				 loop_now(world->loop), &age, &err),
		0);
	return age;
}

enum keeper_age world_refused(
	struct world *world, struct keeper *keeper, uint64_t generation)
{
	return world_refused_after(world, keeper, generation, 0);
}

int world_take_name(void *arg, const char *name, const struct login *consent)
{
	ck_assert_int_eq(consent->status, LOGIN_ALIVE);
	snprintf(arg, LOGIN_VAULT_NAME_MAX + 1, "%s", name);
	return 0;
}
