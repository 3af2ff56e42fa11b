"use strict";
// Loaded in the head of every dashboard page. No other script of ours runs in it: the Content-Security-Policy
// refuses inline scripts, so that text from GitHub cannot smuggle one in.

// Voilà's front end calls these while it renders; our page needs no spinner.
window.voila_process = window.voila_heartbeat = window.voila_finish = () => {};

const STALE_AFTER_SECONDS = 20;

// ---- charts: a place names its specification; Vega is fetched from this server when the first chart appears

let vega;

function loadVega() {
  vega ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = document.body.dataset.baseUrl.replace(/voila\/$/, "") + "sprint/vega.js";
    script.onload = resolve;
    script.onerror = () => reject(new Error("the charting script could not be loaded"));
    document.head.append(script);
  });
  return vega;
}

async function draw(place) {
  const spec = document.querySelector(`script[data-spec="${place.dataset.chart}"]`);
  if (!spec) return;
  place.dataset.drawn = "";
  try {
    await loadVega();
    const options = { renderer: "svg", actions: false, ast: true, tooltip: { theme: "custom" } };
    await window.vegaEmbed(place, JSON.parse(spec.textContent), options);
    // the place itself carries the description: what is inside is the picture
    place.querySelector("svg")?.setAttribute("aria-hidden", "true");
    place.querySelectorAll("[role]").forEach((inner) => inner.removeAttribute("role"));
  } catch (error) {
    place.textContent = `The chart could not be drawn: ${error.message}`;
  }
}

// ---- the early copy of a page gives way to its widgets as soon as they are there

function handOver() {
  for (const early of document.querySelectorAll(".early[data-until-widgets]")) {
    const widgets = early.parentElement.querySelector(".jupyter-widgets .sprint");
    if (!widgets) continue;
    early.remove();
    document.getElementById("working")?.remove();
  }
}

// ---- ipywidgets leaves the handle of a slider without a name: give it the name and value that are shown beside it

function nameSliders() {
  for (const slider of document.querySelectorAll(".widget-hslider")) {
    const handle = slider.querySelector("[role=slider]");
    if (!handle) continue;
    const name = slider.querySelector(".widget-label")?.textContent ?? "";
    const value = slider.querySelector(".widget-readout")?.textContent ?? "";
    if (handle.getAttribute("aria-label") !== name) handle.setAttribute("aria-label", name);
    if (handle.getAttribute("aria-valuetext") !== value) handle.setAttribute("aria-valuetext", value);
  }
}

// ---- is the kernel behind the page alive? It beats every five seconds; a page without a beat makes no claim

let lastBeat;
let beatSeenAt;

function checkLife() {
  const live = document.getElementById("live");
  const beat = document.querySelector(".jupyter-widgets [data-beat]")?.dataset.beat;
  if (beat === undefined || document.hidden) {
    beatSeenAt = performance.now();
    return;
  }
  if (beat !== lastBeat) {
    [lastBeat, beatSeenAt] = [beat, performance.now()];
  }
  const stale = performance.now() - beatSeenAt > STALE_AFTER_SECONDS * 1000;
  const state = stale ? "stale" : "live";
  if (live.dataset.state === state) return;
  live.dataset.state = state;
  live.textContent = stale ? "No longer live: " : "Live";
  if (stale) {
    const again = document.createElement("a");
    again.href = "";
    again.textContent = "reload";
    live.append(again);
  }
}

// ---- one kernel shows all pages: links and forms between them are asked of it, and the address follows what it shows

const FOLDER = /\/voila\/render\/(\w+)\.ipynb$/;
let asked = 0;
let stays = false; // whether the answer is to leave the page where it stands

// where a link leads within these pages, or null: another site, a report, a file
function pageOf(url) {
  const match = url.origin === location.origin && url.pathname.match(FOLDER);
  return match && document.querySelector(`.site-header nav a[data-page="${match[1]}"]`) ? match[1] : null;
}

function listener() {
  const live = document.getElementById("live")?.dataset.state !== "stale";
  return live ? document.querySelector(".sprint-asked input") : null;
}

// ask the kernel for an address; false where nobody listens yet, and the browser is to go there by itself
function ask(url) {
  const input = listener();
  if (!input || !pageOf(url)) return false;
  asked += 1;
  document.body.setAttribute("aria-busy", "true");
  input.value = `${asked} ${url.pathname}${url.search}`;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

function go(url) {
  const from = location.pathname;
  if (!ask(url)) return false;
  history.pushState(null, "", url);
  if (from !== url.pathname) keep.leave();
  stays = false;
  if (url.hash) keep.letGo();
  if (from !== url.pathname) scrollTo(0, 0);
  if (from !== url.pathname) document.getElementById("content").focus({ preventScroll: true });
  return true;
}

// where the answer stands beside the question, nothing is to move
function goStaying(url) {
  const beside = matchMedia("(min-width: 981px)").matches;
  const target = new URL(url);
  if (beside) target.hash = "";
  if (!go(target)) return false;
  stays = beside;
  return true;
}

// the address of a form: what is as it would be anyway, or empty, is left out
function addressOf(form) {
  const url = new URL(form.getAttribute("action"), location.href);
  for (const field of form.elements) {
    const off = !field.name || field.disabled || (field.type === "checkbox" && !field.checked);
    if (off || field.value === "" || field.value === field.dataset.default) continue;
    url.searchParams.append(field.name, field.value);
  }
  if (form.dataset.live) url.hash = form.dataset.live;
  return url;
}

addEventListener("click", (event) => {
  const copy = event.target.closest?.("[data-copy]");
  if (copy) {
    copyText(copy);
    return;
  }
  const link = event.target.closest?.("a[href]:not([download])");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const url = new URL(link.href);
  if (url.pathname === location.pathname && url.search === location.search) return;
  if (go(url)) event.preventDefault();
});

addEventListener("submit", (event) => {
  if (event.target.matches("form[data-answer]")) {
    event.preventDefault();
    give(event.target, event.submitter);
    return;
  }
  if (!event.target.matches("form[data-live]")) return;
  const address = addressOf(event.target);
  keep.forget(event.target);
  if (goStaying(address)) event.preventDefault();
});

addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-live]");
  if (!form) return;
  const address = addressOf(form);
  keep.forget(form);
  goStaying(address);
});

