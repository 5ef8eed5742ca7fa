// The real npm client against our server: uploads, is aborted half-way, and resumes from what the server says.
import { createReadStream, statSync } from "node:fs";
import { Upload } from "tus-js-client";

const [address, cookie, film, file] = process.argv.slice(2);
const size = statSync(file).size;
let url;

function upload(stopAt) {
  return new Promise((resolve, reject) => {
    const one = new Upload(createReadStream(file), {
      endpoint: `${address}/api/tus`,
      uploadUrl: url,
      uploadSize: size,
      chunkSize: 1_500_000,
      metadata: { film, filename: "film.mp4" },
      headers: { Cookie: `session=${cookie}`, Origin: address },
      retryDelays: [0, 200, 500, 1000],
      onError: reject,
      onSuccess: () => resolve("done"),
      onProgress(sent) {
        if (stopAt && sent >= stopAt) {
          url = one.url;
          one.abort().then(() => resolve("stopped"), reject);
        }
      },
    });
    one.start();
  });
}

const first = await upload(size / 2);
if (first !== "stopped" || !url) throw new Error(`the upload was not stopped: ${first}`);
if ((await upload()) !== "done") throw new Error("the upload did not end");
console.log(`place ${new URL(url).pathname}`);
