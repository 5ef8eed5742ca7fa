// How much of a picture is seen against its background. It needs no package: xtask/bench/media_chrome.mjs runs it where ours are not.

/** How many pixels of a picture (PNG in base64) differ from its commonest colour by 3:1. Any page will do: it only reckons. */
export const standingOut = (page, picture) => page.evaluate(async (picture) => {
  const bytes = Uint8Array.from(atob(picture), (one) => one.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [image.width, image.height];
  const drawing = canvas.getContext('2d');
  drawing.drawImage(image, 0, 0);
  const { data } = drawing.getImageData(0, 0, image.width, image.height);
  const counted = new Map();
  for (let at = 0; at < data.length; at += 4) {
    const colour = data[at] * 65536 + data[at + 1] * 256 + data[at + 2];
    counted.set(colour, (counted.get(colour) ?? 0) + 1);
  }
  // Relative luminance and contrast as WCAG 2.2 defines them.
  const part = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const light = (colour) => 0.2126 * part((colour >> 16) / 255) + 0.7152 * part(((colour >> 8) & 255) / 255)
    + 0.0722 * part((colour & 255) / 255);
  const behind = light([...counted].reduce((most, one) => (one[1] > most[1] ? one : most))[0]);
  let pixels = 0;
  for (const [colour, count] of counted) {
    const [dim, bright] = [light(colour), behind].sort((one, other) => one - other);
    if ((bright + 0.05) / (dim + 0.05) >= 3) pixels += count;
  }
  return pixels;
}, picture);
