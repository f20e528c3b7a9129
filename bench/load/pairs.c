/*
 * WebSocket clients that send to each other through a server, on one thread. It is told what to do on standard input,
 * and answers on standard output, a line each:
 *
 *   socket <tab> PORT <tab> PATH <tab> FIRST <tab> READY <tab> RECEIVER <tab> MESSAGE
 *       A client of 127.0.0.1: FIRST is sent once it is open (empty: nothing), and it is ready when a frame that holds
 *       READY has come. What it sends is MESSAGE, which arrives at the client whose number, from 0, is RECEIVER.
 *   share                    Something else runs on this core: it sleeps while it has nothing to do. No answer.
 *   connect                  Opens all of them, one after the other. Answer: "ready".
 *   rate PER_SECOND SECONDS  Sends in turn, at a steady rate, whatever becomes of what was sent. Answer: JSON.
 *   window SIZE SECONDS      Each client has so many messages under way. Answer: JSON.
 *
 * The answer: {"sent", "received", "seconds", "busy" (seconds in which this process had something to do), "p50", "p99", "most" (ms, each from when
 * its message was due, and for `window` from when it was sent)}. Messages of one client arrive in their order, so that
 * the time of each is known without looking into it. A frame that is shorter than half a message is none: it is news,
 * or a refusal, whose message will be missing. Frames are masked once, with the same key, since the server cannot tell.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 256 * 1024, IN_FLIGHT = 4096, EVENTS = 256, MOST_WINDOW = 64, DRAIN_MS = 5000, PAUSE_NS = 100000 };

struct client {
  int fd, port, receiver, sender;
  char *path, *first, *ready;
  /* The frame that it sends, as often as a window may be large, and how long one is. */
  char *frames;
  size_t frame_bytes, message_bytes;
  /* When what is under way to this client was due, in ns. */
  int64_t *due;
  uint32_t due_head, due_tail;
  /* What is left of a frame that has come in part, and what there is of a header. */
  uint64_t skip;
  unsigned char head[14];
  int head_bytes;
  int owed;
};

static struct client *clients;
static int count, poller;
/* Whether anything else runs on its core, so that it sleeps while it has nothing to do. */
static int shares_core;
static char buffer[BUFFER];
static int64_t *times;
static size_t times_count, times_room;
static uint64_t sent, received;
/* How long there was nothing to do, in ns. */
static int64_t idle;

static void fail(const char *what) {
  fprintf(stderr, "pairs: %s: %s\n", what, strerror(errno));
  exit(1);
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void write_all(int fd, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t written = send(fd, bytes, length, MSG_NOSIGNAL);
    if (written < 0 && errno == EAGAIN) {
      struct pollfd wait = {.fd = fd, .events = POLLOUT};
      poll(&wait, 1, -1);
      continue;
    }
    if (written < 0) fail("send");
    bytes += written;
    length -= written;
  }
}

/* A masked frame; `to` has room for 14 bytes more than the text. */
static size_t put_frame(char *to, int opcode, const char *text, size_t length) {
  static const unsigned char key[4] = {0x37, 0xfa, 0x21, 0x3d};
  unsigned char *at = (unsigned char *)to;
  *at++ = 0x80 | opcode;
  if (length < 126) *at++ = 0x80 | length;
  else {
    *at++ = 0x80 | 126;
    *at++ = length >> 8;
    *at++ = length;
  }
  memcpy(at, key, 4);
  at += 4;
  for (size_t n = 0; n < length; n++) *at++ = text[n] ^ key[n % 4];
  return (char *)at - to;
}

/* Reads until the answer to the handshake and a frame that holds `ready` have come; nothing else may come behind it. */
static void await_ready(struct client *client) {
  char *all = NULL;
  size_t length = 0;
  for (;;) {
    ssize_t got = recv(client->fd, buffer, sizeof buffer, 0);
    if (got <= 0) fail("a client was not let in");
    all = realloc(all, length + got + 1);
    memcpy(all + length, buffer, got);
    length += got;
    all[length] = 0;
    if (length > 12 && memcmp(all + 9, "101", 3) != 0) {
      fprintf(stderr, "pairs: no handshake: %.300s\n", all);
      exit(1);
    }
    char *body = memmem(all, length, "\r\n\r\n", 4);
    if (body == NULL) continue;
    body += 4;
    if (memmem(body, length - (body - all), client->ready, strlen(client->ready)) == NULL) continue;
    /* The frames behind the handshake are skipped one by one, so that the next one begins where it should. */
    while (body < all + length) {
      size_t have = all + length - body;
      size_t size = (unsigned char)body[1] & 0x7f;
      size_t head = size == 126 ? 4 : 2;
      if (size == 126) size = (unsigned char)body[2] << 8 | (unsigned char)body[3];
      if (have < head + size) {
        client->skip = head + size - have;
        break;
      }
      body += head + size;
    }
    free(all);
    return;
  }
}

