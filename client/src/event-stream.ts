import type { Http } from "./http.ts";

/** The data of server-sent events, parsed; ends when the server ends the stream. */
export async function* eventsOf<Data>(http: Http, path: string, signal?: AbortSignal): AsyncGenerator<Data> {
  const { body } = await http.response("GET", path, { accept: "text/event-stream", signal });
  if (body === null) return;
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (let text = ""; ;) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (text + decoder.decode(value, { stream: true })).split("\n\n");
      text = events.pop()!;
      for (const event of events) {
        const data = event.split("\n").flatMap((line) => (line.startsWith("data:") ? [line.slice(5)] : []));
        if (data.length > 0) yield JSON.parse(data.join("\n")) as Data;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
