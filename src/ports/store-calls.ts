/** What is asked of a store in one go. A script and a transaction are one step each. */
export type StoreCallKind = "script" | "command" | "publish" | "transaction" | "read";

/** Hears of every call to a store as it begins; what comes back hears, once, how it ended. Neither throws nor waits. */
export interface StoreCalls {
  began(kind: StoreCallKind): (hasFailed: boolean) => void;
}

const ended = (): void => undefined;
export const unheard: StoreCalls = { began: () => ended };
