/* What the pages do beyond HTML. Every page works without this file; nothing here decides anything. */
(function () {
  "use strict";

  /* Single keys work outside text fields only, and can be switched off on the help page (WCAG 2.1.4). */
  const KEYS_OFF = "elplan-keys-off";
  function keysAreOff() {
    try { return localStorage.getItem(KEYS_OFF) === "1"; } catch { return false; }
  }
  function isTyping(element) {
    return element && (element.isContentEditable || /^(input|select|textarea)$/i.test(element.tagName));
  }
  document.addEventListener("keydown", function (event) {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target) && !keysAreOff()) {
      const find = document.getElementById("find");
      if (find) { event.preventDefault(); find.focus(); find.select(); }
    }
    if (event.key === "Escape" && location.hash === "#menu") {
      location.hash = "#page";
      const opener = document.querySelector(".to-menu");
      if (opener) { opener.focus(); }
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) {
      const button = event.target.form.querySelector("button[type=submit].btn-primary");
      if (button) { event.preventDefault(); event.target.form.requestSubmit(button); }
    }
  });
  function showKeys() {
    const off = keysAreOff();
    document.querySelectorAll(".keys").forEach(function (element) { element.hidden = off; });
    document.querySelectorAll("[data-keys-switch]").forEach(function (button) {
      button.hidden = false;
      button.textContent = off ? button.dataset.on : button.dataset.off;
      button.setAttribute("aria-pressed", String(off));
    });
  }
  document.addEventListener("click", function (event) {
    if (!event.target.closest("[data-keys-switch]")) { return; }
    try { localStorage.setItem(KEYS_OFF, keysAreOff() ? "0" : "1"); } catch { return; }
    showKeys();
  });

  /* A form with typed values warns before it is left; a form that is being sent is not sent twice. */
  let unsaved = false;
  document.addEventListener("input", function (event) {
    if (event.target.form && event.target.form.hasAttribute("data-unsaved")) { unsaved = true; }
  });
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.closest("[hx-boost]")) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (!form.hasAttribute("data-download")) { form.dataset.sent = "1"; }
    unsaved = false;
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });
  window.addEventListener("beforeunload", function (event) {
    if (unsaved) { event.preventDefault(); }
  });

  /* Fields that are asked only when another one has a certain value (see district.forms.shown_when). */
  function valueOf(form, name) {
    const field = form.elements[name];
    if (!field) { return ""; }
    if (field.type === "checkbox") { return field.checked ? "on" : ""; }
    return field.value;
  }
  function showAsked(root) {
    root.querySelectorAll("[data-shown-when]").forEach(function (field) {
      const wrapper = field.closest(".field") || field;
      const values = (field.dataset.shownValues || "").split("|");
      wrapper.hidden = !values.includes(valueOf(field.form, field.dataset.shownWhen));
    });
  }
  document.addEventListener("change", function (event) {
    if (event.target.form) { showAsked(event.target.form); }
  });

  /* A box for a language is completed when it is left: from a code, the language's own name, or a beginning that fits
     one only. What fits none or several stays as it was typed, and the page says why when it is sent. */
  document.addEventListener("focusout", function (event) {
    const box = event.target;
    const typed = box.list ? box.value.trim().toLowerCase() : "";
    if (!typed) { return; }
    const options = Array.from(box.list.options);
    function isCalled(option) { return option.value.toLowerCase() === typed || (option.dataset.also || "").toLowerCase().split("|").includes(typed); }
    const begun = options.filter(function (option) { return option.value.toLowerCase().startsWith(typed); });
    const found = options.find(isCalled) || (typed.length > 1 && begun.length === 1 ? begun[0] : null);
    if (found && box.value !== found.value) {
      box.value = found.value;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });

  /* One box in the head of a list picks or drops all of its page; the bulk bar says how many are picked. */
  function countPicked(form) {
    const boxes = Array.from(form.querySelectorAll(".pick input[type=checkbox]:not([data-pick-all])"));
    const picked = boxes.filter(function (box) { return box.checked; }).length;
    form.querySelectorAll("[data-picked]").forEach(function (element) { element.textContent = String(picked); });
    const all = form.querySelector("[data-pick-all]");
    if (all) { all.checked = picked > 0 && picked === boxes.length; all.indeterminate = picked > 0 && picked < boxes.length; }
  }
  document.addEventListener("change", function (event) {
    const form = event.target.form;
    if (!form || !event.target.closest(".pick")) { return; }
    if (event.target.hasAttribute("data-pick-all")) {
      form.querySelectorAll(".pick input[type=checkbox]:not(:disabled)").forEach(function (box) { box.checked = event.target.checked; });
    }
    countPicked(form);
  });

  /* Filters are applied as soon as one is chosen; the button stays for everybody else. */
  document.addEventListener("change", function (event) {
    if (event.target.form && event.target.form.matches(".filters[data-at-once]")) { event.target.form.requestSubmit(); }
  });

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) { window.print(); }
  });

  function start(root) {
    showKeys();
    showAsked(root);
    root.querySelectorAll("[data-print]").forEach(function (button) { button.hidden = false; });
    root.querySelectorAll("form:has(.pick)").forEach(countPicked);
  }
  start(document);
  document.addEventListener("htmx:afterSwap", function (event) { start(event.target); });

  const errors = document.querySelector(".errors[role=alert]");
  if (errors) { errors.focus(); }
})();
