"use strict";
// The dashboard works without this: it offers printing, and hides the days of a period that has its own.
const print = document.querySelector("[data-print]");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}
const period = document.querySelector("[data-period]");
const days = document.querySelector("[data-days]");
if (period && days) {
  const show = () => { days.hidden = period.value !== "days"; };
  period.addEventListener("change", show);
  show();
}
