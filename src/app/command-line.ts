import { parseArgs } from "node:util";
import { settingName } from "./config/sources.ts";
import { isSetting, settingNames, type SettingName } from "./config/settings.ts";
import type { Sources } from "./config/sources.ts";

export const commands = [
  "serve",
  "check-config",
  "doctor",
  "healthcheck",
  "migrate",
  "token",
  "invite",
  "reset-code",
  "forget",
  "simulate",
  "help",
  "version",
] as const;
export type Command = (typeof commands)[number];

/** What the command line asked for. */
export interface CommandCall {
  readonly command: Command;
  readonly sources: Sources;
  /** Machine-readable output. */
  readonly json: boolean;
  /** Only look; of the `migrate` command. */
  readonly status: boolean;
  /** Whom `invite` is for, if only for one; whose password `reset-code` is to set; whom to `forget`. As it was given. */
  readonly email?: string;
  /** Which command `help` is asked about; absent: all of them. */
  readonly about?: Command;
  /** Flags that are not settings, as they were given; only the `token` command has any. */
  readonly token: TokenFlags;
  /** Whom `rendezvous forget` is about, beside `email`, as it was given. */
  readonly forget: ForgetFlags;
  /** What `rendezvous simulate` takes beside the settings, as it was given. */
  readonly simulate: SimulateFlags;
}

export interface ForgetFlags {
  readonly "player-id"?: readonly string[];
  readonly "connect-code"?: string;
  readonly wallet?: string;
}

export interface SimulateFlags {
  /** What to simulate. */
  readonly what?: string;
  readonly url?: string;
  readonly matches?: string;
  readonly "at-once"?: string;
  readonly rate?: string;
  readonly seed?: string;
  readonly "best-of"?: string;
  readonly stocks?: string;
  readonly "no-wager"?: boolean;
}

/** What `rendezvous token` takes beside the settings. */
export interface TokenFlags {
  readonly sub?: string;
  readonly scope?: string;
  readonly "host-id"?: readonly string[];
  readonly "player-id"?: readonly string[];
  readonly "match-id"?: readonly string[];
  readonly ttl?: string;
}

/** The call itself is wrong. */
export class UsageError extends Error {
  readonly problems: readonly string[];

  constructor(problem: string) {
    super(problem);
    this.name = "UsageError";
    this.problems = [problem];
  }
}

/** HOST_LEASE_SECONDS is `--host-lease-seconds`. */
export function flagName(setting: SettingName): string {
  return setting.toLowerCase().replaceAll("_", "-");
}

const tokenOptions = {
  sub: { type: "string" as const },
  scope: { type: "string" as const },
  "host-id": { type: "string" as const, multiple: true as const },
  "player-id": { type: "string" as const, multiple: true as const },
  "match-id": { type: "string" as const, multiple: true as const },
  ttl: { type: "string" as const },
};

const forgetOptions = {
  "player-id": tokenOptions["player-id"],
  "connect-code": { type: "string" as const },
  wallet: { type: "string" as const },
};

const simulateOptions = {
  url: { type: "string" as const },
  matches: { type: "string" as const },
  "at-once": { type: "string" as const },
  rate: { type: "string" as const },
  seed: { type: "string" as const },
  "best-of": { type: "string" as const },
  stocks: { type: "string" as const },
  "no-wager": { type: "boolean" as const },
};

const options = {
  ...Object.fromEntries(settingNames.map((name) => [flagName(name), { type: "string" as const }])),
  config: { type: "string" as const },
  json: { type: "boolean" as const },
  status: { type: "boolean" as const },
  help: { type: "boolean" as const, short: "h" },
  version: { type: "boolean" as const, short: "v" },
  email: { type: "string" as const },
  ...tokenOptions,
  ...forgetOptions,
  ...simulateOptions,
};

function aboutOf(name: string | undefined): Pick<CommandCall, "about"> {
  const about = commands.find((one) => one === name);
  return about === undefined ? {} : { about };
}

/**
 * @throws {UsageError} for a command or flag that is not there, or a flag without its value
 */
export function parseCommandLine(argv: readonly string[]): CommandCall {
  let parsed;
  try {
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(`${(error as Error).message} Try --help.`);
  }
  const [name = "serve", ...rest] = parsed.positionals;
  const values = parsed.values as Record<string, string | boolean | string[] | undefined>;
  const about = values["help"] === true ? name : name === "help" ? rest[0] : undefined;
  // What stands behind a command that is only asked about is of no matter.
  if (values["help"] === true || name === "help") rest.length = 0;
  const command = values["help"] ? "help" : values["version"] ? "version" : commands.find((one) => one === name);
  if (command === undefined) throw new UsageError(`Unknown command '${name}'; there are ${commands.join(", ")}.`);
  const address = command === "reset-code" ? rest.shift() : values["email"];
  const what = command === "simulate" ? rest.shift() : undefined;
  if (rest.length > 0) throw new UsageError(`Unexpected '${rest[0]}' behind ${command}. Try --help.`);
  const forgetFlags = Object.entries(values).filter(([flag]) => Object.hasOwn(forgetOptions, flag));
  if (command !== "forget" && command !== "help") {
    const [stray] = forgetFlags.filter(([flag]) => !Object.hasOwn(tokenOptions, flag));
    if (stray !== undefined) {
      throw new UsageError(`--${stray[0]} belongs to the command forget, not to ${command}. Try --help.`);
    }
  }
  const tokenFlags = Object.entries(values).filter(
    ([flag]) => Object.hasOwn(tokenOptions, flag) && !(command === "forget" && Object.hasOwn(forgetOptions, flag)),
  );
  if (command !== "token" && command !== "help" && tokenFlags.length > 0) {
    throw new UsageError(`--${tokenFlags[0]![0]} belongs to the command token, not to ${command}. Try --help.`);
  }
  if (command !== "migrate" && command !== "help" && values["status"] === true) {
    throw new UsageError(`--status belongs to the command migrate, not to ${command}. Try --help.`);
  }
  if (!["invite", "forget", "help"].includes(command) && values["email"] !== undefined) {
    throw new UsageError(`--email belongs to the commands invite and forget, not to ${command}. Try --help.`);
  }
  const simulateFlags = Object.entries(values).filter(([flag]) => Object.hasOwn(simulateOptions, flag));
  if (command !== "simulate" && command !== "help" && simulateFlags.length > 0) {
    throw new UsageError(`--${simulateFlags[0]![0]} belongs to the command simulate, not to ${command}. Try --help.`);
  }
  const flags: Record<string, string> = {};
  for (const [flag, value] of Object.entries(values)) {
    const setting = settingName(flag);
    if (isSetting(setting) && typeof value === "string") flags[setting] = value;
  }
  return {
    command,
    json: values["json"] === true,
    status: values["status"] === true,
    ...(typeof address === "string" ? { email: address } : {}),
    ...(command === "help" ? aboutOf(about) : {}),
    token: Object.fromEntries(tokenFlags),
    forget: command === "forget" ? Object.fromEntries(forgetFlags) : {},
    simulate: { ...Object.fromEntries(simulateFlags), ...(what === undefined ? {} : { what }) },
    sources: {
      flags,
      env: process.env,
      folder: process.cwd(),
      ...(typeof values["config"] === "string" ? { file: values["config"] } : {}),
    },
  };
}
