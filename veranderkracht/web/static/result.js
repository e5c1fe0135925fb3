/** What came of handed-in work: waiting, being read, or graded, with levels and comments once they are published. */

import { part, paragraphs } from "./element.js";
import { written } from "./decimals.js";
import { later, say } from "./language.js";
import { near } from "./moments.js";

const WAITING = {
  submitted: [later("Ingediend"), later("Je hebt dit ingediend {when}. Je docent heeft het nog niet gelezen.")],
  "in-review": [later("Je docent leest je tekst"), later("Je hebt dit ingediend {when}. Aanpassen kan nu niet meer; je beoordeling verschijnt hier.")],
  published: [later("Je beoordeling"), ""],
  done: [later("Afgerond"), later("Je rondde dit af {when}. Aanpassen kan nog.")],
};

export function showResult(element, { status, submission, assessment }) {
  const said = submission && WAITING[status];
  part(element, "result").hidden = !said;
  part(element, "assessment").replaceChildren();
  if (!said) return;
  const [title, text] = said;
  part(element, "result").classList.toggle("is-waiting", !assessment);
  part(element, "result-title").textContent = say(title);
  part(element, "result-text").textContent = text && say(text, { when: near(submission.submitted_at) });
  if (assessment) part(element, "assessment").replaceChildren(graded(element, assessment));
}

function graded(element, { score, maximum, levels, comments, comment }) {
  const scored = score !== null && score !== undefined;
  const made = element.build("t-assessment", {
    points: scored ? written(score) : "",
    maximum: scored ? say("op {maximum}", { maximum: written(maximum) }) : "",
    comment: comment ? paragraphs(comment) : null,
    criteria: criteria(element, levels, comments),
  });
  if (!scored) made.slots.score.remove();
  return made;
}

/** Names and descriptors come from the rubric that stands on the page. */
function criteria(element, levels, comments) {
  const known = [...element.querySelectorAll("[data-vk-criterion]")];
  const assessed = known.filter(({ dataset: { vkCriterion: id } }) => levels[id] || comments[id]);
  return assessed.map((shown) => {
    const id = shown.dataset.vkCriterion;
    const level = levels[id] && shown.querySelector(`[data-vk-level="${CSS.escape(levels[id])}"]`);
    const [title, points] = level ? [...level.querySelector("dt").childNodes].map((node) => node.textContent.trim()) : [];
    shown.querySelectorAll(".is-reached").forEach((other) => other.classList.remove("is-reached"));
    level?.classList.add("is-reached");
    const made = element.build("t-criterion", {
      title: shown.querySelector(".vk-criterion-title").textContent,
      level: title ?? null,
      points: points ?? null,
      descriptor: level?.querySelector("dd").textContent ?? null,
      comment: comments[id] ? paragraphs(comments[id]) : null,
    });
    if (!level) made.slots.reached.remove();
    return made;
  });
}
