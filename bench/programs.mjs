import { suites } from "../scripts/test/suites.mjs";

/** The programs that the measurements start (scripts/test/requirements.mjs knows how a machine gets them). */
export const programs = [
  "wrk",
  "taskset",
  "gcc",
  "redis-server",
  "postgres",
  "nginx",
  "/usr/lib/nginx/modules/ngx_nchan_module.so",
  "nats-server",
  "/usr/lib/python3/dist-packages/fastapi/__init__.py",
  "/usr/lib/python3/dist-packages/uvicorn/__init__.py",
  "/usr/lib/python3/dist-packages/httptools/__init__.py",
  "/usr/lib/python3/dist-packages/uvloop/__init__.py",
];

/** Those of the short form, which leaves out peers that are large to install. */
export const smokePrograms = suites.find(({ name }) => name === "bench").needs;
