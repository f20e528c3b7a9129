/** How many pass in one turn of the event loop: a few milliseconds of handshakes, after which all others have a turn. */
const PER_TURN = 64;

/** Lets those who come in a crowd pass a few at a time, in their order. Nobody is turned away. */
export interface Turnstile {
  /** Null: pass at once, nothing to wait for. */
  pass(): Promise<void> | null;
}

/** `nextTurn`: calls back once whatever else is ready has been handled. */
export function createTurnstile(nextTurn: (run: () => void) => void, perTurn = PER_TURN): Turnstile {
  let waiting: (() => void)[] = [];
  let passed = 0;
  let isTurning = false;

  const turn = (): void => {
    const next = waiting.slice(0, perTurn);
    waiting = waiting.slice(perTurn);
    passed = next.length;
    isTurning = passed > 0;
    if (isTurning) nextTurn(turn);
    for (const one of next) one();
  };

  return {
    pass() {
      if (!isTurning) {
        isTurning = true;
        passed = 0;
        nextTurn(turn);
      }
      if (passed < perTurn && waiting.length === 0) {
        passed++;
        return null;
      }
      return new Promise((resolve) => void waiting.push(resolve));
    },
  };
}
