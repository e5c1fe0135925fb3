// The iframe follows the height of its content, as learning platforms do (subject lti.frameResize).
const frame = document.querySelector("iframe");
window.addEventListener("message", (event) => {
  if (event.source !== frame.contentWindow) return;
  const message = typeof event.data === "string" ? parse(event.data) : event.data;
  if (message && message.subject === "lti.frameResize" && Number.isFinite(message.height)) {
    frame.style.height = `${Math.min(Math.max(message.height, 320), 30000)}px`;
  }
});

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
