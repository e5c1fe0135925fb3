/** Passkeys: asks the server what to ask, asks the browser, and sends back what it answers. */

import { say } from "../shared/language.js";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
const given = (one) => ({ ...one, id: bytes(one.id) });

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.detail);
  return told;
}

async function made({ challenge, user, excludeCredentials = [], ...rest }) {
  const credential = await navigator.credentials.create({
    publicKey: {
      ...rest,
      challenge: bytes(challenge),
      user: { ...user, id: bytes(user.id) },
      excludeCredentials: excludeCredentials.map(given),
    },
  });
  const { clientDataJSON, attestationObject } = credential.response;
  return answered(credential, { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject) });
}

async function shown({ challenge, allowCredentials = [], ...rest }) {
  const credential = await navigator.credentials.get({
    publicKey: { ...rest, challenge: bytes(challenge), allowCredentials: allowCredentials.map(given) },
  });
  const { clientDataJSON, authenticatorData, signature, userHandle } = credential.response;
  return answered(credential, {
    clientDataJSON: text(clientDataJSON),
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    userHandle: userHandle && text(userHandle),
  });
}

function answered(credential, response) {
  return { id: credential.id, rawId: credential.id, type: credential.type, response };
}

const form = document.querySelector("form[data-passkey]");
const told = document.querySelector("[data-told]");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const link = form.elements.link?.value;
  const body = link ? { link } : {};
  told.textContent = "";
  try {
    const { id, options } = await post(`${form.action}/options`, body);
    const answer = await (link ? made(options) : shown(options));
    const { go } = await post(form.action, { ...body, id, answer });
    location.assign(go);
  } catch (fault) {
    // NotAllowedError: cancelled, too late, or no passkey for this address; the browser does not say which.
    told.textContent =
      fault.name === "NotAllowedError"
        ? say("Er is geen toegangssleutel gebruikt. Probeer het opnieuw wanneer je wilt.")
        : fault instanceof TypeError || fault instanceof SyntaxError
          ? say("De server antwoordt niet. Probeer het straks opnieuw.")
          : fault.message;
  }
});
if (!window.PublicKeyCredential) {
  told.textContent = say("Deze browser kent geen toegangssleutels. Neem een recente versie van Chrome, Edge, Firefox of Safari.");
}
