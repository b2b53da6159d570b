/*
 * Two tables. The first is the list of the App Center's page "Data & Security
 * Review" (as of June 2026). The second is the list that the setup guide
 * recommends, with the two rows that bank feeds raise to Manage.
 *
 * The nearest name to a misspelt one is the one with the fewest edits (letters
 * added, left out or replaced): "financial.acounting" is one edit from
 * "financial.accounting". A bare "receivables" is compared with bare names.
 */
#include "scopes/catalogue.h"

#include <string.h>

#define NAME_MAX_LEN 40

/* clang-format off */
const struct catalogue_scope catalogue_scopes[CATALOGUE_SCOPES] = {
	{ "crm.accounts", "Crm", "accounts", "Crm accounts" },
	{ "crm.marketing", "Crm", "marketing", "Crm marketing" },
	{ "crm.opportunities", "Crm", "opportunities", "Crm opportunities" },
	{ "crm.quotes", "Crm", "quotes", "Crm quotes" },
	{ "sales.orders", "Sales", "orders", "Sales orders" },
	{ "sales.invoices", "Sales", "invoices", "Sales invoices" },
	{ "sales.contracts", "Sales", "contracts", "Sales contracts" },
	{ "sales.prices", "Sales", "prices", "Sales prices" },
	{ "purchase.orders", "Purchase", "orders", "Purchase orders" },
	{ "purchase.invoices", "Purchase", "invoices", "Purchase invoices" },
	{ "purchase.contracts", "Purchase", "contracts", "Purchase contracts" },
	{ "purchase.prices", "Purchase", "prices", "Purchase prices" },
	{ "logistics.items", "Logistics", "items", "Logistics items" },
	{ "logistics.inventory", "Logistics", "inventory", "Logistics inventory" },
	{ "logistics.distribution", "Logistics", "distribution", "Logistics distribution" },
	{ "logistics.wms", "Logistics", "wms", "Logistics wms" },
	{ "logistics.assembly", "Logistics", "assembly", "Logistics assembly" },
	{ "manufacturing.products", "Manufacturing", "products", "Manufacturing products" },
	{ "manufacturing.production", "Manufacturing", "production", "Manufacturing production" },
	{ "manufacturing.shopfloor", "Manufacturing", "shopfloor", "Manufacturing shopfloor" },
	{ "projects.projects", "Projects", "projects", "Projects projects" },
	{ "projects.planning", "Projects", "planning", "Projects planning" },
	{ "projects.billing", "Projects", "billing", "Projects billing" },
	{ "hrm.employees", "Hrm", "employees", "Hrm employees" },
	{ "hrm.payroll", "Hrm", "payroll", "Hrm payroll" },
	{ "financial.currencies", "Financial", "currencies", "Financial currencies" },
	{ "financial.costcenters", "Financial", "costcenters", "Financial costcenters" },
	{ "financial.generalledgers", "Financial", "generalledgers", "Financial generalledgers" },
	{ "financial.accounting", "Financial", "accounting", "Financial accounting" },
	{ "financial.cashflow", "Financial", "cashflow", "Financial cashflow" },
	{ "financial.receivables", "Financial", "receivables", "Financial receivables" },
	{ "financial.payables", "Financial", "payables", "Financial payables" },
	{ "financial.returns", "Financial", "returns", "Financial returns" },
	{ "financial.assets", "Financial", "assets", "Financial assets" },
	{ "financial.budgets", "Financial", "budgets", "Financial budgets" },
	{ "organization.administration", "Organization", "administration", "Organization administration" },
	{ "organization.documents", "Organization", "documents", "Organization documents" },
	{ "organization.workflow", "Organization", "workflow", "Organization workflow" },
	{ "organization.search", "Organization", "search", "Organization search" },
	{ "organization.officeapp", "Organization", "officeapp", "Organization officeapp" },
	{ "organization.extensibility", "Organization", "extensibility", "Organization extensibility" },
	{ "organization.googleworkspace", "Organization", "googleworkspace", "Organization googleworkspace" },
	{ "organization.conversion", "Organization", "conversion", "Organization conversion" },
	{ "accountancy.practicemanagement", "Accountancy", "practicemanagement", "Accountancy practicemanagement" },
	{ "accountancy.processmanagement", "Accountancy", "processmanagement", "Accountancy processmanagement" },
	{ "communication.mailboxes", "Communication", "mailboxes", "Communication mailboxes" },
};

