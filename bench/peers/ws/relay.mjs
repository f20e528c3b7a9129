// A minimal relay with ws on Node: each client says its name first, and each message after that is parsed, its target
// found in a map, and passed on as it came.
import { WebSocketServer } from "ws";

const devices = new Map();
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });

server.on("connection", (socket) => {
  socket.on("message", (data) => {
    const text = Buffer.from(/** @type {Buffer} */ (data)).toString();
    const message = JSON.parse(text);
    if (message.event === "register") {
      devices.set(message.from_device, socket);
      socket.send('{"event":"register","status":"ok"}');
    } else devices.get(message.to_device)?.send(text);
  });
});
server.on("listening", () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
