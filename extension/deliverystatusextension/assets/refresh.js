// Fetches the page every five seconds and shows what has changed. The page is whole without it.
"use strict";

const every = 5000;

const box = document.createElement("input");
box.type = "checkbox";
box.id = "refresh";
box.checked = sessionStorage.getItem("refresh") !== "off";
box.addEventListener("change", () => sessionStorage.setItem("refresh", box.checked ? "on" : "off"));

const label = document.createElement("label");
label.append(box, " refresh every 5 s");

const note = document.createElement("span");
note.setAttribute("role", "status");
document.getElementById("controls").append(label, " ", note);

async function refresh() {
  if (!box.checked || document.hidden) return;
  try {
    const answer = await fetch(location.href, { signal: AbortSignal.timeout(every) });
    if (!answer.ok) throw new Error(`the collector answers ${answer.status}`);
    show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    note.textContent = "";
  } catch (error) {
    note.textContent = "Not refreshed: the collector does not answer. What is shown is old.";
  }
}

// show keeps what a reader has unfolded, where the focus is, and what is marked.
function show(fresh) {
  const old = document.getElementById("status");
  if (old.contains(document.activeElement) && document.activeElement.tagName !== "SUMMARY") return;
  if (!document.getSelection().isCollapsed) return;
  const focused = document.activeElement.closest && document.activeElement.closest("details");
  const next = fresh.getElementById("status");
  for (const details of old.querySelectorAll("details")) {
    const same = next.querySelector(`#${CSS.escape(details.id)}`);
    if (same) same.open = details.open;
  }
  old.replaceWith(document.adoptNode(next));
  document.title = fresh.title;
  if (focused) document.getElementById(focused.id)?.querySelector("summary").focus();
}

setInterval(refresh, every);
