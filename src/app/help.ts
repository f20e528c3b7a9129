import { commandNamed, commands } from "./commands/all.ts";
import type { Argument, Command, CommandCall, Flags } from "./commands/command.ts";
import { flagsOf, general, settingFlags } from "./command-line.ts";
import { painter } from "./terminal.ts";
import { version } from "./version.ts";

const NAME = "rendezvous";
/** Columns of a terminal that nobody has made wider. */
const WIDTH = 120;

/** Prints how to call the program, or the one command it is asked about. */
export async function helpCommand({ args: [name] }: CommandCall): Promise<number> {
  const about = name === undefined ? undefined : commandNamed(name);
  const bold = painter(process.stdout);
  // A line that stands alone at the margin and begins a table is a heading.
  const text = (about === undefined ? helpOfAll() : helpOf(about)).replace(
    /(?<=\n\n)([A-Z][^\n.]*)(?=\n  )/g,
    (heading) => bold("bold", heading),
  );
  console.log(text);
  return 0;
}

function helpOfAll(): string {
  const names = commands.map(
    ({ name, args, summary }) => [[name, ...(args ?? []).map(shown)].join(" "), summary] as const,
  );
  return `Rendezvous ${version}

Usage: ${NAME} [command] [flags]

Commands
${table(names)}

${NAME} help COMMAND shows its flags, examples and exit codes.

Flags
${flagTable(general)}

Settings, flags of every command that reads them
${flagTable(settingFlags)}

${SETTINGS}

Examples
  ${NAME} --port 9000 --faces host-pool,rooms
  TURN_URLS=turn:turn.example.org:3478 TURN_SECRET_FILE=/run/secrets/turn ${NAME} serve
${commands.flatMap(({ examples }) => examples.slice(0, 1).map((one) => `  ${NAME} ${one}`)).join("\n")}`;
}

const SETTINGS = `Each is also a setting of the environment, of .env and of the config file: --turn-ttl-seconds is TURN_TTL_SECONDS. A
flag wins over the environment, that over .env, that over the config file. A secret may also come from the file that
its name with _FILE behind it names, such as TURN_SECRET_FILE.`;

function helpOf(command: Command): string {
  const { name, summary, args = [], settings, more, examples, exits = {} } = command;
  // Whoever serves wants to see what there is to set; elsewhere that would bury the command's own flags.
  const flags = settings && name === "serve" ? { ...flagsOf(command), ...settingFlags } : flagsOf(command);
  const sections = [
    `Usage: ${[NAME, name, ...args.map(shown), "[flags]"].join(" ")}`,
    `${summary[0]!.toUpperCase()}${summary.slice(1)}.`,
    ...(more === undefined ? [] : [more]),
    ...(args.length === 0 ? [] : [`Arguments\n${table(args.map((one) => [one.name, withChoices(one)] as const))}`]),
    `Flags\n${flagTable(flags)}`,
    ...(settings ? [name === "serve" ? SETTINGS : `Settings are flags too; ${NAME} help lists all of them.`] : []),
    `Examples\n${examples.map((one) => `  ${NAME} ${one}`).join("\n")}`,
    `Exit codes\n${table([
      ["0", "done"],
      ["1", exits[1] ?? "it failed"],
      ["2", exits[2] ?? "the call or the settings are wrong"],
    ])}`,
  ];
  return sections.join("\n\n");
}

function shown({ name, isNeeded }: Argument): string {
  return isNeeded ? name : `[${name}]`;
}

function withChoices({ about, choices }: Argument): string {
  return choices === undefined ? about : `${about}: ${choices.join(", ")}`;
}

function flagTable(flags: Flags): string {
  return table(
    Object.entries(flags).map(([flag, { value, about }]) => [
      `--${flag}${value === undefined ? "" : ` ${value}`}`,
      about,
    ]),
  );
}

/** Two columns; what does not fit into the second goes on below. */
function table(rows: readonly (readonly [left: string, right: string])[]): string {
  const indent = 2 + Math.min(30, Math.max(...rows.map(([left]) => left.length))) + 2;
  return rows
    .map(([left, right]) => {
      const [first = "", ...more] = wrapped(right, WIDTH - indent);
      const head = `  ${left.padEnd(indent - 4)}  `;
      const start = head.length > indent ? `${head.trimEnd()}\n${" ".repeat(indent)}` : head;
      return [`${start}${first}`, ...more.map((line) => " ".repeat(indent) + line)].join("\n");
    })
    .join("\n");
}

function wrapped(text: string, width: number): readonly string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
