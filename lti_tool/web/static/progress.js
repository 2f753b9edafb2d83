// Live progress of a background job. Without this module the page refreshes itself.
const SHORTEST_WAIT = 1000;
const LONGEST_WAIT = 15000;
const REQUEST_TIMEOUT = 10000;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function ask(url) {
  const answer = await fetch(url, {
    headers: { Accept: "application/json" },
    signal: AbortSignal.timeout(REQUEST_TIMEOUT),
  });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}

function show(job, status) {
  job.querySelector("progress").value = status.percent;
  const message = job.querySelector("[role=status]");
  // Only a new sentence is worth an announcement.
  if (message.textContent !== status.message) message.textContent = status.message;
}

function leave(url) {
  const target = url ? new URL(url, window.location.href) : null;
  if (target?.origin === window.location.origin && target.href !== window.location.href) window.location.replace(target);
  else window.location.reload();
}

async function follow(job) {
  const state = job.dataset.jobState;
  let wait = SHORTEST_WAIT;
  for (;;) {
    await pause(wait);
    try {
      const status = await ask(job.dataset.statusUrl);
      if (status.done_url || !["queued", "running"].includes(status.state)) return leave(status.done_url);
      // The server words the state (waiting, working), so a change of state is shown by the page itself.
      if (status.state !== state) return leave(null);
      show(job, status);
      wait = SHORTEST_WAIT;
    } catch {
      job.querySelector("[role=status]").textContent = job.dataset.lostText;
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
  }
}

for (const job of document.querySelectorAll("[data-status-url]")) follow(job);
