import { parseArgs } from "node:util";
import { commandNamed, commands } from "./commands/all.ts";
import type { Argument, Command, CommandCall, Flag, Flags } from "./commands/command.ts";
import { UsageError } from "./commands/errors.ts";
import { closest } from "./config/closest.ts";
import { settingName } from "./config/sources.ts";
import { isSetting, settingNames, settings, type SettingName } from "./config/settings.ts";

/** What is run when nothing else is asked for. */
const USUAL = "serve";

const config: Flag = {
  value: "FILE",
  isFile: true,
  about: "settings from this file instead of rendezvous.config.* (ts, js, json, toml, yaml)",
};
const json: Flag = { about: "machine-readable output" };
const help: Flag = { about: "say how to call the command" };
const version: Flag = { about: "print the version" };

/** Flags that belong to no command of their own. */
export const general: Flags = { config, json, help, version };

/** HOST_LEASE_SECONDS is `--host-lease-seconds`. */
export function flagName(setting: SettingName): string {
  return setting.toLowerCase().replaceAll("_", "-");
}

/** The settings as flags. */
export const settingFlags: Flags = Object.fromEntries(
  settingNames.map((name) => {
    const { default: fallback, about } = settings[name];
    return [flagName(name), { value: "VALUE", about: `${about}${fallback ? ` [${fallback}]` : ""}` }];
  }),
);

/** Flags of a command beside the settings. */
export function flagsOf({ flags, json: isData, settings: reads }: Command): Flags {
  return { ...flags, ...(isData ? { json } : {}), ...(reads ? { config } : {}), help };
}

/** Every flag there is. A name takes a value for each command that knows it, or for none. */
const known: Flags = Object.assign({}, settingFlags, general, ...commands.map(flagsOf));

/** A command, and how it was called. */
export interface Parsed {
  readonly command: Command;
  readonly call: CommandCall;
}

/**
 * @throws {UsageError} for a command or flag that is not there, a flag that belongs elsewhere or lacks its value, and for
 *   arguments that are too many, too few or unknown
 */
export function parseCommandLine(argv: readonly string[]): Parsed {
  const given: (readonly [flag: string, value: string | undefined])[] = [];
  const words: string[] = [];
  for (const token of tokensOf(argv)) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    checkToken(token);
    given.push([token.name, token.value]);
  }
  const has = (flag: string): boolean => given.some(([name]) => name === flag);
  const [name = USUAL, ...args] = words;
  if (has("help")) return aboutCommand(words[0] === "help" ? args : words);
  if (has("version")) return called(find("version"), [], [], has("json"));
  const command = find(name);
  if (command.name === "help") return aboutCommand(args);
  checkArguments(command, args);
  return called(command, args, given, has("json"));
}

type Token = Extract<ReturnType<typeof tokensOf>[number], { kind: "option" }>;

/** Not strict: our own words say what is wrong, and know what was meant. */
function tokensOf(argv: readonly string[]) {
  const options = Object.fromEntries(
    Object.entries(known).map(([flag, { value }]) => [
      flag,
      { type: value === undefined ? ("boolean" as const) : ("string" as const), ...short[flag] },
    ]),
  );
  return parseArgs({ args: [...argv], options, allowPositionals: true, strict: false, tokens: true }).tokens;
}

const short: Readonly<Record<string, { readonly short: string }>> = { help: { short: "h" }, version: { short: "v" } };

function checkToken({ name, rawName, value, inlineValue }: Token): void {
  const flag = Object.hasOwn(known, name) ? known[name] : undefined;
  if (flag === undefined) {
    const close = meant(name, Object.keys(known));
    throw new UsageError(`Unknown flag ${rawName}${close === null ? "." : `; did you mean --${close}?`} Try --help.`);
  }
  if (flag.value === undefined) {
    if (value !== undefined) throw new UsageError(`--${name} takes no value.`);
    return;
  }
  // Else a forgotten value would be the next flag.
  if (value === undefined || (!inlineValue && value.startsWith("-"))) {
    throw new UsageError(`--${name} takes a value (one that begins with a dash: --${name}=-…).`);
  }
}

function find(name: string): Command {
  const found = commandNamed(name);
  if (found !== undefined) return found;
  const names = commands.map((one) => one.name);
  const close = meant(name, names);
  throw new UsageError(
    `Unknown command '${name}'; ${close === null ? `there are ${names.join(", ")}.` : `did you mean ${close}?`}`,
  );
}

/** What a slip was meant to be, if that can be guessed. Two letters that changed places are two edits. */
function meant(word: string, candidates: readonly string[]): string | null {
  return closest(word, candidates, word.length < 4 ? 1 : Math.max(2, Math.min(3, Math.floor(word.length / 3))));
}

/** What stands behind a command that is only asked about is of no matter. */
function aboutCommand([name]: readonly string[]): Parsed {
  return called(find("help"), name === undefined ? [] : [find(name).name], [], false);
}

function called(
  command: Command,
  args: readonly string[],
  given: readonly (readonly [flag: string, value: string | undefined])[],
  isJson: boolean,
): Parsed {
  const own = flagsOf(command);
  const flags: Record<string, string | boolean | string[]> = {};
  const set: Record<string, string> = {};
  let file: string | undefined;
  for (const [name, value] of given) {
    const flag = own[name];
    const setting = settingName(name);
    if (flag === undefined && !(command.settings && isSetting(setting))) throw stray(name, command);
    if (name === "config") file = value;
    else if (flag === undefined) set[setting] = value!;
    else if (flag.many) flags[name] = [...((flags[name] as string[] | undefined) ?? []), checked(name, flag, value!)];
    else flags[name] = value === undefined ? true : checked(name, flag, value);
  }
  const sources = { flags: set, env: process.env, folder: process.cwd(), ...(file === undefined ? {} : { file }) };
  return { command, call: { command: command.name, args, flags, sources, json: isJson } };
}

function checked(name: string, { choices }: Flag, value: string): string {
  if (choices === undefined || choices.includes(value)) return value;
  throw new UsageError(`--${name} takes ${choices.join(", ")}, not '${value}'.`);
}

function stray(flag: string, { name }: Command): UsageError {
  if (isSetting(settingName(flag)))
    return new UsageError(`--${flag} is a setting, and ${name} reads none. Try --help.`);
  const owners = commands.filter((one) => Object.hasOwn(flagsOf(one), flag)).map((one) => one.name);
  const last = owners.pop();
  const whose = owners.length === 0 ? `command ${last}` : `commands ${owners.join(", ")} and ${last}`;
  return new UsageError(`--${flag} belongs to the ${whose}, not to ${name}. Try --help.`);
}

function checkArguments({ name, args = [] }: Command, given: readonly string[]): void {
  if (given.length > args.length) {
    throw new UsageError(`Unexpected '${given[args.length]}' behind ${name}. Try --help.`);
  }
  args.forEach((argument, at) => checkArgument(name, argument, given[at]));
}

function checkArgument(command: string, { name, about, isNeeded, choices }: Argument, value: string | undefined): void {
  const there = choices === undefined ? "" : `; there are ${choices.join(", ")}`;
  if (value === undefined) {
    if (isNeeded) throw new UsageError(`${command} needs ${name}: ${about}${there}. Try --help.`);
    return;
  }
  if (choices === undefined || choices.includes(value)) return;
  const close = meant(value, choices);
  throw new UsageError(`Unknown ${name} '${value}'${close === null ? there : `; did you mean ${close}?`}`);
}
