// The pictures among a letter's files, one at a time and large.
import { $, $$ } from "./app.js";

/** Opens the viewer at the picture of this card; the arrows lead through the others of the same letter. */
export function view(link) {
  const files = link.closest(".files");
  const links = $$("a[data-picture]", files);
  const dialog = $("#viewer", files).content.firstElementChild.cloneNode(true);
  const [image, figure, caption] = ["img", "figure", "figcaption"].map((selector) => $(selector, dialog));
  const [save, place] = [$("a[download]", dialog), $("[role=status]", dialog)];
  const steps = $$("[data-step]", dialog);
  let at = links.indexOf(link);

  const show = () => {
    const { href, title, dataset } = links[at];
    const values = { n: at + 1, m: links.length };
    $("h2", dialog).textContent = title;
    place.textContent = figure.dataset.place.replace(/%([nm])/g, (_, key) => values[key]);
    save.href = dataset.picture;
    caption.hidden = true;
    image.hidden = false;
    image.alt = title;
    image.src = href;
    for (const button of steps) button.hidden = links.length < 2;
    // The one after it is there when it is wanted.
    if (links.length > 1) new Image().src = links[(at + 1) % links.length].href;
  };
  const step = (by) => {
    at = (at + by + links.length) % links.length;
    show();
  };
  image.addEventListener("error", () => { image.hidden = true; caption.hidden = false; });
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (button) step(Number(button.dataset.step));
    else if (event.target === dialog || event.target === figure) dialog.close();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const forward = getComputedStyle(dialog).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const by = { ArrowLeft: -1, ArrowRight: -1, [forward]: 1 }[event.key];
    if (by) step(by);
    else if (event.key.toLowerCase() === "d") save.click();
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    links[at].focus();
  });
  document.body.append(dialog);
  show();
  dialog.showModal();
}
