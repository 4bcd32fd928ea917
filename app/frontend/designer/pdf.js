// Pages of a PDF, drawn into a pane: loaded when the first document is shown.
import { GlobalWorkerOptions, getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";

const made = new URL("../pdf/", import.meta.url).href;
GlobalWorkerOptions.workerSrc = `${made}worker.js`;

/** `words(number, count)`: what a page is called by those who do not see it. */
export async function pages(place, bytes, words) {
  const loading = getDocument({ data: bytes, isEvalSupported: false, enableXfa: false, useWasm: false, cMapUrl: `${made}cmaps/`, standardFontDataUrl: `${made}fonts/`, wasmUrl: `${made}decoders/`, maxImageSize: 1 << 26, verbosity: 0 });
  const pdf = await loading.promise;
  const drawn = [];
  for (let number = 1; number <= Math.min(pdf.numPages, 30); number += 1) {
    const page = await pdf.getPage(number);
    const width = Math.max(place.clientWidth - 32, 320);
    const viewport = page.getViewport({ scale: (width / page.getViewport({ scale: 1 }).width) * Math.min(window.devicePixelRatio || 1, 2) });
    const canvas = document.createElement("canvas");
    canvas.width = Math.ceil(viewport.width);
    canvas.height = Math.ceil(viewport.height);
    canvas.className = "ed-sheet";
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", words(number, pdf.numPages));
    await page.render({ canvas, viewport }).promise;
    drawn.push(canvas);
  }
  place.replaceChildren(...drawn);
  await loading.destroy();
}
