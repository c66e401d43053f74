// The web client's editor, Quill 1.3.7, in a DOM without a browser.
//
// quill.mjs write: every format of its toolbar, alone and each within each other, as JSON [{name, html, text}].
// quill.mjs read FILE: what the editor makes of a JSON list of HTML texts, as JSON [{html, text}].
import { readFile } from "node:fs/promises";
import { JSDOM } from "jsdom";

const { window } = new JSDOM('<div id="editor"></div>', { url: "https://shtp.example/", pretendToBeVisual: true });
window.document.execCommand = () => false; // jsdom has none, Quill asks for it once
globalThis.window = window;
for (const name of Object.getOwnPropertyNames(window))
  if (!(name in globalThis)) Object.defineProperty(globalThis, name, { configurable: true, get: () => window[name] });
Object.defineProperty(globalThis, "navigator", { configurable: true, value: window.navigator });
const { default: Quill } = await import("quill");
const editor = new Quill("#editor", { modules: { toolbar: false } });

// [attribute, value]; what is a class in HTML keeps its format, colours are only presentation.
const inline = [
  ["bold", true], ["italic", true], ["underline", true], ["strike", true], ["code", true], ["script", "sub"], ["script", "super"],
  ["link", "https://acmp.ru/?a=1&b=2"], ["link", "/tasks/challenge"], ["link", "acmp.ru"], ["link", "mailto:ada@example.org"], ["link", "tel:+78000000000"],
  ["font", "serif"], ["font", "monospace"], ["size", "small"], ["size", "large"], ["size", "huge"], ["color", "#e60000"], ["background", "#ffff00"],
];
const block = [
  ["header", 1], ["header", 2], ["header", 6], ["blockquote", true], ["code-block", true], ["list", "ordered"], ["list", "bullet"], ["list", "checked"],
  ["list", "unchecked"], ["align", "center"], ["align", "right"], ["align", "justify"], ["direction", "rtl"], ["indent", 1], ["indent", 8],
];
const text = 'a < b && c > "d"  é\u00a0— <script>\tвсё';

function show(name, ops) {
  editor.setContents(ops, "api");
  return { name, html: editor.root.innerHTML, text: editor.getText() };
}

// As react-quill shows a value; the editor is empty then.
function read(html) {
  editor.setContents([], "api");
  return show("", editor.clipboard.convert(html));
}

function write() {
  const shown = [show("text", [{ insert: `${text}\n\nsecond\n` }])];
  for (const [outer, outerValue] of [...inline, [null, null]]) {
    for (const [inner, innerValue] of [...inline, [null, null]]) {
      const attributes = { ...(outer && { [outer]: outerValue }), ...(inner && { [inner]: innerValue }) };
      shown.push(show(`${outer} ${outerValue}, ${inner} ${innerValue}`, [
        { insert: "before ", ...(outer && { attributes: { [outer]: outerValue } }) }, { insert: text, attributes }, { insert: " after\n" }]));
    }
  }
  for (const [format, value] of block) {
    for (const [inner, innerValue] of [...block, ...inline]) {
      const isBlock = block.some(([name]) => name === inner);
      shown.push(show(`${format} ${value}, ${inner} ${innerValue}`, [
        { insert: text, ...(!isBlock && { attributes: { [inner]: innerValue } }) },
        { insert: "\n", attributes: { [format]: value, ...(isBlock && { [inner]: innerValue }) } },
        { insert: "next" }, { insert: "\n", attributes: { [format]: value } }, { insert: "plain\n" }]));
    }
  }
  shown.push(show("nested lists", [1, 2, 3, 1, 0].flatMap(indent => [{ insert: `depth ${indent}` }, { insert: "\n", attributes: { list: "bullet", ...(indent && { indent }) } }])));
  shown.push(show("picture", [{ insert: { image: "https://example.org/a.png" }, attributes: { width: "100", alt: "x" } }, { insert: " and " }, { insert: { image: "data:image/png;base64,iVBORw0KGgo=" } }, { insert: "\n" }]));
  return shown;
}

const [command, file] = process.argv.slice(2);
if (command === "write")
  console.log(JSON.stringify(write()));
else if (command === "read")
  console.log(JSON.stringify(JSON.parse(await readFile(file, "utf8")).map(read)));
else
  throw new Error("usage: quill.mjs write | quill.mjs read FILE");
