import type { Sources } from "../config/sources.ts";

/** A flag of one command. */
export interface Flag {
  /** What help writes for its value, such as SECONDS. Absent: a switch, which takes none. */
  readonly value?: string;
  /** May be repeated. */
  readonly many?: true;
  /** The values there are, where they are few. */
  readonly choices?: readonly string[];
  /** Its value is the path of a file. */
  readonly isFile?: true;
  readonly about: string;
}

export type Flags = Readonly<Record<string, Flag>>;

/** What stands behind the name of a command. */
export interface Argument {
  readonly name: string;
  readonly about: string;
  /** Without it the call is wrong. */
  readonly isNeeded?: true;
  readonly choices?: readonly string[];
  readonly isFile?: true;
}

/** The flags of a command as they were given: texts that nobody has checked yet. */
export type Given<Own extends Flags> = {
  readonly [Name in keyof Own]?: Own[Name] extends { value: string }
    ? Own[Name] extends { many: true }
      ? readonly string[]
      : string
    : boolean;
};

/** What the command line asked for. */
export interface CommandCall<Own extends Flags = {}> {
  /** The name of the command. */
  readonly command: string;
  /** What stands behind it: as many as it declares at most. */
  readonly args: readonly string[];
  readonly flags: Given<Own>;
  /** Where its settings come from, of which the flags of the call are one. */
  readonly sources: Sources;
  /** Machine-readable output. */
  readonly json: boolean;
}

/** Runs a command. Resolves to the exit code. @throws {UsageError} {ConfigError} {Failure} */
export type Run<Own extends Flags> = (call: CommandCall<Own>) => Promise<number>;

/** What the parser, help and the shells' completion know of a command. */
export interface Command<Own extends Flags = Flags> {
  readonly name: string;
  /** One line without a full stop, for the list of all commands. */
  readonly summary: string;
  readonly args?: readonly Argument[];
  readonly flags?: Own;
  /** It prints data, with --json for programs. */
  readonly json?: true;
  /** It reads the settings, so that each of them is a flag of it. */
  readonly settings?: true;
  /** More than the summary and the flags say; paragraphs. */
  readonly more?: string;
  /** Calls without the program's name. */
  readonly examples: readonly string[];
  /** What 1 and 2 stand for, where that is not what they always do. */
  readonly exits?: Readonly<Partial<Record<1 | 2, string>>>;
  /** Fetches what it runs: only the command that was called is loaded. */
  load(): Promise<Run<Own>>;
}

/** Checks a command's declaration and forgets the names of its flags, which only what it runs needs to know. */
export function command<Own extends Flags = {}>(declared: Command<Own>): Command {
  return declared as unknown as Command;
}
