#include "core_world.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *const world_nl[2] = { SANDBOX_NL_CLIENT_ID,
	SANDBOX_NL_CLIENT_SECRET };
const char *const world_uk[2] = { SANDBOX_UK_CLIENT_ID,
	SANDBOX_UK_CLIENT_SECRET };

static void keep_line(void *arg, const char *line)
{
	struct world *world = arg;

	buf_puts(&world->lines, line);
	buf_putc(&world->lines, '\n');
}

static void keep_secret(void *arg, const char *secret)
{
	struct world *world = arg;

	buf_puts(&world->secrets, secret);
	buf_putc(&world->secrets, '\n');
}

void world_init(struct world *world)
{
	memset(world, 0, sizeof(*world));
	sandbox_options_default(&world->options);
	world->options.auto_consent = true;
	world->options.on_line = keep_line;
	world->options.on_secret = keep_secret;
	world->options.arg = world;
	world->now = (struct instant){ .boot_ms = 1000000,
		.wall_ms = WORLD_START };
	buf_init(&world->lines, 4 << 20);
	buf_init(&world->secrets, 1 << 20);
	exchange_reply_init(&world->reply, 8 << 20);
}

void world_open(struct world *world, int ledgers)
{
	const char *root = getenv("top_srcdir");
	char path[512];
	struct error err = { 0 };

	snprintf(path, sizeof(path), "%s/tests/sandbox/core_ledger.txt",
		root ? root : ".");
	ck_assert_int_eq(
		sandbox_new(&world->sandbox, &world->options, &err), 0);
	for (int i = 0; i < ledgers; i++)
		ck_assert_msg(sandbox_add_ledger(world->sandbox, path,
				      SANDBOX_ANY, world->now, NULL, &err) == 0,
			"%s", err.text);
}

void world_close(struct world *world)
{
	sandbox_free(world->sandbox);
	exchange_reply_free(&world->reply);
	buf_free(&world->lines);
	buf_free(&world->secrets);
}

void world_advance(struct world *world, int64_t ms)
{
	world->now.boot_ms += ms;
	world->now.wall_ms += ms;
}

static int handle(struct world *world, const struct exchange_request *request)
{
	exchange_reply_free(&world->reply);
	exchange_reply_init(&world->reply, 8 << 20);
	sandbox_handle(world->sandbox, request, world->now, &world->reply);
	return world->reply.status;
}

int world_send(struct world *world, const char *method, const char *target,
	const char *access, const char *accept)
{
	struct exchange_header headers[2];
	struct exchange_request request = {
		.method = method, .target = target, .headers = headers
	};
	char bearer[1400];

	snprintf(bearer, sizeof(bearer), "Bearer %s", access ? access : "");
	if (accept)
		headers[request.header_count++] = (struct exchange_header){
			"accept", accept
		};
	if (access)
		headers[request.header_count++] = (struct exchange_header){
			"Authorization", bearer
		};
	return handle(world, &request);
}

int world_get(struct world *world, const char *target, const char *access)
{
	return world_send(world, "GET", target, access, "application/json");
}

int world_form(struct world *world, const char *target, const char *body)
{
	struct exchange_header header = { "Content-Type",
		"application/x-www-form-urlencoded" };
	struct exchange_request request = { .method = "POST",
		.target = target,
		.headers = &header,
		.header_count = 1,
		.body = body,
		.body_len = strlen(body) };

	return handle(world, &request);
}

int world_control(struct world *world, const char *format, ...)
{
	char target[1024] = "/control/";
	va_list args;

	va_start(args, format);
	vsnprintf(target + 9, sizeof(target) - 9, format, args);
	va_end(args);
	return world_send(world, "POST", target, NULL, NULL);
}

const char *world_header(const struct world *world, const char *name)
{
	for (size_t i = 0; i < world->reply.header_count; i++)
		if (strcasecmp(world->reply.headers[i].name, name) == 0)
			return world->reply.headers[i].value;
	return NULL;
}

int64_t world_number(const struct world *world, const char *name)
{
	const char *value = world_header(world, name);

	return value ? strtoll(value, NULL, 10) : -1;
}

void world_member(
	const struct world *world, const char *name, char *out, size_t size)
{
	char key[64];
	const char *at;
	size_t len;

	snprintf(key, sizeof(key), "\"%s\":\"", name);
	at = strstr(world->reply.body.data, key);
	ck_assert_msg(at != NULL, "no %s in %s", name, world->reply.body.data);
	at += strlen(key);
	len = strcspn(at, "\"");
	ck_assert_uint_lt(len, size);
	memcpy(out, at, len);
	out[len] = '\0';
	ck_assert_ptr_null(strchr(out, '\\'));
}

const char *world_body(const struct world *world)
{
	return world->reply.body.data;
}

void world_code(
	struct world *world, const char *const app[2], char out[static 512])
{
	char target[512];
	const char *location;
	const char *code;
	size_t len;

	snprintf(target, sizeof(target),
		"/api/oauth2/auth?client_id=%s&redirect_uri=https%%3A%%2F%%2F"
		"exact.codat.io%%2Foauth%%2Fcallback&response_type=code&"
		"state=st%%20ate",
		app[0]);
	ck_assert_int_eq(world_get(world, target, NULL), 302);
	location = world_header(world, "Location");
	ck_assert_ptr_nonnull(location);
	code = strstr(location, "?code=");
	ck_assert_msg(code != NULL, "no code in %s", location);
	code += 6;
	len = strcspn(code, "&");
	ck_assert_uint_lt(len, 512);
	memcpy(out, code, len);
	out[len] = '\0';
}

int world_redeem(
	struct world *world, const char *const app[2], const char *code)
{
	char body[2048];

	snprintf(body, sizeof(body),
		"grant_type=authorization_code&code=%s&redirect_uri=https%%3A"
		"%%2F%%2Fexact.codat.io%%2Foauth%%2Fcallback&client_id=%s&"
		"client_secret=%s",
		code, app[0], app[1]);
	return world_form(world, "/api/oauth2/token", body);
}

int world_refresh(
	struct world *world, const char *const app[2], const char *refresh)
{
	struct buf body;
	int status;

	buf_init(&body, 8192);
	buf_puts(&body, "grant_type=refresh_token&refresh_token=");
	buf_put_percent(&body, refresh, strlen(refresh));
	buf_printf(&body, "&client_id=%s&client_secret=%s", app[0], app[1]);
	status = world_form(world, "/api/oauth2/token", body.data);
	buf_free(&body);
	return status;
}

void world_tokens(const struct world *world, struct world_tokens *ret)
{
	world_member(world, "access_token", ret->access, sizeof(ret->access));
	world_member(
		world, "refresh_token", ret->refresh, sizeof(ret->refresh));
}

void world_login(
	struct world *world, const char *const app[2], struct world_tokens *ret)
{
	char code[512];

	world_code(world, app, code);
	ck_assert_int_eq(world_redeem(world, app, code), 200);
	world_tokens(world, ret);
}
