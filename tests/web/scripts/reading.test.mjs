/** The small rules of the page: words, points, moments, and where a quote stands. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { add, written } from "../../../veranderkracht/web/static/decimals.js";
import { annotate, annotateSheet, locate } from "../../../veranderkracht/web/static/marks.js";
import { near } from "../../../veranderkracht/web/static/moments.js";
import { countWords, measure } from "../../../veranderkracht/web/static/words.js";

test("points are added exactly", () => {
  assert.equal(add(["0.1", "0.2"]), "0.3");
  assert.equal(add(["1.5", "1.5", "2", "2.05"]), "7.05");
  assert.equal(add(["2.5", "7.5"]), "10");
  assert.equal(add(["10", "20"]), "30");
  assert.equal(add([]), "0");
  assert.equal(add(Array(1000).fill("0.01")), "10");
  assert.throws(() => add(["1e3"]), TypeError);
});

test("points are written the Flemish way", () => {
  assert.deepEqual(["7.50", "10", "0", "0.05", "100", "7.0"].map(written), ["7,5", "10", "0", "0,05", "100", "7"]);
});

test("a text knows where it stands against its limits", () => {
  const limits = { min_words: 3, max_words: 5 };
  assert.deepEqual(measure("één woord", limits), { words: 2, within: false, text: "2 woorden, nog 1 te gaan" });
  assert.deepEqual(measure("dit is genoeg", limits), { words: 3, within: true, text: "3 woorden" });
  assert.deepEqual(measure("nu zijn het er toch te", limits), { words: 6, within: false, text: "6 woorden, 1 te veel" });
  assert.equal(measure("", {}).within, false);
});

test("words with apostrophes and hyphens count once", () => {
  assert.equal(countWords("collega’s in 't zorg-team: 2 à 3 … – ok"), 8);
});

test("near moments are told in words, far ones by date", () => {
  const now = new Date(2026, 10, 23, 21, 30);
  const said = (...moment) => near(new Date(...moment).toISOString(), now);
  assert.equal(said(2026, 10, 23, 21, 14), "om 21:14");
  assert.equal(said(2026, 10, 22, 23, 59), "gisteren om 23:59");
  assert.equal(said(2026, 10, 18, 9, 5), "woensdag om 9:05");
  assert.equal(said(2026, 10, 3, 9, 5), "op 3 november om 9:05");
  assert.equal(said(2025, 10, 3, 9, 5), "op 3 november 2025 om 9:05");
});

test("a quote is found whatever its white space, and never as a pattern", () => {
  assert.deepEqual(locate("Ze zei:\nkom (soms) mee.", "zei: kom (soms)"), [3, 18]);
  assert.equal(locate("alles", "a.l"), null);
  assert.equal(locate("alles", null), null);
  assert.equal(locate("alles", "  "), null);
});

test("the text comes back whole, in paragraphs with their notes beside them", () => {
  const text = "Eerst dit. Dan dat.\n\nEn dan nog iets.";
  const { paragraphs, loose } = annotate(text, ["dan nog", "Dan dat.", "staat er niet", "dit. Dan"]);
  assert.deepEqual(loose, [2]);
  assert.deepEqual(paragraphs.map(({ notes }) => notes), [[3, 1], [0]]);
  assert.deepEqual(paragraphs.map(({ segments }) => segments.map((one) => one.text).join("")), [
    "Eerst dit. Dan dat.",
    "En dan nog iets.",
  ]);
  assert.deepEqual(paragraphs[0].segments, [
    { text: "Eerst ", notes: [], ends: [] },
    { text: "dit. ", notes: [3], ends: [] },
    { text: "Dan", notes: [1, 3], ends: [3] },
    { text: " dat.", notes: [1], ends: [1] },
  ]);
});

test("a quote over two paragraphs has its note where it starts and its number where it ends", () => {
  const { paragraphs } = annotate("Hij zweeg.\nToen ging hij.", ["zweeg. Toen"]);
  assert.deepEqual(paragraphs.map(({ notes }) => notes), [[0], []]);
  assert.deepEqual(paragraphs.map(({ segments }) => segments.flatMap(({ ends }) => ends)), [[], [0]]);
});

test("a quote from a worksheet stands in the one field that holds it", () => {
  const filled = [
    { title: "Vraag", fields: [{ label: "Wat?", text: "Iets anders.\nDe kok." }, { label: "Wie?", text: "de kok zegt" }] },
    { title: "Rij 1", fields: [{ label: "Wie?", text: "de kok" }] },
  ];
  const { parts, loose } = annotateSheet(filled, ["de kok", "anders. De", "Wat?"]);
  assert.deepEqual(loose, [2]); // a label is not the writer's
  assert.deepEqual(parts.map(({ title }) => title), ["Vraag", "Rij 1"]);
  assert.deepEqual(parts[0].fields.map(({ paragraphs }) => paragraphs.map(({ notes }) => notes)), [[[1], []], [[0]]]);
  assert.deepEqual(parts[1].fields[0].paragraphs[0].notes, []);
});
