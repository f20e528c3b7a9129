import { flagName } from "./command-line.ts";
import { settingNames, settings } from "./config/settings.ts";
import { version } from "./version.ts";

const COMMANDS = `  serve          serve until told to stop (what npm start does)
  check-config   say what serve would do with the settings, and what is wrong with them
  doctor         try the configured STUN and TURN servers for real, and say what is wrong
  help, version`;

/** Prints how to call the program. */
export function help(): number {
  const flags = settingNames.map((name) => {
    const { default: fallback, about } = settings[name];
    return `  --${flagName(name).padEnd(20)} ${about}${fallback ? ` [${fallback}]` : ""}`;
  });
  console.log(`Rendezvous ${version}

Usage: rendezvous [command] [flags]

Commands
${COMMANDS}

Flags
  --config FILE          settings from this file instead of rendezvous.config.* (ts, js, json, toml, yaml)
  --json                 machine-readable output (check-config, doctor)
${flags.join("\n")}

Every flag is also a setting of the environment, of .env and of the config file: --turn-ttl-seconds is
TURN_TTL_SECONDS. A flag wins over the environment, that over .env, that over the config file. A secret may also
come from the file that TURN_SECRET_FILE, REDIS_URL_FILE or DATABASE_URL_FILE names.

Examples
  rendezvous --port 9000 --faces host-pool,rooms
  TURN_URLS=turn:turn.example.org:3478 TURN_SECRET_FILE=/run/secrets/turn rendezvous serve
  rendezvous check-config --json`);
  return 0;
}
