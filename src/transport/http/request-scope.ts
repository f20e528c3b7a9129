/** The header in which a request's name comes and goes. */
export const REQUEST_ID = "x-request-id";

/** Names requests, and keeps the name at hand for whatever is done and written for them. */
export interface RequestScope {
  /**
   * Runs the work on a request, which gets the request's name; empty: it has none. What else the work needs is handed on, so
   * that nobody has to make a function for each request.
   *
   * @param pattern the route's, never the path
   */
  enter<From, Result>(
    request: Request,
    pattern: string,
    from: From,
    work: (id: string, request: Request, from: From) => Result,
  ): Result;
  /**
   * Runs the work on a message of a socket; left out: nobody wants to know.
   *
   * @param id the name of the request that opened the socket
   */
  message?(door: string, id: string | undefined, work: () => void | Promise<void>): void | Promise<void>;
}

export const noScope: RequestScope = { enter: (request, _pattern, from, work) => work("", request, from) };

/** Tells the caller the name of its request. */
export function sayRequestId<Answer extends Response | undefined>(answer: Answer, id: string): Answer {
  if (id !== "") answer?.headers.set(REQUEST_ID, id);
  return answer;
}
