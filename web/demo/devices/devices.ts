// The devices page: signing in, contacts, who is online. What happens between two devices is in `meeting.ts`.
import {
  Accounts,
  Devices,
  type Contact,
  type ContactAction,
  type DeviceSocket,
  type OnlineUser,
  type SignedIn,
} from "../../../client/src/index.ts";
import { byId, showState } from "../../shared/dom.ts";
import { Meeting } from "./meeting.ts";
import { showRows, type Row } from "./rows.ts";

/** How often to look for requests of others, in ms: they come without a message. */
const CONTACTS_MS = 3_000;

const form = byId("sign-in", HTMLFormElement);
const email = byId("email", HTMLInputElement);
const password = byId("password", HTMLInputElement);
const deviceName = byId("device-name", HTMLInputElement);
const refusal = byId("refusal", HTMLElement);
const complaint = byId("complaint", HTMLElement);
const contactList = byId("contacts", HTMLElement);
const onlineList = byId("online", HTMLElement);

interface Session {
  readonly account: SignedIn;
  readonly socket: DeviceSocket;
  readonly meeting: Meeting;
  readonly contacts: ReturnType<typeof setInterval>;
  /** Asks who is online, and shows it. */
  look(): void;
}

let session: Session | null = null;
const accounts = new Accounts({ retries: 0 });

deviceName.value = /Mobi/.test(navigator.userAgent) ? "My phone" : "My computer";

function begin(account: SignedIn): void {
  // One a tab, and the same after the page is loaded again.
  const device = sessionStorage.getItem("device") ?? crypto.randomUUID();
  sessionStorage.setItem("device", device);
  const { email, token } = account;
  const type = matchMedia("(width < 640px)").matches ? "mobile" : "desktop";
  const socket = new Devices({ token: () => token }).register({ email, device, name: deviceName.value.trim(), type });
  const look = (): void => void socket.online().then((users) => showOnline(users, device));
  socket.on("registered", () => {
    showState("online", "Online.");
    look();
  });
  socket.on("joined", look);
  socket.on("left", look);
  socket.on("lost", () => showState("offline", "The server does not answer; trying again …"));
  socket.on("closed", (error) => {
    if (error === null) return;
    end();
    complain(refusal, error.message);
  });
  const meeting = new Meeting(email, socket);
  const contacts = setInterval(() => void showContacts(), CONTACTS_MS);
  session = { account, socket, meeting, contacts, look };

  form.hidden = byId("introduction", HTMLElement).hidden = refusal.hidden = true;
  byId("signed-in", HTMLElement).hidden = false;
  byId("who", HTMLElement).textContent = `${account.email} on ${deviceName.value.trim()}`;
  showState("connecting", "Connecting …");
  void showContacts();
}

function end(): void {
  if (session === null) return;
  session.meeting.end();
  session.socket.close();
  clearInterval(session.contacts);
  session = null;
  password.value = "";
  form.hidden = byId("introduction", HTMLElement).hidden = false;
  byId("signed-in", HTMLElement).hidden = true;
  showRows(onlineList, []);
  showState("signed-out", "");
}

function showOnline(users: readonly OnlineUser[], own: string): void {
  const rows = users.flatMap((user) =>
    user.devices
      .filter((device) => device.device_id !== own)
      .map(({ device_id, device_name }): Row => {
        const name = device_name ?? device_id;
        const connect = () =>
          void session?.meeting.ask({ email: user.email, device: device_id }, `${user.email} on ${name}`);
        return { text: user.email, note: name, actions: [{ label: "Connect", run: connect }] };
      }),
  );
  showRows(onlineList, rows);
  byId("nobody", HTMLElement).hidden = rows.length > 0;
}

/** What each kind of contact is called, and what can be done about it. */
const kinds: Record<Contact["status"], { readonly note: string; readonly actions: readonly ContactAction[] }> = {
  accepted: { note: "contact", actions: ["remove"] },
  incoming: { note: "asks to be a contact", actions: ["accept", "decline", "block"] },
  outgoing: { note: "has been asked", actions: ["remove"] },
  blocked: { note: "blocked", actions: ["unblock"] },
};

const labels: Record<ContactAction, string> = {
  request: "Ask",
  accept: "Accept",
  decline: "Decline",
  remove: "Remove",
  block: "Block",
  unblock: "Unblock",
};

let shown = "";

async function showContacts(): Promise<void> {
  if (session === null) return;
  const { account, look } = session;
  const contacts = await accounts.contacts().catch(() => null);
  // The lists stay as they are unless something changed, so that nobody's button goes away under the finger.
  if (contacts === null || session?.account !== account || JSON.stringify(contacts) === shown) return;
  shown = JSON.stringify(contacts);
  look();
  showRows(
    contactList,
    contacts.map(({ email: contact, status }) => ({
      text: contact,
      note: kinds[status].note,
      actions: kinds[status].actions.map((action) => ({
        label: labels[action],
        run: () => void change(contact, action),
      })),
    })),
  );
}

async function change(contact: string, action: ContactAction): Promise<void> {
  if (session === null) return;
  complaint.hidden = true;
  try {
    await accounts.change(contact, action);
  } catch (error) {
    complain(complaint, (error as Error).message);
  }
  await showContacts();
}

async function enter(isNew: boolean): Promise<void> {
  refusal.hidden = true;
  const who = { email: email.value.trim(), password: password.value };
  try {
    begin(await (isNew ? accounts.signUp(who) : accounts.signIn({ ...who, name: "Demo page" })));
  } catch (error) {
    complain(refusal, (error as Error).message);
  }
}

function complain(place: HTMLElement, why: string): void {
  place.textContent = why;
  place.hidden = false;
}

form.onsubmit = (event) => {
  event.preventDefault();
  void enter(event.submitter?.id === "sign-up");
};
byId("add", HTMLFormElement).onsubmit = (event) => {
  event.preventDefault();
  const contact = byId("contact", HTMLInputElement);
  void change(contact.value.trim(), "request");
  contact.value = "";
};
byId("sign-out", HTMLButtonElement).onclick = () => {
  end();
  shown = "";
  void accounts.signOut().catch(() => undefined);
};
addEventListener("pagehide", () => session?.socket.close());
showState("signed-out", "");
