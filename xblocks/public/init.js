/* The classic way in that a fragment can name: it brings the block's own module, which lies beside this file. */
function VeranderkrachtBlock(runtime, element, data) {
  var root = element.get ? element.get(0) : element;
  import(data.url).then(
    function (block) { block.start(runtime, root, data); },
    function () {
      root.querySelectorAll("[data-vk=trouble], [data-vk=studio-error]").forEach(function (note) {
        note.hidden = false;
        note.querySelector("p").textContent = data.broken;
      });
    }
  );
}