addEventListener("popstate", () => {
  if (!ask(new URL(location.href))) location.reload();
});

// ---- answers to actions: the only thing that is written, by the server and not by the kernel

addEventListener("DOMContentLoaded", async () => {
  if (!("signsIn" in document.body.dataset)) return;
  const asked = await fetch("/sprint/feedback").catch(() => null);
  const may = asked?.ok && (await asked.json()).may_answer;
  if (may) document.body.dataset.mayAnswer = "";
});

async function give(form, button) {
  const said = form.querySelector("[role=status]");
  const body = new URLSearchParams(new FormData(form));
  if (button?.name) body.set(button.name, button.value);
  body.set("_xsrf", document.cookie.match(/\b_xsrf=([^;]*)/)?.[1] ?? "");
  said.textContent = "Storing …";
  try {
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body });
    const { told, error } = await answer.json();
    said.textContent = told ?? error;
    if (!told) return;
    keep.forget(form);
    lastAnswer = told;
    if (!ask(new URL(location.href))) location.reload();
  } catch {
    said.textContent = "The answer could not be stored: is the server still running?";
  }
}

let lastAnswer;

function tellAnswer() {
  const place = lastAnswer && document.getElementById("last-answer");
  if (place && place.textContent !== lastAnswer) place.textContent = lastAnswer;
}

async function copyText(button) {
  const text = document.getElementById(button.dataset.copy)?.textContent ?? "";
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
    button.textContent = "Selected: copy it now";
  }
}

// ---- what the kernel says of its place: address, title, and which page the navigation marks

let place;

function settle() {
  const found = [...document.querySelectorAll("[data-address]")].at(-1);
  if (!found) return;
  const said = JSON.stringify(found.dataset);
  if (said === place) return;
  place = said;
  const { address, page, title, keep, answered } = found.dataset;
  document.title = title;
  for (const link of document.querySelectorAll(".site-header nav a")) {
    link.search = keep;
    if (link.dataset.page === page) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (Number(answered) < asked) return;
  document.body.removeAttribute("aria-busy");
  const url = new URL(address, location.href);
  url.hash = location.hash;
  if (url.href !== location.href) history.replaceState(null, "", url);
  showAnchor();
}

let anchored;

function showAnchor() {
  if (stays || !location.hash || anchored === location.href) return;
  anchored = location.href;
  document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView({ block: "start" });
}

// ---- keys: "/" goes to the search, wherever it is

addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
  const search = document.querySelector("[data-search]");
  event.preventDefault();
  if (search) search.focus();
  else {
    const portfolio = document.querySelector('.site-header nav a[data-page="overview"]');
    if (portfolio && go(new URL(portfolio.href))) keep.want("search");
  }
});

// ---- a dated report stands below "Reports", and its frozen copy is one link away

function markReport() {
  const page = location.pathname.match(FOLDER);
  document.querySelector(`.site-header nav a[data-page="${page?.[1]}"]`)?.setAttribute("aria-current", "page");
  const match = location.pathname.match(/\/voila\/render\/reports\/(.+)\/report\.ipynb$/);
  if (!match) return;
  document.querySelector('.site-header nav a[href$="/reports.ipynb"]')?.setAttribute("aria-current", "true");
  const live = document.getElementById("live");
  live.dataset.state = "report";
  live.textContent = "Run again just now, as of its own moment. ";
  const frozen = document.createElement("a");
  frozen.href = document.querySelector(".site-name").getAttribute("href") + `sprint/reports/${match[1]}/report.html`;
  frozen.textContent = "See it as written";
  live.append(frozen);
}

// ---- whoever leaves a page leaves its kernel behind, unless the page says goodbye

function stopKernel() {
  const config = document.getElementById("jupyter-config-data");
  const token = document.cookie.match(/\b_xsrf=([^;]*)/);
  if (!config || !token) return;
  const form = new FormData();
  form.append("_xsrf", token[1]);
  navigator.sendBeacon(`${document.body.dataset.baseUrl}api/shutdown/${JSON.parse(config.textContent).kernelId}`, form);
}

function refresh(changes) {
  document.querySelectorAll("[data-chart]:not([data-drawn])").forEach(draw);
  handOver();
  nameSliders();
  settle();
  csv.offer();
  keep.restore(changes.some(isPart));
  tellAnswer();
}

// a widget of HTML has got another content
const isPart = (change) => change.target.classList?.contains("widget-html-content") && !change.target.querySelector("[data-beat]");

new MutationObserver(refresh).observe(document.documentElement, { childList: true, subtree: true, characterData: true });
document.addEventListener("DOMContentLoaded", markReport);
addEventListener("pagehide", stopKernel);
setInterval(checkLife, 1000);
