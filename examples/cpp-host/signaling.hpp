// The signaling of a room (docs/rooms-protocol.md), by libwebsockets: connects, counts, comes back.
#pragma once
#include <libwebsockets.h>
#include <deque>
#include <functional>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

class Signaling {
 public:
  using Json = nlohmann::json;

  /** `server` such as https://play.example.org. `onMessage` gets every frame, `welcome` and `resumed` included. */
  Signaling(const std::string& server, std::string room, std::function<void(const Json&)> onMessage);
  ~Signaling();
  Signaling(const Signaling&) = delete;
  Signaling& operator=(const Signaling&) = delete;

  /** Goes out at once, or after the next `welcome` or `resumed`. */
  void send(const Json& message);
  /** Serves the connection until `leave`, or until coming back makes no sense. True: we left. */
  bool run();
  /** Says goodbye and ends `run`. May be called from a signal handler. */
  void leave();

 private:
  struct Timer {
    lws_sorted_usec_list_t sul;
    Signaling* owner;
  };
  static int onEvent(lws* wsi, lws_callback_reasons reason, void* user, void* in, size_t length);
  int handle(lws* wsi, lws_callback_reasons reason, char* in, size_t length);
  void connect();
  void take(const std::string& frame);
  void ended(int code, const std::string& why);
  bool comesBackAfter(int code, const std::string& why) const;

  std::string address_, hostHeader_, path_, room_;
  int port_ = 80;
  bool tls_ = false;
  std::function<void(const Json&)> onMessage_;
  lws_context* context_ = nullptr;
  lws* socket_ = nullptr;
  Timer timer_{};
  std::deque<std::string> outbox_;
  std::string incoming_, resumeToken_, closeReason_;
  unsigned long received_ = 0;
  int attempt_ = 0, closeCode_ = 1006;
  bool seated_ = false, over_ = false;
  volatile bool leaving_ = false;
  std::mt19937 random_{std::random_device{}()};
};
