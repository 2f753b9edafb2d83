// The platform's side of LTI Client Side postMessages and of Platform Storage: keeps short values for each tool's origin.
"use strict";

const keeper = document.querySelector("[data-storage]");
const TOOLS = new Set(keeper?.dataset.tools.split(" "));
const FRAME = keeper?.dataset.storage ?? "none";
const MOST_KEYS = 500;
const MOST_CHARACTERS = 4096;
const kept = new Map();

class Refused extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

function capabilities() {
  const frame = FRAME === "_parent" ? {} : { frame: FRAME };
  const supported = [
    { subject: "lti.capabilities" },
    { subject: "lti.frameResize" },
    { subject: "lti.put_data", ...frame },
    { subject: "lti.get_data", ...frame },
  ];
  return { supported_messages: supported };
}

function own(origin) {
  if (!TOOLS.has(origin)) throw new Refused("wrong_origin", "This origin belongs to no tool of this platform.");
  if (!kept.has(origin)) kept.set(origin, new Map());
  return kept.get(origin);
}

function put({ key, value }, origin) {
  const values = own(origin);
  if (typeof key !== "string" || !key) throw new Refused("bad_request", "key is missing.");
  if (value === null || value === undefined) {
    values.delete(key);
    return { key, value: null };
  }
  if (typeof value !== "string") throw new Refused("bad_request", "value must be a text.");
  const characters = [...values].reduce((sum, [name, text]) => (name === key ? sum : sum + name.length + text.length), 0);
  const full = characters + key.length + value.length > MOST_CHARACTERS || (!values.has(key) && values.size >= MOST_KEYS);
  if (full) throw new Refused("storage_exhaustion", "This tool keeps too much already.");
  values.set(key, value);
  return { key, value };
}

function get({ key }, origin) {
  const values = own(origin);
  if (typeof key !== "string" || !key) throw new Refused("bad_request", "key is missing.");
  return { key, value: values.get(key) ?? null };
}

const HANDLERS = { "lti.put_data": put, "lti.get_data": get };

function answer(message, origin) {
  if (message.subject === "lti.capabilities") return capabilities();
  if (typeof message.message_id !== "string") throw new Refused("bad_request", "message_id is missing.");
  const handler = HANDLERS[message.subject];
  if (!handler) throw new Refused("unsupported_subject", `${message.subject} is not understood here.`);
  return handler(message, origin);
}

function hear(event) {
  const message = event.data;
  if (message === null || typeof message !== "object" || typeof message.subject !== "string") return;
  if (!message.subject.startsWith("lti.") || message.subject === "lti.frameResize" || message.subject.endsWith(".response")) return;
  // Data is asked for at the named frame, if there is one; the page beside it says so and keeps nothing.
  if (message.subject in HANDLERS && FRAME !== "_parent" && window.name !== FRAME) return;
  const reply = { subject: `${message.subject}.response`, message_id: message.message_id };
  try {
    Object.assign(reply, answer(message, event.origin));
  } catch (error) {
    reply.error = { code: error.code ?? "internal_error", message: error.message };
  }
  event.source.postMessage(reply, event.origin);
}

if (FRAME !== "none") window.addEventListener("message", hear);
