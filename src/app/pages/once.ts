/** Does the work for each name once, also for callers that come while it is being done. Failures are not kept. */
export function once<Result>(work: (name: string) => Promise<Result>): (name: string) => Promise<Result> {
  const done = new Map<string, Promise<Result>>();
  return (name) => {
    let result = done.get(name);
    if (result === undefined) {
      result = work(name);
      done.set(name, result);
      result.catch(() => done.delete(name));
    }
    return result;
  };
}
