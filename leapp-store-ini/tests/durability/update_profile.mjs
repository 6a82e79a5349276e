// Writes as Leapp's desktop application does, with the library it does it with: FILE PROFILE FIRST COUNT, as update_profile.rs.
import fs from "node:fs";
import { createRequire } from "node:module";

const { parse, stringify } = createRequire(`${process.env.MODULES}/`)("js-ini");

const [path, profile, first, count] = process.argv.slice(2);

const say = (line) => fs.writeSync(1, `${line}\n`);

// The sections of before, the new one in the place of its namesake, all printed again over the file.
const publish = (number) => {
  const digits = String(number).padStart(10, "0");
  const section = {
    aws_access_key_id: `ASIAMADEUP${digits}`,
    aws_secret_access_key: `made-up/secret+${digits}`,
    aws_session_token: `made-up/token+${digits.repeat(40)}==`,
  };
  const before = fs.existsSync(path) ? parse(fs.readFileSync(path).toString()) : {};
  fs.writeFileSync(path, stringify(Object.assign(before, { [profile]: section })));
};

say("started");
for (let number = Number(first); number < Number(first) + Number(count); number += 1) {
  publish(number);
  say(number);
}
