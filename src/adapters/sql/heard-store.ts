import type { StoreCalls } from "../../ports/store-calls.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import type { Store } from "./store.ts";

/** The same store, of whose calls somebody hears. Callers wait for nothing more. */
export function heardStore(store: Store, calls: StoreCalls): Store {
  return {
    ...store,
    transact(work) {
      const ended = calls.began("transaction");
      return heard(store.transact(work), ended);
    },
    read(query) {
      const ended = calls.began("read");
      return heard(store.read(query), ended);
    },
  };
}

function heard<Result>(running: Promise<Result>, ended: ReturnType<StoreCalls["began"]>): Promise<Result> {
  running.then(
    () => ended(false),
    // What the work itself throws is no failure of the store.
    (error: unknown) => ended(error instanceof StoreUnavailable),
  );
  return running;
}
