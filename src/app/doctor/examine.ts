import { systemClock } from "../../adapters/system/clock.ts";
import { secretTexts } from "../config/secret-texts.ts";
import type { Config } from "../config/settings.ts";
import { runDoctor } from "../doctor.ts";
import { instanceOf } from "../instance.ts";
import { keepsRecords } from "../face-names.ts";
import { checkOwnClock } from "./check-clocks.ts";
import { checkLimits } from "./check-limits.ts";
import { checkPostgres } from "./check-postgres.ts";
import { checkRedis, type RedisLook } from "./check-redis.ts";
import { checkDoor, checkVersions } from "./check-settings.ts";
import { checkSqlite } from "./check-sqlite.ts";
import { checkTls } from "./check-tls.ts";
import { checkChain, checkKeys, checkPublicUrl, ownInstance } from "./check-web.ts";
import { fail, type Finding } from "./finding.ts";
import { hiding, isForOthers } from "./look.ts";

/**
 * Looks at all that a server with these settings needs. What is not configured is not looked at; nothing is changed. Never
 * throws for what it finds, and says no secret of the settings.
 */
export async function examine(config: Config): Promise<readonly Finding[]> {
  const redis = config.REDIS_URL === null ? Promise.resolve(NO_REDIS) : checkRedis(config.REDIS_URL);
  const parts = await Promise.all([
    looked("versions", async () => checkVersions()),
    looked("limits", async () => checkLimits(config)),
    looked("clock", async () => (isForOthers(config) ? checkOwnClock() : [])),
    looked("REDIS_URL, DATABASE_URL", async () => [...(await redis).findings, ...(await checkRecords(config, redis))]),
    looked("AUTH_MODE", async () => checkDoor(config)),
    looked("TLS_CERT", async () => checkTls(config, systemClock.now())),
    looked("PUBLIC_URL", async () => {
      const nodes = (await redis.catch(() => NO_REDIS)).nodes.map(({ id }) => instanceOf(id));
      return checkPublicUrl(config, [...nodes, ...(await ownInstance(config))]);
    }),
    looked("JWT_JWKS_URL", () => checkKeys(config)),
    looked("MONAD_RPC_URL", () => checkChain(config)),
    looked("STUN_URLS, TURN_URLS", () =>
      runDoctor({
        stunUrls: config.STUN_URLS,
        turnUrls: config.TURN_URLS,
        turnSecret: config.TURN_SECRET,
        turnTtlSeconds: config.TURN_TTL_SECONDS,
      }),
    ),
  ]);
  const secrets = secretTexts(config);
  return parts.flat().map((finding) => ({ ...finding, sentence: hiding(secrets, finding.sentence) }));
}

const NO_REDIS: RedisLook = { findings: [], nodes: [] };

async function checkRecords(config: Config, redis: Promise<RedisLook>): Promise<readonly Finding[]> {
  if (!keepsRecords(config)) return [];
  const { DATABASE_URL: url, DATA_DIR: folder } = config;
  return url === null ? checkSqlite(folder) : checkPostgres(url, Math.max(1, (await redis).nodes.length));
}

/** A look that fails is a finding as well, so that the others are told. */
async function looked(subject: string, look: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    return [fail(subject, `This could not be looked at: ${(error as Error).message}.`, "Please report this.")];
  }
}
