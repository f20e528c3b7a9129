import { settingNames, settings, type Setting, type SettingName } from "./settings.ts";

const INTRODUCTION = `# Configuration

Every setting, written by \`npm run docs\` from \`src/app/config/settings.ts\`: change it there.

A flag (\`--host-lease-seconds 20\`) wins over the environment (\`HOST_LEASE_SECONDS=20\`), that over \`.env\`, that over
\`rendezvous.config.{ts,js,json,toml,yaml}\` in the folder that the server is started in, where \`hostLeaseSeconds\` will do as
well. \`--config FILE\` names another file. Unknown and bad settings are errors before anything listens, and all of them are
said at once. An empty text counts as unset.

\`\`\`sh
npm run rendezvous -- check-config
\`\`\`

says what would be served, where each setting came from, and what an operator should know about it; with \`--json\` to
programs.

**A secret** is never printed, and may come from a file: \`TURN_SECRET_FILE=/run/secrets/turn\` in place of \`TURN_SECRET\`.

`;

/** All settings as a document: docs/configuration.md. */
export function configurationReference(): string {
  const rows = settingNames.map((name) => row(name, settings[name])).join("\n");
  return `${INTRODUCTION}| setting | what it is for, what it takes, and which faces look at it, where not all do |
|---|---|
${rows}

Settings of faces have no effect where \`FACES\` leaves these out.
`;
}

function row(name: SettingName, setting: Setting<unknown>): string {
  const { default: fallback, about, example, faces, secret } = setting;
  const more = [
    takes(setting),
    fallback === null || fallback === "" ? "no default" : `default \`${fallback}\``,
    ...(example === undefined ? [] : [`example \`${example}\``]),
    ...(secret === true ? [`secret, or \`${name}_FILE=/run/secrets/${name.toLowerCase()}\``] : []),
    ...(faces === undefined ? [] : [`for ${faces.join(", ")}`]),
  ];
  const meaning = `${withoutLinks(about)}<br>${withoutLinks(more.join(" · "))}`;
  return `| \`${name}\` | ${meaning.replaceAll("|", "\\|")} |`;
}

/** Addresses in a text are samples, to be read and not to be followed. */
function withoutLinks(text: string): string {
  return text.replaceAll(/(?<!`)\b(?:https?|wss?|postgres|rediss?):\/\/[^\s`,;)]*[^\s`,;).]/g, "`$&`");
}

/** What the parser says that a text must be, in its own words. */
function takes({ parse }: Setting<unknown>): string {
  try {
    return Array.isArray(parse("\0")) ? "texts, separated by commas" : "a text";
  } catch (error) {
    // Some also say what was wrong with this one.
    return (error as Error).message.replace(/: "\0.*$/, "");
  }
}
