/** The programs that the measurements start (scripts/test/requirements.mjs knows how a machine gets them). */
export const programs = [
  "wrk",
  "taskset",
  "redis-server",
  "postgres",
  "gcc",
  "nginx",
  "/usr/lib/nginx/modules/ngx_nchan_module.so",
  "nats-server",
];
