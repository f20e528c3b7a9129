import type { CommandCall } from "../commands/command.ts";
import type { shells } from "../commands/completion.ts";
import { bashCompletion } from "./bash.ts";
import { fishCompletion } from "./fish.ts";
import { known } from "./known.ts";
import { zshCompletion } from "./zsh.ts";

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** Prints the script of a shell, and nothing else. */
export async function completionCommand({ args }: CommandCall): Promise<number> {
  const script = scripts[args[0] as (typeof shells)[number]];
  process.stdout.write(script(known));
  return 0;
}
