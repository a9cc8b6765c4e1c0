/* A button that copies the text of a box. Without this file the text can be selected and copied by hand. */
(function () {
  "use strict";
  document.querySelectorAll("[data-copy]").forEach(function (button) {
    const box = document.getElementById(button.dataset.copy);
    if (!box) { return; }
    button.hidden = false;
    button.addEventListener("click", async function () {
      box.focus();
      box.select();
      try {
        await navigator.clipboard.writeText(box.value);
      } catch {
        document.execCommand("copy");   /* pages without https have no clipboard of their own */
      }
      button.textContent = button.dataset.copied;
    });
  });
})();
