/* Keeper and gate, opened in this order and closed in reverse. */
#include "cli/line.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "cli/refresh.h"
#include "cli/vault_adapter.h"
#include "store/ledger.h"

static int start_refresh(void *arg, void (*done)(void *done_arg, int fail),
	void *done_arg, struct error *err)
{
	struct line *line = arg;

	return refresh_spawn(line->session, line->login, done, done_arg, err);
}

static void tell_waiting(void *arg, const char *what, enum gate_reason reason,
	int64_t until_boot_ms)
{
	struct line *line = arg;

	if (line->waiting != NULL)
		line->waiting(line->waiting_arg, what, reason, until_boot_ms);
}

/* A token goes to the host it came from and nowhere else, whatever the
 * configuration says by now. */
static int check_place(const struct login *login, const char *host,
	const struct settings_region *region, struct error *err)
{
	if (strcmp(login->host, host) == 0 &&
		strcmp(login->client_id, region->client_id) == 0)
		return 0;
	return error_set(err, FAIL_CONFIG,
		"login %s was made at %s with another app or host than region "
		"%s is configured for now: put client_id and base_url back, "
		"or sign in again",
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
		.waiting = tell_waiting,
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
	else /* a consent whose user isn't known yet */
		snprintf(ret->login, sizeof(ret->login), "%s", login);
	if (fail == FAIL_INPUT)
		fail = error_set(err, FAIL_SIGN_IN,
			"the login '%s' is not in the vault; sign in again "
			"with 'exact-connector login'",
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
	if (line->session == NULL)
		return;
	refresh_forget(line->session);
	if (line->gate != NULL && gate_ledger(line->gate) != NULL) {
		const char *warning = ledger_warning(gate_ledger(line->gate));

		if (warning != NULL)
			log_line(LOG_LEVEL_WARN, "%s", warning);
	}
	gate_free(line->gate);
	keeper_free(line->keeper);
	*line = (struct line){ 0 };
}
