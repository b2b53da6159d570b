/*
 * exact-sandbox: the command line. Each option is a row of one table, which
 * the parser and --help share.
 */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "sandbox/control.h"
#include "sandbox/directory.h"
#include "sandbox/faults.h"
#include "sandbox/quota.h"
#include "sandbox/shell.h"

struct settings {
	struct shell_options shell;
	struct sandbox_options sandbox;
	struct shell_ledger ledgers[DIRECTORY_DIVISIONS];
	struct shell_books books[DIRECTORY_DIVISIONS];
	const char *faults[FAULTS_MAX];
	bool uk_next; /* --country came before its --size */
	bool country_next;
};

struct option_row {
	const char *name;
	const char *value; /* NULL: a flag */
	/* false: the value is not allowed */
	bool (*set)(struct settings *settings, const char *value);
	const char *help;
};

static bool whole(
	const char *text, long long least, long long most, long long *ret)
{
	char *end;
	long long value;

	errno = 0;
	value = strtoll(text, &end, 10);
	if (!isdigit((unsigned char)text[0]) || *end != '\0' || errno != 0 ||
		value < least || value > most)
		return false;
	*ret = value;
	return true;
}

static bool add_ledger(
	struct settings *settings, const char *path, enum sandbox_region region)
{
	if (settings->shell.ledger_count == DIRECTORY_DIVISIONS)
		return false;
	settings->ledgers[settings->shell.ledger_count++] =
		(struct shell_ledger){ .path = path, .region = region };
	return true;
}

static bool set_ledger(struct settings *settings, const char *value)
{
	return add_ledger(settings, value, SANDBOX_ANY);
}

static bool set_ledger_nl(struct settings *settings, const char *value)
{
	return add_ledger(settings, value, SANDBOX_NL);
}

static bool set_ledger_uk(struct settings *settings, const char *value)
{
	return add_ledger(settings, value, SANDBOX_UK);
}

static bool set_size(struct settings *settings, const char *value)
{
	struct shell_books *made = &settings->books[settings->shell.book_count];

	if (settings->shell.book_count == DIRECTORY_DIVISIONS ||
		!generate_size_named(value, &made->size))
		return false;
	made->uk = settings->uk_next;
	made->country_given = settings->country_next;
	settings->uk_next = false;
	settings->country_next = false;
	settings->shell.book_count++;
	return true;
}

/* Belongs to the last --size or, if that has a country, to the next. */
static bool set_country(struct settings *settings, const char *value)
{
	size_t count = settings->shell.book_count;
	bool uk = strcmp(value, "uk") == 0;

	if (!uk && strcmp(value, "nl") != 0)
		return false;
	if (count > 0 && !settings->books[count - 1].country_given) {
		settings->books[count - 1].uk = uk;
		settings->books[count - 1].country_given = true;
	} else {
		settings->uk_next = uk;
		settings->country_next = true;
	}
	return true;
}

static bool set_fault(struct settings *settings, const char *value)
{
	if (settings->shell.fault_count == FAULTS_MAX)
		return false;
	settings->faults[settings->shell.fault_count++] = value;
	return true;
}

static bool set_dump_truth(struct settings *settings, const char *value)
{
	settings->shell.truth_file = value;
	return true;
}

static bool set_tracking(struct settings *settings, const char *value)
{
	(void)value;
	settings->sandbox.tracking = true;
	return true;
}

static bool set_invoice_id(struct settings *settings, const char *value)
{
	settings->sandbox.invoice_is_entry = strcmp(value, "entry") == 0;
	return settings->sandbox.invoice_is_entry || strcmp(value, "own") == 0;
}

static bool set_deleted_key(struct settings *settings, const char *value)
{
	settings->sandbox.deleted_headers = strcmp(value, "header") == 0;
	return settings->sandbox.deleted_headers || strcmp(value, "line") == 0;
}

