import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../tooling/package-copy.ts";

/** Of a service in compose.yaml, what the tests look at. */
export interface Service {
  readonly image?: string;
  readonly build?: unknown;
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks?: unknown;
  readonly command?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly stop_grace_period?: string;
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
}

export interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
  readonly networks: Readonly<Record<string, unknown>>;
}

/** compose.yaml, with its anchors and merges followed. */
export function readCompose(): Compose {
  return Bun.YAML.parse(readFileSync(join(root, "compose.yaml"), "utf8")) as Compose;
}
