/** What a learner may count on: nothing typed is ever lost, and nobody's text is overwritten unseen. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Draft } from "../../../veranderkracht/web/static/draft.js";
import { HostError } from "../../../veranderkracht/web/static/host.js";
import { Clock, Host, settle, Storage } from "./clockwork.mjs";

function open({ host = new Host(), storage = new Storage(), clock = new Clock(), key = "hanne" } = {}) {
  const statuses = [];
  const draft = new Draft({
    key, storage, save: host.save, timers: clock.timers, now: clock.now,
    onChange: ({ status }) => statuses.at(-1) === status || statuses.push(status),
  });
  const found = draft.load(host.state);
  return { draft, host, storage, clock, statuses, found };
}

const error = (code, status) => new HostError({ code, status, detail: "Uitleg." });
const copies = (storage) => [...storage.kept.values()].map((value) => JSON.parse(value).text);

test("typing is saved after a rest, and not before", async () => {
  const { draft, host, clock } = open();
  draft.input("Een bord");
  await clock.pass(1000);
  draft.input("Een bord soep");
  await clock.pass(1000);
  assert.deepEqual(host.saves, []);
  await clock.pass(500);
  assert.deepEqual(host.saves, ["Een bord soep"]);
  assert.equal(draft.status, "saved");
  assert.equal(draft.savedAt, "t1");
});

test("someone who never rests is saved every ten seconds", async () => {
  const { draft, host, clock } = open();
  for (let second = 1; second <= 11; second += 1) {
    draft.input("a".repeat(second));
    await clock.pass(1000);
  }
  assert.equal(host.saves.length, 1);
  assert.equal(host.saves[0].length, 10);
});

test("what is typed while a save is under way is saved after it, with the version that it gave", async () => {
  const { draft, host, clock } = open();
  host.hold();
  draft.input("eerst");
  await clock.pass(1500);
  assert.equal(draft.status, "saving");
  draft.input("eerst en dan");
  await host.release();
  assert.equal(draft.status, "waiting");
  await clock.pass(1500);
  assert.deepEqual(host.saves, ["eerst", "eerst en dan"]);
  assert.equal(host.version, 2);
  assert.equal(draft.status, "saved");
});

test("two saves never run at once", async () => {
  const { draft, host, clock } = open();
  host.hold();
  draft.input("een");
  await clock.pass(1500);
  draft.input("twee");
  const flushed = draft.flush();
  await settle();
  await host.release();
  await flushed;
  assert.deepEqual(host.saves, ["een", "twee"]);
  assert.equal(draft.conflict, null);
});

test("a text that is typed back to what is saved needs no save", async () => {
  const { draft, host, clock } = open();
  draft.input("a");
  draft.input("");
  assert.equal(draft.status, "saved");
  await clock.pass(60000);
  assert.deepEqual(host.saves, []);
  assert.equal(clock.waiting, 0);
});

test("without a connection the text stays, and is tried again ever more slowly", async () => {
  const { draft, host, clock, storage } = open();
  host.faults = ["offline", "offline", "offline"];
  draft.input("op de trein");
  await clock.pass(1500);
  assert.equal(draft.status, "offline");
  assert.deepEqual(copies(storage), ["op de trein"]);
  await clock.pass(2000 + 5000 - 1);
  assert.equal(draft.status, "offline");
  await clock.pass(1 + 15000);
  assert.deepEqual(host.saves, ["op de trein"]);
  assert.equal(draft.status, "saved");
  assert.deepEqual(copies(storage), []);
});

test("typing without a connection neither hurries nor stops the retries", async () => {
  const { draft, host, clock } = open();
  host.faults = ["offline", "offline"];
  draft.input("a");
  await clock.pass(1500);
  draft.input("ab");
  await clock.pass(1999);
  assert.equal(host.faults.length, 1);
  await clock.pass(1);
  assert.equal(host.faults.length, 0);
  await clock.pass(5000);
  assert.deepEqual(host.saves, ["ab"]);
});

test("when the connection is back the text is saved at once", async () => {
  const { draft, host, clock } = open();
  host.faults = ["offline"];
  draft.input("weer daar");
  await clock.pass(1500);
  await draft.retry();
  assert.deepEqual(host.saves, ["weer daar"]);
});

test("a save whose answer got lost is not taken for somebody else's", async () => {
  const { draft, host, clock } = open();
  host.faults = ["lost"];
  draft.input("eerste zin");
  await clock.pass(1500);
  draft.input("eerste zin, tweede zin");
  await clock.pass(2000);
  await clock.pass(0);
  assert.equal(draft.conflict, null);
  assert.deepEqual(host.saves, ["eerste zin", "eerste zin, tweede zin"]);
  assert.equal(draft.status, "saved");
});

test("an expired session keeps the text and waits for the learner", async () => {
  const { draft, host, clock, storage } = open();
  host.faults = [error("session-expired", 401)];
  draft.input("lange avond");
  await clock.pass(1500);
  assert.equal(draft.status, "expired");
  draft.input("lange avond, nog langer");
  await clock.pass(600000);
  assert.deepEqual(host.saves, []);
  assert.deepEqual(copies(storage), ["lange avond, nog langer"]);
  await draft.retry();
  assert.deepEqual(host.saves, ["lange avond, nog langer"]);
});

test("a new page in the same tab picks up the text that an expired session left behind", async () => {
  const before = open();
  before.host.faults = [error("session-expired", 401)];
  before.draft.input("niet kwijt");
  await before.clock.pass(1500);
  before.draft.leave();
  const after = open({ host: before.host, storage: before.storage });
  assert.equal(after.found.copy, "restored");
  assert.equal(after.draft.text, "niet kwijt");
  await after.clock.pass(0);
  assert.deepEqual(before.host.saves, ["niet kwijt"]);
  assert.deepEqual(copies(before.storage), []);
});

test("a fault of the host is retried, and what it said is kept for the learner", async () => {
  const { draft, host, clock } = open();
  host.faults = [error("unavailable", 503), error("rate-limited", 429)];
  draft.input("straks");
  await clock.pass(1500);
  assert.equal(draft.status, "failed");
  assert.equal(draft.problem, "Uitleg.");
  await clock.pass(7000);
  assert.deepEqual(host.saves, ["straks"]);
  assert.equal(draft.problem, "");
});

test("a host that is too busy is left alone for as long as it asks, and then gets the text", async () => {
  const { draft, host, clock } = open();
  const busy = error("too-many-requests", 429);
  busy.body = { retry_after: 40 };
  host.faults = [busy];
  draft.input("straks");
  await clock.pass(1500);
  assert.equal(draft.status, "failed");
  await clock.pass(39000);
  assert.deepEqual(host.saves, []);
  await clock.pass(1000);
  assert.deepEqual(host.saves, ["straks"]);
  assert.equal(draft.status, "saved");
});

test("a text that the host refuses is not sent again before it changes", async () => {
  const { draft, host, clock, storage } = open();
  host.faults = [error("too-long", 422)];
  draft.input("veel te lang");
  await clock.pass(1500);
  assert.equal(draft.status, "refused");
  await clock.pass(600000);
  assert.deepEqual(host.saves, []);
  assert.deepEqual(copies(storage), ["veel te lang"]);
  draft.input("korter");
  await clock.pass(1500);
  assert.deepEqual(host.saves, ["korter"]);
});

test("a text written elsewhere is not overwritten, and neither is mine", async () => {
  const { draft, host, clock, storage } = open();
  draft.input("hier");
  await clock.pass(1500);
  host.elsewhere("daar");
  draft.input("hier en verder");
  await clock.pass(1500);
  assert.equal(draft.status, "stale");
  assert.equal(draft.text, "hier en verder");
  assert.equal(draft.conflict.theirs, "daar");
  assert.equal(host.text, "daar");
  draft.input("hier en nog verder");
  await clock.pass(600000);
  assert.equal(host.text, "daar");
  assert.deepEqual(copies(storage), ["hier en nog verder"]);
});

for (const [choice, text] of [["mine", "hier"], ["theirs", "daar"], ["both", "daar\n\nhier"]]) {
  test(`after choosing ${choice} the chosen text is the one that is kept`, async () => {
    const { draft, host, clock, storage } = open();
    host.elsewhere("daar");
    draft.input("hier");
    await clock.pass(1500);
    draft.resolve(text);
    await clock.pass(1500);
    assert.equal(draft.status, "saved");
    assert.equal(draft.text, text);
    assert.equal(host.text, text);
    assert.deepEqual(copies(storage), []);
  });
}

test("a second change elsewhere while choosing is a new conflict, not a loss", async () => {
  const { draft, host, clock } = open();
  host.elsewhere("daar");
  draft.input("hier");
  await clock.pass(1500);
  host.elsewhere("daar, opnieuw");
  draft.resolve("hier");
  await clock.pass(1500);
  assert.equal(draft.status, "stale");
  assert.equal(draft.conflict.theirs, "daar, opnieuw");
  assert.equal(host.text, "daar, opnieuw");
});

test("the same text saved elsewhere is no conflict", async () => {
  const { draft, host, clock } = open();
  host.elsewhere("hetzelfde");
  draft.input("hetzelfde");
  await clock.pass(1500);
  assert.equal(draft.status, "saved");
  assert.equal(draft.version, 1);
});

test("an answer that moved the version on does not make the text stale", async () => {
  const { draft, host, clock } = open();
  draft.input("tekst");
  await clock.pass(1500);
  host.version += 1; // answered in another tab; the text did not change
  draft.input("tekst en meer");
  await clock.pass(1500);
  await clock.pass(0);
  assert.equal(draft.conflict, null);
  assert.equal(host.text, "tekst en meer");
});

test("an answer waits for the save before it and gives its version to the save after it", async () => {
  const { draft, host, clock } = open();
  host.hold();
  draft.input("een");
  await clock.pass(1500);
  const answered = draft.act(async (version) => {
    assert.equal(version, 1);
    host.version += 1;
    return { version: host.version, saved_at: "t2", outcome: "gevolg" };
  });
  draft.input("een twee");
  await host.release();
  assert.equal((await answered).outcome, "gevolg");
  await clock.pass(1500);
  assert.deepEqual(host.saves, ["een", "een twee"]);
});

test("an answer on a stale version is tried again when no text stands in the way", async () => {
  const { draft, host } = open();
  host.elsewhere("elders");
  const versions = [];
  await draft.act(async (version) => {
    versions.push(version);
    if (version !== host.version) throw host.stale();
    return { version: ++host.version };
  });
  assert.deepEqual(versions, [0, 1]);
  assert.equal(draft.text, "elders");
});

test("handing in sends the text as it stands, and the copy in this session goes", async () => {
  const { draft, host, storage, clock } = open();
  host.faults = ["offline"];
  draft.input("klaar");
  await clock.pass(1500);
  const state = await draft.submit(async (version, text) => ({ handedIn: text, version }));
  assert.deepEqual(state, { handedIn: "klaar", version: 0 });
  assert.deepEqual(copies(storage), []);
});

test("handing in waits for the save that is under way", async () => {
  const { draft, host, clock } = open();
  host.hold();
  draft.input("bijna");
  await clock.pass(1500);
  draft.input("bijna klaar");
  const submitted = draft.submit(async (version, text) => ({ version, text }));
  await host.release();
  assert.deepEqual(await submitted, { version: 1, text: "bijna klaar" });
});

test("handing in without a connection fails loudly, keeps the text and goes on saving it", async () => {
  const { draft, host, storage, clock } = open();
  draft.input("klaar");
  await assert.rejects(draft.submit(async () => { throw new HostError({ code: "offline" }); }), { code: "offline" });
  assert.equal(draft.status, "offline");
  assert.deepEqual(copies(storage), ["klaar"]);
  await clock.pass(2000);
  assert.deepEqual(host.saves, ["klaar"]);
});

test("a text that was too short to hand in was saved all the same, and writing goes on without a conflict", async () => {
  const { draft, host, clock } = open();
  draft.input("kort");
  const refusal = draft.submit(async (version, text) => {
    await host.save(version, text);
    throw error("too-short", 422);
  });
  await assert.rejects(refusal, { code: "too-short" });
  draft.input("kort, nu langer");
  await clock.pass(1500);
  await clock.pass(0);
  assert.equal(draft.conflict, null);
  assert.equal(host.text, "kort, nu langer");
});

test("a text changed elsewhere is never handed in unseen", async () => {
  const { draft, host } = open();
  host.elsewhere("van een ander toestel");
  const submitted = draft.submit(async (version) => {
    if (version !== host.version) throw host.stale();
    throw new Error("handed in a text that the learner has not seen");
  });
  await assert.rejects(submitted, { code: "draft-stale" });
  assert.equal(draft.text, "van een ander toestel");
});

test("leaving keeps only what the host does not have", async () => {
  const { draft, host, clock, storage } = open();
  draft.input("bewaard");
  await clock.pass(1500);
  draft.leave();
  assert.deepEqual(copies(storage), []);
  host.faults = ["offline"];
  draft.input("bewaard en niet bewaard");
  await clock.pass(1500);
  draft.leave();
  assert.deepEqual(copies(storage), ["bewaard en niet bewaard"]);
});

test("a copy of an older text is laid beside the newer one of the host", async () => {
  const before = open();
  before.host.faults = ["offline"];
  before.draft.input("van hier");
  await before.clock.pass(1500);
  before.host.elsewhere("van daar");
  const { draft, found } = open({ host: before.host, storage: before.storage });
  assert.equal(found.copy, "conflict");
  assert.equal(draft.text, "van hier");
  assert.equal(draft.conflict.theirs, "van daar");
});

test("a copy without changes of its own gives way to a newer text", async () => {
  const before = open();
  before.host.elsewhere("van daar");
  before.draft.input("van hier");
  await before.clock.pass(1500);
  before.draft.input(""); // back to what this page began with, while the choice is still open
  before.draft.leave();
  const { draft, found } = open({ host: before.host, storage: before.storage });
  assert.equal(found.copy, "none");
  assert.equal(draft.text, "van daar");
});

test("a copy that can no longer be saved is handed to the learner and stays until it is thrown away", async () => {
  const before = open();
  before.host.faults = ["offline"];
  before.draft.input("te laat");
  await before.clock.pass(1500);
  const draft = new Draft({ key: "hanne", storage: before.storage, save: before.host.save });
  const found = draft.load({ ...before.host.state, canSave: false });
  assert.deepEqual(found, { copy: "orphan", orphan: "te laat" });
  draft.leave();
  assert.deepEqual(copies(before.storage), ["te laat"]);
  draft.copy.forget();
  assert.deepEqual(copies(before.storage), []);
});

test("one learner's copy is not another's", async () => {
  const before = open();
  before.host.faults = ["offline"];
  before.draft.input("van Hanne");
  await before.clock.pass(1500);
  const { draft, found } = open({ storage: before.storage, key: "yusuf" });
  assert.equal(found.copy, "none");
  assert.equal(draft.text, "");
});

test("a damaged copy is ignored", () => {
  const storage = new Storage();
  for (const damaged of ["{", "null", "[]", '{"text": 3, "base": ""}']) {
    storage.setItem("vk:draft:hanne", damaged);
    assert.equal(open({ storage }).found.copy, "none");
  }
});

test("a browser that refuses its storage still saves to the host", async () => {
  const refuse = () => { throw new Error("SecurityError"); };
  const { draft, host, clock } = open({ storage: { getItem: refuse, setItem: refuse, removeItem: refuse } });
  draft.input("toch bewaard");
  await clock.pass(1500);
  assert.deepEqual(host.saves, ["toch bewaard"]);
});

test("an element that leaves the page saves no more, and its copy stays", async () => {
  const { draft, host, clock, storage } = open();
  draft.input("weg");
  draft.leave();
  draft.stop();
  await clock.pass(60000);
  assert.deepEqual(host.saves, []);
  assert.deepEqual(copies(storage), ["weg"]);
});

test("whatever order typing, faults and time come in, the last text typed ends up with the host", async () => {
  let seed = 7;
  const random = (below) => ((seed = (seed * 48271) % 2147483647) % below);
  for (let run = 0; run < 200; run += 1) {
    const { draft, host, clock } = open();
    for (let step = 0; step < 12; step += 1) {
      host.faults = [["offline"], ["lost"], [error("unavailable", 503)], [], []][random(5)];
      draft.input(`run ${run} stap ${step}`);
      await clock.pass(random(4000));
      if (random(4) === 0) await draft.retry();
    }
    host.faults = [];
    await clock.pass(600000);
    assert.equal(draft.conflict, null, `run ${run}`);
    assert.equal(host.text, `run ${run} stap 11`);
    assert.equal(draft.status, "saved");
  }
});

test("a browser that refuses its storage loses nothing when the host is asked again", async () => {
  const refusing = { getItem() { throw new Error("nee"); }, setItem() { throw new Error("nee"); }, removeItem() { throw new Error("nee"); } };
  for (const storage of [null, refusing]) {
    const { draft, host, clock } = open({ storage });
    draft.input("nog niet bewaard");
    assert.deepEqual(draft.load(host.state), { copy: "restored" });
    assert.equal(draft.text, "nog niet bewaard");
    await clock.pass(2000);
    assert.deepEqual(host.saves, ["nog niet bewaard"]);
    draft.input("nog iets");
    assert.deepEqual(draft.load({ ...host.state, canSave: false }), { copy: "orphan", orphan: "nog iets" });
  }
});

test("an answer that fails after a stale version leaves the text to be saved as planned", async () => {
  const { draft, host, clock } = open();
  draft.input("getypt");
  host.elsewhere("");
  const answers = ["stale", "offline"];
  const asked = draft.act(async () => {
    throw answers.shift() === "stale" ? host.stale() : error("offline", 0);
  });
  await assert.rejects(asked, { code: "offline" });
  await clock.pass(2000);
  assert.deepEqual(host.saves, ["getypt"]);
  assert.equal(draft.status, "saved");
});