const struct catalogue_advice catalogue_recommended[CATALOGUE_RECOMMENDED] = {
	{ "crm.accounts", CATALOGUE_MANAGE, CATALOGUE_MANAGE },
	{ "sales.orders", CATALOGUE_MANAGE, CATALOGUE_MANAGE },
	{ "sales.invoices", CATALOGUE_MANAGE, CATALOGUE_MANAGE },
	{ "purchase.orders", CATALOGUE_MANAGE, CATALOGUE_MANAGE },
	{ "purchase.invoices", CATALOGUE_MANAGE, CATALOGUE_MANAGE },
	{ "logistics.items", CATALOGUE_MANAGE, CATALOGUE_MANAGE },
	{ "financial.generalledgers", CATALOGUE_READ, CATALOGUE_MANAGE },
	{ "financial.accounting", CATALOGUE_READ, CATALOGUE_MANAGE },
	{ "financial.receivables", CATALOGUE_READ, CATALOGUE_READ },
	{ "financial.payables", CATALOGUE_READ, CATALOGUE_READ },
	{ "financial.costcenters", CATALOGUE_READ, CATALOGUE_READ },
	{ "organization.administration", CATALOGUE_READ, CATALOGUE_READ },
	{ "organization.documents", CATALOGUE_MANAGE, CATALOGUE_MANAGE },
};
/* clang-format on */

static const char *const level_names[] = {
	[CATALOGUE_NONE] = "none",
	[CATALOGUE_READ] = "read",
	[CATALOGUE_MANAGE] = "manage",
};

static int same(const char *name, const char *text, size_t len)
{
	return strlen(name) == len && memcmp(name, text, len) == 0;
}

int catalogue_find(const char *id, size_t len)
{
	for (int i = 0; i < CATALOGUE_SCOPES; i++)
		if (same(catalogue_scopes[i].id, id, len))
			return i;
	return -1;
}

/* The number of edits between two names, row by row of the usual table. */
static size_t edits(const char *text, size_t len, const char *name)
{
	size_t row[NAME_MAX_LEN + 1];
	size_t width = strlen(name);

	for (size_t k = 0; k <= width; k++)
		row[k] = k;
	for (size_t i = 1; i <= len; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t k = 1; k <= width; k++) {
			size_t best = corner + (text[i - 1] != name[k - 1]);

			if (row[k] + 1 < best)
				best = row[k] + 1;
			if (row[k - 1] + 1 < best)
				best = row[k - 1] + 1;
			corner = row[k];
			row[k] = best;
		}
	}
	return row[width];
}

int catalogue_nearest(const char *text, size_t len)
{
	size_t least = (size_t)-1;
	int nearest = 0;

	if (len > NAME_MAX_LEN)
		len = NAME_MAX_LEN;
	int bare = !memchr(text, '.', len);
	for (int i = 0; i < CATALOGUE_SCOPES; i++) {
		size_t count = edits(text, len,
			bare ? catalogue_scopes[i].name
			     : catalogue_scopes[i].id);

		if (count < least) {
			least = count;
			nearest = i;
		}
	}
	return nearest;
}

const struct catalogue_advice *catalogue_advice(int scope)
{
	for (int i = 0; i < CATALOGUE_RECOMMENDED; i++)
		if (strcmp(catalogue_recommended[i].id,
			    catalogue_scopes[scope].id) == 0)
			return &catalogue_recommended[i];
	return NULL;
}

const char *catalogue_level_name(enum catalogue_level level)
{
	return level_names[level];
}

int catalogue_level_find(const char *text, size_t len)
{
	for (int i = CATALOGUE_NONE; i <= CATALOGUE_MANAGE; i++)
		if (same(level_names[i], text, len))
			return i;
	return -1;
}
