/** The header in which a request's name comes and goes. */
export const REQUEST_ID = "x-request-id";

/** Names requests, and keeps the name at hand for whatever is done and written for them. */
export interface RequestScope {
  /**
   * Runs the work on a request, which gets the request's name; empty: it has none.
   *
   * @param pattern the route's, never the path
   */
  enter<Result>(request: Request, pattern: string, work: (id: string) => Result): Result;
}

export const noScope: RequestScope = { enter: (_request, _pattern, work) => work("") };

/** Tells the caller the name of its request. */
export function sayRequestId<Answer extends Response | undefined>(answer: Answer, id: string): Answer {
  if (id !== "") answer?.headers.set(REQUEST_ID, id);
  return answer;
}
