/*
 * JSON, verbose OData v2:
 *
 *	collection                       {"d":{"results":[…],"__next":"…"}}
 *	$top within a page, no token     {"d":[…]}
 *	$inlinecount=allpages            {"d":{"__count":"3","results":[…]}}
 *	by key                           {"d":{…}}
 *
 * An entity begins with __metadata, with or without $select; properties follow
 * in the model's order. A navigation property is a deferred link or, when
 * expanded, a list.
 */
#include "sandbox/odata_write.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/odata_trade.h"

static void put_address(struct buf *buf, const struct odata_rows *rows,
	const char *path, size_t row)
{
	struct render_value key;

	odata_rows_value(rows, row, rows->key, &key);
	buf_puts(buf, rows->base_url);
	buf_puts(buf, path);
	buf_putc(buf, '(');
	render_literal(buf, &key);
	buf_putc(buf, ')');
}

static void put_entity(struct buf *buf, const struct odata_plan *plan,
	const char *path, size_t row);

/* Writes all children; an empty list when there are none here. */
static void put_children(struct buf *buf, const struct odata_rows *rows,
	size_t row, const char *name)
{
	struct odata_rows child;
	struct odata_plan plan = { .rows = &child };
	const char *path;
	char full[160];
	size_t first;
	size_t end;

	buf_puts(buf, "{\"results\":[");
	if (odata_trade_children(
		    rows, row, name, &child, &first, &end, &path)) {
		snprintf(full, sizeof(full), "/api/v1/%d/%s",
			rows->set->division.code, path);
		for (size_t i = 0; i < child.model->count; i++)
			plan.shown[i] = (child.model->properties[i].where &
						child.variant) != 0;
		for (size_t i = first; i < end; i++) {
			if (i > first)
				buf_putc(buf, ',');
			put_entity(buf, &plan, full, i);
		}
	}
	buf_puts(buf, "]}");
}

static void put_navigation(struct buf *buf, const struct odata_rows *rows,
	const char *path, size_t row, const char *name, bool expanded)
{
	if (expanded) {
		put_children(buf, rows, row, name);
		return;
	}
	buf_puts(buf, "{\"__deferred\":{\"uri\":\"");
	put_address(buf, rows, path, row);
	buf_putc(buf, '/');
	buf_puts(buf, name);
	buf_puts(buf, "\"}}");
}

static void put_entity(struct buf *buf, const struct odata_plan *plan,
	const char *path, size_t row)
{
	const struct odata_rows *rows = plan->rows;
	struct render_value value;

	buf_puts(buf, "{\"__metadata\":{\"uri\":\"");
	put_address(buf, rows, path, row);
	buf_puts(buf, "\",\"type\":\"");
	buf_puts(buf, rows->model->type_name);
	buf_puts(buf, "\"}");
	for (size_t i = 0; i < rows->model->count; i++) {
		const struct odata_property
			*property = &rows->model->properties[i];
		if (!plan->shown[i])
			continue;
		buf_append(buf, ",\"", 2);
		buf_puts(buf, property->name);
		buf_append(buf, "\":", 2);
		if (property->type == ODATA_NAVIGATION) {
			put_navigation(buf, rows, path, row, property->name,
				plan->expanded[i]);
			continue;
		}
		odata_rows_value(rows, row, (int)i, &value);
		render_json(buf, &value);
	}
	buf_putc(buf, '}');
}

static void put_next(struct buf *buf, const struct odata_plan *plan,
	const struct odata_page *page, const char *path, bool json)
{
	struct buf query;

	buf_init(&query, 65536);
	odata_page_next(plan, page, &query);
	if (json) {
		buf_puts(buf, ",\"__next\":");
		struct buf link;
		buf_init(&link, 131072);
		buf_printf(&link, "%s%s?%s", plan->rows->base_url, path,
			query.data);
		render_json_text(buf, link.data, link.len);
		buf_free(&link);
	} else {
		buf_puts(buf, "<link rel=\"next\" href=\"");
		buf_puts(buf, plan->rows->base_url);
		buf_puts(buf, path);
		buf_putc(buf, '?');
		render_xml_text(buf, query.data, query.len);
		buf_puts(buf, "\"/>");
	}
	buf_free(&query);
}

static void write_json(struct buf *buf, const struct odata_plan *plan,
	const struct odata_page *page, enum odata_shape shape, const char *path)
{
	buf_puts(buf, "{\"d\":");
	if (shape == SHAPE_RESULTS) {
		buf_putc(buf, '{');
		if (plan->options.count)
			buf_printf(buf, "\"__count\":\"%zu\",", page->total);
		buf_puts(buf, "\"results\":");
	}
	if (shape != SHAPE_ENTITY)
		buf_putc(buf, '[');
	for (size_t i = 0; i < page->count; i++) {
		if (i > 0)
			buf_putc(buf, ',');
		put_entity(buf, plan, path, page->rows[i]);
	}
	if (shape != SHAPE_ENTITY)
		buf_putc(buf, ']');
	if (shape == SHAPE_RESULTS) {
		if (page->more)
			put_next(buf, plan, page, path, true);
		buf_putc(buf, '}');
	}
	buf_putc(buf, '}');
}

#define ATOM_NAMES                                                             \
	" xmlns=\"http://www.w3.org/2005/Atom\""                               \
	" xmlns:d=\"http://schemas.microsoft.com/ado/2007/08/dataservices\""   \
	" xmlns:m=\"http://schemas.microsoft.com/ado/2007/08/dataservices/"    \
	"metadata\""

