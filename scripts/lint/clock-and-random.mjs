// Rule rendezvous/clock-and-random: time only through the Clock port, chance only through the Random port, so that
// tests can move the one and repeat the other.

const TIMERS = ["setTimeout", "setInterval", "setImmediate"];
const TIMER_MODULES = ["timers", "node:timers", "timers/promises", "node:timers/promises"];
const CHANCE = ["randomBytes", "randomUUID", "randomInt", "getRandomValues", "random"];
const CHANCE_MODULES = ["crypto", "node:crypto"];

const USE_CLOCK = "time comes from the Clock port";
const USE_RANDOM = "chance comes from the Random port";

export const clockAndRandom = {
  // `measuring: true` lets performance.now() through, for durations that are only reported.
  meta: { type: "problem", schema: [{ type: "object", properties: { measuring: { type: "boolean" } } }] },
  create(context) {
    const measuring = context.options[0]?.measuring === true;
    const report = (node, what, instead) => context.report({ node, message: `${what}: ${instead}.` });
    return {
      CallExpression(node) {
        const name = nameOf(node.callee);
        if (TIMERS.includes(name)) report(node, `${name}()`, USE_CLOCK);
        if (name === "Date" && node.callee.type === "Identifier") report(node, "Date()", USE_CLOCK);
      },
      NewExpression(node) {
        const now = node.callee.type === "Identifier" && node.callee.name === "Date" && node.arguments.length === 0;
        if (now) report(node, "new Date()", USE_CLOCK);
      },
      MemberExpression(node) {
        const object = nameOf(node.object);
        const property = nameOf(node);
        if (object === "Date" && property === "now") report(node, "Date.now", USE_CLOCK);
        if (object === "performance" && property === "now" && !measuring) report(node, "performance.now", USE_CLOCK);
        if (object === "Math" && property === "random") report(node, "Math.random", USE_RANDOM);
        if (object === "crypto" && CHANCE.includes(property)) report(node, `crypto.${property}`, USE_RANDOM);
      },
      ImportDeclaration(node) {
        const module = node.source.value;
        if (TIMER_MODULES.includes(module)) report(node, module, USE_CLOCK);
        if (!CHANCE_MODULES.includes(module)) return;
        const names = node.specifiers.map((specifier) => specifier.imported?.name);
        const chance = names.find((name) => CHANCE.includes(name));
        if (chance !== undefined) report(node, `${chance} of ${module}`, USE_RANDOM);
      },
    };
  },
};

/** `f` → f, `globalThis.f` and `x.f` → f, `x["f"]` → f. */
function nameOf(node) {
  if (node.type === "Identifier") return node.name;
  if (node.type !== "MemberExpression") return "";
  return node.computed ? String(node.property.value ?? "") : node.property.name;
}
