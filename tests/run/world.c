#include "world.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "connector/entity.h"
#include "connector/feed.h"
#include "http/exchange.h"

#define BASE_URL "http://127.0.0.1:1"
#define BODY_MAX (64u << 20)

/* The double of oauth/keeper.c. */
struct keeper {
	struct world *world;
	char access[1400];
	char refresh[1400];
	int64_t received_boot_ms;
	uint64_t generation;
};

struct world_flight {
	struct world *world;
	struct world_flight *next;
	struct loop_timer timer;
	http_done_fn done;
	void *arg;
	struct http_response response;
};

/* ---- the ledger ----------------------------------------------------------- */

static uint32_t random_next(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static void put_line(
	struct world *world, FILE *file, int entry, int account, int64_t cents)
{
	static const char *const journals[] = { "VT", "AC", "BQ" };

	fprintf(file,
		"%s\tJournal %s\t%d\t202301%02d\t%d\tAccount %d\t\t\tP%d\t"
		"20230101\tEntry %d\t%" PRId64 ",%02d\t%" PRId64
		",%02d\t\t\t20230131\t\t\n",
		journals[entry % 3], journals[entry % 3], entry, 1 + entry % 28,
		1000 + account, account, entry, entry,
		cents > 0 ? cents / 100 : 0, (int)(cents > 0 ? cents % 100 : 0),
		cents < 0 ? -cents / 100 : 0,
		(int)(cents < 0 ? -cents % 100 : 0));
	world->cents[account] += cents;
	world->lines++;
}

static void write_ledger(struct world *world, const char *path)
{
	FILE *file = fopen(path, "w");
	uint32_t state = 20261121;

	ck_assert_ptr_nonnull(file);
	fputs("JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\t"
	      "CompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\t"
	      "EcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\t"
	      "Montantdevise\tIdevise\n",
		file);
	for (int entry = 1; entry <= WORLD_ENTRIES; entry++) {
		int lines = 1 + (int)(random_next(&state) % 3);
		int64_t sum = 0;

		for (int i = 0; i < lines; i++) {
			int64_t cents = 1 + random_next(&state) % 1000000;
			int account = (int)(random_next(&state) %
					    WORLD_ACCOUNTS);

			if (random_next(&state) % 2)
				cents = -cents;
			if (sum + cents == 0)
				cents++;
			sum += cents;
			put_line(world, file, entry, account, cents);
		}
		put_line(world, file, entry, entry % WORLD_ACCOUNTS, -sum);
	}
	ck_assert_int_eq(fclose(file), 0);
}

/* ---- the transport -------------------------------------------------------- */

static void land(struct loop *loop, void *arg)
{
	struct world_flight *flight = arg;
	struct world *world = flight->world;
	struct world_flight **at = &world->flights;

	while (*at != flight)
		at = &(*at)->next;
	*at = flight->next;
	world->in_flight--;
	flight->response.done_boot_ms = loop_now(loop).boot_ms;
	flight->done(flight->arg, &flight->response);
	http_response_free(&flight->response);
	free(flight);
}

static void fill(struct http_response *response,
	const struct exchange_reply *reply, const struct instant *now)
{
	response->sends = 1;
	response->sent_boot_ms = now->boot_ms;
	if (reply->cut == EXCHANGE_NEVER) {
		response->outcome = HTTP_TIMED_OUT;
		return;
	}
	if (reply->cut != EXCHANGE_WHOLE) {
		response->outcome = HTTP_LOST;
		return;
	}
	response->outcome = HTTP_DONE;
	response->status = reply->status;
	response->first_byte_boot_ms = now->boot_ms;
	for (size_t i = 0; i < reply->header_count; i++)
		buf_printf(&response->headers, "%s: %s\n",
			reply->headers[i].name, reply->headers[i].value);
	buf_append(&response->body, reply->body.data, reply->body.len);
}

static int world_send(void *ctx, const struct http_request *request,
	http_done_fn done, struct error *err)
{
	struct world *world = ctx;
	struct instant now = clock_now(world->clock);
	struct world_flight *flight = calloc(1, sizeof(*flight));
	struct exchange_header headers[20];
	struct exchange_request exchange = {
		.method = request->method,
		.headers = headers,
		.body = request->body,
		.body_len = request->body_len,
	};
	struct exchange_reply reply;
	char texts[19][256];
	char bearer[1500];
	int64_t delay = world->latency_ms;

	(void)err;
	ck_assert_ptr_nonnull(flight);
	ck_assert_int_eq(
		strncmp(request->url, BASE_URL "/", sizeof(BASE_URL)), 0);
	exchange.target = request->url + sizeof(BASE_URL) - 1;
	for (size_t i = 0; request->headers && request->headers[i]; i++) {
		char *colon;

		snprintf(texts[i], sizeof(texts[i]), "%s", request->headers[i]);
		colon = strchr(texts[i], ':');
		ck_assert_ptr_nonnull(colon);
		*colon = '\0';
		headers[exchange.header_count++] = (struct exchange_header){
			texts[i], colon + 1 + strspn(colon + 1, " ")
		};
	}
	if (request->bearer) {
		snprintf(bearer, sizeof(bearer), "Bearer %s", request->bearer);
		headers[exchange.header_count++] = (struct exchange_header){
			"Authorization", bearer
		};
	}
	*flight = (struct world_flight){
		.world = world, .done = done, .arg = request->arg
	};
	http_response_init(&flight->response, BODY_MAX);
	if (request->before_send && request->before_send(request->arg, 1)) {
		flight->response.outcome = HTTP_REFUSED;
		delay = 0;
	} else {
		exchange_reply_init(&reply, BODY_MAX);
		sandbox_handle(world->sandbox, &exchange, now, &reply);
		fill(&flight->response, &reply, &now);
		if (reply.status == 429)
			world->refused++;
		delay += reply.delay_ms;
		if (reply.cut == EXCHANGE_NEVER)
			delay += request->timeout_ms;
		exchange_reply_free(&reply);
	}
	flight->next = world->flights;
	world->flights = flight;
	if (++world->in_flight > world->most_in_flight)
		world->most_in_flight = world->in_flight;
	loop_timer_set(
		world->loop, &flight->timer, now.boot_ms + delay, land, flight);
	return 0;
}

/* NULL: all. */
static void drop_flights(struct world *world, const void *of)
{
	struct world_flight **at = &world->flights;

	while (*at) {
		struct world_flight *flight = *at;

		if (of && flight->arg != of) {
			at = &flight->next;
			continue;
		}
		*at = flight->next;
		world->in_flight--;
		loop_timer_cancel(world->loop, &flight->timer);
		http_response_free(&flight->response);
		free(flight);
	}
}

static void world_cancel(void *ctx, const void *arg)
{
	drop_flights(ctx, arg);
}

/* ---- the keeper's double --------------------------------------------------- */

static int handle(struct world *world, const char *method, const char *target,
	const char *body, struct exchange_reply *reply)
{
	struct exchange_header header = { "Content-Type",
		"application/x-www-form-urlencoded" };
	struct exchange_request request = {
		.method = method,
		.target = target,
		.headers = &header,
		.header_count = 1,
		.body = body,
		.body_len = body ? strlen(body) : 0,
	};

	exchange_reply_init(reply, BODY_MAX);
	sandbox_handle(
		world->sandbox, &request, clock_now(world->clock), reply);
	return reply->status;
}

static void copy_member(
	const char *json, const char *name, char *ret, size_t size)
{
	char key[64];
	const char *at;
	size_t len;

	snprintf(key, sizeof(key), "\"%s\":\"", name);
	at = strstr(json, key);
	ck_assert_msg(at != NULL, "no %s in %s", name, json);
	at += strlen(key);
	len = strcspn(at, "\"");
	ck_assert_uint_lt(len, size);
	memcpy(ret, at, len);
	ret[len] = '\0';
}

static void take_tokens(struct keeper *keeper, const char *body)
{
	struct exchange_reply reply;

	ck_assert_int_eq(handle(keeper->world, "POST", "/api/oauth2/token",
				 body, &reply),
		200);
	copy_member(reply.body.data, "access_token", keeper->access,
		sizeof(keeper->access));
	copy_member(reply.body.data, "refresh_token", keeper->refresh,
		sizeof(keeper->refresh));
	keeper->received_boot_ms = clock_now(keeper->world->clock).boot_ms;
	keeper->generation++;
	exchange_reply_free(&reply);
}

static struct keeper *sign_in(struct world *world)
{
	struct keeper *keeper = calloc(1, sizeof(*keeper));
	struct exchange_reply reply;
	char body[4096];
	char code[1024] = "";

	ck_assert_ptr_nonnull(keeper);
	keeper->world = world;
	ck_assert_int_eq(
		handle(world, "GET",
			"/api/oauth2/auth?client_id=" SANDBOX_NL_CLIENT_ID
			"&redirect_uri=https%3A%2F%2Fexact.codat.io%2Foauth"
			"%2Fcallback&response_type=code&state=s",
			NULL, &reply),
		302);
	for (size_t i = 0; i < reply.header_count; i++) {
		const char *at = strstr(reply.headers[i].value, "?code=");

		if (at)
			snprintf(code, sizeof(code), "%.*s",
				(int)strcspn(at + 6, "&"), at + 6);
	}
	exchange_reply_free(&reply);
	snprintf(body, sizeof(body),
		"grant_type=authorization_code&code=%s&redirect_uri=https%%3A"
		"%%2F%%2Fexact.codat.io%%2Foauth%%2Fcallback&client_id=%s&"
		"client_secret=%s",
		code, SANDBOX_NL_CLIENT_ID, SANDBOX_NL_CLIENT_SECRET);
	take_tokens(keeper, body);
	return keeper;
}

int keeper_ask(struct keeper *keeper, struct instant now,
	struct keeper_answer *ret, struct error *err)
{
	(void)err;
	*ret = (struct keeper_answer){
		.say = KEEPER_TOKEN,
		.token = keeper->access,
		.generation = keeper->generation,
	};
	if (now.boot_ms - keeper->received_boot_ms > 580000)
		ret->say = KEEPER_REFRESH;
	return 0;
}

const struct login *keeper_login(const struct keeper *keeper)
{
	static const struct login calm;

	(void)keeper;
	return &calm;
}

int keeper_refused(struct keeper *keeper, uint64_t generation,
	int64_t sent_boot_ms, struct instant now, enum keeper_age *ret,
	struct error *err)
{
	(void)keeper;
	(void)generation;
	(void)sent_boot_ms;
	(void)now;
	(void)err;
	*ret = KEEPER_OLD;
	return 0;
}

struct refreshed {
	struct loop_timer timer;
	void (*done)(void *arg, int fail);
	void *arg;
};

static void tell_refreshed(struct loop *loop, void *arg)
{
	struct refreshed *refreshed = arg;

	(void)loop;
	refreshed->done(refreshed->arg, 0);
	free(refreshed);
}

static int refresh(void *arg, void (*done)(void *done_arg, int fail),
	void *done_arg, struct error *err)
{
	struct world *world = arg;
	struct refreshed *refreshed = calloc(1, sizeof(*refreshed));
	struct buf body;

	(void)err;
	ck_assert_ptr_nonnull(refreshed);
	buf_init(&body, 8192);
	buf_puts(&body, "grant_type=refresh_token&refresh_token=");
	buf_put_percent(
		&body, world->keeper->refresh, strlen(world->keeper->refresh));
	buf_printf(&body, "&client_id=%s&client_secret=%s",
		SANDBOX_NL_CLIENT_ID, SANDBOX_NL_CLIENT_SECRET);
	take_tokens(world->keeper, body.data);
	buf_free(&body);
	refreshed->done = done;
	refreshed->arg = done_arg;
	loop_timer_set(world->loop, &refreshed->timer,
		loop_now(world->loop).boot_ms + 100, tell_refreshed, refreshed);
	return 0;
}

/* ---- the world ------------------------------------------------------------ */

static void keep_line(void *arg, const char *line)
{
	struct world *world = arg;

	buf_puts(&world->log, line);
	buf_putc(&world->log, '\n');
}

static int advance(void *arg, int64_t ms)
{
	struct world *world = arg;

	return clock_advance(world->clock, ms);
}

void world_open(struct world *world)
{
	const char *tmp = getenv("TMPDIR");
	struct sandbox_options options;
	struct error err = { 0 };
	char path[400];

	memset(world, 0, sizeof(*world));
	world->latency_ms = 100;
	snprintf(world->dir, sizeof(world->dir), "%s/check_world.XXXXXX",
		tmp ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(world->dir));
	buf_init(&world->log, 16 << 20);
	ck_assert_int_eq(clock_open_private(&world->clock, WORLD_START), 0);
	ck_assert_int_eq(loop_new(&world->loop, world->clock, &err), 0);
	sandbox_options_default(&options);
	options.auto_consent = true;
	options.control = true;
	options.on_line = keep_line;
	options.on_advance = advance;
	options.arg = world;
	ck_assert_int_eq(sandbox_new(&world->sandbox, &options, &err), 0);
	sandbox_set_base_url(world->sandbox, BASE_URL);
	snprintf(path, sizeof(path), "%s/ledger.txt", world->dir);
	write_ledger(world, path);
	ck_assert_msg(sandbox_add_ledger(world->sandbox, path, SANDBOX_ANY,
			      clock_now(world->clock), NULL, &err) == 0,
		"%s", err.text);
	world->transport = (struct http_transport){ world_send, world_cancel,
		world };
	world->keeper = sign_in(world);
	snprintf(world->ledgers, sizeof(world->ledgers), "%s/ledgers",
		world->dir);
}

void world_close(struct world *world)
{
	char command[400];

	drop_flights(world, NULL);
	free(world->keeper);
	sandbox_free(world->sandbox);
	loop_free(world->loop);
	clock_free(world->clock);
	buf_free(&world->log);
	snprintf(command, sizeof(command), "rm -rf '%s'", world->dir);
	ck_assert_int_eq(system(command), 0);
}

const char *world_control(struct world *world, const char *format, ...)
{
	static char body[1 << 20];
	struct exchange_reply reply;
	char target[1024] = "/control/";
	va_list args;

	va_start(args, format);
	vsnprintf(target + 9, sizeof(target) - 9, format, args);
	va_end(args);
	ck_assert_msg(handle(world, "POST", target, NULL, &reply) == 200,
		"%s: %s", target, reply.body.data);
	snprintf(body, sizeof(body), "%s", reply.body.data);
	exchange_reply_free(&reply);
	return body;
}

static void open_company(
	struct world *world, const char *name, struct records **ret)
{
	char path[400];
	struct error err = { 0 };

	snprintf(path, sizeof(path), "%s/%s.db", world->dir, name);
	ck_assert_msg(
		records_open(ret, path, RECORDS_WRITE, world->clock, &err) == 0,
		"%s", err.text);
}

int world_sync(struct world *world, const char *name, bool full)
{
	const struct gate_options gate_options = {
		.loop = world->loop,
		.transport = &world->transport,
		.keeper = world->keeper,
		.ledgers = world->ledgers,
		.client_id = SANDBOX_NL_CLIENT_ID,
		.division = WORLD_DIVISION,
		.limits = { .minute = 60, .day = 5000 },
		.base_url = BASE_URL,
		.timeout_ms = world->timeout_ms,
		.refresh = refresh,
		.arg = world,
	};
	struct sync_options options = {
		.loop = world->loop,
		.region = "nl",
		.run = "run-1",
		.full = full,
		.fresh = world->fresh,
		.minute_limit = 60,
		.parallel_max = world->parallel_max,
		.observer = world->observer,
	};
	struct error err = { 0 };
	int r;

	open_company(world, name, &options.records);
	ck_assert_msg(gate_new(&world->gate, &gate_options, &err) == 0, "%s",
		err.text);
	options.gate = world->gate;
	world->most_in_flight = world->in_flight;
	r = sync_run(&options, &world->report);
	gate_free(world->gate);
	world->gate = NULL;
	records_close(options.records);
	return r;
}

const struct sync_stream *world_stream(
	const struct world *world, const char *name)
{
	for (size_t i = 0; i < world->report.stream_count; i++) {
		if (!strcmp(world->report.streams[i].name, name))
			return &world->report.streams[i];
	}
	ck_abort_msg("no stream %s", name);
}

const struct sync_type *world_type(const struct world *world, const char *name)
{
	for (size_t i = 0; i < world->report.type_count; i++) {
		if (!strcmp(world->report.types[i].type->name, name))
			return &world->report.types[i];
	}
	ck_abort_msg("no data type %s", name);
}

int world_requests(const struct world *world, const char *path)
{
	int count = 0;

	for (const char *at = world->log.data; (at = strstr(at, path)); at++)
		count++;
	return count;
}

static int dump_one(void *arg, struct model_record *record)
{
	struct buf *ret = arg;
	struct buf text;
	char *stamp;

	buf_init(&text, 16 << 20);
	model_json(record, &text);
	if (strstr(text.data, "\"isDeleted\":true")) {
		buf_free(&text);
		return 0;
	}
	/* The company's own record shows none. */
	stamp = strstr(text.data, ",\"modifiedDate\":\"");
	buf_append(
		ret, text.data, stamp ? (size_t)(stamp - text.data) : text.len);
	buf_puts(ret, stamp ? strchr(stamp + 17, '"') + 1 : "");
	buf_putc(ret, '\n');
	buf_free(&text);
	return 0;
}

void world_dump(struct world *world, const char *name, struct buf *ret)
{
	struct records *records;
	struct error err = { 0 };

	open_company(world, name, &records);
	for (size_t i = 0; model_types[i]; i++)
		ck_assert_int_eq(records_each(records, model_types[i], dump_one,
					 ret, &err),
			0);
	records_close(records);
	ck_assert(!buf_failed(ret));
}

static int add_entry(void *arg, struct model_record *entry)
{
	int64_t *cents = arg;

	if (model_number(entry, JOURNAL_ENTRY_IS_DELETED))
		return 0;
	for (size_t i = 0; i < model_child_count(entry, JOURNAL_ENTRY_LINES);
		i++) {
		const struct model_record *line = model_child(
			entry, JOURNAL_ENTRY_LINES, i);
		int64_t net = model_number(line, JOURNAL_LINE_NET_AMOUNT);
		int account = -1;

		ck_assert_int_eq(
			sscanf(model_text(line, JOURNAL_LINE_ACCOUNT_REF_NAME),
				"Account %d", &account),
			1);
		ck_assert(account >= 0 && account < WORLD_ACCOUNTS);
		ck_assert_int_eq(net % 100, 0);
		cents[account] += net / 100;
	}
	return 0;
}

void world_balances(struct world *world, const char *name,
	int64_t ret[static WORLD_ACCOUNTS])
{
	struct records *records;
	struct error err = { 0 };

	open_company(world, name, &records);
	memset(ret, 0, WORLD_ACCOUNTS * sizeof(*ret));
	ck_assert_int_eq(records_each(records, &model_journal_entries,
				 add_entry, ret, &err),
		0);
	records_close(records);
}

void world_advance(struct world *world, int64_t ms)
{
	ck_assert_int_eq(clock_advance(world->clock, ms), 0);
}
