/** Studio's form: saves through the block's handler, and says what is wrong without closing the window. */

import { httpHost } from "./vk/host.js";
import { say } from "./vk/language.js";
import { handlers } from "./handlers.js";

const SAID = {
  offline: say("Geen verbinding, dus nog niet bewaard. Wat je invulde, staat er nog. Probeer zo opnieuw."),
  "session-expired": say("Je sessie is verlopen. Meld je in een ander tabblad opnieuw aan bij Studio en probeer dan opnieuw."),
};

export function start(runtime, root) {
  const part = (name) => root.querySelector(`[data-vk="${name}"]`);
  const form = part("studio");
  const host = httpHost({ key: "", ...handlers(runtime, root) });

  function tell(error) {
    const field = form.elements[error.body?.field];
    const text = SAID[error.code] ?? error.detail;
    part("studio-error-text").textContent = text || say("Bewaren lukt nu niet. Wat je invulde, staat er nog; probeer het straks opnieuw.");
    part("studio-error").hidden = false;
    field?.setAttribute("aria-invalid", "true");
    (field ?? part("studio-error")).focus();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const save = part("studio-save");
    save.disabled = true;
    part("studio-saved").textContent = "";
    for (const each of form.elements) each.removeAttribute("aria-invalid");
    try {
      await host.call("studio_submit", Object.fromEntries(new FormData(form)));
      part("studio-error").hidden = true;
      part("studio-saved").textContent = say("Bewaard.");
      // This closes Studio's window. We never say "start": Studio would cover the form until it heard of an end.
      runtime.notify?.("save", { state: "end" });
    } catch (error) {
      if (!error.code) throw error;
      tell(error);
    } finally {
      save.disabled = false;
    }
  });
  part("studio-cancel").addEventListener("click", () => runtime.notify?.("cancel", {}));
}
