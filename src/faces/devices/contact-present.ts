import type { Contact } from "../../ports/contact-records.ts";
import { say } from "./http-fields.ts";

export function presentContact({ email, status, since }: Contact) {
  return { email, status, since: say(since) };
}

/** What became of a step; `none`: the two have nothing to do with each other. */
export function presentStep(email: string, contact: Contact | null) {
  return contact === null ? { email, status: "none", since: null } : presentContact(contact);
}
