import { expect, test } from "bun:test";
import { Tokens } from "./tokens.ts";

/** A JWT that ends so many seconds from now. */
function jwt(seconds: number): string {
  const claims = { exp: Math.floor(Date.now() / 1000) + seconds };
  return `e30.${btoa(JSON.stringify(claims)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}.sig`;
}

function counting(token: string) {
  let asked = 0;
  const tokens = new Tokens(() => {
    asked++;
    return token;
  });
  return { tokens, asked: () => asked };
}

test("a token is used until half a minute before it ends", async () => {
  const long = counting(jwt(600));
  expect(await long.tokens.get()).toBe(await long.tokens.get());
  expect(long.asked()).toBe(1);
  const short = counting(jwt(20));
  await short.tokens.get();
  await short.tokens.get();
  expect(short.asked()).toBe(2);
});

test("a token that does not say when it ends is used until it is refused", async () => {
  const { tokens, asked } = counting("f3b1c9d2");
  await Promise.all([tokens.get(), tokens.get()]);
  expect(asked()).toBe(1);
  expect(tokens.forget()).toBe(true);
  await tokens.get();
  expect(asked()).toBe(2);
});

test("a provider that fails is asked again the next time; without one there is no token", async () => {
  let fails = true;
  const tokens = new Tokens(() => (fails ? Promise.reject(new Error("signed out")) : "good"));
  await expect(tokens.get()).rejects.toThrow("signed out");
  fails = false;
  expect(await tokens.get()).toBe("good");
  const none = new Tokens(undefined);
  expect(await none.get()).toBeNull();
  expect(none.forget()).toBe(false);
});
