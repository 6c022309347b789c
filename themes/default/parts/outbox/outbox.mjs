/**
 * The outbox of the browser: tells the service each thing once, and later what it cannot be told now.
 * Sends:   an entry's fields as JSON -> POST entry.to, with entry.key as Idempotency-Key: a repeated try counts once.  Where forms need a
 *          token (entry.asks is where the service gives one), each try fetches its own and waits until that is two seconds old: what
 *          comes quicker, or with a used token, looks like a robot's.  Who sends a lot has a little to work for each token.  No cookies.
 * Keeps:   in localStorage, fifty entries, a day at most; of those with the same slot the newest.
 * Errors:  `put` and `flush` never throw; `prepare` and `deliver` reject when the service cannot be reached.
 */
const STORE = "kb-outbox";
const VOTER = "kb-voter";
const MOST = 50;
const DAY = 864e5; // milliseconds; the service remembers keys for longer
const STALE = DAY - 36e5; // milliseconds after which a token is not worth a try
const RIPE = 2100; // milliseconds
const HARDEST = 20; // bits of a proof of work; more would keep the reader waiting for minutes
const LIGHT = 16e3; // characters that may be sent while the page goes
const AGAIN = [408, 409, 425, 429]; // answers after which trying again makes sense, besides 5xx

let line = Promise.resolve();

/** 128 random bits, as the service takes keys and names of voters; also where there is no https. */
export const random = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The name under which a vote of this browser replaces its last one; it says nothing of who votes.  "" where nothing can be kept. */
export function voter() {
  try {
    const known = localStorage.getItem(VOTER) ?? random();
    localStorage.setItem(VOTER, known);
    return known;
  } catch {
    return "";
  }
}

/**
 * @param {{to: string, fields: object, asks?: string, slot?: string}} entry  What needs no token is sent before this returns.
 * @returns {Promise<"sent"|"kept"|"refused"|"lost">} What has become of it.
 */
export function put(entry) {
  Object.assign(entry, { at: Date.now(), key: random() });
  write([...read().filter((one) => !entry.slot || one.slot !== entry.slot), entry]);
  return entry.asks ? (line = line.then(() => tell(entry))) : tell(entry);
}

/** Send what earlier pages kept, one after the other, until one fails; in one window at a time. */
export function flush() {
  const work = async () => {
    for (const entry of read()) if ((await tell(entry)) === "kept") return;
  };
  const alone = () => (navigator.locks ? navigator.locks.request(STORE, { ifAvailable: true }, (lock) => lock && work()) : work());
  return (line = line.then(alone).catch(() => {}));
}

/** Fetch the token of an entry, if it needs one; the sooner, the less its reader waits. */
export async function prepare(entry) {
  if (!entry.asks || (entry.token && Date.now() - entry.opened < STALE)) return;
  const answer = await fetch(entry.asks, { cache: "no-store", credentials: "omit" });
  if (later(answer)) throw new Error(`${entry.asks}: ${answer.status}`);
  const { token = "", work } = answer.ok ? await answer.json() : {}; // without one, a person looks at it first
  Object.assign(entry, { token, opened: Date.now(), work: token && work > 0 && work <= HARDEST ? await solve(token, work) : "" });
}

/** Find what makes SHA-256 of "token:work" begin with so many zero bits; "" where the page has no digests, as without https. */
async function solve(token, bits) {
  const text = new TextEncoder();
  for (let first = 0; globalThis.crypto?.subtle; first += 256) {
    const tries = Array.from({ length: 256 }, (_, number) => `${first + number}`);
    const digests = await Promise.all(tries.map((one) => crypto.subtle.digest("SHA-256", text.encode(`${token}:${one}`))));
    const found = digests.findIndex((digest) => new DataView(digest).getUint32(0) >>> (32 - bits) === 0);
    if (found >= 0) return tries[found];
  }
  return "";
}

/** Send an entry once; its caller reads the answer. */
export async function deliver(entry) {
  await prepare(entry);
  const { token, opened, work } = entry;
  entry.token = "";
  if (token) await new Promise((go) => setTimeout(go, Math.min(RIPE, opened + RIPE - Date.now())));
  const fields = Object.entries({ ...entry.fields, ...(token && { token }), ...(work && { work }) });
  const body = JSON.stringify(Object.fromEntries(fields.map(([name, value]) => [name, String(value)])));
  const headers = { Accept: "application/json", "Content-Type": "application/json", "Idempotency-Key": entry.key };
  return fetch(entry.to, { method: "POST", body, headers, keepalive: body.length < LIGHT, credentials: "omit" });
}

/** Whether an answer asks for another try. */
export const later = ({ status }) => status >= 500 || AGAIN.includes(status);

async function tell(entry) {
  try {
    const answer = await deliver(entry);
    if (!later(answer)) {
      write(read().filter((one) => one.key !== entry.key));
      return answer.ok ? "sent" : "refused";
    }
  } catch {} // it waits
  return read().some((one) => one.key === entry.key) ? "kept" : "lost";
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(STORE) ?? "[]").filter((one) => Date.now() - one.at < DAY && one.key);
  } catch {
    return [];
  }
}

function write(entries) {
  try {
    if (entries.length) localStorage.setItem(STORE, JSON.stringify(entries.slice(-MOST)));
    else localStorage.removeItem(STORE);
  } catch {} // a full or forbidden store: what is being sent now may still arrive
}

globalThis.addEventListener?.("online", flush); // which the tests in Node.js lack
