// A video chat on Socket.IO as tutorials write it: two queues by gender, partners in a map, and events passed on to the
// partner. It has the events of our face, and none of its limits, checks or figures.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer((request, response) => {
  if (request.url !== "/health") return response.writeHead(404).end();
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ status: "ok", activeUsers: users.size, activeMatches: partners.size / 2 }));
});
const io = new Server(http, { cors: { origin: "*" } });

const users = new Map();
const partners = new Map();
const queues = { male: [], female: [] };

function match(socket) {
  const user = users.get(socket.id);
  const partner = queues[user.gender === "male" ? "female" : "male"].shift();
  if (partner === undefined) {
    queues[user.gender].push(socket);
    socket.emit("waiting", { queuePosition: queues[user.gender].length });
    return;
  }
  partners.set(socket.id, partner.id);
  partners.set(partner.id, socket.id);
  const shown = (of) => ({ name: users.get(of.id).name, age: users.get(of.id).age });
  socket.emit("matched", { partner: shown(partner), initiator: false });
  partner.emit("matched", { partner: shown(socket), initiator: true });
}

function part(socket) {
  const { gender } = users.get(socket.id) ?? {};
  if (gender !== undefined) queues[gender] = queues[gender].filter((one) => one !== socket);
  const partnerId = partners.get(socket.id);
  if (partnerId === undefined) return;
  partners.delete(socket.id);
  partners.delete(partnerId);
  const partner = io.sockets.sockets.get(partnerId);
  if (partner === undefined) return;
  partner.emit("partner-disconnected");
  match(partner);
}

io.on("connection", (socket) => {
  const toPartner = (event, message) => {
    const partner = partners.get(socket.id);
    if (partner !== undefined) io.to(partner).emit(event, message);
  };
  socket.on("join", ({ name, age, gender }) => {
    if (!name || !age || !(gender in queues)) return socket.emit("error", { message: "Invalid user data" });
    users.set(socket.id, { name, age, gender });
    match(socket);
  });
  socket.on("offer", ({ offer }) => toPartner("offer", { offer, from: socket.id }));
  socket.on("answer", ({ answer }) => toPartner("answer", { answer, from: socket.id }));
  socket.on("ice-candidate", ({ candidate }) => toPartner("ice-candidate", { candidate, from: socket.id }));
  socket.on("chat-message", (message) =>
    toPartner("chat-message", { message, from: users.get(socket.id).name, timestamp: Date.now() }),
  );
  socket.on("stop", () => {
    part(socket);
    match(socket);
  });
  socket.on("disconnect", () => {
    part(socket);
    users.delete(socket.id);
  });
});

http.listen(0, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${http.address().port}`));