static void open_client(struct client *client) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(client->port)};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  client->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(client->fd, (struct sockaddr *)&address, sizeof address) < 0) fail("connect");
  int on = 1;
  setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  char request[2048];
  int length = snprintf(request, sizeof request,
                        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                        client->path, client->port);
  write_all(client->fd, request, length);
  size_t size = strlen(client->first);
  if (size > 0) {
    char *frame = malloc(size + 14);
    write_all(client->fd, frame, put_frame(frame, 1, client->first, size));
    free(frame);
  }
  await_ready(client);
}

static void connect_all(void) {
  poller = epoll_create1(0);
  for (int n = 0; n < count; n++) {
    open_client(&clients[n]);
    clients[clients[n].receiver].sender = n;
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = n};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, clients[n].fd, &event) < 0) fail("epoll_ctl");
  }
}

static void note(int64_t nanoseconds) {
  if (times_count == times_room) {
    times_room = times_room == 0 ? 1 << 20 : times_room * 2;
    times = realloc(times, times_room * sizeof *times);
  }
  times[times_count++] = nanoseconds;
}

/* A whole header has come: says how many bytes of the frame follow it. */
static uint64_t begin_frame(struct client *client, const unsigned char *head) {
  uint64_t size = head[1] & 0x7f;
  if (size == 126) size = head[2] << 8 | head[3];
  else if (size == 127) size = (uint64_t)head[6] << 24 | head[7] << 16 | head[8] << 8 | head[9];
  int opcode = head[0] & 0x0f;
  if (opcode == 8) {
    fprintf(stderr, "pairs: the server has closed a socket\n");
    exit(1);
  }
  if (opcode == 9) {
    char pong[16];
    write_all(client->fd, pong, put_frame(pong, 10, "", 0));
  }
  struct client *sender = &clients[client->sender];
  if (opcode > 2 || size < sender->message_bytes / 2 || client->due_head == client->due_tail) return size;
  note(now() - client->due[client->due_head++ % IN_FLIGHT]);
  received++;
  sender->owed++;
  return size;
}

static int head_bytes(const unsigned char *head) {
  int size = head[1] & 0x7f;
  return size == 126 ? 4 : size == 127 ? 10 : 2;
}

static void take(struct client *client, const unsigned char *at, size_t length) {
  const unsigned char *end = at + length;
  while (at < end) {
    if (client->skip > 0) {
      size_t passed = (size_t)(end - at) < client->skip ? (size_t)(end - at) : client->skip;
      client->skip -= passed;
      at += passed;
      continue;
    }
    client->head[client->head_bytes++] = *at++;
    if (client->head_bytes < 2 || client->head_bytes < head_bytes(client->head)) continue;
    client->skip = begin_frame(client, client->head);
    client->head_bytes = 0;
  }
}

/*
 * Waits for no longer than `most` ns, and unless it shares its core not at all: to wake this process would be at the cost
 * of the server that sends, which across a network it is not.
 */
static void read_ready(int64_t most) {
  struct epoll_event events[EVENTS];
  struct timespec wait = {.tv_nsec = shares_core && most > 0 ? most : 0};
  int64_t began = now();
  int found = epoll_pwait2(poller, events, EVENTS, &wait, NULL);
  if (found < 0 && errno != EINTR) fail("epoll_pwait2");
  if (found <= 0 || shares_core) idle += now() - began;
  for (int n = 0; n < found; n++) {
    struct client *client = &clients[events[n].data.u32];
    ssize_t got = recv(client->fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN)) fail("a socket was lost");
    if (got > 0) take(client, (unsigned char *)buffer, got);
  }
}

static void send_messages(struct client *client, int many, int64_t due) {
  struct client *receiver = &clients[client->receiver];
  for (int n = 0; n < many; n++) {
    if (receiver->due_tail - receiver->due_head == IN_FLIGHT) {
      fprintf(stderr, "pairs: the server falls behind\n");
      exit(1);
    }
    receiver->due[receiver->due_tail++ % IN_FLIGHT] = due;
  }
  sent += many;
  write_all(client->fd, client->frames, many * client->frame_bytes);
}

