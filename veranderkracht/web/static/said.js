/** One message of a conversation: Markdown that can do no harm, sources that open from their number, and what to do with it. */

import { later, say } from "./language.js";
import { sourceCard } from "./panels.js";
import { adopt } from "./safe-html.js";
import { Marked } from "./vendor/marked.js";

const STATES = { stopped: later("Je hebt dit antwoord gestopt."), failed: later("Dit antwoord is mislukt."), done: null };
const CITED = /\[(\d+)\]/g;

const shown = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

// HTML is shown as it is written; of images and links the words stay, for the assistant has no addresses to give.
const reader = new Marked({
  gfm: true,
  async: false,
  renderer: {
    html: ({ text }) => shown(text),
    image: ({ text }) => shown(text),
    link({ tokens }) {
      return this.parser.parseInline(tokens);
    },
  },
});

/** Give Markdown as nodes. */
export function markdown(text) {
  return adopt(reader.parse(text));
}

/** Build one message; `acts` holds what its buttons do: `retry()`, `thumb(value, reason, note)`. */
export function messageItem(element, message, acts) {
  const own = message.by === "learner";
  const item = element.build("t-message", {
    by: own ? say("Jij") : say("Assistent"),
    state: STATES[message.state] && say(STATES[message.state]),
  });
  item.classList.add(own ? "is-own" : "is-assistant");
  if (own) {
    item.slots.text.textContent = message.text;
    item.slots.acts.remove();
    return item;
  }
  const cards = message.sources.map((source) => {
    const card = sourceCard(element, { ...source, title: `[${source.id}] ${source.title}` });
    card.dataset.vkSource = source.id;
    return card;
  });
  item.slots.text.replaceChildren(markdown(message.text));
  item.slots.sources.replaceChildren(...cards);
  numbers(item.slots.text, cards);
  act(element, item, message, acts);
  return item;
}

/** Make the numbers of sources into buttons that open their card. */
function numbers(root, cards) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const text of texts) {
    const pieces = text.data.split(CITED);
    if (pieces.length === 1) continue;
    text.replaceWith(...pieces.map((piece, index) => (index % 2 ? number(piece, cards) : piece)));
  }
}

function number(id, cards) {
  const card = cards.find((one) => one.dataset.vkSource === id);
  if (!card) return "";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "vk-cite";
  button.textContent = id;
  button.setAttribute("aria-label", say("Bron {id}", { id }));
  button.onclick = () => {
    card.open = true;
    card.querySelector("summary").focus();
  };
  return button;
}

function act(element, item, message, { retry, thumb, told }) {
  const { slots } = item;
  if (message.state === "done" || !retry) slots.retry.remove();
  else slots.retry.onclick = retry;
  if (!message.text) {
    for (const name of ["copy", "up", "down"]) slots[name].remove();
    return;
  }
  slots.copy.onclick = async () => {
    try {
      await navigator.clipboard.writeText(message.text);
      told(say("Gekopieerd."));
    } catch {
      told(say("Kopiëren mag hier niet van je browser. Selecteer de tekst en kopieer ze zelf."));
    }
  };
  const press = (value) => {
    for (const name of ["up", "down"]) slots[name].setAttribute("aria-pressed", String(name === value));
  };
  press(message.thumb);
  for (const value of ["up", "down"]) {
    slots[value].onclick = async () => {
      const chosen = slots[value].getAttribute("aria-pressed") === "true" ? null : value;
      slots.why.replaceChildren();
      if (!(await thumb(chosen))) return;
      press(chosen);
      if (chosen === "down") why(element, slots, thumb, told);
    };
  }
}

function why(element, slots, thumb, told) {
  const form = element.build("t-why");
  slots.why.replaceChildren(form);
  form.onsubmit = async (event) => {
    event.preventDefault();
    const reason = form.querySelector("input:checked")?.value ?? null;
    if (!(await thumb("down", reason, form.slots.note.value))) return;
    form.remove();
    slots.down.focus();
    told(say("Bedankt. Zo wordt het beter."));
  };
}
