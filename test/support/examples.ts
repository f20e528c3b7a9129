import type { SignUp } from "../../src/ports/account-records.ts";
import type { HostRegistration } from "../../src/ports/host-records.ts";
import type { NewToken } from "../../src/ports/token-records.ts";
import type { Contender } from "../../src/ports/contender.ts";
import type { ZoneSettings } from "../../src/ports/zone-records.ts";

/** A host with nothing special. */
export function aHost(hostId: string, more: Partial<HostRegistration> = {}): HostRegistration {
  return {
    hostId,
    playerId: `player-of-${hostId}`,
    playerName: "PlayerOne",
    ipAddress: "192.168.1.100",
    port: 8080,
    publicIp: "203.0.113.1",
    cpuCores: 8,
    cpuFrequencyMhz: 3600,
    memoryMb: 16_384,
    networkSpeedMbps: 1000,
    maxPlayers: 50,
    maxZones: 5,
    iceServers: [{ urls: "stun:stun.example.org:3478" }],
    ...more,
  };
}

/** A zone that takes any host. */
export function aZone(more: Partial<ZoneSettings> = {}): ZoneSettings {
  return {
    zoneName: "Prontera",
    zoneDisplayName: "Prontera City",
    mapName: "prontera",
    maxPlayers: 100,
    recommendedPlayers: 50,
    p2pEnabled: true,
    p2pPriority: 8,
    minHostQualityScore: 0,
    minBandwidthMbps: 0,
    maxLatencyMs: null,
    status: "ENABLED",
    ...more,
  };
}

let tokens = 0;

/** A token of its own, good for an hour. */
export function aToken(email: string, more: Partial<NewToken> = {}): NewToken {
  const id = `token-${tokens++}`;
  return {
    id,
    digest: `digest of ${id}`,
    email,
    name: null,
    userAgent: null,
    createdAt: 1_000,
    expiresAt: 3_601_000,
    ...more,
  };
}

/** An account with a token of its own. */
export function aSignUp(email: string, more: Partial<SignUp> = {}): SignUp {
  return { email, passwordHash: "hash", token: aToken(email), invite: null, ...more };
}

/** A player with nothing special. */
export function aContender(connectCode: string, more: Partial<Contender> = {}): Contender {
  return { connectCode, fighterName: "phillip", wallet: null, agentId: null, ...more };
}
