/*
 * Runs a fuzz target on its seeds, so that it never rots: every file of
 * $top_srcdir/tests/fuzz/seeds/NAME, in the order of their names. NAME is the
 * first argument, or FUZZ_SEEDS as given to the compiler:
 *
 *	tests_fuzz_json_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_SEEDS=\"json\"
 *
 * To fuzz for real, leave this file out and let clang bring its own main:
 *
 *	clang -g -O1 -fsanitize=fuzzer,address,undefined -std=c17 \
 *		-D_GNU_SOURCE -DEXACT_FAULTS=0 -I. tests/fuzz/fuzz_json.c \
 *		base/json.c base/json_check.c base/error.c -lcjson \
 *		-o /tmp/fuzz_json
 *	mkdir -p /tmp/corpus
 *	/tmp/fuzz_json -max_total_time=60 /tmp/corpus tests/fuzz/seeds/json
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEED_MAX ((size_t)8 * 1024 * 1024)

#ifndef FUZZ_SEEDS
#define FUZZ_SEEDS NULL
#endif

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* The seed in memory of exactly its size, so that the sanitizer sees a read
 * beyond it. */
static uint8_t *read_seed(const char *path, size_t *ret_len)
{
	static uint8_t whole[SEED_MAX];
	uint8_t *exact = NULL;
	FILE *file;

	file = fopen(path, "rb");
	if (file == NULL)
		return NULL;
	*ret_len = fread(whole, 1, sizeof(whole), file);
	if (!ferror(file) && feof(file))
		exact = malloc(*ret_len > 0 ? *ret_len : 1);
	if (exact != NULL)
		memcpy(exact, whole, *ret_len);
	fclose(file);
	return exact;
}

static int run_seed(const char *folder, const char *name)
{
	char path[4096];
	uint8_t *bytes;
	size_t len;

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >=
		(int)sizeof(path))
		return -1;
	bytes = read_seed(path, &len);
	if (bytes == NULL) {
		fprintf(stderr, "can't read the seed %s\n", path);
		return -1;
	}
	LLVMFuzzerTestOneInput(bytes, len);
	free(bytes);
	return 0;
}

int main(int argc, char **argv)
{
	const char *top = getenv("top_srcdir");
	const char *name = argc > 1 ? argv[1] : FUZZ_SEEDS;
	struct dirent **entries = NULL;
	char folder[2048];
	int count, i;
	int failed = 0;

	if (name == NULL) {
		fprintf(stderr, "usage: %s NAME\n", argv[0]);
		return 2;
	}
	snprintf(folder, sizeof(folder), "%s/tests/fuzz/seeds/%s",
		top != NULL ? top : ".", name);
	count = scandir(folder, &entries, visible, alphasort);
	for (i = 0; i < count; i++) {
		failed |= run_seed(folder, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	printf("%s: %d seeds\n", name, count > 0 ? count : 0);
	if (count <= 0)
		fprintf(stderr, "no seeds in %s\n", folder);
	return count > 0 && failed == 0 ? 0 : 1;
}
