/*
 * Many who watch one stream, in one process that costs little: it reads whatever has come, follows where each message
 * begins, and looks into none but at its number. It naps for a millisecond after each look, so that nobody pays for
 * waking it with every message.
 *
 *   viewers websocket PORT PATH COUNT      connects so many WebSockets
 *   viewers nats PORT SUBJECT COUNT        connects so many subscribers of a NATS server
 *
 * It prints "ready" once all of them watch. Each line of its input then asks for one measurement,
 *
 *   FIRST FRAMES BATCH BEGAN STEP DEADLINE
 *
 * FIRST: the number of its first frame; FRAMES: how many frames come; BATCH: how many of them are due at once; BEGAN: when
 * the first batch is due, STEP: how long after each other they are, DEADLINE: when it ends at the latest, in microseconds
 * (of CLOCK_REALTIME). It answers with one line of JSON once every viewer has all frames, or at the deadline: how many
 * frames arrived, of how many bytes, in which times after they were due, in ms (of the last frame of each batch, at every
 * viewer), what processor time it has used and in what time, in seconds.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "common.h"

#define NAP_NS 1000000
#define HEAD 64

/* What every message of a frame begins with, before its number. */
static const char FRAME[] = "{\"type\":\"frame\",\"frame\":";

struct viewer {
  int fd;
  /* What has come of the message's own header, or of its line. */
  unsigned char header[128];
  unsigned header_length;
  /* The message's payload: how long it is, what is still to come, and how it begins. */
  int in_payload, opcode;
  uint64_t length, left;
  char head[HEAD + 1];
};

static struct viewer *viewers;
static int count, is_nats;

/* The measurement that is under way. */
static struct {
  int is_on;
  long first, frames, batch;
  double began, step, deadline;
  long heard;
  uint64_t bytes;
  float *lags;
  long lag_count, lag_room;
  double used, since;
} now_on;

static double micros(clockid_t clock) {
  struct timespec at;
  clock_gettime(clock, &at);
  return at.tv_sec * 1e6 + at.tv_nsec / 1e3;
}

static void put(int fd, const void *bytes, size_t length) {
  if (send(fd, bytes, length, MSG_NOSIGNAL) != (ssize_t)length) fail("send");
}

static void take_frame(const struct viewer *one) {
  if (!now_on.is_on) return;
  long place = atol(one->head + sizeof FRAME - 1) - now_on.first;
  if (place < 0 || place >= now_on.frames) return;
  now_on.heard++;
  now_on.bytes += one->length;
  if (place % now_on.batch != now_on.batch - 1 || now_on.lag_count == now_on.lag_room) return;
  double due = now_on.began + place / now_on.batch * now_on.step;
  now_on.lags[now_on.lag_count++] = (micros(CLOCK_REALTIME) - due) / 1e3;
}

static void take_message(struct viewer *one) {
  one->head[one->length < HEAD ? one->length : HEAD] = 0;
  if (!is_nats && one->opcode == 8) {
    fprintf(stderr, "a viewer was closed\n");
    exit(1);
  }
  if (!is_nats && one->opcode == 9) {
    /* A pong that carries the same; masked with zeros. */
    unsigned char pong[6 + HEAD] = {0x8a, 0x80 | one->length};
    memcpy(pong + 6, one->head, one->length);
    put(one->fd, pong, 6 + one->length);
  } else if (strncmp(one->head, FRAME, sizeof FRAME - 1) == 0)
    take_frame(one);
}

/* The payload's length, once the header is whole; -1 before. RFC 6455, 5.2. */
static int64_t websocket_length(struct viewer *one) {
  const unsigned char *h = one->header;
  unsigned n = one->header_length;
  if (n < 2) return -1;
  one->opcode = h[0] & 15;
  unsigned length = h[1] & 127;
  if (length < 126) return length;
  if (length == 126) return n < 4 ? -1 : h[2] << 8 | h[3];
  if (n < 10) return -1;
  uint64_t large = 0;
  for (int at = 2; at < 10; at++) large = large << 8 | h[at];
  return large;
}

/* Likewise of a line of NATS; the end of the line that follows a payload belongs to it. Others than MSG have none. */
static int64_t nats_length(struct viewer *one) {
  char *line = (char *)one->header;
  if (one->header_length == 0 || line[one->header_length - 1] != '\n') return -1;
  line[one->header_length - 1] = 0;
  if (strncmp(line, "MSG ", 4) == 0) return atol(strrchr(line, ' ') + 1) + 2;
  if (strncmp(line, "PING", 4) == 0) put(one->fd, "PONG\r\n", 6);
  if (strncmp(line, "-ERR", 4) == 0) fprintf(stderr, "%s\n", line), exit(1);
  one->header_length = 0;
  return -1;
}

static void take(struct viewer *one, const char *bytes, size_t length) {
  while (length > 0 || (one->in_payload && one->left == 0)) {
    if (!one->in_payload) {
      if (one->header_length == sizeof one->header) fprintf(stderr, "a line is too long\n"), exit(1);
      one->header[one->header_length++] = *bytes++;
      length--;
      int64_t found = is_nats ? nats_length(one) : websocket_length(one);
      if (found < 0) continue;
      one->in_payload = 1;
      one->length = one->left = found;
      continue;
    }
    uint64_t part = one->left < length ? one->left : length;
    uint64_t passed = one->length - one->left;
    if (passed < HEAD) memcpy(one->head + passed, bytes, part < HEAD - passed ? part : HEAD - passed);
    one->left -= part;
    bytes += part;
    length -= part;
    if (one->left > 0) return;
    if (is_nats) one->length -= 2;
    take_message(one);
    one->in_payload = one->header_length = 0;
  }
}

