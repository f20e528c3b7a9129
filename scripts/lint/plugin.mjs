// The rules of this house that no linter brings along. Where each applies stands in .oxlintrc.json.
import { clockAndRandom } from "./clock-and-random.mjs";
import { everyTestRuns } from "./every-test-runs.mjs";
import { layers } from "./layers.mjs";
import { runtimeNeutral } from "./runtime-neutral.mjs";

export default {
  meta: { name: "rendezvous" },
  rules: {
    layers,
    "clock-and-random": clockAndRandom,
    "every-test-runs": everyTestRuns,
    "runtime-neutral": runtimeNeutral,
  },
};
