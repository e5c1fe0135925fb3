/** Tells the platform how tall the page is, so that its frame can follow (`lti.frameResize`, as Canvas and others read it). */

const BREATH = 8; // px under the last line, so that no scrollbar appears for a fraction of a pixel

if (window.parent !== window) {
  let told = 0;
  const tell = () => {
    const height = Math.ceil(document.body.lastElementChild.getBoundingClientRect().bottom + window.scrollY) + BREATH;
    if (height === told) return;
    told = height;
    // A height gives nothing away, and the platform's origin may be any of the registered ones.
    window.parent.postMessage(JSON.stringify({ subject: "lti.frameResize", height }), "*");
  };
  new ResizeObserver(tell).observe(document.body);
  tell();
}
