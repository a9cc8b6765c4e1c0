/* Grids of results: Enter and the arrows go from child to child; a row says at its cell what is wrong with it. */
(function () {
  "use strict";
  function cells(form) { return Array.from(form.querySelectorAll("[data-cell]")); }
  document.addEventListener("keydown", function (event) {
    const cell = event.target;
    if (!cell.matches || !cell.matches("[data-grid] [data-cell]")) { return; }
    if (event.ctrlKey || event.metaKey || event.altKey) { return; }
    const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" || event.key === "Enter" ? 1 : 0;
    if (!step) { return; }
    event.preventDefault();
    const all = cells(cell.form);
    const next = all[all.indexOf(cell) + step];
    if (next) { next.focus(); next.select(); } else if (step > 0) {
      const save = cell.form.querySelector("button.btn-primary");
      if (save) { save.focus(); }
    }
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    const row = event.target.closest("[data-grid] tr");
    if (!row) { return; }
    const wrong = Boolean(row.querySelector("[data-wrong]"));
    row.classList.toggle("has-error", wrong);
    const cell = row.querySelector("[data-cell]");
    if (wrong) { cell.setAttribute("aria-invalid", "true"); } else { cell.removeAttribute("aria-invalid"); }
  });
})();
