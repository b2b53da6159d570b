#include "derive/findings.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

void findings_add(struct findings *findings, int check, const char *format, ...)
{
	va_list args;

	assert(check >= 0 && (size_t)check < findings->count);
	if (findings->text[check][0])
		return;
	va_start(args, format);
	vsnprintf(findings->text[check], FINDINGS_TEXT_MAX, format, args);
	va_end(args);
}

int findings_store(struct derive *derive, const struct findings *findings,
	const struct model_type *type, const char *id, struct error *err)
{
	struct finding list[FINDINGS_MAX];
	size_t count = 0;

	assert(findings->count <= FINDINGS_MAX);
	for (size_t i = 0; i < findings->count; i++) {
		if (!findings->text[i][0])
			continue;
		list[count++] = (struct finding){
			.check = findings->checks[i].id,
			.error = findings->checks[i].error,
			.text = findings->text[i],
		};
	}
	return records_findings_set(
		derive->records, type->name, id, list, count, err);
}
