import { flagsOf, settingFlags } from "../command-line.ts";
import { commands } from "../commands/all.ts";
import type { Command, Flag, Flags } from "../commands/command.ts";

/** What may follow in one place. */
export interface Choices {
  readonly words: readonly string[];
  readonly isFile: boolean;
}

export interface KnownFlag {
  readonly name: string;
  readonly about: string;
  /** What its value may be; null: it takes none. */
  readonly value: Choices | null;
}

/** A command as a shell must know it. */
export interface KnownCommand {
  readonly name: string;
  readonly summary: string;
  /** Without the settings. */
  readonly flags: readonly KnownFlag[];
  /** The settings are flags of it, too. */
  readonly settings: boolean;
  /** What may stand behind its name; null: nothing. */
  readonly argument: Choices | null;
}

/** All that the shells complete. */
export interface Known {
  readonly commands: readonly KnownCommand[];
  readonly settings: readonly KnownFlag[];
}

const names = commands.map(({ name }) => name);

export const known: Known = {
  commands: commands.map((command) => ({
    name: command.name,
    summary: command.summary,
    flags: knownFlags(flagsOf(command)),
    settings: command.settings === true,
    argument: argumentOf(command),
  })),
  settings: knownFlags(settingFlags),
};

function knownFlags(flags: Flags): readonly KnownFlag[] {
  return Object.entries(flags).map(([name, flag]) => ({ name, about: flag.about, value: valueOf(flag) }));
}

function valueOf({ value, choices = [], isFile }: Flag): Choices | null {
  return value === undefined ? null : { words: choices, isFile: isFile === true };
}

function argumentOf({ args = [] }: Command): Choices | null {
  const [argument] = args;
  if (argument === undefined) return null;
  const words = argument.name === "COMMAND" ? names : (argument.choices ?? []);
  return { words, isFile: argument.isFile === true };
}

/** Flags as they are typed. */
export function typed(flags: readonly KnownFlag[]): readonly string[] {
  return flags.map(({ name }) => `--${name}`);
}

/** Single quotes, as bash and zsh read them. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
