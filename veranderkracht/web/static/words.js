/** Counting words as the rules do (activities/words.py): letters or digits, with their apostrophes and hyphens. */

const WORD = /[\p{L}\p{N}_]+(?:['’\-‑][\p{L}\p{N}_]+)*/gu;

export function countWords(text) {
  return text.match(WORD)?.length ?? 0;
}

/** Say where a text stands against its limits: `{words, text, within}`; `within` is false when it cannot be handed in. */
export function measure(text, { min_words = 0, max_words: max = 0 } = {}) {
  const min = Math.max(min_words, 1);
  const words = countWords(text);
  const said = words === 1 ? "1 woord" : `${words} woorden`;
  if (words < min) return { words, within: false, text: min_words ? `${said}, nog ${min - words} te gaan` : said };
  if (max && words > max) return { words, within: false, text: `${said}, ${words - max} te veel` };
  return { words, within: true, text: said };
}
