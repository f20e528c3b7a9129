/** Counts what one socket sends, by class. */
export interface Meter {
  /** Counts one message. False: it is one too many, and must not have any effect. */
  take(kind: string): boolean;
  /** Says whom the socket has proved to be. */
  name(account: string): void;
  /** Something that it sent was answered with this code. */
  answered(code: string): void;
  /** True once so many were refused one after the other that nobody can be listening. */
  readonly isFlood: boolean;
  leave(): void;
}

/** Whose messages to count; `address` null: this machine itself. */
export interface MeterOwner {
  readonly address: string | null;
  readonly account: string | null;
  readonly isStrict: boolean;
}

/** Gives each socket its meter. It holds nothing until it counts, so one that is never left is no loss. */
export interface Meters {
  enter(owner: MeterOwner): Meter;
}

/** What every message of a socket counts as before it is read. */
export const ANY_MESSAGE = "message";

/** RFC 6455: against the rules. */
export const TOO_MANY = { code: 1008, reason: "too many messages" } as const;

/** Counts nothing. */
const nothing = (): void => undefined;
export const noMeter: Meter = { take: () => true, name: nothing, answered: nothing, isFlood: false, leave: nothing };
export const unmetered: Meters = { enter: () => noMeter };