static bool set_listen(struct settings *settings, const char *value)
{
	settings->shell.listen = value;
	return strrchr(value, ':') != NULL;
}

static bool set_url_file(struct settings *settings, const char *value)
{
	settings->shell.url_file = value;
	return true;
}

static bool set_log(struct settings *settings, const char *value)
{
	settings->shell.log_file = value;
	return true;
}

static bool set_secrets(struct settings *settings, const char *value)
{
	settings->shell.secrets_file = value;
	return true;
}

/* "minute=60,day=5000", either or both. */
static bool set_limits(struct settings *settings, const char *value)
{
	char part[64];

	for (;;) {
		size_t len = strcspn(value, ",");
		long long number;

		if (len >= sizeof(part))
			return false;
		memcpy(part, value, len);
		part[len] = '\0';
		if (strncmp(part, "minute=", 7) == 0 &&
			whole(part + 7, 1, 1000000, &number))
			settings->sandbox.minute_limit = (int)number;
		else if (strncmp(part, "day=", 4) == 0 &&
			 whole(part + 4, 1, 100000000, &number))
			settings->sandbox.day_limit = (int)number;
		else
			return false;
		if (value[len] == '\0')
			return true;
		value += len + 1;
	}
}

static bool set_token_life(struct settings *settings, const char *value)
{
	long long number;

	if (!whole(value, 1, 86400, &number))
		return false;
	settings->sandbox.token_life_s = number;
	return true;
}

static bool set_refresh_age(struct settings *settings, const char *value)
{
	long long number;

	if (!whole(value, 0, 86400, &number))
		return false;
	settings->sandbox.refresh_age_s = number;
	return true;
}

static bool set_latency(struct settings *settings, const char *value)
{
	long long number;

	if (!whole(value, 0, 600000, &number))
		return false;
	settings->sandbox.latency_ms = number;
	return true;
}

static bool set_page_size(struct settings *settings, const char *value)
{
	long long number;

	if (!whole(value, 1, 1000, &number))
		return false;
	settings->sandbox.page_size = (int)number;
	return true;
}

static bool set_seed(struct settings *settings, const char *value)
{
	long long number;

	if (!whole(value, 0, INT64_MAX, &number))
		return false;
	settings->sandbox.seed = (uint64_t)number;
	return true;
}

static bool set_auto_consent(struct settings *settings, const char *value)
{
	(void)value;
	settings->sandbox.auto_consent = true;
	return true;
}

static bool set_rotation(struct settings *settings, const char *value)
{
	settings->sandbox.lenient_rotation = strcmp(value, "lenient") == 0;
	return settings->sandbox.lenient_rotation ||
	       strcmp(value, "strict") == 0;
}

static bool set_early_status(struct settings *settings, const char *value)
{
	settings->sandbox.early_status = strcmp(value, "401") == 0 ? 401 : 400;
	return settings->sandbox.early_status == 401 ||
	       strcmp(value, "400") == 0;
}

static bool set_blocked_status(struct settings *settings, const char *value)
{
	settings->sandbox.blocked_status = strcmp(value, "403") == 0 ? 403
								     : 429;
	settings->sandbox.blocked_rates = strcmp(value, "429-rates") == 0;
	return settings->sandbox.blocked_status == 403 ||
	       settings->sandbox.blocked_rates || strcmp(value, "429") == 0;
}

static bool set_error_limit(struct settings *settings, const char *value)
{
	long long number;

	if (!whole(value, 1, QUOTA_ERRORS_MAX, &number))
		return false;
	settings->sandbox.error_limit = (int)number;
	return true;
}

static bool set_broad_408(struct settings *settings, const char *value)
{
	(void)value;
	settings->sandbox.broad_408 = true;
	return true;
}

static bool set_reuse_kills_chain(struct settings *settings, const char *value)
{
	(void)value;
	settings->sandbox.reuse_kills_chain = true;
	return true;
}

