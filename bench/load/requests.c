/*
 * HTTP clients of 127.0.0.1 that have one request each under way, on one thread:
 *
 *   requests PORT CONNECTIONS SECONDS
 *
 * What they send comes on standard input: each request behind a line that says how many bytes it has. All are sent in
 * turn, over and over, as they are. Prints {"answered", "failed" (what was not 2xx, and clients that got no answer at all),
 * "seconds"}. An answer must say its length. Requests are made and answers looked through once, so that most of what this
 * process does is to send and to receive.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "common.h"

enum { ANSWER = 16 * 1024, EVENTS = 256 };

struct request {
  char *bytes;
  size_t length;
};

struct client {
  int fd;
  /* What there is of the answer that comes. */
  char answer[ANSWER + 1];
  size_t have;
  int is_answered;
};

static struct request *requests;
static size_t request_count, next_request;
static uint64_t answered, failed;

/* Something has come that should not have. */
static void refuse(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void read_requests(void) {
  size_t length;
  while (scanf("%zu", &length) == 1) {
    if (getchar() != '\n') refuse("a request must come behind its length");
    requests = realloc(requests, (request_count + 1) * sizeof *requests);
    struct request *request = &requests[request_count++];
    *request = (struct request){.bytes = malloc(length), .length = length};
    if (fread(request->bytes, 1, length, stdin) != length) refuse("a request is shorter than its length");
  }
  if (request_count == 0) refuse("no requests have come");
}

static void open_client(struct client *client, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  client->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(client->fd, (struct sockaddr *)&address, sizeof address) < 0) fail("connect");
  int on = 1;
  setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static void ask(struct client *client) {
  struct request *request = &requests[next_request];
  next_request = (next_request + 1) % request_count;
  if (send(client->fd, request->bytes, request->length, MSG_NOSIGNAL) != (ssize_t)request->length) fail("send");
}

/* How long the answer is with its headers; 0: they have not all come. */
static size_t answer_length(const struct client *client) {
  const char *end = memmem(client->answer, client->have, "\r\n\r\n", 4);
  if (end == NULL) return 0;
  const char *length = strcasestr(client->answer, "\r\ncontent-length:");
  if (length == NULL || length > end) refuse("an answer does not say its length");
  return end + 4 - client->answer + strtoul(length + 17, NULL, 10);
}

/* True once the answer is whole. */
static int take(struct client *client) {
  ssize_t got = recv(client->fd, client->answer + client->have, ANSWER - client->have, 0);
  if (got < 0) fail("recv");
  if (got == 0) refuse("a connection was closed");
  client->have += got;
  client->answer[client->have] = 0;
  size_t length = answer_length(client);
  if (length > ANSWER) refuse("an answer is too long");
  if (length == 0 || client->have < length) return 0;
  if (client->have > length) refuse("more has come than was asked for");
  client->is_answered = 1;
  answered++;
  if (client->answer[9] != '2') failed++;
  client->have = 0;
  return 1;
}

int main(int argc, char **argv) {
  if (argc != 4) refuse("requests PORT CONNECTIONS SECONDS");
  int count = atoi(argv[2]);
  raise_limit();
  read_requests();
  struct client *clients = calloc(count, sizeof *clients);
  int poller = epoll_create1(0);
  for (int n = 0; n < count; n++) {
    open_client(&clients[n], atoi(argv[1]));
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &clients[n]};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, clients[n].fd, &event) < 0) fail("epoll_ctl");
  }
  int64_t began = now(), until = began + (int64_t)(atof(argv[3]) * 1e9);
  for (int n = 0; n < count; n++) ask(&clients[n]);
  struct epoll_event events[EVENTS];
  while (now() < until) {
    int found = epoll_wait(poller, events, EVENTS, 100);
    if (found < 0 && errno != EINTR) fail("epoll_wait");
    for (int n = 0; n < found; n++) {
      if (take(events[n].data.ptr)) ask(events[n].data.ptr);
    }
  }
  for (int n = 0; n < count; n++) failed += !clients[n].is_answered;
  printf("{\"answered\":%lu,\"failed\":%lu,\"seconds\":%.6f}\n", answered, failed, (now() - began) / 1e9);
  return 0;
}
