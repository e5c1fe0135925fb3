/** Moments in words: near ones short, all of them exact on hover. Input is ISO 8601; output in the reader's own zone. */

import { locale, say } from "./language.js";

const clock = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(locale, { weekday: "long" });
const date = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long" });
const dateAndYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" });
const exactly = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "medium" });

/** Give, in Dutch, "om 21:14" for today, then "gisteren om 21:14", "maandag om 21:14", "op 3 november om 21:14". */
export function near(iso, now = new Date()) {
  const moment = new Date(iso);
  const time = clock.format(moment);
  const days = Math.round((startOfDay(now) - startOfDay(moment)) / 86400000);
  if (days === 0) return say("om {time}", { time });
  if (days === 1) return say("gisteren om {time}", { time });
  if (days > 1 && days < 7) return say("{day} om {time}", { day: weekday.format(moment), time });
  const day = (moment.getFullYear() === now.getFullYear() ? date : dateAndYear).format(moment);
  return say("op {day} om {time}", { day, time });
}

export function exact(iso) {
  return exactly.format(new Date(iso));
}

function startOfDay(moment) {
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate());
}
