"use strict";
// A part that was drawn anew keeps what the reader had in it: what was unfolded, half-typed text and its caret, the
// focus, selected words, and where things were scrolled to. Loaded before page.js, which calls keep.restore().

const keep = (() => {
  const unfolded = new Map(); // id of a <details> -> whether it is open
  const typed = new Map(); // id of a field -> text that was typed and not sent
  const scrolled = new Map(); // name of a scrolling region -> [left, top]
  let focus; // {id, start, end} of what has the focus
  let held; // the element that has it
  let wanted; // id of what is to have the focus as soon as it is there
  let selected; // {text, before, part} of the selected words
  let anchor; // {id, top}: the part at the upper edge of the window

  const part = (node) => (node?.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest?.(".widget-html-content, .early");
  const places = () => [...document.querySelectorAll("main .widget-html-content, main .early")];
  const isText = (field) => field.matches("textarea, input:not([type=checkbox], [type=radio], [type=hidden], [type=submit])");

  function caretOf(field) {
    try {
      return { start: field.selectionStart, end: field.selectionEnd };
    } catch {
      return {}; // numbers and dates have none
    }
  }

  function noteFocus(field) {
    held = field;
    focus = field.id && isText(field) ? { id: field.id, ...caretOf(field) } : { id: field.id };
  }

  addEventListener("toggle", (event) => {
    if (event.target.id) unfolded.set(event.target.id, event.target.open);
  }, true);

  addEventListener("focusin", (event) => noteFocus(event.target));

  addEventListener("input", (event) => {
    const field = event.target;
    if (!field.id || !isText(field) || !field.closest("main")) return;
    typed.set(field.id, field.value);
    noteFocus(field);
  });

  // what was sent is the server's to show
  function forget(form) {
    for (const field of form.elements) typed.delete(field.id);
  }

  addEventListener("scroll", (event) => {
    const name = event.target.getAttribute?.("aria-label");
    if (name) scrolled.set(name, [event.target.scrollLeft, event.target.scrollTop]);
    else if (event.target === document) noteAnchorSoon();
  }, true);

  let noting;

  function noteAnchorSoon() {
    noting ??= requestAnimationFrame(() => {
      noting = undefined;
      noteAnchor();
    });
  }

  function noteAnchor() {
    anchor = undefined;
    if (scrollY < 1) return;
    for (const element of document.querySelectorAll("main [id]")) {
      const box = element.getBoundingClientRect();
      if (!box.height || box.bottom < 0) continue;
      anchor = { id: element.id, top: box.top };
      if (box.top >= 0) return; // the first that begins in the window
    }
  }

  // this event does not reach the window
  document.addEventListener("selectionchange", () => {
    const active = document.activeElement;
    if (active?.id && active === held && isText(active)) noteFocus(active);
    const found = getSelection();
    if (found.isCollapsed) {
      // a redraw collapses a selection, too: then its part is another one, and restore() looks for the words
      if (selected && selected.element.isConnected) selected = undefined;
      return;
    }
    const element = part(found.anchorNode);
    if (!element || element !== part(found.focusNode)) return;
    const range = found.getRangeAt(0);
    const before = document.createRange();
    before.setStart(element, 0);
    before.setEnd(range.startContainer, range.startOffset);
    selected = { element: range.commonAncestorContainer, place: places().indexOf(element), text: range.toString(), before: before.toString() };
  });

  // the point at which so many letters of an element lie behind; a start is in the text that it begins
  function pointAt(element, letters, isStart) {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (letters < node.length || (letters === node.length && !isStart)) return [node, letters];
      letters -= node.length;
    }
    return null;
  }

  function restoreSelection() {
    if (!selected || selected.element.isConnected) return;
    const element = places()[selected.place];
    const text = element?.textContent ?? "";
    if (!text) return;
    // where the same words stand now, nearest to where they stood
    const place = selected.before.length;
    let start = -1;
    for (let at = text.indexOf(selected.text); at >= 0; at = text.indexOf(selected.text, at + 1)) {
      if (start < 0 || Math.abs(at - place) < Math.abs(start - place)) start = at;
    }
    if (start < 0) {
      selected = undefined;
      return;
    }
    const from = pointAt(element, start, true);
    const to = pointAt(element, start + selected.text.length, false);
    if (from && to) getSelection().setBaseAndExtent(...from, ...to);
  }

  function restoreFields() {
    for (const [id, text] of typed) {
      const field = document.getElementById(id);
      if (field && field !== document.activeElement && field.value !== text) field.value = text;
    }
  }

  function restoreFocus() {
    const sought = wanted && document.getElementById(wanted);
    if (sought) {
      wanted = undefined;
      sought.focus();
    }
    if (document.activeElement !== document.body || !focus?.id || held?.isConnected) return;
    const { id, start, end } = focus;
    const field = document.getElementById(id);
    if (!field) return;
    field.focus({ preventScroll: true });
    if (start !== undefined && start !== null) field.setSelectionRange(start, end);
  }

  function restoreScroll() {
    for (const [name, [left, top]] of scrolled) {
      for (const region of document.querySelectorAll(".scroll[aria-label]")) {
        if (region.getAttribute("aria-label") === name && !region.dataset.restored) region.scrollTo(left, top);
        region.dataset.restored = "";
      }
    }
    const element = anchor && document.getElementById(anchor.id);
    if (!element) return;
    const moved = element.getBoundingClientRect().top - anchor.top;
    if (Math.abs(moved) > 1) scrollBy({ top: moved, behavior: "instant" });
  }

  // redrawn: whether a part of the page has been replaced, so that things may have moved
  function restore(redrawn) {
    for (const [id, open] of unfolded) {
      const details = document.getElementById(id);
      if (details && details.open !== open) details.open = open;
    }
    restoreFields();
    restoreFocus();
    restoreSelection();
    if (redrawn) restoreScroll();
  }

  // another page: nothing of this one is to be found again
  function leave() {
    typed.clear();
    scrolled.clear();
    anchor = selected = undefined;
  }

  // the reader is to be led somewhere else than where the page stands
  function letGo() {
    anchor = undefined;
  }

  return { restore, forget, leave, letGo, want: (id) => (wanted = id) };
})();
