// Logs a person in at an issuer for a client, by authorization code with a proof key, and prints the ID token. In place of a
// browser it goes where it is sent, and fills in what it is asked for.

import { createHash, randomBytes } from "node:crypto";

const [issuer, client, person] = process.argv.slice(2);
const CALLBACK = "http://127.0.0.1/callback";

const cookies = new Map();
const visit = async (url, form) => {
  const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
  const body = form && new URLSearchParams(form);
  const answer = await fetch(url, { method: form ? "POST" : "GET", body, headers: { cookie }, redirect: "manual" });
  for (const line of answer.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
    cookies.set(name, value);
  }
  return answer;
};

const { authorization_endpoint, token_endpoint } = await (
  await fetch(`${issuer}/.well-known/openid-configuration`)
).json();
const verifier = randomBytes(32).toString("base64url");
let url = new URL(authorization_endpoint);
url.search = new URLSearchParams({
  client_id: client,
  code_challenge: createHash("sha256").update(verifier).digest("base64url"),
  code_challenge_method: "S256",
  redirect_uri: CALLBACK,
  response_type: "code",
  scope: "openid",
});
let form;
for (let visits = 0; !url.href.startsWith(CALLBACK); visits += 1) {
  const answer = await visit(url, form);
  const page = await answer.text();
  const location = answer.headers.get("location");
  const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
  if (visits > 20 || !(location || prompt)) throw new Error(`${answer.status} at ${url}: ${page}`);
  form = location ? undefined : { prompt, login: person, password: "any" };
  url = location ? new URL(location, url) : url;
}
const answer = await visit(token_endpoint, {
  client_id: client,
  code: url.searchParams.get("code"),
  code_verifier: verifier,
  grant_type: "authorization_code",
  redirect_uri: CALLBACK,
});
const { id_token } = await answer.json();
if (!id_token) throw new Error(`${answer.status} at ${token_endpoint}`);
console.log(id_token);
