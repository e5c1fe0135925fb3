/** Moments in words: near ones short, all of them exact on hover. Input is ISO 8601; output in the reader's own zone. */

const clock = new Intl.DateTimeFormat("nl-BE", { hour: "numeric", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat("nl-BE", { weekday: "long" });
const date = new Intl.DateTimeFormat("nl-BE", { day: "numeric", month: "long" });
const dateAndYear = new Intl.DateTimeFormat("nl-BE", { day: "numeric", month: "long", year: "numeric" });
const exactly = new Intl.DateTimeFormat("nl-BE", { dateStyle: "full", timeStyle: "medium" });

/** Give "om 21:14" for today, then "gisteren om 21:14", "maandag om 21:14", "op 3 november om 21:14". */
export function near(iso, now = new Date()) {
  const moment = new Date(iso);
  const at = `om ${clock.format(moment)}`;
  const days = Math.round((startOfDay(now) - startOfDay(moment)) / 86400000);
  if (days === 0) return at;
  if (days === 1) return `gisteren ${at}`;
  if (days > 1 && days < 7) return `${weekday.format(moment)} ${at}`;
  return `op ${(moment.getFullYear() === now.getFullYear() ? date : dateAndYear).format(moment)} ${at}`;
}

export function exact(iso) {
  return exactly.format(new Date(iso));
}

function startOfDay(moment) {
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate());
}
