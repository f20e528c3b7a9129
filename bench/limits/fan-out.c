/*
 * The floor of a fan-out: a program that does nothing but write every frame to every viewer, one write each.
 *
 *   fan-out
 *
 * It prints where it listens. A connection that begins with a request is a viewer's WebSocket; of any other, every line is
 * a frame.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "common.h"

#define MOST 20000

static int viewers[MOST], count;

/* A text frame as RFC 6455 has it; longer ones than 65,535 bytes do not come. */
static void write_to_all(const char *text, size_t length) {
  static unsigned char frame[4 + 65536];
  size_t head = length < 126 ? 2 : 4;
  frame[0] = 0x81;
  frame[1] = length < 126 ? length : 126;
  if (head == 4) frame[2] = length >> 8, frame[3] = length;
  memcpy(frame + head, text, length);
  for (int at = 0; at < count; at++) {
    if (send(viewers[at], frame, head + length, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) continue;
    if (errno != EAGAIN) fail("send");
    fprintf(stderr, "a viewer has lost a frame\n");
  }
}

/* Nobody looks at the key: its generator is our own. */
static const char ACCEPTED[] = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                               "Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\n\r\n";

/* What has come from the publisher and is not a whole line yet. */
static char lines[1 << 20];
static size_t had;

/* False: it is gone. */
static int read_from(int fd) {
  ssize_t got = recv(fd, lines + had, sizeof lines - had, 0);
  if (got <= 0) return 0;
  if (had == 0 && got > 4 && strncmp(lines, "GET ", 4) == 0) {
    if (count == MOST || send(fd, ACCEPTED, sizeof ACCEPTED - 1, MSG_NOSIGNAL) < 0) fail("accept");
    viewers[count++] = fd;
    return 1;
  }
  had += got;
  char *line = lines;
  for (char *end; (end = memchr(line, '\n', lines + had - line)) != NULL; line = end + 1) write_to_all(line, end - line);
  had -= line - lines;
  memmove(lines, line, had);
  return 1;
}

int main(void) {
  raise_limit();
  struct sockaddr_in here = {.sin_family = AF_INET};
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof here;
  int listener = socket(AF_INET, SOCK_STREAM, 0), poll = epoll_create1(0);
  if (bind(listener, (struct sockaddr *)&here, size) < 0 || listen(listener, 1024) < 0) fail("listen");
  getsockname(listener, (struct sockaddr *)&here, &size);
  printf("listening on http://127.0.0.1:%d\n", ntohs(here.sin_port));
  fflush(stdout);
  struct epoll_event wish = {.events = EPOLLIN, .data.fd = listener}, event;
  if (epoll_ctl(poll, EPOLL_CTL_ADD, listener, &wish) < 0) fail("epoll_ctl");
  while (epoll_wait(poll, &event, 1, -1) >= 0) {
    int fd = event.data.fd;
    if (fd != listener) {
      if (!read_from(fd)) epoll_ctl(poll, EPOLL_CTL_DEL, fd, NULL);
      continue;
    }
    wish.data.fd = accept(listener, NULL, NULL);
    int on = 1;
    if (wish.data.fd < 0 || setsockopt(wish.data.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0) fail("accept");
    if (epoll_ctl(poll, EPOLL_CTL_ADD, wish.data.fd, &wish) < 0) fail("epoll_ctl");
  }
  fail("epoll_wait");
}
