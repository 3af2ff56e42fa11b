"use strict";
// The data of every table, and so of every chart, as CSV: made from what the page holds, by a plain link to a data:
// address, which asks nobody and which the Content-Security-Policy allows.

const csv = (() => {
  const NUMBER = /^[+-]?\d+([.,]\d+)?\s?%?$/;

  // Text from GitHub may begin like a formula, which a spreadsheet would carry out: it is marked as text.
  function cell(text) {
    const plain = text.replace(/\s+/g, " ").trim();
    const safe = /^[=+\-@\t\r]/.test(plain) && !NUMBER.test(plain) ? `'${plain}` : plain;
    return /[",\n;]|^'/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }

  function textOf(element) {
    const copy = element.cloneNode(true);
    copy.querySelectorAll("form, button, input, label, summary, [aria-hidden=true]").forEach((inner) => inner.remove());
    copy.querySelectorAll("p, span.muted, br").forEach((inner) => inner.before(" "));
    return copy.textContent;
  }

  function of(table) {
    const rows = [...table.rows].map((row) => [...row.cells].map((each) => cell(textOf(each))).join(","));
    return `\ufeff${rows.join("\r\n")}\r\n`; // the mark at the beginning: spreadsheets read it as UTF-8
  }

  const nameOf = (table) => table.caption?.textContent.trim() || "Table";

  // a link behind each table that has none
  function offer() {
    for (const table of document.querySelectorAll("main table:not([data-csv])")) {
      table.dataset.csv = "";
      const link = document.createElement("a");
      link.className = "csv";
      link.textContent = "CSV";
      link.href = "data:text/csv;charset=utf-8,";
      link.setAttribute("aria-label", `Download as CSV: ${nameOf(table)}`);
      link.download = `${nameOf(table).toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "")}.csv`;
      (table.closest(".scroll") ?? table).after(link);
    }
  }

  // what it holds is put together when it is asked for: at the first touch of the link
  addEventListener("click", (event) => {
    const link = event.target.closest?.("a.csv");
    if (!link) return;
    const before = link.previousElementSibling;
    const table = before.matches("table") ? before : before.querySelector("table");
    link.href = `data:text/csv;charset=utf-8,${encodeURIComponent(of(table))}`;
  }, true);

  return { offer };
})();
