import { flagName, type Command, type CommandCall } from "./command-line.ts";
import { scopes } from "../core/access/caller.ts";
import { settingNames, settings } from "./config/settings.ts";
import { DEFAULT_TTL_SECONDS } from "./token-command.ts";
import { version } from "./version.ts";

const COMMANDS = `  serve          serve until told to stop (what npm start does)
  check-config   say what serve would do with the settings, and what is wrong with them
  doctor         try the configured STUN and TURN servers for real, and say what is wrong
  healthcheck    ask the server of these settings whether it is ready: 0 if it is, 1 if not (for containers)
  migrate        bring the schema of the records up to date (serve does so when it starts)
  token          issue a token, signed with JWT_SECRET, and print it
  invite         print an invite for one account (where SIGNUP is invite), good for 7 days
  reset-code     print a code that sets the password of the account named behind it, good for an hour
  forget         remove what the records hold of a person, under one of the names they have
  simulate arena play matches on an arena, to see it work: two agents each, from the queue to the signatures
  help, version`;

/** Commands with flags of their own: how each is called, and its flags. */
const OWN: Partial<Record<Command, { readonly call: string; readonly flags: string }>> = {
  migrate: {
    call: "migrate",
    flags: `  --status                 only say which migrations the database has`,
  },
  token: {
    call: "token",
    flags: `  --sub NAME               whom it names (needed)
  --scope SCOPES           what it allows: ${scopes.join(", ")}; several separated by spaces (needed)
  --host-id ID             the host that is its own; may be repeated
  --player-id ID           the player that is its own; may be repeated
  --match-id ID            the match that it publishes; may be repeated
  --ttl SECONDS            how long it is good for [${DEFAULT_TTL_SECONDS}]`,
  },
  invite: {
    call: "invite",
    flags: `  --email ADDRESS          the only address it is good for`,
  },
  forget: {
    call: "forget",
    flags: `  --email ADDRESS          an account, with its contacts
  --player-id ID           a player of the coordinator, with the hosts it runs
  --connect-code CODE      a player of the arena, in matches that are over
  --wallet ADDRESS         the same, by wallet`,
  },
  simulate: {
    call: "simulate arena",
    flags: `  --url URL                of the arena; unset: of the server that these settings would make. It must be in open
                           mode: the agents send no token, so one with AUTH_MODE=token refuses them
  --matches N, --at-once N how many matches, and how many of them at once [1, 4]
  --best-of N, --stocks N  games of a match at most, and stocks of a fighter in each [3, 4]
  --rate FPS               frames a second; a real game has 60 [60]
  --seed TEXT              makes the same players and fights again
  --no-wager               they do not bet`,
  },
};

/** Prints how to call the program, or the one command it is asked about. */
export function help({ about }: Pick<CommandCall, "about"> = {}): number {
  const own = about === undefined ? undefined : OWN[about];
  if (own !== undefined) {
    console.log(`Usage: rendezvous ${own.call} [flags]

Flags
${own.flags}

Settings are flags too; rendezvous help lists all of them.`);
    return 0;
  }
  const flags = settingNames.map((name) => {
    const { default: fallback, about } = settings[name];
    return `  --${flagName(name).padEnd(22)} ${about}${fallback ? ` [${fallback}]` : ""}`;
  });
  const owns = Object.values(OWN).map(({ call, flags }) => `Flags of ${call}\n${flags}\n`);
  console.log(`Rendezvous ${version}

Usage: rendezvous [command] [flags]

Commands
${COMMANDS}

Flags
  --config FILE            settings from this file instead of rendezvous.config.* (ts, js, json, toml, yaml)
  --json                   machine-readable output (check-config, doctor, healthcheck, migrate, token, invite, reset-code,
                           forget, simulate)
${flags.join("\n")}

${owns.join("\n")}
Every other flag is also a setting of the environment, of .env and of the config file: --turn-ttl-seconds is
TURN_TTL_SECONDS. A flag wins over the environment, that over .env, that over the config file. A secret may also
come from the file that its name with _FILE behind it names, such as TURN_SECRET_FILE.

Examples
  rendezvous --port 9000 --faces host-pool,rooms
  TURN_URLS=turn:turn.example.org:3478 TURN_SECRET_FILE=/run/secrets/turn rendezvous serve
  rendezvous check-config --json
  rendezvous reset-code alice@example.com
  rendezvous simulate arena --url http://127.0.0.1:8080 --best-of 1
  JWT_SECRET_FILE=/run/secrets/jwt rendezvous token --sub alice --scope client --player-id player-1`);
  return 0;
}
