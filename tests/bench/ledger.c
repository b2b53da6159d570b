/*
 * What the quota ledger costs an API call: 1, 2 and 8 processes make calls on
 * one ledger as fast as they can, each as the gate makes it:
 *
 *	gate_account_take	lock, read, ask, spend, save, unlock
 *	gate_account_give	lock, read, learn from the answer, save, unlock
 *
 * Time is virtual: each call is 1.1 s after the one before, so that the quota
 * of 60 a minute never makes a process wait, and the answers carry the headers
 * of a server with fixed minutes. What is measured is real.
 *
 * Beside it, in the same run and by as many processes, the least that two such
 * steps can cost: lock, read 4 KB, write 4 KB, unlock, twice; the ratio of the
 * two holds on any machine. Wall time and CPU time are divided by calls; the
 * fdatasyncs of the ledger are in the wall time, and the last line says what
 * one costs. Each figure is the best of three rounds.
 *
 * BENCH_CALLS: calls of each row (20,000). BENCH_MINUTE: the quota of a minute
 * (60). TMPDIR: where the ledger is. Nothing passes or fails by time.
 */
#include <errno.h>
#include <fcntl.h>
#include <float.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "connector/gate_account.h"
#include "store/ledger.h"

#define START_MS    INT64_C(1795253400000) /* 2026-11-21T09:30:00Z, Saturday */
#define DAY_CALLS   1000000000
#define ARRIVE_MS   50
#define MINUTE_MS   60000
#define DAY_S       86400
#define PAGE        4096
#define TEXT_MAX    400
#define ROUNDS      3
#define SYNCS       100
#define PROCESS_MAX 8

struct shared {
	_Atomic int64_t next;   /* number of the next call */
	_Atomic int64_t denied; /* verdicts that were not `go` */
};

struct bench {
	char dir[64];
	int64_t calls;
	const struct clock *clock;
	struct shared *shared;
	char (*answers)[TEXT_MAX]; /* the headers of call 0, 1, … */
	struct ratelimit_limits limits;
};

