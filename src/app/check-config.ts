import type { CommandCall } from "./command-line.ts";
import { ConfigError, loadConfig, type Loaded } from "./config/load.ts";
import { settingNames, settings } from "./config/settings.ts";
import { remarks } from "./remarks.ts";
import { ownTls } from "./tls.ts";

/** Says what `serve` would do, without doing it. Exit code 2 if it would refuse. */
export async function checkConfig({ sources, json }: CommandCall): Promise<number> {
  try {
    const loaded = await loadConfig(sources);
    ownTls(loaded.config);
    if (json) console.log(JSON.stringify({ ok: true, settings: table(loaded), remarks: remarks(loaded.config) }));
    else printForPeople(loaded);
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigError) || !json) throw error;
    console.log(JSON.stringify({ ok: false, problems: error.problems }));
    return 2;
  }
}

function table({ config, origin }: Loaded) {
  return settingNames.map((name) => {
    const value = config[name];
    const hidden = "secret" in settings[name] && value !== null;
    return { name, value: hidden ? "(secret)" : value, source: origin.get(name) };
  });
}

function printForPeople(loaded: Loaded): void {
  for (const { name, value, source } of table(loaded)) {
    const shown = Array.isArray(value) ? value.join(", ") : String(value ?? "");
    console.log(`${name.padEnd(22)} ${(shown === "" ? "(unset)" : shown).padEnd(40)} ${source}`);
  }
  const { HOST, PORT } = loaded.config;
  console.log(`\nThese settings are good: serve would listen on ${HOST}:${PORT}.`);
  for (const remark of remarks(loaded.config)) console.log(`- ${remark}`);
}
