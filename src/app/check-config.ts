import { writeBudgets } from "../core/limits/budget-syntax.ts";
import type { CommandCall } from "./commands/command.ts";
import { loadConfig, type Loaded } from "./config/load.ts";
import { settingNames, settings, type Config, type SettingName } from "./config/settings.ts";
import { budgetsOf } from "./limits.ts";
import { remarks } from "./remarks.ts";
import { ownTls } from "./tls.ts";

/** Says what `serve` would do, without doing it. @throws {ConfigError} if it would refuse */
export async function checkConfig({ sources, json }: CommandCall): Promise<number> {
  const loaded = await loadConfig(sources);
  ownTls(loaded.config);
  if (json) {
    const budgets = Object.fromEntries(budgetsInEffect(loaded));
    console.log(JSON.stringify({ ok: true, settings: table(loaded), budgets, remarks: remarks(loaded.config) }));
  } else printForPeople(loaded);
  return 0;
}

function table({ config, origin }: Loaded) {
  return settingNames.map((name) => {
    const value = config[name];
    const hidden = "secret" in settings[name] && value !== null;
    return { name, value: hidden ? "(secret)" : value, source: origin.get(name) };
  });
}

function textOf(value: Config[SettingName]): string {
  if (typeof value !== "object" || value === null) return String(value ?? "");
  if (Array.isArray(value)) return value.join(", ");
  return Object.entries(value)
    .map(([name, budgets]) => `${name}=${writeBudgets(budgets)}`)
    .join(";");
}

function budgetsInEffect({ config }: Loaded): readonly (readonly [name: string, budgets: string])[] {
  return Object.entries(budgetsOf(config)).map(([name, budgets]) => [name, writeBudgets(budgets)]);
}

function printForPeople(loaded: Loaded): void {
  for (const { name, value, source } of table(loaded)) {
    const shown = textOf(value);
    console.log(`${name.padEnd(22)} ${(shown === "" ? "(unset)" : shown).padEnd(40)} ${source}`);
  }
  console.log("\nBudgets in effect (docs/limits.md)");
  for (const [name, budgets] of budgetsInEffect(loaded)) console.log(`  ${name.padEnd(10)} ${budgets}`);
  const { HOST, PORT } = loaded.config;
  console.log(`\nThese settings are good: serve would listen on ${HOST}:${PORT}.`);
  for (const remark of remarks(loaded.config)) console.log(`- ${remark}`);
}
