/**
 * HTML that came in a JSON answer. The server has sanitised it; this is the second lock on the same door: it is parsed in
 * a document that runs nothing, and whatever could run or load is dropped before it is adopted.
 */

const UNWANTED = "script, style, link, meta, base, iframe, frame, object, embed, form, input, button, textarea, svg, math, template";
const ADDRESS = /^(https?:|mailto:|tel:|#|\/|\.)/i;

export function adopt(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  for (const element of parsed.body.querySelectorAll(UNWANTED)) element.remove();
  for (const element of parsed.body.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes]) {
      const address = name === "href" || name === "src";
      if (name.startsWith("on") || name === "style" || name === "srcdoc" || (address && !ADDRESS.test(value.trim()))) {
        element.removeAttribute(name);
      }
    }
  }
  const fragment = document.createDocumentFragment();
  for (const node of [...parsed.body.childNodes]) fragment.append(document.adoptNode(node));
  return fragment;
}
