import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderFigures } from "../../src/app/metrics.ts";
import { copyPackage, root } from "../tooling/package-copy.ts";
import { problemsOf, secondsOf, unknownSettings } from "./settings-check.ts";

const folder = join(root, "deploy/kubernetes");
const parse = (file: string): any[] => [Bun.YAML.parse(readFileSync(join(folder, file), "utf8"))].flat();
const files = readdirSync(folder, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith(".yaml"));
/** Values of a Helm chart, which are no manifest. */
const VALUES = "examples/prometheus-adapter.yaml";
const manifests = files.filter((file) => file !== VALUES).flatMap(parse);
const one = (kind: string, name = "rendezvous"): any => {
  const found = manifests.filter((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  expect(found).toHaveLength(1);
  return found[0];
};

const { spec: pod, metadata: podMetadata } = one("Deployment").spec.template;
const container = pod.containers[0];
const isOfPods = (selector: object): void => expect(podMetadata.labels).toMatchObject(selector);
const portNames = container.ports.map(({ name }: { name: string }) => name);

describe("manifests for Kubernetes", () => {
  test("are of the kinds they say, with no field that these do not have", () => {
    const copy = copyPackage(["tsconfig.json"]);
    try {
      const lines = manifests.map((manifest, n) => {
        const [group, version] = manifest.apiVersion.includes("/") ? manifest.apiVersion.split("/") : ["core", "v1"];
        const from = `kubernetes-types/${group.split(".")[0]}/${version}`;
        return `import type { ${manifest.kind} as Kind${n} } from "${from}";\nexport const manifest${n}: Kind${n} = ${JSON.stringify(manifest)};\n`;
      });
      const file = join(copy.path, "manifests.ts");
      writeFileSync(file, lines.join("\n"));
      const options = { extends: "./tsconfig.json", include: ["manifests.ts"], compilerOptions: { types: [] } };
      writeFileSync(join(copy.path, "tsconfig.manifests.json"), JSON.stringify(options));
      const checked = Bun.spawnSync([join(root, "node_modules/.bin/tsc"), "-p", "tsconfig.manifests.json"], {
        cwd: copy.path,
      });
      expect(checked.stdout.toString()).toBe("");
      rmSync(file);
    } finally {
      copy.remove();
    }
  });

  test("name each other as they are named", () => {
    for (const name of ["rendezvous", "rendezvous-socketio"]) {
      const { selector, ports } = one("Service", name).spec;
      isOfPods(selector);
      for (const { targetPort } of ports) expect(portNames).toContain(targetPort);
    }
    isOfPods(one("Deployment").spec.selector.matchLabels);
    isOfPods(one("PodDisruptionBudget").spec.selector.matchLabels);
    isOfPods(one("NetworkPolicy").spec.podSelector.matchLabels);
    isOfPods(pod.topologySpreadConstraints[0].labelSelector.matchLabels);
    const { kind, name } = one("HorizontalPodAutoscaler").spec.scaleTargetRef;
    one(kind, name);
    for (const { configMapRef } of container.envFrom) one("ConfigMap", configMapRef.name);
    const services = manifests.filter(({ kind }) => kind === "Service").map(({ metadata }) => metadata.name);
    const { paths } = one("Ingress").spec.rules[0].http;
    for (const { path, backend } of paths) {
      if (path !== "/metrics") expect(services).toContain(backend.service.name);
    }
    expect(services).not.toContain("nobody");
  });

  test("ask the server at paths that it has, through ports that it listens on", () => {
    const probes = ["startupProbe", "livenessProbe", "readinessProbe"].map((probe) => container[probe].httpGet);
    expect(probes.map(({ path }) => path)).toEqual(["/livez", "/livez", "/readyz"]);
    for (const { port } of probes) expect(portNames).toContain(port);
  });

  test("give a node more time to end than it takes", () => {
    const { DRAIN_SECONDS } = one("ConfigMap").data;
    const before = container.lifecycle.preStop.sleep.seconds;
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(before + secondsOf(DRAIN_SECONDS) + 5);
  });

  test("run it with no more rights than it needs", () => {
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(container.resources.limits).toHaveProperty("memory");
  });

  test("set what is a setting, and what serve takes", async () => {
    const { data } = one("ConfigMap");
    const secrets = one("Secret").stringData as Record<string, string>;
    const mount = container.volumeMounts.find(({ name }: { name: string }) => name === "secrets").mountPath as string;
    const direct = Object.fromEntries(container.env.map(({ name, value }: any) => [name, value])) as Record<
      string,
      string
    >;
    expect(unknownSettings([...Object.keys(data), ...Object.keys(direct)])).toEqual([]);
    const values = Object.entries(direct).map(([name, file]) => {
      expect(file.startsWith(`${mount}/`)).toBe(true);
      return [name.replace(/_FILE$/, ""), secrets[file.slice(mount.length + 1)]!];
    });
    expect(await problemsOf({ ...data, ...Object.fromEntries(values) })).toEqual([]);
  });

  test("count sockets by the metric that the server has", () => {
    const { metrics } = one("HorizontalPodAutoscaler").spec;
    const wanted = metrics.flatMap(({ pods }: any) => (pods === undefined ? [] : [pods.metric.name]));
    const [rule] = parse(VALUES)[0].rules.custom;
    expect(wanted).toEqual([rule.name.as]);
    expect(rule.seriesQuery.startsWith(`${wanted[0]}{`)).toBe(true);
    const figure = { name: "sockets", help: "", type: "gauge", value: 1, labels: { door: "/" } } as const;
    expect(renderFigures([figure])).toContain(`${wanted[0]}{`);
  });
});