static void die(const char *what)
{
	fprintf(stderr, "bench-ledger: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static int64_t monotonic_ns(void)
{
	struct timespec now;
	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		die("clock_gettime");
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Ten per cent slower than the quota allows. */
static int64_t step_ms(int minute)
{
	return MINUTE_MS * 11 / 10 / minute;
}

static int64_t arrival_ms(int64_t call, int minute)
{
	return START_MS + call * step_ms(minute) + ARRIVE_MS;
}

/* As an honest server with fixed minutes answers call number `call`. */
static void write_answer(int64_t call, int minute, char ret[static TEXT_MAX])
{
	int64_t at = arrival_ms(call, minute);
	int64_t start = at - at % MINUTE_MS;
	int64_t second = at / 1000 % DAY_S;
	int held = 1;
	while (held <= call && arrival_ms(call - held, minute) >= start)
		held++;
	snprintf(ret, TEXT_MAX,
		"Content-Type: application/json\n"
		"Date: Sat, 21 Nov 2026 %02d:%02d:%02d GMT\n"
		"X-RateLimit-Minutely-Limit: %d\n"
		"X-RateLimit-Minutely-Remaining: %d\n"
		"X-RateLimit-Minutely-Reset: %" PRId64 "\n"
		"X-RateLimit-Limit: %d\n",
		(int)(second / 3600), (int)(second / 60 % 60),
		(int)(second % 60), minute, minute - held, start + MINUTE_MS,
		DAY_CALLS);
}

static struct instant instant_of(const struct bench *bench, int64_t call)
{
	int64_t since = call * step_ms(bench->limits.minute);
	return (struct instant){ .boot_ms = 1000000 + since,
		.wall_ms = START_MS + since };
}

/* One process's calls, until all are made. */
static void spend_calls(const struct bench *bench)
{
	struct gate_counts counts = { 0 };
	struct ledger *ledger;
	struct error err;
	if (ledger_open(&ledger, bench->dir, "start.exactonline.nl", "client",
		    100001, bench->clock, &err) != 0)
		die(err.text);
	struct gate_account account = { .ledger = ledger,
		.limits = &bench->limits,
		.counts = &counts,
		.endpoint = "jan sync/Financial/TransactionLines" };
	struct http_response response = { .outcome = HTTP_DONE, .status = 200 };
	buf_init(&response.headers, TEXT_MAX);
	for (;;) {
		int64_t call = atomic_fetch_add(&bench->shared->next, 1);
		struct gate_permit permit;
		if (call >= bench->calls)
			break;
		if (gate_account_take(&account, instant_of(bench, call),
			    &permit, &err) != 0)
			die(err.text);
		if (!permit.verdict.go) {
			atomic_fetch_add(&bench->shared->denied, 1);
			continue;
		}
		buf_reset(&response.headers);
		buf_puts(&response.headers, bench->answers[call]);
		gate_account_give(&account,
			instant_of(bench, atomic_load(&bench->shared->next)),
			&response);
	}
	buf_free(&response.headers);
	ledger_free(ledger);
}

static void lock_page(int fd, short type)
{
	struct flock whole = { .l_type = type, .l_whence = SEEK_SET };
	if (fcntl(fd, F_OFD_SETLKW, &whole) != 0)
		die("fcntl");
}

/* The least that the same number of locked, saved steps can cost. */
static void bare_steps(const struct bench *bench)
{
	char path[100], page[PAGE] = { 0 };
	snprintf(path, sizeof(path), "%s/bare", bench->dir);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		die(path);
	while (atomic_fetch_add(&bench->shared->next, 1) < bench->calls)
		for (int step = 0; step < 2; step++) {
			lock_page(fd, F_WRLCK);
			if (pread(fd, page, PAGE, 0) < 0 ||
				pwrite(fd, page, PAGE, 0) != PAGE)
				die(path);
			lock_page(fd, F_UNLCK);
		}
	close(fd);
}

static void empty_dir(const struct bench *bench)
{
	char command[100];
	snprintf(command, sizeof(command), "rm -rf '%s'/*", bench->dir);
	if (system(command) != 0)
		die(command);
}

struct cost { /* of a call, in microseconds */
	double wall;
	double cpu;
};

static double cpu_us(void)
{
	struct rusage usage;
	if (getrusage(RUSAGE_CHILDREN, &usage) != 0)
		die("getrusage");
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* On a fresh file, by so many processes. */
static struct cost measure(const struct bench *bench, int processes,
	void (*work)(const struct bench *bench))
{
	int begin[2], status;
	char byte;
	empty_dir(bench);
	atomic_store(&bench->shared->next, 0);
	atomic_store(&bench->shared->denied, 0);
	if (pipe(begin) != 0)
		die("pipe");
	for (int i = 0; i < processes; i++) {
		pid_t pid = fork();
		if (pid < 0)
			die("fork");
		if (pid > 0)
			continue;
		close(begin[1]);
		if (read(begin[0], &byte, 1) < 0) /* ends when all are there */
			die("read");
		work(bench);
		_exit(EXIT_SUCCESS);
	}
	close(begin[0]);
	double cpu = cpu_us();
	int64_t from = monotonic_ns();
	close(begin[1]);
	for (int i = 0; i < processes; i++)
		if (wait(&status) < 0 || status != 0)
			die("a process failed");
	double calls = (double)bench->calls;
	return (struct cost){
		.wall = (double)(monotonic_ns() - from) / 1000 / calls,
		.cpu = (cpu_us() - cpu) / calls,
	};
}

static void lower(struct cost *best, struct cost cost)
{
	if (cost.wall < best->wall)
		best->wall = cost.wall;
	if (cost.cpu < best->cpu)
		best->cpu = cost.cpu;
}

static double measure_sync(const struct bench *bench)
{
	char path[100], page[PAGE] = { 0 };
	empty_dir(bench);
	snprintf(path, sizeof(path), "%s/synced", bench->dir);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || pwrite(fd, page, PAGE, 0) != PAGE || fsync(fd) != 0)
		die(path);
	int64_t from = monotonic_ns();
	for (int i = 0; i < SYNCS; i++)
		if (pwrite(fd, page, PAGE, 0) != PAGE || fdatasync(fd) != 0)
			die(path);
	close(fd);
	return (double)(monotonic_ns() - from) / 1000 / SYNCS;
}

int main(void)
{
	static const int processes[] = { 1, 2, PROCESS_MAX };
	const char *calls = getenv("BENCH_CALLS");
	const char *minute = getenv("BENCH_MINUTE");
	const char *tmp = getenv("TMPDIR");
	struct bench bench = { .calls = calls ? atoll(calls) : 20000,
		.limits = { .minute = minute ? atoi(minute) : 60,
			.day = DAY_CALLS } };
	struct clock *clock;
	struct error err;
	snprintf(bench.dir, sizeof(bench.dir), "%.30s/bench_ledger_XXXXXX",
		tmp ? tmp : "/tmp");
	if (clock_open(&clock, &err) != 0 || !mkdtemp(bench.dir))
		die("start");
	bench.clock = clock;
	bench.shared = mmap(NULL, sizeof(*bench.shared), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	bench.answers = malloc((size_t)bench.calls * TEXT_MAX);
	if (bench.shared == MAP_FAILED || !bench.answers)
		die("memory");
	for (int64_t i = 0; i < bench.calls; i++)
		write_answer(i, bench.limits.minute, bench.answers[i]);

	printf("            us a call          bare us        ratio\n"
	       "processes  wall      cpu      wall      cpu       wall    cpu "
	       " denied\n");
	for (size_t i = 0; i < sizeof(processes) / sizeof(processes[0]); i++) {
		struct cost bare = { DBL_MAX, DBL_MAX };
		struct cost ours = { DBL_MAX, DBL_MAX };
		for (int round = 0; round < ROUNDS; round++) {
			lower(&bare, measure(&bench, processes[i], bare_steps));
			lower(&ours,
				measure(&bench, processes[i], spend_calls));
		}
		printf("%9d %9.1f %9.1f %9.1f %9.1f %7.1f %7.1f %7" PRId64 "\n",
			processes[i], ours.wall, ours.cpu, bare.wall, bare.cpu,
			ours.wall / bare.wall, ours.cpu / bare.cpu,
			(int64_t)atomic_load(&bench.shared->denied));
		fflush(stdout);
	}
	printf("one fdatasync of a page: %.0f us\n", measure_sync(&bench));
	empty_dir(&bench);
	rmdir(bench.dir);
	free(bench.answers);
	clock_free(clock);
	return EXIT_SUCCESS;
}
