import type { StoreCallKind, StoreCalls } from "../../ports/store-calls.ts";
import type { Store } from "./store.ts";

/** The same store, of whose calls somebody hears. Callers wait for nothing more. */
export function heardStore(store: Store, calls: StoreCalls): Store {
  const heard = <Result>(kind: StoreCallKind, run: () => Promise<Result>): Promise<Result> => {
    const ended = calls.began(kind);
    const running = run();
    running.then(
      () => ended(false),
      () => ended(true),
    );
    return running;
  };
  return {
    ...store,
    transact: (work) => heard("transaction", () => store.transact(work)),
    read: (query) => heard("read", () => store.read(query)),
  };
}
