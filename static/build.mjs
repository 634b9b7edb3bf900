// Bundles static/src into static/dist: hashed names, one manifest that the templates read through asset().
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { context, build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const source = path.join(here, "src");
const target = path.join(here, "dist");
const lucide = path.join(here, "..", "node_modules", "lucide-static", "icons");

/** Writes one file under a name that changes with its content and returns that name. */
async function writeHashed(name, content) {
  const { name: stem, ext } = path.parse(name);
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const hashed = `${stem}-${hash}${ext}`;
  await writeFile(path.join(target, hashed), content);
  return hashed;
}

/** One sprite with only the symbols listed in icons.txt, so that every icon is same-origin and cached once. */
async function iconSprite() {
  const list = await readFile(path.join(here, "icons.txt"), "utf8");
  const names = list.split("\n").map((line) => line.replace(/#.*/, "").trim()).filter(Boolean);
  const symbols = await Promise.all(names.map(iconSymbol));
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

async function iconSymbol(name) {
  const file = await readFile(path.join(lucide, `${name}.svg`), "utf8").catch(() => {
    throw new Error(`static/icons.txt names "${name}", which lucide-static does not have`);
  });
  const drawing = file.slice(file.indexOf(">", file.indexOf("<svg")) + 1, file.lastIndexOf("</svg>"));
  return `<symbol id="${name}" viewBox="0 0 24 24">${drawing.replace(/\s*\n\s*/g, "")}</symbol>`;
}

/** Maps the logical names (app.js, console.css, instrument-sans.woff2) to what esbuild wrote. */
function outputNames(metafile) {
  const names = {};
  for (const [file, output] of Object.entries(metafile.outputs)) {
    const written = path.relative(target, path.resolve(file)).split(path.sep).join("/");
    if (output.entryPoint) names[path.basename(output.entryPoint)] = written;
    else if (written.endsWith(".woff2")) names[written.replace(/-[A-Z0-9]{8}(?=\.woff2$)/, "")] = written;
  }
  return names;
}

async function writeManifest(metafile) {
  const names = outputNames(metafile);
  names["icons.svg"] = await writeHashed("icons.svg", await iconSprite());
  names["favicon.svg"] = await writeHashed("favicon.svg", await readFile(path.join(source, "favicon.svg")));
  const sorted = Object.fromEntries(Object.entries(names).sort(([a], [b]) => (a < b ? -1 : 1)));
  // Renamed into place: a server that starts during a build never reads half a manifest.
  const draft = path.join(target, "manifest.json.part");
  await writeFile(draft, `${JSON.stringify(sorted, null, 2)}\n`);
  await rename(draft, path.join(target, "manifest.json"));
  return sorted;
}

const manifestPlugin = {
  name: "manifest",
  setup({ onEnd }) {
    onEnd(async (result) => {
      if (result.errors.length) return;
      const names = await writeManifest(result.metafile);
      console.log(`static/dist: ${Object.keys(names).length} files in manifest.json`);
    });
  },
};

const options = {
  absWorkingDir: path.join(here, ".."),
  entryPoints: ["app.js", "editor.js"].map((name) => path.join(source, "js", name)).concat(path.join(source, "css", "console.css")),
  outdir: target,
  bundle: true,
  format: "esm",
  splitting: true,
  minify: true,
  metafile: true,
  target: ["chrome120", "firefox121", "safari17.2"],
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  assetNames: "fonts/[name]-[hash]",
  loader: { ".woff2": "file" },
  legalComments: "eof",
  logLevel: "warning",
  plugins: [manifestPlugin],
};

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
if (process.argv.includes("--watch")) await (await context(options)).watch();
else await build(options);
