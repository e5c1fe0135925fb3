/* The gallery's adapter, as small as a host's can be. */
import { attach, httpHost } from "/static/vk.js";

const main = document.querySelector("main");
attach(main, httpHost({ key: main.dataset.api, url: (op) => main.dataset.api + op }));
