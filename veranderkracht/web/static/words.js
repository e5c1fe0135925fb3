/** Counting words as the rules do (activities/words.py): letters or digits, with their apostrophes and hyphens. */

import { plural, say } from "./language.js";

const WORD = /[\p{L}\p{N}_]+(?:['’\-‑][\p{L}\p{N}_]+)*/gu;

export function countWords(text) {
  return text.match(WORD)?.length ?? 0;
}

/** Say where a text stands against its limits: `{words, text, within}`; `within` is false when it cannot be handed in. */
export function measure(text, { min_words = 0, max_words: max = 0 } = {}) {
  const min = Math.max(min_words, 1);
  const words = countWords(text);
  const said = plural("1 woord", "{n} woorden", words);
  if (words < min) return { words, within: false, text: min_words ? say("{words}, nog {n} te gaan", { words: said, n: min - words }) : said };
  if (max && words > max) return { words, within: false, text: say("{words}, {n} te veel", { words: said, n: words - max }) };
  return { words, within: true, text: said };
}
