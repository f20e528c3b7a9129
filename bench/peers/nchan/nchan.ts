import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startContender, type Contender } from "../../harness/contender.ts";
import { freePort } from "../../../test/support/free-port.ts";

/** One process, WebSockets on both sides, and the least that its store may keep of a channel: its newest message. */
const configuration = (folder: string, port: number): string => `
load_module /usr/lib/nginx/modules/ngx_nchan_module.so;
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 16384; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  nchan_shared_memory_size 256M;
  server {
    listen 127.0.0.1:${port} backlog=1024;
    location = /watch { nchan_subscriber websocket; nchan_channel_id frames; nchan_subscriber_first_message newest; }
    location = /publish { nchan_publisher websocket; nchan_channel_id frames; nchan_message_buffer_length 64; }
    location = /ready { return 204; }
  }
}
`;

/** nginx with nchan: whoever watches at /watch gets each message that is said at /publish. */
export async function startNchan(): Promise<Contender> {
  const folder = mkdtempSync(join(tmpdir(), "rendezvous-nchan-"));
  const port = await freePort();
  const file = join(folder, "nginx.conf");
  writeFileSync(file, configuration(folder, port));
  const url = `http://127.0.0.1:${port}`;
  const nginx = await startContender(["/usr/sbin/nginx", "-p", folder, "-c", file, "-e", join(folder, "error.log")], {
    url: `${url}/ready`,
  });
  return {
    pid: nginx.pid,
    url,
    async stop() {
      await nginx.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
