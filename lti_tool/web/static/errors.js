// A form that came back with errors: begin at their list, as a sighted person would.
document.querySelector("[data-error-summary]")?.focus();

// A link in the list leads to a fieldset for groups of controls: put the focus on its first control.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-error-summary] a[href^='#']");
  const target = link && document.getElementById(link.hash.slice(1));
  if (!target) return;
  event.preventDefault();
  const control = target.matches("fieldset") ? target.querySelector("input:not([tabindex='-1']), select, textarea") : target;
  (control ?? target).focus();
});