static void start(struct viewer *one, int port, const char *what) {
  struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(port)};
  there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  one->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (one->fd < 0 || connect(one->fd, (struct sockaddr *)&there, sizeof there) < 0) fail("connect");
  char text[4096];
  const char *hello = is_nats ? "CONNECT {\"verbose\":false}\r\nSUB %s 1\r\nPING\r\n"
                              : "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
  snprintf(text, sizeof text, hello, what);
  put(one->fd, text, strlen(text));
  /* What follows the answer is the first of what is watched. */
  const char *answer = is_nats ? "PONG\r\n" : "\r\n\r\n";
  size_t had = 0;
  for (char *end = NULL; end == NULL;) {
    ssize_t got = recv(one->fd, text + had, sizeof text - 1 - had, 0);
    if (got <= 0) fail("handshake");
    text[had += got] = 0;
    if (!is_nats && had > 12 && strncmp(text + 9, "101", 3) != 0) fprintf(stderr, "%s\n", text), exit(1);
    end = strstr(text, answer);
    if (end != NULL) end += strlen(answer), take(one, end, text + had - end);
  }
}

static double cpu_used(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void begin(const char *line) {
  int read = sscanf(line, "%ld %ld %ld %lf %lf %lf", &now_on.first, &now_on.frames, &now_on.batch, &now_on.began,
                    &now_on.step, &now_on.deadline);
  if (read != 6) fprintf(stderr, "not understood: %s\n", line), exit(1);
  now_on.heard = now_on.lag_count = 0;
  now_on.bytes = 0;
  now_on.lag_room = now_on.frames / now_on.batch * count;
  now_on.lags = realloc(now_on.lags, now_on.lag_room * sizeof(float));
  memset(now_on.lags, 0, now_on.lag_room * sizeof(float));
  now_on.used = cpu_used();
  now_on.since = micros(CLOCK_REALTIME);
  now_on.is_on = 1;
}

static int by_size(const void *a, const void *b) {
  float one = *(const float *)a, other = *(const float *)b;
  return (one > other) - (one < other);
}

/* Of all that should have come: what has not is as late as the deadline. */
static double lag_at(double share) {
  long place = (long)(now_on.lag_room * share);
  if (place == now_on.lag_room) place--;
  return place < now_on.lag_count ? now_on.lags[place] : (now_on.deadline - now_on.began) / 1e3;
}

static void end_if_over(void) {
  double now = micros(CLOCK_REALTIME);
  if (!now_on.is_on || (now_on.heard < now_on.frames * count && now < now_on.deadline)) return;
  now_on.is_on = 0;
  double used = cpu_used() - now_on.used;
  qsort(now_on.lags, now_on.lag_count, sizeof(float), by_size);
  printf("{\"frames\":%ld,\"bytes\":%lu,\"lagMedian\":%.2f,\"lagP99\":%.2f,\"lagMost\":%.2f,\"cpu\":%.4f,"
         "\"seconds\":%.4f}\n",
         now_on.heard, now_on.bytes, lag_at(0.5), lag_at(0.99), lag_at(1), used, (now - now_on.since) / 1e6);
  fflush(stdout);
}

int main(int argc, char **argv) {
  if (argc != 5) return fprintf(stderr, "viewers websocket|nats PORT PATH|SUBJECT COUNT\n"), 2;
  raise_limit();
  is_nats = strcmp(argv[1], "nats") == 0;
  count = atoi(argv[4]);
  viewers = calloc(count, sizeof *viewers);
  int poll = epoll_create1(0);
  for (int at = 0; at < count; at++) {
    start(&viewers[at], atoi(argv[2]), argv[3]);
    struct epoll_event wish = {.events = EPOLLIN, .data.ptr = &viewers[at]};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, viewers[at].fd, &wish) < 0) fail("epoll_ctl");
  }
  struct epoll_event input = {.events = EPOLLIN, .data.ptr = NULL};
  if (epoll_ctl(poll, EPOLL_CTL_ADD, STDIN_FILENO, &input) < 0) fail("epoll_ctl");
  printf("ready\n");
  fflush(stdout);

  static struct epoll_event events[1024];
  static char bytes[256 * 1024];
  for (;;) {
    int ready = epoll_wait(poll, events, 1024, now_on.is_on ? 20 : -1);
    for (int at = 0; at < ready; at++) {
      struct viewer *one = events[at].data.ptr;
      if (one == NULL) {
        char line[256];
        if (fgets(line, sizeof line, stdin) == NULL) return 0;
        begin(line);
        continue;
      }
      ssize_t got = recv(one->fd, bytes, sizeof bytes, MSG_DONTWAIT);
      if (got > 0) take(one, bytes, got);
      else if (got == 0 || (errno != EAGAIN && errno != EINTR)) fprintf(stderr, "viewer %ld of %s was cut off\n", one - viewers, argv[2]), exit(1);
    }
    end_if_over();
    if (ready < 1024) nanosleep(&(struct timespec){.tv_nsec = NAP_NS}, NULL);
  }
}
