/* The search box as a combobox: children are found while typing (htmx fetches the list), the arrow keys walk through
   them, Enter opens the chosen one, Escape closes. Without this file Enter shows the page of results. */
(function () {
  "use strict";

  const box = document.getElementById("find");
  const list = document.getElementById("found");
  const said = document.getElementById("found-said");
  if (!box || !list || typeof htmx === "undefined") { return; }

  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-expanded", "false");
  let chosen = -1;

  function options() { return Array.from(list.querySelectorAll("[role=option]")); }
  function choose(index) {
    const all = options();
    chosen = all.length ? (index + all.length) % all.length : -1;
    all.forEach(function (option, number) {
      option.setAttribute("aria-selected", String(number === chosen));
      if (number === chosen) { option.scrollIntoView({ block: "nearest" }); }
    });
    if (chosen < 0) { box.removeAttribute("aria-activedescendant"); } else { box.setAttribute("aria-activedescendant", all[chosen].id); }
  }
  function close() {
    list.replaceChildren();
    chosen = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
    box.removeAttribute("aria-controls");
  }

  list.addEventListener("htmx:afterSwap", function () {
    chosen = -1;
    const listbox = list.querySelector("[role=listbox]");
    box.setAttribute("aria-expanded", String(Boolean(listbox)));
    box.removeAttribute("aria-activedescendant");
    if (listbox) { box.setAttribute("aria-controls", listbox.id); } else { box.removeAttribute("aria-controls"); }
    const summary = list.querySelector("[data-said]");
    said.textContent = summary ? summary.dataset.said : "";
  });
  box.addEventListener("keydown", function (event) {
    const open = options().length > 0;
    if (event.key === "ArrowDown" && open) { event.preventDefault(); choose(chosen + 1); }
    if (event.key === "ArrowUp" && open) { event.preventDefault(); choose(chosen < 0 ? -1 : chosen - 1); }
    if (event.key === "Escape" && open) { event.preventDefault(); close(); }
    if (event.key === "Enter" && chosen >= 0) { event.preventDefault(); location.assign(options()[chosen].dataset.href); }
  });
  list.addEventListener("click", function (event) {
    const option = event.target.closest("[role=option]");
    if (option) { location.assign(option.dataset.href); }
  });
  document.addEventListener("click", function (event) {
    if (!event.target.closest(".top-find")) { close(); }
  });
  box.form.addEventListener("focusout", function (event) {
    if (event.relatedTarget && !event.relatedTarget.closest(".top-find")) { close(); }
  });
  box.addEventListener("focus", function () {
    if (box.value.trim().length > 1 && !list.children.length) { htmx.trigger(box, "input"); }
  });
})();