static bool set_login_kills_access(struct settings *settings, const char *value)
{
	(void)value;
	settings->sandbox.login_kills_access = true;
	return true;
}

static bool set_token_day_limit(struct settings *settings, const char *value)
{
	long long number;

	if (!whole(value, 0, 1000000, &number))
		return false;
	settings->sandbox.token_day_limit = (int)number;
	return true;
}

static bool set_open_division_list(struct settings *settings, const char *value)
{
	(void)value;
	settings->sandbox.open_division_list = true;
	return true;
}

static bool set_mandatory_filter(struct settings *settings, const char *value)
{
	(void)value;
	settings->sandbox.mandatory_filter = true;
	return true;
}

static const struct option_row rows[] = {
	{ "ledger", "FILE", set_ledger,
		"add a FEC ledger as a division of user jan; repeatable" },
	{ "ledger-nl", "FILE", set_ledger_nl, "the same, for the NL app only" },
	{ "ledger-uk", "FILE", set_ledger_uk,
		"the same, for the UK app only, in pounds" },
	{ "size", "small|medium|large", set_size,
		"add generated books of 1,000, 50,000 or 1,000,000 lines as a "
		"division; repeatable" },
	{ "country", "nl|uk", set_country,
		"country of that division (next to its --size); default nl" },
	{ "tracking", NULL, set_tracking,
		"generated books have cost centres and cost units, also on "
		"their lines" },
	{ "dump-truth", "FILE", set_dump_truth,
		"write what a connector should make of generated books, as "
		"JSON lines" },
	{ "invoice-id", "own|entry", set_invoice_id,
		"whether a sales invoice's InvoiceID is its own (default) or "
		"its entry's EntryID (unverified)" },
	{ "deleted-key", "line|header", set_deleted_key,
		"whether the log of deletions names lines (default) or entries "
		"and invoices (unverified)" },
	{ "listen", "ADDR:PORT", set_listen,
		"where to listen; default 127.0.0.1:0, where port 0 picks a "
		"free port" },
	{ "url-file", "FILE", set_url_file,
		"write the base URL to this file when everything is ready" },
	{ "log", "FILE", set_log, "append one JSON line per request" },
	{ "secrets", "FILE", set_secrets,
		"append every token, code and secret, one per line" },
	{ "limits", "minute=N,day=N", set_limits,
		"calls per app and division; default minute=60,day=5000" },
	{ "token-life", "S", set_token_life,
		"seconds that an access token lives; default 600" },
	{ "refresh-age", "S", set_refresh_age,
		"age of the youngest token that may be refreshed; default 30 "
		"less than its life" },
	{ "latency", "MS", set_latency, "delay every reply by this much" },
	{ "page-size", "N", set_page_size,
		"rows per page at most, for many calls over few rows; default: "
		"60 or 1000, as Exact does" },
	{ "seed", "N", set_seed, "the seed of tokens and ids; default 1" },
	{ "auto-consent", NULL, set_auto_consent,
		"the user consents at once; otherwise a page asks" },
	{ "rotation", "strict|lenient", set_rotation,
		"whether an old refresh token dies at once (default) or when "
		"the new one is used" },
	{ "early-status", "400|401", set_early_status,
		"status of a refresh that comes too early; default 400" },
	{ "error-limit", "N", set_error_limit,
		"errors within an hour that block an endpoint; default 10" },
	{ "blocked-status", "429|429-rates|403", set_blocked_status,
		"answer after too many errors: 429 without or with quota "
		"headers, or 403 (unverified)" },
	{ "broad-408", NULL, set_broad_408,
		"answer 408 when TransactionLines are asked for without a "
		"year, period, entry or date (not in the sync list)" },
	{ "reuse-kills-chain", NULL, set_reuse_kills_chain,
		"an old refresh token ends the login (unverified)" },
	{ "login-kills-access", NULL, set_login_kills_access,
		"a new login ends old access tokens, too (unverified)" },
	{ "token-day-limit", "N", set_token_day_limit,
		"token requests per day, app and user; default 0, no limit "
		"(Exact announced 200; unverified)" },
	{ "open-division-list", NULL, set_open_division_list,
		"system/Divisions answers through any division that exists "
		"(sources disagree)" },
	{ "fault", "NAME[:PATH[:COUNT[:AFTER]]]", set_fault,
		"set a fault from the start, as /control/fault does; "
		"repeatable" },
	{ "mandatory-filter", NULL, set_mandatory_filter,
		"enforce the mandatory $filter of some endpoints" },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void print_help(void)
{
	struct buf text;
	char left[64];

	printf("Usage: exact-sandbox [OPTION]...\n"
	       "An Exact Online on loopback, for tests and "
	       "demonstrations.\n\n");
	for (size_t i = 0; i < ROWS; i++) {
		snprintf(left, sizeof(left), "--%s%s%s", rows[i].name,
			rows[i].value ? " " : "",
			rows[i].value ? rows[i].value : "");
		printf("  %-26s %s\n", left, rows[i].help);
	}
	printf("  %-26s %s\n\n", "--help", "this text");
	printf("Apps:   NL  %s  %s\n        UK  %s  %s\n", SANDBOX_NL_CLIENT_ID,
		SANDBOX_NL_CLIENT_SECRET, SANDBOX_UK_CLIENT_ID,
		SANDBOX_UK_CLIENT_SECRET);
	printf("Redirect URIs: %s, and any\n"
	       "http://127.0.0.1:PORT/... or http://localhost:PORT/... "
	       "(the real Exact wants https).\n",
		SANDBOX_REDIRECT_URI);
	printf("\nThe standard output is the base URL, then one line per "
	       "division: division 100001 user jan NAME\n");
	buf_init(&text, 65536);
	control_help(&text);
	printf("\nControl, when listening on loopback: "
	       "POST /control/ACTION?PARAMETERS\n%s",
		text.data);
	buf_reset(&text);
	faults_help(&text);
	printf("\nFaults, for /control/fault (path: a part of the request's "
	       "target; after: matching\nrequests that are not affected; an "
	       "API call is always counted):\n%s",
		text.data);
	buf_free(&text);
}

static int usage(const char *problem, const char *name)
{
	fprintf(stderr, "exact-sandbox: %s%s; see exact-sandbox --help\n",
		problem, name);
	return 2;
}

/* -1: continue; otherwise the exit code. */
static int parse(int argc, char **argv, struct settings *settings)
{
	struct option options[ROWS + 2] = { 0 };
	int index;

	for (size_t i = 0; i < ROWS; i++)
		options[i] = (struct option){ .name = rows[i].name,
			.has_arg = rows[i].value ? required_argument
						 : no_argument,
			.val = 'o' };
	options[ROWS] = (struct option){ .name = "help", .val = 'h' };
	for (;;) {
		switch (getopt_long(argc, argv, "", options, &index)) {
		case -1:
			if (optind < argc)
				return usage(
					"unexpected argument ", argv[optind]);
			return -1;
		case 'h':
			print_help();
			return 0;
		case 'o':
			if (!rows[index].set(settings, optarg))
				return usage("invalid value for --",
					rows[index].name);
			break;
		default:
			return 2;
		}
	}
}

int main(int argc, char **argv)
{
	static struct settings settings;
	struct error err = { 0 };
	int code;

	sandbox_options_default(&settings.sandbox);
	settings.shell.listen = "127.0.0.1:0";
	settings.shell.ledgers = settings.ledgers;
	settings.shell.books = settings.books;
	settings.shell.faults = settings.faults;
	code = parse(argc, argv, &settings);
	if (code >= 0)
		return code;
	if (shell_run(&settings.shell, &settings.sandbox, &err) < 0) {
		log_line(LOG_LEVEL_ERROR, "exact-sandbox: %s", err.text);
		return 1;
	}
	return 0;
}
