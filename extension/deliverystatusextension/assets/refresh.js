// Fetches the page every five seconds and shows what has changed. The page is whole without it.
"use strict";

const every = 5000;
const oldAfter = 3 * every; // a page that shows an older state is greyed

const box = document.createElement("input");
box.type = "checkbox";
box.id = "refresh";
box.checked = sessionStorage.getItem("refresh") !== "off";
box.addEventListener("change", () => {
  sessionStorage.setItem("refresh", box.checked ? "on" : "off");
  refresh();
});

const label = document.createElement("label");
label.append(box, " refresh every 5 s");

const note = document.createElement("span");
note.setAttribute("role", "status");
document.getElementById("controls").append(label, " ", note);

const staleIcon = "data:image/svg+xml," + encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="#8b949e"/></svg>');
let shown = Date.now(); // when the state that is shown was fetched

async function refresh() {
  if (document.hidden) return;
  let why = "";
  if (!box.checked) {
    why = "refreshing is off";
  } else {
    try {
      const answer = await fetch(location.href, { signal: AbortSignal.timeout(every) });
      if (!answer.ok) throw new Error(`the collector answers ${answer.status}`);
      why = show(new DOMParser().parseFromString(await answer.text(), "text/html"));
      if (!why) shown = Date.now();
    } catch (error) {
      why = /answers/.test(error.message) ? error.message : "the collector does not answer";
      stale(why);
      return;
    }
  }
  if (Date.now() - shown > oldAfter) stale(why);
  else if (!why) current();
}

// stale greys the page and says that it is old, and why.
function stale(why) {
  const at = document.querySelector("time")?.textContent ?? "";
  const text = `Out of date: ${why}. What is shown is the state of ${at}.`;
  if (note.textContent !== text) note.textContent = text;
  document.body.classList.add("stale");
  if (!document.title.startsWith("Out of date")) document.title = "Out of date · " + document.title;
  document.querySelector("link[rel=icon]").href = staleIcon;
}

function current() {
  note.textContent = "";
  document.body.classList.remove("stale");
}

// show keeps what a reader has folded or unfolded, unless the job went down or came back since, and where the focus is. It returns
// why it shows nothing.
function show(fresh) {
  const old = document.getElementById("status");
  if (old.contains(document.activeElement) && document.activeElement.tagName !== "SUMMARY") return "a part of the page has the focus";
  if (!document.getSelection().isCollapsed) return "text is selected";
  const focused = document.activeElement.closest && document.activeElement.closest("details");
  const next = fresh.getElementById("status");
  for (const details of old.querySelectorAll("details")) {
    const same = next.querySelector(`#${CSS.escape(details.id)}`);
    if (same && same.dataset.down === details.dataset.down) same.open = details.open;
  }
  old.replaceWith(document.adoptNode(next));
  document.title = fresh.title;
  document.querySelector("link[rel=icon]").href = fresh.querySelector("link[rel=icon]").getAttribute("href");
  if (focused) document.getElementById(focused.id)?.querySelector("summary").focus();
  return "";
}

setInterval(refresh, every);
document.addEventListener("visibilitychange", refresh);
