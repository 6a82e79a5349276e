// Changes one profile as Leapp does: js-ini with its default options, the section's new keys over its old ones, all of it printed.
// Asked on stdin for the text's file, then for repetitions; answers with the nanoseconds of each, or with none when only ready.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const ini = createRequire(`${process.env.MODULES}/`)("js-ini");
const [profile, change] = [process.env.PROFILE, JSON.parse(process.env.CHANGE)];
let text;

function once() {
  const begun = process.hrtime.bigint();
  const sections = ini.parse(text.toString("utf8"));
  sections[profile] = Object.assign(sections[profile], change);
  const bytes = Buffer.from(ini.stringify(sections), "utf8");
  const took = process.hrtime.bigint() - begun;
  if (!bytes.includes(change.aws_session_token)) throw new Error("the change is not in the text");
  return took;
}

for await (const line of createInterface({ input: process.stdin })) {
  if (text === undefined) {
    text = readFileSync(line);
    console.log("");
  } else {
    console.log(Array.from({ length: Number(line) }, once).join(" "));
  }
}
