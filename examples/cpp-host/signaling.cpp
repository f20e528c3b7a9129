#include "signaling.hpp"
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <utility>
#include <vector>

Signaling::Signaling(const std::string& server, std::string room, std::function<void(const Json&)> onMessage)
    : room_(std::move(room)), onMessage_(std::move(onMessage)) {
  std::vector<char> url(server.begin(), server.end());
  url.push_back('\0');
  const char *scheme, *address, *path;
  if (lws_parse_uri(url.data(), &scheme, &address, &port_, &path) != 0) throw std::invalid_argument("no URL: " + server);
  tls_ = std::string(scheme) == "https";
  address_ = address;
  hostHeader_ = address_ + ":" + std::to_string(port_);

  static const lws_protocols protocols[] = {{"room", onEvent, 0, 0, 0, nullptr, 0}, {nullptr, nullptr, 0, 0, 0, nullptr, 0}};
  lws_context_creation_info info{};
  info.port = CONTEXT_PORT_NO_LISTEN;
  info.protocols = protocols;
  info.user = this;
  info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
  lws_set_log_level(LLL_ERR, nullptr);
  context_ = lws_create_context(&info);
  if (context_ == nullptr) throw std::runtime_error("libwebsockets does not start");
  timer_.owner = this;
}

Signaling::~Signaling() { lws_context_destroy(context_); }

void Signaling::send(const Json& message) {
  outbox_.push_back(message.dump());
  if (seated_) lws_callback_on_writable(socket_);
}

bool Signaling::run() {
  connect();
  while (!over_) {
    if (lws_service(context_, 0) < 0) break;
    if (!leaving_) continue;
    if (!seated_) break;
    if (socket_ != nullptr && outbox_.empty()) {
      outbox_.push_back(R"({"type":"bye"})");
      lws_callback_on_writable(socket_);
    }
  }
  return leaving_;
}

void Signaling::leave() {
  leaving_ = true;
  lws_cancel_service(context_);
}

void Signaling::connect() {
  path_ = "/signaling?roomId=" + room_;
  // With the count the server knows exactly what we missed.
  if (!resumeToken_.empty()) path_ += "&resume=" + resumeToken_ + "&received=" + std::to_string(received_);
  closeCode_ = 1006;
  closeReason_.clear();
  incoming_.clear();
  lws_client_connect_info to{};
  to.context = context_;
  to.address = address_.c_str();
  to.port = port_;
  to.path = path_.c_str();
  to.host = hostHeader_.c_str();
  to.ssl_connection = tls_ ? LCCSCF_USE_SSL : 0;
  to.local_protocol_name = "room";
  to.pwsi = &socket_;
  lws_client_connect_via_info(&to);
}

int Signaling::onEvent(lws* wsi, lws_callback_reasons reason, void*, void* in, size_t length) {
  auto* self = static_cast<Signaling*>(lws_context_user(lws_get_context(wsi)));
  return self->handle(wsi, reason, static_cast<char*>(in), length);
}

int Signaling::handle(lws* wsi, lws_callback_reasons reason, char* in, size_t length) {
  switch (reason) {
    case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
      if (const char* token = std::getenv("TOKEN")) {
        const std::string bearer = std::string("Bearer ") + token;
        auto** at = reinterpret_cast<unsigned char**>(in);
        return lws_add_http_header_by_name(wsi, reinterpret_cast<const unsigned char*>("authorization:"),
                                           reinterpret_cast<const unsigned char*>(bearer.data()),
                                           static_cast<int>(bearer.size()), at, *at + length);
      }
      return 0;
    case LWS_CALLBACK_CLIENT_RECEIVE:
      incoming_.append(in, length);
      if (lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0) {
        // The library answers a ping behind this frame only when we have returned: our pong says that we have it.
        take(std::exchange(incoming_, {}));
      }
      return 0;
    case LWS_CALLBACK_CLIENT_WRITEABLE: {
      if (!seated_ || outbox_.empty()) return 0;
      const std::string frame = std::move(outbox_.front());
      outbox_.pop_front();
      std::vector<unsigned char> buffer(LWS_PRE + frame.size());
      std::copy(frame.begin(), frame.end(), buffer.begin() + LWS_PRE);
      lws_write(wsi, buffer.data() + LWS_PRE, frame.size(), LWS_WRITE_TEXT);
      if (leaving_ && outbox_.empty()) {
        lws_close_reason(wsi, LWS_CLOSE_STATUS_NORMAL, nullptr, 0);
        over_ = true;
        return -1;
      }
      if (!outbox_.empty()) lws_callback_on_writable(wsi);
      return 0;
    }
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
      if (length >= 2) {
        closeCode_ = static_cast<unsigned char>(in[0]) << 8 | static_cast<unsigned char>(in[1]);
        closeReason_.assign(in + 2, length - 2);
      }
      return 0;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
      ended(1006, in == nullptr ? "no connection" : in);
      return 0;
    case LWS_CALLBACK_CLIENT_CLOSED:
      ended(closeCode_, closeReason_);
      return 0;
    default:
      return 0;
  }
}

void Signaling::take(const std::string& frame) {
  const Json message = Json::parse(frame, nullptr, false);
  if (!message.is_object()) return;
  const std::string type = message.value("type", "");
  if (type == "welcome") {
    resumeToken_ = message.value("resumeToken", "");
    received_ = 0;
  } else if (type != "resumed") {
    ++received_;
  }
  if (type == "welcome" || (type == "resumed" && message.value("recovered", false))) {
    seated_ = true;
    attempt_ = 0;
    if (!outbox_.empty()) lws_callback_on_writable(socket_);
  }
  // What was meant for the others as they were says nothing to the ones of a new room.
  if (type == "resumed" && !message.value("recovered", false)) outbox_.clear();
  onMessage_(message);
}

void Signaling::ended(int code, const std::string& why) {
  socket_ = nullptr;
  seated_ = false;
  if (over_ || leaving_ || !comesBackAfter(code, why)) {
    if (!leaving_) std::cerr << "closed for good: " << code << " " << why << std::endl;
    over_ = true;
    return;
  }
  // Full jitter: when a server restarts, all its peers come back, and they should not come at once.
  const long most = std::min(10'000L, 250L << std::min(attempt_++, 10));
  const long wait = std::uniform_int_distribution<long>(0, most)(random_);
  std::cerr << "lost (" << code << " " << why << "), again in " << wait << " ms" << std::endl;
  lws_sul_schedule(
      context_, 0, &timer_.sul,
      [](lws_sorted_usec_list_t* sul) { reinterpret_cast<Timer*>(sul)->owner->connect(); },
      wait * LWS_US_PER_MS + 1);
}

/** By the table of docs/rooms-protocol.md. */
bool Signaling::comesBackAfter(int code, const std::string& why) const {
  if (code == 1013) return why != "too much sent before the welcome";
  // libwebsockets 4.1 does not know 1012 and 1013, and calls them 1002; the reason is still the server's.
  if (code == 1002) return why != "too much sent before the welcome";
  return code == 1006 || code == 1009 || code == 1011 || code == 1012;
}
