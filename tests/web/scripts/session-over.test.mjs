/** What the page says of an unsaved text when the session is over: never more than the browser and the host can keep. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { sessionOver } from "../../../veranderkracht/web/static/session-over.js";
import { WORDS } from "../../../veranderkracht/web/static/draft-words.js";

const AREA = { focus() {}, select() {} };
const note = (given) =>
  sessionOver({ words: WORDS.text, launched: true, lasting: true, framed: true, area: AREA, retry: "retry", ...given });

test("a text that the tab keeps comes along with a new launch", () => {
  const [text, label] = note({});
  assert.match(text, /je tekst komt dan mee/);
  assert.equal(label, "");
});

test("a text that the browser keeps nowhere, or in another tab, is copied by hand", () => {
  for (const given of [{ lasting: false }, { framed: false }]) {
    const [text, label] = note(given);
    assert.match(text, /Kopieer hem/);
    assert.doesNotMatch(text, /komt dan mee/);
    assert.equal(label, "Kopieer je tekst");
  }
});

test("a form that nobody keeps is printed, for it is in no one text to copy", () => {
  const [text, label] = note({ words: WORDS.sheet, area: null, lasting: false });
  assert.match(text, /^Je sessie is verlopen. Je werkblad staat nog op deze pagina, maar komt niet vanzelf mee/);
  assert.equal(label, "Afdrukken");
});

test("a page with a session that can come back is tried again", () => {
  assert.deepEqual(note({ launched: false }).slice(1), ["Opnieuw proberen", "retry"]);
  const [text, , act] = note({ launched: false, lasting: false });
  assert.doesNotMatch(text, /komt dan mee/);
  assert.equal(act, "retry");
});

test("copying selects the text, and says so where the browser forbids the rest", () => {
  for (const [allowed, said] of [[true, "Gekopieerd"], [false, "Geselecteerd: kopieer met Ctrl+C"]]) {
    const did = [];
    const area = { focus: () => did.push("focus"), select: () => did.push("select") };
    globalThis.document = { execCommand: () => allowed };
    const button = { textContent: "Kopieer je tekst" };
    note({ lasting: false, area })[2]({ currentTarget: button });
    delete globalThis.document;
    assert.deepEqual(did, ["focus", "select"]);
    assert.equal(button.textContent, said);
  }
});
