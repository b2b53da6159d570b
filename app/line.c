/* Keeper and gate, opened in this order and closed in reverse. */
#include "app/line.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "app/refresher.h"
#include "app/vault_adapter.h"
#include "store/ledger.h"

static int start_refresh(void *arg, void (*done)(void *done_arg, int fail),
	void *done_arg, struct error *err)
{
	struct line *line = arg;

	return refresher_spawn(line->session, line->login, done, done_arg, err);
}

static void report_waiting(void *arg, const char *what, enum gate_reason reason,
	int64_t until_boot_ms)
{
	struct line *line = arg;

	if (line->waiting)
		line->waiting(line->waiting_arg, what, reason, until_boot_ms);
}

/* A token is sent to the host that gave it and to no other, even when the
 * configuration has changed since. */
static int check_place(const struct login *login, const char *host,
	const struct settings_region *region, struct error *err)
{
	if (strcmp(login->host, host) == 0 &&
		strcmp(login->client_id, region->client_id) == 0)
		return 0;
	return error_set(err, FAIL_CONFIG,
		"login %s was made at %s, and region %s is now configured for "
		"another app or host: put client_id and base_url back, or "
		"sign in again with 'exact-connector login ID'",
		login->id, login->host, region->name);
}

int line_open(struct line *ret, struct session *session,
	const struct settings_region *region, const char *login,
	int64_t division,
	void (*waiting)(void *arg, const char *what, enum gate_reason reason,
		int64_t until_boot_ms),
	void *arg, struct error *err)
{
	struct vault_ops ops = vault_adapter_ops(session->vault);
	struct gate_options options = {
		.loop = session->loop,
		.transport = &session->transport,
		.ledgers = session->paths.ledgers,
		.client_id = region->client_id,
		.division = division,
		.limits = session->settings.limits,
		.base_url = region->base_url,
		.timeout_ms = session->settings.timeout_ms,
		.refresh = start_refresh,
		.waiting = report_waiting,
		.arg = ret,
	};
	char host[256];
	int fail;

	*ret = (struct line){
		.session = session, .waiting = waiting, .waiting_arg = arg
	};
	fail = http_url_place(region->base_url, host, err);
	if (fail < 0)
		return fail;
	if (keeper_is_login(login))
		fail = keeper_find(&ops, login, ret->login, err);
	else /* a consent whose user is not known yet */
		snprintf(ret->login, sizeof(ret->login), "%s", login);
	if (fail == FAIL_INPUT)
		fail = error_set(err, FAIL_SIGN_IN,
			"the login '%s' is not in the vault; sign in again "
			"with 'exact-connector login ID'",
			login);
	if (fail == 0)
		fail = keeper_open(&ret->keeper, &ops, ret->login,
			clock_boot_id(session->clock), err);
	if (fail == 0)
		fail = check_place(
			keeper_login(ret->keeper), host, region, err);
	options.keeper = ret->keeper;
	if (fail == 0)
		fail = gate_new(&ret->gate, &options, err);
	if (fail < 0)
		line_close(ret);
	return fail;
}

void line_close(struct line *line)
{
	if (!line->session)
		return;
	refresher_forget(line->session);
	if (line->gate && gate_ledger(line->gate)) {
		const char *warning = ledger_warning(gate_ledger(line->gate));

		if (warning)
			log_line(LOG_LEVEL_WARN, "%s", warning);
	}
	gate_free(line->gate);
	keeper_free(line->keeper);
	*line = (struct line){ 0 };
}
