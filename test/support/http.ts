/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly body: any;
  readonly headers: Headers;
}

/** Sends JSON, or a body exactly as given when it is a string, and reads the JSON answer. */
export async function call(
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: body === undefined ? headers : { "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  let parsed: unknown = text;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Not every answer is JSON; the test says what it expects.
  }
  return { status: response.status, body: parsed, headers: response.headers };
}

export const post = (url: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> =>
  call("POST", url, body, headers);
