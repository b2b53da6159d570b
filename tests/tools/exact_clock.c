/*
 * exact-clock: makes and moves a shared virtual clock, for tests that run
 * real processes.
 *
 *	exact-clock create FILE WALL_MS
 *	exact-clock now FILE            prints "BOOT_MS WALL_MS"
 *	exact-clock advance FILE MS
 *	exact-clock jump FILE MS        the wall clock alone
 *	exact-clock reboot FILE         another boot, a minute old
 *	exact-clock hold FILE           time stands until this is killed
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock_virtual.h"

static int usage(void)
{
	fputs("usage: exact-clock create|now|advance|jump|reboot|hold FILE "
	      "[MS]\n",
		stderr);
	return 2;
}

int main(int argc, char **argv)
{
	struct clock_virtual *clock = NULL;
	struct error err = { 0 };
	bool hold;
	int64_t ms = argc > 3 ? strtoll(argv[3], NULL, 10) : 0;

	if (argc < 3)
		return usage();
	if (strcmp(argv[1], "create") == 0) {
		if (clock_virtual_create(argv[2], ms, &err) < 0)
			goto failed;
		return 0;
	}
	hold = strcmp(argv[1], "hold") == 0;
	if (clock_virtual_open(&clock, argv[2], -1, hold, &err) < 0)
		goto failed;
	if (hold) { /* busy, as long as we live */
		puts("held");
		fflush(stdout);
		pause();
	}
	if (strcmp(argv[1], "advance") == 0)
		clock_virtual_set(clock, ms, 0);
	else if (strcmp(argv[1], "jump") == 0)
		clock_virtual_set(clock, 0, ms);
	else if (strcmp(argv[1], "reboot") == 0)
		clock_virtual_reboot(clock);
	else if (strcmp(argv[1], "now") != 0)
		goto unknown;
	printf("%lld %lld\n", (long long)clock_virtual_boot_ms(clock),
		(long long)clock_virtual_wall_ms(clock));
	clock_virtual_free(clock);
	return 0;
unknown:
	clock_virtual_free(clock);
	return usage();
failed:
	fprintf(stderr, "exact-clock: %s\n", err.text);
	return 1;
}
