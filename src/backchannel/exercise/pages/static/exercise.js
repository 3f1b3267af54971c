"use strict";
// Keeps a page up to date and sends each move once. Without it the page still works:
// forms post, and a reload shows what is new.

const RETRY_MS = 500, MOST_RETRY_MS = 8000, GATHER_MS = 120;
const TICK_MS = 1000, CLOCK_MS = 30000;
const FOCUSABLE = "a, button, summary, input, select, textarea, [tabindex]";
let held = null;
let waiting = null, retry = RETRY_MS, seen = 0, clock = null;

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

// The id is drawn when writing begins and kept until the move is acknowledged: sent
// again after a lost answer, it is still the same act.
function giveId(form) {
  const field = form.querySelector('input[name="id"]');
  if (field && !field.value) field.value = newId();
}

function isBusy(part) {
  if (part.querySelector("form[data-dirty]")) return true;
  const focus = document.activeElement;
  // What one has just opened, too: a part that comes anew would shut it.
  return part.contains(focus) && focus.matches("input, textarea, select, summary");
}

// Who goes by keyboard stays on the button or link where the part comes anew.
function rememberFocus(part) {
  const focus = document.activeElement;
  if (!part.contains(focus)) return;
  const all = [...part.querySelectorAll(FOCUSABLE)];
  held = { part: part.id, at: all.indexOf(focus), is: nameOf(focus) };
}

function nameOf(element) {
  const form = element.closest("form");
  return `${element.tagName} ${form ? form.id : ""} ${element.textContent.trim()}`;
}

function giveFocusBack() {
  const part = held && document.getElementById(held.part);
  if (!part || document.activeElement !== document.body) return;
  const all = [...part.querySelectorAll(FOCUSABLE)];
  const same = all.find((element) => nameOf(element) === held.is) || all[held.at];
  held = null;
  if (same) same.focus({ preventScroll: true });
}

// Between two events the clock is counted on here; the server says what it is.
async function setClock() {
  const answer = await fetch("/api/clock").catch(() => null);
  if (answer && answer.ok) clock = { ...(await answer.json()), at: Date.now() };
}

function tick() {
  const place = document.getElementById("clock");
  if (!place || !clock || !clock.local || !clock.speed) return;
  const gone = (Date.now() - clock.at) * clock.speed;
  const then = new Date(Date.parse(clock.local + "Z") + gone);
  const parts = {
    day: then.getUTCDate(),
    month: place.dataset.months.split("|")[then.getUTCMonth()],
    time: then.toISOString().slice(11, 16),
  };
  place.textContent = place.dataset.pattern.replace(/{(\w+)}/g, (_, name) => parts[name]);
}

function refresh() {
  waiting = null;
  setClock();
  htmx.ajax("GET", document.getElementById("part-status").dataset.parts, { swap: "none" });
}

function listen() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const socket = new WebSocket(`${scheme}://${location.host}/api/stream?after=${seen}`);
  socket.onopen = () => { retry = RETRY_MS; document.body.classList.remove("cut-off"); };
  socket.onmessage = (event) => {
    const lines = event.data.split("\n");
    seen += lines.length;
    if (waiting === null) waiting = setTimeout(refresh, GATHER_MS);
  };
  socket.onclose = (event) => {
    if (event.code === 4403) { location.reload(); return; }
    document.body.classList.add("cut-off");
    setTimeout(listen, retry);
    retry = Math.min(2 * retry, MOST_RETRY_MS);
  };
}

document.addEventListener("submit", (event) => giveId(event.target), true);
document.addEventListener("htmx:configRequest", (event) => {
  // Only moves have an id; handing a seat over or looking for marks is no move.
  const form = event.detail.elt.closest("form.move");
  if (!form) return;
  giveId(form);
  event.detail.parameters.set("id", form.querySelector('input[name="id"]').value);
});
document.addEventListener("input", (event) => {
  const form = event.target.closest("form.move");
  if (form) form.dataset.dirty = "yes";
});
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  if (isBusy(event.detail.target)) event.preventDefault();
  else rememberFocus(event.detail.target);
});
document.addEventListener("htmx:oobAfterSwap", giveFocusBack);
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest && event.detail.elt.closest("form.move");
  if (!form) return;
  if (event.detail.successful && event.detail.xhr.getResponseHeader("x-acknowledged")) {
    delete form.dataset.dirty;
    form.reset();
    form.querySelector('input[name="id"]').value = "";
    refresh();
  } else if (event.detail.failed && !event.detail.xhr.status) {
    setTimeout(() => form.requestSubmit(), RETRY_MS);
  }
});
// What the server says of a request that it cannot meet, in the reader's language.
document.addEventListener("htmx:responseError", (event) => {
  const place = document.getElementById("refusal") || event.detail.target;
  const said = event.detail.xhr;
  if (said.getResponseHeader("content-type").startsWith("text/html")) {
    place.innerHTML = said.responseText;
  }
});
// Ctrl+Enter sends the form one is writing in.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest("form.move");
  if (form) { event.preventDefault(); form.requestSubmit(); }
});

// A link to something that is folded away opens it.
window.addEventListener("hashchange", () => {
  const place = document.getElementById(location.hash.slice(1));
  if (place && place.matches("details")) place.open = true;
});

document.addEventListener("DOMContentLoaded", () => {
  const stand = document.getElementById("part-status");
  if (!stand) return;
  seen = Number(stand.dataset.seen);
  listen();
  setClock();
  setInterval(tick, TICK_MS);
  setInterval(setClock, CLOCK_MS);
});
