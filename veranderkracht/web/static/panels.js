/** What feedback and conversations both show: help in a crisis, and the passage that something rests on. */

import { paragraphs } from "./element.js";

/** Give the panel that takes the place of an answer when somebody is in need. */
export function crisisPanel(element, { title, text, contacts }) {
  const list = contacts.map(({ name, tel, url, text: says }) => {
    const site = onTheWeb(url) ? new URL(url).hostname : null;
    const contact = element.build("t-contact", { name, text: says, tel: tel || null, url: site });
    if (tel) contact.slots.tel.href = `tel:${tel.replace(/[^+\d]/g, "")}`;
    if (site) contact.slots.url.href = url;
    return contact;
  });
  return element.build("t-crisis", { title, text, contacts: list });
}

/** Give a source as a card that opens. */
export function sourceCard(element, { title, url, text }) {
  const card = element.build("t-source", { title, text: paragraphs(text) });
  if (onTheWeb(url)) card.slots.url.href = url;
  else card.slots.url.parentElement.remove();
  return card;
}

/** A source may be a book, and its address then no place to go to. */
function onTheWeb(url) {
  return /^https?:\/\/[^/]/i.test(url ?? "");
}
