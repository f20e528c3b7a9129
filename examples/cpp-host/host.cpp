// A host for the pool: beats, waits in its room, answers whoever comes. Usage: host <server> [<region>]
//
// In place of `describe` stands your WebRTC library, such as libdatachannel.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <iostream>
#include <mutex>
#include <thread>
#include "http.hpp"
#include "signaling.hpp"

using namespace std::chrono_literals;
using Json = nlohmann::json;

namespace {

Signaling* current = nullptr;

/** Unguessable: whoever knows the name of a room may enter it. */
std::string randomId() {
  std::random_device random;
  std::string id;
  for (int i = 0; i < 16; ++i) id += "0123456789abcdef"[random() % 16];
  return id;
}

/** The answer to an offer. */
std::string describe(const std::string& offer) { return "v=0 (an answer to " + std::to_string(offer.size()) + " bytes)"; }

/** Says every 20 seconds that the host is there; 30 seconds without, and it is gone. */
class Heartbeat {
 public:
  Heartbeat(std::string server, std::string id, std::string room, std::string region)
      : server_(std::move(server)), id_(std::move(id)),
        body_(Json{{"hostId", id_}, {"roomId", std::move(room)}, {"region", std::move(region)}}.dump()),
        thread_([this] { run(); }) {}

  ~Heartbeat() {
    {
      std::lock_guard lock(mutex_);
      done_ = true;
    }
    wake_.notify_all();
    thread_.join();
    // Else it would be found for the rest of its 30 seconds.
    request("DELETE", server_ + "/api/host/" + id_, "");
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (!done_) {
      lock.unlock();
      const Answer answer = request("POST", server_ + "/api/host/heartbeat", body_);
      lock.lock();
      std::chrono::seconds pause = 20s;
      if (answer.status == 200) {
        if (!known_) std::cout << "in the pool" << std::endl;
      } else {
        std::cerr << "heartbeat: " << answer.status << " " << answer.body << std::endl;
        // 429 and 503 say when to come back. Sooner than usual, or the lease would end.
        pause = std::chrono::seconds(std::max(2L, std::min(answer.retryAfterSeconds, 20L)));
      }
      known_ = answer.status == 200;
      wake_.wait_for(lock, pause, [this] { return done_; });
    }
  }

  std::string server_, id_, body_;
  bool done_ = false, known_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::thread thread_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "Usage: host <server, such as https://play.example.org> [<region>]" << std::endl;
    return 2;
  }
  const std::string server = argv[1], region = argc > 2 ? argv[2] : "local";
  const std::string id = "host-" + randomId(), room = "room-" + randomId();
  curl_global_init(CURL_GLOBAL_DEFAULT);

  Signaling signaling(server, room, [&](const Json& message) {
    const std::string type = message.value("type", ""), from = message.value("from", "");
    std::cout << "got " << type << std::endl;
    if (type == "offer") signaling.send({{"type", "answer"}, {"to", from}, {"sdp", describe(message.value("sdp", ""))}});
    if (type == "error") std::cerr << message.value("code", "") << ": " << message.value("message", "") << std::endl;
  });
  current = &signaling;
  for (const int one : {SIGINT, SIGTERM}) std::signal(one, [](int) { current->leave(); });

  Heartbeat heartbeat(server, id, room, region);
  return signaling.run() ? 0 : 1;
}
