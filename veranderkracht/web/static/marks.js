/** Where quoted passages stand in a text: the text in paragraphs and segments, each knowing which notes touch it. */

/** Find a quote; white space may differ, for a quote can run over a line end. Gives `[start, end]` or null. */
export function locate(text, quote) {
  const words = quote?.trim().split(/\s+/u) ?? [];
  if (!words[0]) return null;
  const pattern = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("\\s+");
  const found = new RegExp(pattern, "u").exec(text);
  return found ? [found.index, found.index + found[0].length] : null;
}

/**
 * Split a text for the margin. Gives `{paragraphs, loose}`: each paragraph `{segments: [{text, notes}], notes}`, where a
 * segment's `notes` are the indexes of the quotes that cover it, `ends` those that end with it, and a paragraph's `notes`
 * those that start in it; `loose` are the indexes of quotes that are not in the text.
 */
export function annotate(text, quotes) {
  const spans = quotes.map((quote, note) => ({ note, span: locate(text, quote) }));
  const placed = spans.filter(({ span }) => span).map(({ note, span: [start, end] }) => ({ note, start, end }));
  const paragraphs = [];
  for (const match of text.matchAll(/[^\n]+/g)) {
    if (!match[0].trim()) continue;
    const [from, to] = [match.index, match.index + match[0].length];
    const here = placed.filter(({ start, end }) => start < to && end > from);
    const cuts = new Set([from, to]);
    for (const { start, end } of here) cuts.add(Math.max(start, from)).add(Math.min(end, to));
    const edges = [...cuts].sort((a, b) => a - b);
    paragraphs.push({
      segments: edges.slice(1).map((edge, index) => ({
        text: text.slice(edges[index], edge),
        notes: here.filter(({ start, end }) => start < edge && end > edges[index]).map(({ note }) => note),
        ends: here.filter(({ end }) => end === edge).map(({ note }) => note),
      })),
      notes: here.filter(({ start }) => start >= from).sort((a, b) => a.start - b.start).map(({ note }) => note),
    });
  }
  return { paragraphs, loose: spans.filter(({ span }) => !span).map(({ note }) => note) };
}

/**
 * Split a worksheet, `[{title, fields: [{label, text}]}]`, for the margin: `{parts, loose}`, where each field has the
 * `paragraphs` of its text. A quote stands in the first field that holds it.
 */
export function annotateSheet(filled, quotes) {
  const texts = filled.flatMap(({ fields }) => fields.map(({ text }) => text));
  const homes = quotes.map((quote) => texts.findIndex((text) => locate(text, quote)));
  let place = -1;
  const parts = filled.map(({ title, fields }) => ({
    title,
    fields: fields.map(({ label, text }) => {
      place += 1;
      return { label, paragraphs: annotate(text, quotes.map((quote, index) => (homes[index] === place ? quote : null))).paragraphs };
    }),
  }));
  return { parts, loose: homes.flatMap((home, index) => (home < 0 ? [index] : [])) };
}
