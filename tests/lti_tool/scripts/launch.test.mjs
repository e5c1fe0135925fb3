/** What a launch in a frame may count on: one way back is found, and nobody but the platform has a say in it. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { findWay, keepsCookies } from "../../../lti_tool/static/launch_start.js";
import { finish } from "../../../lti_tool/static/launch_stored.js";
import { PlatformStorage } from "../../../lti_tool/static/platform_storage.js";

const PLATFORM = "https://lms.example";

/** A frame in a platform's page; `answer` makes of a message what the platform says, or nothing. */
function frame(answer = () => null, { named = {} } = {}) {
  const ears = new Set();
  const sent = [];
  const timers = { due: [], setTimeout: (run) => timers.due.push(run) - 1, clearTimeout: (id) => (timers.due[id] = null) };
  const window = (where) => ({
    postMessage(message, to) {
      sent.push({ message, to, where });
      for (const said of [answer(message)].flat()) if (said) host.hear(said.origin ?? PLATFORM, said.data ?? said);
    },
  });
  const host = {
    addEventListener: (_, ear) => ears.add(ear),
    removeEventListener: (_, ear) => ears.delete(ear),
    hear: (origin, data) => [...ears].forEach((ear) => ear({ origin, data })),
    parent: { ...window("parent"), frames: Object.fromEntries(Object.keys(named).map((name) => [name, window(name)])) },
  };
  const storage = (target = "_parent", origin = PLATFORM) => new PlatformStorage({ target, origin, host, timers });
  return { host, sent, ears, timers, storage };
}

const honest = (kept = new Map()) => ({ subject, message_id, key, value }) => {
  if (subject === "lti.put_data") value === null ? kept.delete(key) : kept.set(key, value);
  return { subject: `${subject}.response`, message_id, key, value: kept.get(key) };
};

test("what is put comes back, and goes to the platform's own origin alone", async () => {
  const { storage, sent, ears, timers } = frame(honest());
  await storage().put("k", "geheim");
  assert.equal(await storage("_parent", "https://LMS.example:443").get("k"), "geheim");
  assert.deepEqual(sent.map(({ to, where }) => [to, where]), [[PLATFORM, "parent"], [PLATFORM, "parent"]]);
  assert.notEqual(sent[0].message.message_id, sent[1].message.message_id);
  assert.equal(ears.size, 0);
  assert.deepEqual(timers.due, [null, null]);
});

test("a frame that the platform names is the one that is asked", async () => {
  const { storage, sent } = frame(honest(), { named: { opslag: true } });
  await storage("opslag").put("k", "v");
  assert.equal(sent[0].where, "opslag");
});

for (const target of ["elders", "", "toString"])
  test(`a frame that is not there (${target}) is a fault, not a wait`, async () => {
    await assert.rejects(frame(honest()).storage(target).get("k"), { message: "no such frame" });
  });

test("a page that stands alone asks nobody, least of all itself", async () => {
  const { host, storage } = frame(honest());
  host.parent = Object.assign(host, { postMessage: () => assert.fail("asked itself") });
  await assert.rejects(storage().get("k"), { message: "no such frame" });
});

test("a browser that forbids to look for the frame is a fault too", async () => {
  const { host, storage } = frame();
  Object.defineProperty(host.parent, "frames", { get: () => { throw new Error("SecurityError"); } });
  await assert.rejects(storage("opslag").get("k"), { message: "no such frame" });
});

for (const [name, lie] of Object.entries({
  "of another origin": ({ message_id }) => ({
    origin: "https://lms.example.evil", data: { subject: "lti.get_data.response", message_id, value: "vals" },
  }),
  "to another question": () => ({ subject: "lti.get_data.response", message_id: "geraden", value: "vals" }),
  "of another kind": ({ message_id }) => ({ subject: "lti.put_data.response", message_id, value: "vals" }),
  "that is a text": () => ({ origin: PLATFORM, data: "lti.get_data.response" }),
}))
  test(`an answer ${name} does not count`, async () => {
    const { storage, timers } = frame(lie);
    const asked = storage().get("k");
    await Promise.resolve();
    timers.due[0]();
    await assert.rejects(asked, { message: "no answer" });
  });

