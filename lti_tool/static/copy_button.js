/**
 * Copies a value beside a button, and says so to everybody. Without script there is no button, and the value is text.
 * By selection: the pages' policy leaves the clipboard's own interface off, and plain http has none.
 */

import { say } from "../vk/language.js";

const status = document.querySelector("[data-copied]");

function copy(button) {
  const value = document.getElementById(button.dataset.copy);
  const name = document.getElementById(`${button.dataset.copy}-naam`).textContent;
  const selection = getSelection();
  const range = document.createRange();
  range.selectNodeContents(value);
  selection.removeAllRanges();
  selection.addRange(range);
  const done = document.execCommand("copy");
  if (done) selection.removeAllRanges();
  // Emptied first, so that the same words are said again.
  status.textContent = "";
  status.textContent = done
    ? say("Gekopieerd: {name}", { name })
    : say("Kopiëren lukte niet. De waarde is geselecteerd: druk op Ctrl en C.");
  for (const other of document.querySelectorAll("[data-copy]")) word(other).textContent = say("Kopieer");
  word(button).textContent = done ? say("Gekopieerd") : say("Druk op Ctrl+C");
}

function word(button) {
  return document.getElementById(`${button.dataset.copy}-knop`);
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}
