/** Sends the signed answer on to the platform at once; without script there is the button. */
document.getElementById("lti-hand-over").requestSubmit();
