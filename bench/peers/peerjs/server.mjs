// The PeerJS server as its own command starts it, but for as many clients as may come, who send no heartbeats.
import { PeerServer } from "peer";

const settings = { host: "127.0.0.1", port: 0, concurrent_limit: 100_000, alive_timeout: 3_600_000 };
PeerServer(settings, (server) => console.log(`listening on http://127.0.0.1:${server.address().port}`));
