/**
 * Makes `assets/flags/`: a GIF for each country in codes.txt, and `countries.json` (code to name).
 *
 * Each run gives the same bytes: every package is pinned, including sharp's image library, and nothing
 * depends on the clock.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { countries, type TCountryCode } from 'countries-list';
import sharp from 'sharp';

const ASSETS = new URL('../../assets/flags/', import.meta.url);

/** Pixels. Tall enough for the coats of arms, small enough that all flags stay under 1 MB. */
const WIDTH = 320;

/**
 * Flags that were redesigned (2022, 2023, 2025) after the main source was drawn. The second source
 * is newer but stretches every flag to 4:3, so it is used for these alone.
 */
const REDESIGNED = new Set(['HN', 'KG', 'SY']);

/** Path of the drawing (SVG) of a country's flag. `code` is upper case, ISO 3166-1 alpha-2. */
function drawingOf(code: string): string {
  const name = `${code.toLowerCase()}.svg`;
  const module = REDESIGNED.has(code)
    ? `flag-icons/flags/4x3/${name}`
    : `svg-country-flags/svg/${name}`;
  return fileURLToPath(import.meta.resolve(module));
}

/** The flag as the bytes of a GIF, `WIDTH` pixels wide, as high as its own proportions make it. */
function rasterise(code: string): Promise<Buffer> {
  return (
    // Some drawings are declared thousands of pixels wide; they are scaled while being read.
    sharp(drawingOf(code), { limitInputPixels: false })
      .resize({ width: WIDTH })
      // Flags are areas of flat colour: dithering would speckle them and double their size.
      .gif({ dither: 0, effort: 10 })
      .toBuffer()
  );
}

/** @throws Error if the name of the country is unknown */
function nameOf(code: string): string {
  const country = countries[code as TCountryCode];
  if (country === undefined) throw new Error(`countries-list has no name for ${code}`);
  return country.name;
}

const list = await readFile(new URL('codes.txt', import.meta.url), 'utf8');
const codes = list.trim().split(/\s+/).sort();

await mkdir(ASSETS, { recursive: true });
for (const file of await readdir(ASSETS)) {
  if (file.endsWith('.gif')) await rm(new URL(file, ASSETS));
}

let bytes = 0;
for (const code of codes) {
  const gif = await rasterise(code);
  await writeFile(new URL(`${code.toLowerCase()}.gif`, ASSETS), gif);
  bytes += gif.length;
}
const names = Object.fromEntries(codes.map((code) => [code, nameOf(code)]));
await writeFile(new URL('countries.json', ASSETS), `${JSON.stringify(names, null, 2)}\n`);

console.log(`${codes.length} flags, ${bytes} bytes`);
