// The page works without this: its button sends the same form.
document.querySelector("form[data-answer]")?.requestSubmit();