static void run_rate(double per_second, double seconds) {
  int64_t began = now();
  double step = 1e9 / per_second;
  uint64_t total = per_second * seconds;
  for (uint64_t n = 0; n < total;) {
    int64_t due = began + (int64_t)(n * step);
    read_ready(due - now());
    while (n < total && due <= now()) {
      send_messages(&clients[n++ % count], 1, due);
      due = began + (int64_t)(n * step);
    }
  }
}

static void run_window(int size, double seconds) {
  int64_t until = now() + (int64_t)(seconds * 1e9);
  for (int n = 0; n < count; n++) clients[n].owed = size < MOST_WINDOW ? size : MOST_WINDOW;
  for (int64_t looked = now(); looked < until; looked = now()) {
    for (int n = 0; n < count; n++) {
      int owed = clients[n].owed;
      if (owed == 0) continue;
      clients[n].owed = 0;
      send_messages(&clients[n], owed, now());
    }
    /* To look for one message at a time would cost as much as the message. */
    int64_t began = now();
    while (!shares_core && now() - looked < PAUSE_NS);
    idle += now() - began;
    read_ready(PAUSE_NS);
  }
}

static int by_length(const void *a, const void *b) {
  int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
  return left < right ? -1 : left > right;
}

static double quantile(double share) {
  if (times_count == 0) return -1;
  size_t at = times_count * share;
  return times[at < times_count ? at : times_count - 1] / 1e6;
}

static void measure(const char *kind, double much, double seconds) {
  sent = received = times_count = idle = 0;
  int64_t began = now();
  if (strcmp(kind, "rate") == 0) run_rate(much, seconds);
  else run_window(much, seconds);
  double took = (now() - began) / 1e9, busy = took - idle / 1e9;
  uint64_t in_time = received;
  for (int64_t until = now() + DRAIN_MS * 1000000LL; received < sent && now() < until;) read_ready(PAUSE_NS);
  qsort(times, times_count, sizeof *times, by_length);
  printf("{\"sent\":%lu,\"received\":%lu,\"inTime\":%lu,\"seconds\":%.6f,\"busy\":%.6f,"
         "\"p50\":%.4f,\"p99\":%.4f,\"most\":%.4f}\n",
         sent, received, in_time, took, busy, quantile(0.5), quantile(0.99), quantile(1));
  for (int n = 0; n < count; n++) clients[n].due_head = clients[n].due_tail = clients[n].owed = 0;
}

static void add_client(char *line) {
  char *fields[6];
  for (int n = 0; n < 6; n++) {
    fields[n] = strsep(&line, "\t");
    if (line == NULL && n < 5) fail("a socket's line lacks fields");
  }
  clients = realloc(clients, ++count * sizeof *clients);
  struct client *client = &clients[count - 1];
  size_t length = strlen(fields[5]);
  *client = (struct client){
      .port = atoi(fields[0]),
      .path = strdup(fields[1]),
      .first = strdup(fields[2]),
      .ready = strdup(fields[3]),
      .receiver = atoi(fields[4]),
      .frames = malloc((length + 14) * MOST_WINDOW),
      .message_bytes = length,
      .due = malloc(IN_FLIGHT * sizeof(int64_t)),
  };
  client->frame_bytes = put_frame(client->frames, 1, fields[5], length);
  for (int n = 1; n < MOST_WINDOW; n++)
    memcpy(client->frames + n * client->frame_bytes, client->frames, client->frame_bytes);
}

/* Until the next command: a client that answers no pings would be cut. Commands come one at a time once it is connected. */
static void answer_pings(void) {
  struct pollfd wait[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = poller, .events = POLLIN}};
  if (poller == 0) return;
  while (poll(wait, 2, -1) >= 0 && wait[0].revents == 0) read_ready(0);
}

int main(void) {
  char *line = NULL;
  size_t room = 0;
  ssize_t length;
  /* Waits end when they should, not up to 50 microseconds later. */
  prctl(PR_SET_TIMERSLACK, 1);
  while (answer_pings(), (length = getline(&line, &room, stdin)) > 0) {
    line[length - 1] = 0;
    char kind[16];
    double much, seconds;
    if (strncmp(line, "socket\t", 7) == 0) add_client(line + 7);
    else if (strcmp(line, "share") == 0) shares_core = 1;
    else if (strcmp(line, "connect") == 0) {
      connect_all();
      puts("ready");
    } else if (sscanf(line, "%15s %lf %lf", kind, &much, &seconds) == 3) measure(kind, much, seconds);
    else {
      fprintf(stderr, "pairs: what is %s?\n", line);
      return 1;
    }
    fflush(stdout);
  }
  return 0;
}
