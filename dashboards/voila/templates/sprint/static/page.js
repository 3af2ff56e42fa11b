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

// ---- a dated report stands below "Reports", and its frozen copy is one link away

function markReport() {
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

function refresh() {
  document.querySelectorAll("[data-chart]:not([data-drawn])").forEach(draw);
  handOver();
  nameSliders();
}

new MutationObserver(refresh).observe(document.documentElement, { childList: true, subtree: true, characterData: true });
document.addEventListener("DOMContentLoaded", markReport);
addEventListener("pagehide", stopKernel);
setInterval(checkLife, 1000);
