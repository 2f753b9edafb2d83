// The course page works without this: forms open activities in the frame by themselves.
"use strict";

const frame = document.getElementById("tool-frame");
const EMPTY = 120;
const OPENED = Number(frame?.height);
const SMALLEST = 240;
const LARGEST = 20000;

function announce(form) {
  const button = form.querySelector("button");
  frame.height = OPENED;
  frame.title = button.textContent.trim();
  frame.closest("section").scrollIntoView({ block: "nearest" });
}

// Tools ask for the height they need with the message that Canvas understands.
function resize(event) {
  if (event.source !== frame.contentWindow) return;
  let message = event.data;
  if (typeof message === "string") {
    try {
      message = JSON.parse(message);
    } catch {
      return;
    }
  }
  if (message === null || typeof message !== "object" || message.subject !== "lti.frameResize") return;
  const height = Number(message.height);
  if (Number.isFinite(height)) frame.height = Math.round(Math.min(LARGEST, Math.max(SMALLEST, height)));
}

function openWanted() {
  const wanted = document.querySelector("[data-open]").dataset.open;
  for (const item of document.querySelectorAll("[data-link]")) {
    if (wanted && item.dataset.link === wanted) item.querySelector("form[target=tool-frame]").requestSubmit();
  }
}

if (frame) {
  window.addEventListener("message", resize);
  for (const form of document.querySelectorAll("form[target=tool-frame]")) {
    form.addEventListener("submit", () => announce(form));
  }
  frame.height = EMPTY;
  openWanted();
}
