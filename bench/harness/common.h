/* What the programs in C have in common. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static void fail(const char *what) {
  perror(what);
  exit(1);
}

/* As many connections as may be opened at all. */
static void raise_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) fail("getrlimit");
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) < 0) fail("setrlimit");
}
