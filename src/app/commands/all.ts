import { help, version } from "./about.ts";
import { checkConfig } from "./check-config.ts";
import type { Command } from "./command.ts";
import { completion } from "./completion.ts";
import { doctor } from "./doctor.ts";
import { healthcheck } from "./healthcheck.ts";
import { migrate } from "./migrate.ts";
import { forget, invite, resetCode } from "./people.ts";
import { serve } from "./serve.ts";
import { demo, simulate } from "./simulate.ts";
import { token } from "./token.ts";
import { exportCommand, importCommand } from "./transfer.ts";

/** Every command, in the order of help. What parses, helps and completes knows only this table. */
export const commands: readonly Command[] = [
  serve,
  checkConfig,
  doctor,
  healthcheck,
  migrate,
  exportCommand,
  importCommand,
  token,
  invite,
  resetCode,
  forget,
  simulate,
  demo,
  completion,
  help,
  version,
];

/** Undefined for a name that no command has. */
export function commandNamed(name: string): Command | undefined {
  return commands.find((one) => one.name === name);
}
