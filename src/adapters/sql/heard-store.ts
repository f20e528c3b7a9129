import type { StoreCallKind, StoreCalls } from "../../ports/store-calls.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import type { Store } from "./store.ts";

/** The same store, of whose calls somebody hears. Callers wait for nothing more. */
export function heardStore(store: Store, calls: StoreCalls): Store {
  const heard = <Result>(kind: StoreCallKind, run: () => Promise<Result>): Promise<Result> => {
    const ended = calls.began(kind);
    const running = run();
    running.then(
      () => ended(false),
      // What the work itself throws is no failure of the store.
      (error: unknown) => ended(error instanceof StoreUnavailable),
    );
    return running;
  };
  return {
    ...store,
    transact: (work) => heard("transaction", () => store.transact(work)),
    read: (query) => heard("read", () => store.read(query)),
  };
}
