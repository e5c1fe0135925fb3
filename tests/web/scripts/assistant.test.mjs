/** How the page speaks with its host and with the assistant, and what it makes of silence and refusals. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Assistant } from "../../../veranderkracht/web/static/assistant.js";
import { HostError, httpHost } from "../../../veranderkracht/web/static/host.js";

const json = (status, body) => new Response(status === 204 ? null : JSON.stringify(body), { status });

function assistant(answers, { expires = "2026-11-23T10:10:00Z", timeout } = {}) {
  const sent = [];
  let tokens = 0;
  const made = new Assistant({
    askToken: async () => ({ url: "https://hulp.example/", token: `token-${++tokens}`, expires_at: expires, snapshot: "snap" }),
    now: () => Date.parse("2026-11-23T10:00:00Z"),
    timeout,
    fetch: async (url, options) => {
      sent.push({ url, ...options });
      const answer = answers.shift();
      return typeof answer === "function" ? answer(options) : answer;
    },
  });
  return { made, sent };
}

test("a text goes out with a token in its header and the snapshot beside it", async () => {
  const { made, sent } = assistant([json(200, { id: "f" })]);
  assert.deepEqual(await made.feedback({ text: "mijn tekst" }), { id: "f" });
  assert.equal(sent[0].url, "https://hulp.example/v1/feedback");
  assert.equal(sent[0].headers.Authorization, "Bearer token-1");
  assert.deepEqual(JSON.parse(sent[0].body), { snapshot: "snap", text: "mijn tekst" });
  assert.equal(sent[0].credentials, "omit");
});

test("names are waved through only when the learner said so", async () => {
  const { made, sent } = assistant([json(200, {}), json(200, {})]);
  await made.feedback({ text: "a" });
  await made.feedback({ text: "a", namesOk: true });
  assert.deepEqual(sent.map(({ body }) => JSON.parse(body).names_ok), [undefined, true]);
});

test("one token serves until it is about to expire", async () => {
  const lasting = assistant([json(200, {}), json(200, {})]);
  await lasting.made.notice();
  await lasting.made.notice();
  assert.deepEqual(lasting.sent.map(({ headers }) => headers.Authorization), ["Bearer token-1", "Bearer token-1"]);
  const ending = assistant([json(200, {}), json(200, {})], { expires: "2026-11-23T10:00:20Z" });
  await ending.made.notice();
  await ending.made.notice();
  assert.deepEqual(ending.sent.map(({ headers }) => headers.Authorization), ["Bearer token-1", "Bearer token-2"]);
});

test("a refused token is renewed once, not for ever", async () => {
  const once = assistant([json(401, { code: "token-invalid" }), json(200, { version: "1" })]);
  assert.deepEqual(await once.made.notice(), { version: "1" });
  const always = assistant([json(401, { code: "token-invalid" }), json(401, { code: "token-invalid" })]);
  await assert.rejects(always.made.notice(), { code: "away" });
  assert.equal(always.sent.length, 2);
});

test("accepting the notice needs no answer", async () => {
  const { made, sent } = assistant([json(204)]);
  assert.equal(await made.accept("3"), null);
  assert.deepEqual(JSON.parse(sent[0].body), { version: "3" });
});

for (const [said, status, code] of [
  ["likely-names", 409, "likely-names"],
  ["notice-required", 403, "notice-required"],
  ["attempts-used", 429, "attempts-used"],
  ["model-unavailable", 503, "away"],
  ["origin-refused", 403, "away"],
  ["wat-nieuws", 500, "away"],
]) {
  test(`${said} is understood as ${code}`, async () => {
    const { made } = assistant([json(status, { code: said, names: ["Julia"] })]);
    await assert.rejects(made.feedback({ text: "a" }), (error) => error.code === code && error.body.names[0] === "Julia");
  });
}

test("an answer that is no JSON, a closed door and silence all mean that it is away", async () => {
  const garbled = assistant([new Response("<html>Bad gateway", { status: 502 })]);
  await assert.rejects(garbled.made.feedback({ text: "a" }), { code: "away" });
  const closed = assistant([() => { throw new TypeError("Failed to fetch"); }]);
  await assert.rejects(closed.made.feedback({ text: "a" }), { code: "away" });
  const silent = assistant([untilAborted], { timeout: 5 });
  await assert.rejects(silent.made.feedback({ text: "a" }), { code: "away" });
});

test("a learner who stops waiting is not told that it is away", async () => {
  const { made } = assistant([untilAborted]);
  const stop = new AbortController();
  const asked = made.feedback({ text: "a", signal: stop.signal });
  stop.abort();
  await assert.rejects(asked, { code: "stopped" });
});

test("a host that gives no token says why", async () => {
  for (const [code, understood] of [["assistant-off", "assistant-off"], ["assistant-preview", "assistant-preview"], ["offline", "away"]]) {
    const made = new Assistant({ askToken: async () => { throw new HostError({ code }); } });
    await assert.rejects(made.notice(), { code: understood });
  }
});

test("the adapter asks for its headers at every call and gives the answer", async () => {
  const sent = [];
  let token = 0;
  const host = httpHost({
    key: "k", url: (op) => `/api/${op}`, headers: async () => ({ Authorization: `Bearer ${++token}` }),
    fetch: async (url, options) => (sent.push({ url, ...options }), json(200, { op: url })),
  });
  assert.deepEqual(await host.call("state"), { op: "/api/state" });
  await host.call("save", { version: 1 });
  assert.deepEqual(sent.map(({ headers }) => headers.Authorization), ["Bearer 1", "Bearer 2"]);
  assert.equal(sent[1].body, '{"version":1}');
  assert.deepEqual(sent.map(({ keepalive }) => keepalive), [false, true]);
});

test("the adapter tells refusals apart from silence", async () => {
  const calls = [
    [() => json(409, { code: "draft-stale", detail: "Elders", current: 1 }), { code: "draft-stale", status: 409, detail: "Elders" }],
    [() => json(401, { code: "token-invalid" }), { code: "session-expired", status: 401 }],
    [() => new Response("oeps", { status: 500 }), { code: "unexpected", status: 500 }],
    [() => { throw new TypeError("Failed to fetch"); }, { code: "offline", status: 0 }],
  ];
  for (const [fetch, expected] of calls) {
    const host = httpHost({ key: "k", url: (op) => op, fetch: async () => fetch() });
    await assert.rejects(host.call("save"), expected);
  }
});

function untilAborted({ signal }) {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}
