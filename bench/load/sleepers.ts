import { issueToken } from "../../src/adapters/jwt/issue.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { systemRandom } from "../../src/adapters/system/random.ts";
import type { ClientScript } from "./clients.ts";

/** What whoever vouches for the sleepers signs with. */
export const SECRET = "a secret of these measurements alone";

/** How many devices each user has. */
const DEVICES_EACH = 2;

/** Devices that register and then say nothing any more, of users that an identity provider vouches for. */
export async function sleepers(count: number): Promise<ClientScript[]> {
  const users = await Promise.all(Array.from({ length: Math.ceil(count / DEVICES_EACH) }, (_, n) => userOf(n)));
  return Array.from({ length: count }, (_, n): ClientScript => {
    const { email, token } = users[Math.floor(n / DEVICES_EACH)]!;
    const message = {
      from_email: email,
      from_token: token,
      from_device: `device-${String(n).padStart(5, "0")}-7c9e6679-7425-40de-944b`,
      to_email: "",
      to_device: "",
      event: "register",
      payload: { device_name: "Chrome on Linux", device_type: "browser" },
    };
    return { first: JSON.stringify(message), steps: [['"status":"ok"']] };
  });
}

async function userOf(n: number): Promise<{ readonly email: string; readonly token: string }> {
  const email = `somebody.${n}@example.com`;
  const order = { subject: `user-${n}`, ttlSeconds: 3_600, issuer: null, audience: null, claims: { email } };
  return { email, token: await issueToken(order, { secret: SECRET, clock: systemClock, random: systemRandom }) };
}
