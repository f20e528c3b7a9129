/** The programs that the measurements start (scripts/test/requirements.mjs knows how a machine gets them). */
export const programs = [
  "wrk",
  "taskset",
  "redis-server",
  "postgres",
  "/usr/lib/python3/dist-packages/fastapi/__init__.py",
  "/usr/lib/python3/dist-packages/uvicorn/__init__.py",
  "/usr/lib/python3/dist-packages/httptools/__init__.py",
  "/usr/lib/python3/dist-packages/uvloop/__init__.py",
];
