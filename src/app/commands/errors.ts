/** Why a command did not do what it was called for. `problems` are complete sentences. */
abstract class CommandError extends Error {
  abstract readonly exitCode: number;
  readonly problems: readonly string[];

  constructor(problem: string) {
    super(problem);
    this.problems = [problem];
  }
}

/** The call itself is wrong. */
export class UsageError extends CommandError {
  override readonly name = "UsageError";
  readonly exitCode = 2;
}

/** The call was right, and could not be done. */
export class Failure extends CommandError {
  override readonly name = "Failure";
  readonly exitCode = 1;
}
