// A person at a browser. Reads a plan from standard input, carries it out with the keyboard and the mouse, and prints
// what there is at the end. It asks for nothing itself: what is sent is what the pages send.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { chromium } = createRequire(`${process.env.MODULES}/`)("playwright-core");
const plan = JSON.parse(readFileSync(0, "utf8"));

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  // The sandbox wants more than a container or root gives; and no name but loopback's own leads anywhere.
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
  ],
});
const context = await browser.newContext({ javaScriptEnabled: plan.runs_scripts });
context.setDefaultTimeout(20_000);

const posts = [];
context.on("request", (request) => {
  if (request.method() === "POST") {
    const fields = new URLSearchParams(request.postData() ?? "");
    posts.push({ url: request.url(), fields: Object.fromEntries(fields) });
  }
});
// Where a tool would take the response that a browser brings to AWS.
await context.route(
  (url) => url.hostname !== "127.0.0.1",
  (route) => route.fulfill({ status: 200, contentType: "text/html", body: "<h1>Caught on the way</h1>" }),
);
const page = await context.newPage();
const violations = [];
page.on("console", (message) => {
  if (message.text().includes("Content Security Policy")) violations.push(message.text());
});

const act = {
  opens: (url) => page.goto(url),
  types: ([label, text]) => page.getByLabel(label, { exact: true }).pressSequentially(text),
  chooses: (label) => page.getByLabel(label, { exact: true }).check(),
  clicks: (button) => page.getByRole("button", { name: button, exact: true }).click(),
  sees: (text) => page.getByText(text).first().waitFor(),
};
try {
  for (const [verb, what] of plan.steps) {
    try {
      await act[verb](what);
    } catch (error) {
      const text = await page.locator("body").innerText();
      const where = `at ${page.url()}: ${text}\n${violations.join("\n")}`;
      throw new Error(`${verb} ${JSON.stringify(what)}: ${error.message}\n${where}`);
    }
  }
  const frames = page.frames().filter((frame) => frame !== page.mainFrame()).map((frame) => frame.url());
  console.log(JSON.stringify({ url: page.url(), frames, posts, violations }));
} finally {
  await browser.close();
}