static void put_atom_property(struct buf *buf, const struct odata_plan *plan,
	size_t row, size_t index)
{
	const struct odata_property *property = &plan->rows->model
							 ->properties[index];
	struct render_value value;

	if (!plan->shown[index] || property->type == ODATA_NAVIGATION)
		return;
	odata_rows_value(plan->rows, row, (int)index, &value);
	buf_printf(buf, "<d:%s", property->name);
	if (property->type != ODATA_STRING)
		buf_printf(buf, " m:type=\"%s\"",
			odata_table_edm_name(property->type));
	if (value.null) {
		buf_puts(buf, " m:null=\"true\"/>");
		return;
	}
	if (property->type == ODATA_STRING && value.len > 0 &&
		(render_text(&value)[0] == ' ' ||
			render_text(&value)[value.len - 1] == ' '))
		buf_puts(buf, " xml:space=\"preserve\"");
	buf_putc(buf, '>');
	render_xml(buf, &value);
	buf_printf(buf, "</d:%s>", property->name);
}

static void put_atom_entry(struct buf *buf, const struct odata_plan *plan,
	const char *path, size_t row, bool root)
{
	const struct odata_rows *rows = plan->rows;

	buf_puts(buf, root ? "<entry" ATOM_NAMES "><id>" : "<entry><id>");
	put_address(buf, rows, path, row);
	buf_printf(buf,
		"</id><title/><updated>1970-01-01T00:00:00Z</updated>"
		"<author><name/></author><category term=\"%s\" "
		"scheme=\"http://schemas.microsoft.com/ado/2007/08/"
		"dataservices/scheme\"/><content type=\"application/xml\">"
		"<m:properties>",
		rows->model->type_name);
	for (size_t i = 0; i < rows->model->count; i++)
		put_atom_property(buf, plan, row, i);
	buf_puts(buf, "</m:properties></content></entry>");
}

static void write_atom(struct buf *buf, const struct odata_plan *plan,
	const struct odata_page *page, enum odata_shape shape, const char *path)
{
	const char *name = strrchr(path, '/');

	buf_puts(buf, "<?xml version=\"1.0\" encoding=\"utf-8\"?>");
	if (shape == SHAPE_ENTITY) {
		put_atom_entry(buf, plan, path, page->rows[0], true);
		return;
	}
	buf_puts(buf, "<feed" ATOM_NAMES "><title type=\"text\">");
	buf_puts(buf, name ? name + 1 : path);
	buf_puts(buf, "</title><id>");
	buf_puts(buf, plan->rows->base_url);
	buf_puts(buf, path);
	buf_puts(buf, "</id><updated>1970-01-01T00:00:00Z</updated>");
	if (plan->options.count)
		buf_printf(buf, "<m:count>%zu</m:count>", page->total);
	for (size_t i = 0; i < page->count; i++)
		put_atom_entry(buf, plan, path, page->rows[i], false);
	if (page->more)
		put_next(buf, plan, page, path, false);
	buf_puts(buf, "</feed>");
}

void odata_write_page(struct exchange_reply *reply,
	const struct odata_plan *plan, const struct odata_page *page,
	enum odata_shape shape, const char *path, bool json)
{
	reply->status = 200;
	exchange_reply_header(reply, "Content-Type",
		json ? "application/json;charset=utf-8"
		     : "application/atom+xml;charset=utf-8");
	exchange_reply_header(reply, "DataServiceVersion", "2.0;");
	if (json)
		write_json(&reply->body, plan, page, shape, path);
	else
		write_atom(&reply->body, plan, page, shape, path);
}

void odata_write_nothing(struct exchange_reply *reply, bool json)
{
	reply->status = 200;
	exchange_reply_header(reply, "Content-Type",
		json ? "application/json;charset=utf-8"
		     : "application/atom+xml;charset=utf-8");
	exchange_reply_header(reply, "DataServiceVersion", "2.0;");
	buf_puts(&reply->body, json ? "{\"d\":{\"results\":[]}}"
				    : "<?xml version=\"1.0\" "
				      "encoding=\"utf-8\"?><feed" ATOM_NAMES
				      "></feed>");
}

void odata_write_error(
	struct exchange_reply *reply, int status, const char *text, bool json)
{
	reply->status = status;
	exchange_reply_header(reply, "Content-Type",
		json ? "application/json;charset=utf-8"
		     : "application/xml;charset=utf-8");
	if (json) {
		buf_puts(&reply->body, "{\"error\":{\"code\":\"\",\"message\":"
				       "{\"lang\":\"\",\"value\":");
		render_json_text(&reply->body, text, strlen(text));
		buf_puts(&reply->body, "}}}");
		return;
	}
	buf_puts(&reply->body,
		"<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>"
		"<error xmlns=\"http://schemas.microsoft.com/ado/2007/08/"
		"dataservices/metadata\"><code></code><message xml:lang=\"\">");
	render_xml_text(&reply->body, text, strlen(text));
	buf_puts(&reply->body, "</message></error>");
}

void odata_write_text(struct exchange_reply *reply, size_t number)
{
	reply->status = 200;
	exchange_reply_header(
		reply, "Content-Type", "text/plain;charset=utf-8");
	buf_printf(&reply->body, "%zu", number);
}
