/**
 * How Bun runs the server. A path may hold ids of any script, percent-encoded; with the default of 16 KiB the runtime would
 * answer a long one itself, without the words of the face.
 */
export const runtimeFlags = ["--max-http-header-size=65536"];

/**
 * How the runtime's allocator does, as variables of the environment; whoever starts the server may set their own. Whenever
 * the program is idle for a moment, a thread looks through its memory for holes to give back, every 50 to 100 ms by default.
 * On a core that the server has to itself that takes up to 5 ms, in which the kernel lets nobody else have it. And what is free
 * it gives back after two seconds: sooner, a busy server gets the same pages anew, one by one, a tenth of one for each request.
 */
export const runtimeSettings = { MIMALLOC_PURGE_HOLES_MIN_INTERVAL: "1000", MIMALLOC_PURGE_DELAY: "2000" };