test("a platform that answers with an error keeps nothing", async () => {
  const { storage } = frame(({ subject, message_id }) => ({
    subject: `${subject}.response`, message_id, error: { code: "storage_exhaustion", message: "vol" },
  }));
  await assert.rejects(storage().put("k", "v"), { message: "storage_exhaustion" });
});

test("a value that is no text is none", async () => {
  const { storage } = frame(({ subject, message_id }) => ({ subject: `${subject}.response`, message_id, value: { a: 1 } }));
  assert.equal(await storage().get("k"), "");
});

const kept = { put: async () => {} };
const full = { put: async () => { throw new Error("vol"); } };
const silent = { put: () => new Promise(() => {}) };
for (const [framed, cookies, storage, way] of [
  [false, false, null, "cookie"],
  [true, true, null, "cookie"],
  [true, true, silent, "cookie"],
  [true, true, full, "cookie"],
  [true, false, kept, "storage"],
  [true, false, full, "window"],
  [true, false, null, "window"],
])
  test(`framed ${framed}, cookies ${cookies}, storage ${storage?.put}: ${way}`, async () => {
    assert.equal(await findWay({ framed, cookies, storage, key: "k", secret: "s" }), way);
  });

test("storage is filled also where a cookie is kept, for the cookie may not come back", async () => {
  const { storage, sent } = frame(honest());
  await findWay({ framed: true, cookies: true, storage: storage(), key: "k", secret: "s" });
  assert.deepEqual([sent[0].message.key, sent[0].message.value], ["k", "s"]);
});

test("a browser tells whether it keeps cookies, and nothing is left of the trial", () => {
  const jar = new Map();
  const keeping = {
    get cookie() { return [...jar].map(([name, value]) => `${name}=${value}`).join("; "); },
    set cookie(text) {
      const [, name, value] = /^(\w+)=(\w*);/.exec(text);
      if (text.includes("Max-Age=0")) jar.delete(name);
      else jar.set(name, value);
    },
  };
  assert.equal(keepsCookies(keeping), true);
  assert.equal(jar.size, 0);
  assert.equal(keepsCookies({ get cookie() { return ""; }, set cookie(_) {} }), false);
  assert.equal(keepsCookies({ get cookie() { throw new Error("SecurityError"); } }), false);
});

const launch = { key: "k", url: "/lti/launch/stored", token: "t", state: "s" };

test("a launch is finished with what the platform kept, which is then gone", async () => {
  const memory = new Map([["k", "geheim"]]);
  const { storage } = frame(honest(memory));
  const calls = [];
  const fetch = async (url, options) => {
    calls.push([url, JSON.parse(options.body)]);
    return { ok: true, json: async () => ({ token: "p", view: "play", step: "x" }) };
  };
  assert.deepEqual(await finish({ ...launch, storage: storage(), fetch }), { token: "p", view: "play", step: "x" });
  assert.deepEqual(calls, [["/lti/launch/stored", { id_token: "t", state: "s", secret: "geheim" }]]);
  assert.equal(memory.size, 0);
});

test("without what was kept the server is not even asked", async () => {
  const fetch = () => assert.fail("asked");
  await assert.rejects(finish({ ...launch, storage: frame(honest()).storage(), fetch }), { code: "browser-mismatch" });
});

test("a refusal and a lost connection are told as what they are", async () => {
  const storage = () => frame(honest(new Map([["k", "geheim"]]))).storage();
  const refused = async () => ({ ok: false, json: async () => ({ code: "nonce-used", title: "T", detail: "D" }) });
  await assert.rejects(finish({ ...launch, storage: storage(), fetch: refused }), { code: "nonce-used" });
  const lost = async () => { throw new TypeError("Failed to fetch"); };
  await assert.rejects(finish({ ...launch, storage: storage(), fetch: lost }), { code: "offline" });
});
