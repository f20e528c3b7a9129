import { problemOf, Refusal, type Problem } from "../../transport/http/refusal.ts";
import { json, type Answer } from "../../transport/http/route.ts";

/** What a client is told when a message cannot be used. */
export const texts = {
  signal: (event: string) => `Invalid ${event}`,
  chat: "Invalid message",
} as const;

/** The body of the `error` event, whatever was thrown; what nobody meant is not explained to strangers. */
export function errorEvent(error: unknown): { readonly message: string } {
  const { message } = problemOf(error) ?? new Refusal("internal");
  return { message };
}

/** The same shape over HTTP, where the event's name becomes a key. */
export function refuse({ status, message }: Problem): Answer {
  return json(status, { error: { message } });
}
