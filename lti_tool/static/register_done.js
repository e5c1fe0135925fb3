/**
 * Hands an administrator back to the platform after a registration.
 * Source: LTI Dynamic Registration 1.0, 3.7. The platform's page may have another origin than its issuer (Canvas opens
 * ours inside the school's own address), so the message goes to whatever opened us; it says nothing but that we are done.
 */

import { say } from "../vk/language.js";

const around = globalThis.opener ?? (globalThis.parent === globalThis ? null : globalThis.parent);
const back = document.querySelector('[data-lti="back"]');
const close = document.querySelector('[data-lti="close"]');

if (around) {
  back.hidden = false;
  close.textContent = "";
  back.querySelector("button").addEventListener("click", () => {
    around.postMessage({ subject: "org.imsglobal.lti.close" }, "*");
    close.textContent = say("Blijft dit venster open, dan mag je het sluiten.");
  });
}
