// One request over HTTP, by libcurl.
#pragma once
#include <curl/curl.h>
#include <cstdlib>
#include <memory>
#include <string>

struct Answer {
  long status = 0;  // 0: there was none
  long retryAfterSeconds = 0;
  std::string body;  // where there was none, why
};

/** Sends `body` as JSON. Takes 10 seconds at most, and may be called from any thread. */
inline Answer request(const char* method, const std::string& url, const std::string& body) {
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
  Answer answer;
  struct curl_slist* headers = curl_slist_append(nullptr, "content-type: application/json");
  std::string bearer;
  if (const char* token = std::getenv("TOKEN")) {
    bearer = std::string("authorization: Bearer ") + token;
    headers = curl_slist_append(headers, bearer.c_str());
  }
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, method);
  curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, 10L);
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, +[](char* data, size_t size, size_t count, void* to) {
    static_cast<std::string*>(to)->append(data, size * count);
    return size * count;
  });
  const CURLcode code = curl_easy_perform(curl.get());
  curl_slist_free_all(headers);
  if (code != CURLE_OK) return {0, 0, curl_easy_strerror(code)};
  curl_off_t seconds = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  curl_easy_getinfo(curl.get(), CURLINFO_RETRY_AFTER, &seconds);
  answer.retryAfterSeconds = static_cast<long>(seconds);
  return answer;
}
