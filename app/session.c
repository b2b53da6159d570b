/* Each part is built from the parts before it, and freed in reverse. */
#include "app/session.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/file.h"
#include "store/secret.h"
#include "store/vault_key.h"

static int open_parts(struct session *session, struct error *err)
{
	const struct http_client_options options = {
		.ca_file = session->settings.ca_file[0] == '\0'
				   ? NULL
				   : session->settings.ca_file,
		.user_agent = "exact-connector/" PACKAGE_VERSION,
	};
	int fail;

	fail = clock_open(&session->clock, err);
	if (fail < 0)
		return fail;
	log_setup(session->settings.log_level, session->clock);
	fail = loop_new(&session->loop, session->clock, err);
	if (fail == 0)
		fail = http_client_new(
			&session->client, session->loop, &options, err);
	if (fail < 0)
		return fail;
	session->transport = http_client_transport(session->client);
	fail = file_private_dir(session->paths.state, err);
	if (fail == 0)
		fail = file_private_dir(session->paths.companies, err);
	if (fail == 0)
		fail = companies_open(
			&session->companies, session->paths.registry, err);
	if (fail == 0)
		fail = vault_open(&session->vault, session->paths.logins,
			session->paths.key, err);
	return fail;
}

int session_open(struct session *ret, const struct paths_chosen *chosen,
	struct error *err)
{
	int fail;

	*ret = (struct session){ 0 };
	fail = paths_find(chosen, &ret->paths, err);
	if (fail < 0)
		return fail;
	if (access(ret->paths.state, F_OK) != 0 && errno == ENOENT)
		return error_set(err, FAIL_CONFIG,
			"the state directory %s does not exist; make it with "
			"'exact-connector init'",
			ret->paths.state);
	fail = settings_read(ret->paths.config, &ret->settings, err);
	if (fail < 0)
		return fail;
	fail = open_parts(ret, err);
	if (fail < 0)
		session_close(ret);
	return fail;
}

void session_close(struct session *session)
{
	vault_free(session->vault);
	companies_close(session->companies);
	http_client_free(session->client);
	loop_free(session->loop);
	log_setup(LOG_LEVEL_INFO, NULL);
	clock_free(session->clock);
	*session = (struct session){ 0 };
}

/* Those that end a process which does not catch them. */
static const int deadly[] = { SIGHUP, SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2 };
static struct sigaction before[sizeof(deadly) / sizeof(deadly[0])];

void session_ignore_signals(void)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++)
		sigaction(deadly[i], &ignore, &before[i]);
}

void session_restore_signals(void)
{
	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++)
		sigaction(deadly[i], &before[i], NULL);
}

int session_company(struct session *session, const char *id,
	struct company *ret_company, const struct settings_region **ret_region,
	struct error *err)
{
	const struct settings_region *region;
	int fail;

	fail = companies_get(session->companies, id, ret_company, err);
	if (fail < 0)
		return fail;
	region = settings_region(&session->settings, ret_company->region);
	if (!region)
		return error_set(err, FAIL_CONFIG,
			"company '%s' is in region '%s', which this version "
			"of exact-connector does not know",
			id, ret_company->region);
	*ret_region = region;
	return settings_region_check(&session->settings, region, err);
}

int session_linked(const struct company *company, struct error *err)
{
	if (company->login[0] == '\0')
		return error_set(err, FAIL_SIGN_IN,
			"nobody has signed in for company '%s' yet; run "
			"'exact-connector login %s'",
			company->id, company->id);
	if (company->division == 0)
		return error_set(err, FAIL_SIGN_IN,
			"company '%s' has no division yet; run "
			"'exact-connector login %s --division N'",
			company->id, company->id);
	return 0;
}

struct wanted {
	int64_t division;
	char name[COMPANY_NAME_MAX + 1];
};

static int compare_division(void *arg, const struct company_reach *reach)
{
	struct wanted *wanted = arg;

	if (reach->division == wanted->division)
		snprintf(wanted->name, sizeof(wanted->name), "%s", reach->name);
	return 0;
}

int session_division_name(struct session *session,
	const struct company *company, char ret[static COMPANY_NAME_MAX + 1],
	struct error *err)
{
	struct wanted wanted = { .division = company->division };
	int fail = companies_reach_each(session->companies, company->login,
		compare_division, &wanted, err);

	if (fail == 0)
		memcpy(ret, wanted.name, sizeof(wanted.name));
	return fail;
}

int session_secret(struct session *session,
	const struct settings_region *region, struct buf *ret,
	struct error *err)
{
	unsigned char key[CRYPTO_KEY_BYTES];
	char host[256];
	int fail;

	fail = http_url_place(region->base_url, host, err);
	if (fail == 0)
		fail = vault_key_read(session->paths.key, key, err);
	if (fail < 0)
		return fail;
	fail = secret_load(
		session->paths.logins, key, host, region->client_id, ret, err);
	crypto_wipe(key, sizeof(key));
	if (fail == FAIL_CONFIG)
		error_prefix(err, "region %s", region->name);
	return fail;
}

int session_store_secret(const struct paths *paths, const char *base_url,
	const char *client_id, const char *secret, struct error *err)
{
	unsigned char key[CRYPTO_KEY_BYTES];
	char host[256];
	int fail;

	fail = http_url_place(base_url, host, err);
	if (fail == 0)
		fail = vault_key_read(paths->key, key, err);
	if (fail < 0)
		return fail;
	fail = secret_save(paths->logins, key, host, client_id, secret, err);
	crypto_wipe(key, sizeof(key));
	return fail;
}
