// Pages of a PDF, drawn into a pane: loaded when the first document is shown.
import { GlobalWorkerOptions, getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";

const made = new URL("../pdf/", import.meta.url).href;
GlobalWorkerOptions.workerSrc = `${made}worker.js`;

/** `words(number, count)`: what a page is called by those who do not see it. */
export async function pages(place, bytes, words) {
  const loading = getDocument({ data: bytes, cMapUrl: `${made}cmaps/`, cMapPacked: true, standardFontDataUrl: `${made}fonts/`, wasmUrl: `${made}decoders/`, isEvalSupported: false, disableFontFace: true, useSystemFonts: false });
  const pdf = await loading.promise;
  const drawn = [];
  for (let number = 1; number <= Math.min(pdf.numPages, 30); number += 1) {
    const page = await pdf.getPage(number);
    const width = Math.max(place.clientWidth - 32, 320);
    const viewport = page.getViewport({ scale: (width / page.getViewport({ scale: 1 }).width) * Math.min(window.devicePixelRatio || 1, 2) });
    const canvas = document.createElement("canvas");
    canvas.width = viewport.width;
    canvas.height = viewport.height;
    canvas.className = "dz-page";
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", words(number, pdf.numPages));
    await page.render({ canvasContext: canvas.getContext("2d"), viewport }).promise;
    drawn.push(canvas);
  }
  place.replaceChildren(...drawn);
  await loading.destroy();
}
