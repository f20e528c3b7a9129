/** Of every JSON answer: it is for who asked, now, and is never taken for anything but JSON. */
export const JSON_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "application/json",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};

/**
 * A JSON answer that is no Response yet. Whoever sends it has more headers for it, and a Response that is made with all
 * of them costs a fraction of one on which they are set afterwards.
 */
export class JsonAnswer {
  readonly status: number;
  /** JSON. */
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: string, headers = JSON_HEADERS) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }

  /** The same answer with one header more. */
  with(name: string, value: string): JsonAnswer {
    return new JsonAnswer(this.status, this.body, { ...this.headers, [name]: value });
  }

  /** As it is, for places where nobody adds anything. */
  response(): Response {
    return new Response(this.body, { status: this.status, headers: this.headers });
  }
}

/** What a handler may answer with: JSON, or anything else as the Response it is. */
export type Answer = Response | JsonAnswer;

export function asResponse(answer: Answer): Response {
  return answer instanceof JsonAnswer ? answer.response() : answer;
}
