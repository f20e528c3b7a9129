import { asResponse, type Answer } from "./answer.ts";

/** Words each answer once and repeats it: refusing must cost much less than the work that is refused. */
export function repeatable<Kind>(word: (kind: Kind) => Answer): (kind: Kind) => Response | Promise<Response> {
  const worded = new Map<Kind, { text: string; init: ResponseInit }>();
  const wordOnce = async (kind: Kind): Promise<Response> => {
    const response = asResponse(word(kind));
    const text = await response.text();
    const init = { status: response.status, headers: Object.fromEntries(response.headers) };
    worded.set(kind, { text, init });
    return new Response(text, init);
  };
  return (kind) => {
    const known = worded.get(kind);
    return known === undefined ? wordOnce(kind) : new Response(known.text, known.init);
  };
}
