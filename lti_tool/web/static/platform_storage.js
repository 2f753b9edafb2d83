// LTI Client Side postMessages with Platform Storage: the platform keeps a secret for a browser that keeps no cookie.
// The secret is told to the platform's own origin alone; the question what it can do holds nothing and may go to any parent.
const PATIENCE = 3000;
const step = document.querySelector("[data-storage]");

function ask(target, origin, message) {
  const id = crypto.randomUUID();
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => finish(reject, new Error("no answer")), PATIENCE);
    function finish(settle, value) {
      clearTimeout(late);
      window.removeEventListener("message", hear);
      settle(value);
    }
    function hear(event) {
      const answer = event.data;
      if (event.source !== target || (origin !== "*" && event.origin !== origin)) return;
      if (answer === null || typeof answer !== "object" || answer.message_id !== id) return;
      if (answer.subject !== `${message.subject}.response`) return;
      if (answer.error) finish(reject, new Error(answer.error.code));
      else finish(resolve, answer);
    }
    window.addEventListener("message", hear);
    target.postMessage({ ...message, message_id: id }, origin);
  });
}

function named(name) {
  if (!name || name === "_parent") return window.parent;
  try {
    return window.parent.frames[name] ?? null;
  } catch {
    return null;
  }
}

// Inside an editor the named frame is not beside ours: the parent may know another one.
async function frameFor(subject) {
  const answer = await ask(window.parent, "*", { subject: "lti.capabilities" });
  const able = answer.supported_messages?.find((one) => one.subject === subject);
  return able ? named(able.frame) : null;
}

async function storage(message) {
  const { frame, origin } = step.dataset;
  const target = named(frame);
  try {
    if (target) return await ask(target, origin, message);
  } catch (error) {
    if (error.message !== "no answer") throw error;
  }
  const other = await frameFor(message.subject);
  if (!other || other === target) throw new Error("no storage");
  return ask(other, origin, message);
}

async function put() {
  const { key, secret, onward, failed } = step.dataset;
  try {
    const answer = await storage({ subject: "lti.put_data", key, value: secret });
    window.location.replace(answer.value === secret ? onward : failed);
  } catch {
    window.location.replace(failed);
  }
}

async function get() {
  const { key } = step.dataset;
  try {
    const { value } = await storage({ subject: "lti.get_data", key });
    step.elements.proof.value = value ?? "";
  } catch {
    step.elements.proof.value = "";
  }
  step.submit();
}

if (step) (step.dataset.storage === "put" ? put : get)();
